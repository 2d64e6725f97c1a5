"""Which checkpoints there are."""
