"""What adapters cost beside the pictures: a LoRA used for the first time, and switching between two that are warm."""
