"""Image operations through Triton against diffusers' networks: architectures, adapters, controls, inpainting."""
