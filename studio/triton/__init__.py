"""The local Triton server: where its binary is, starting and stopping it, talking to it."""
