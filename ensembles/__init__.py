"""What runs inside Triton. Nothing here imports torch or the rest of the studio."""
