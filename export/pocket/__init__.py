"""The embedded model family: a small latent diffusion model trained from scratch on drawn scenes."""
