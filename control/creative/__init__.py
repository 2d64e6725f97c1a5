"""What helps to paint: styles, prompts and what they come to, presets, and what there is to choose from."""
