"""Other programs' APIs, spoken by this studio: ComfyUI's."""
