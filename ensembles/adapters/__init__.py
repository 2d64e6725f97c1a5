"""Files beside checkpoints, without torch: LoRA, embeddings, ControlNet, IP-Adapter. What they are, where they lie, what they change."""
