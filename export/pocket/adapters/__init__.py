"""Small adapters of the pocket family: an edge ControlNet, a style LoRA and an embedding."""
