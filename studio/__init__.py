"""The front door: the `studio` command, settings, and the local Triton server."""
