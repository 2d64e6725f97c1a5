"""What a checkpoint becomes for servers other than the embedded one: NVIDIA's container with its own backends."""
