"""Pictures and latents: tiling the VAE, files, previews, masks, what a picture was made from."""
