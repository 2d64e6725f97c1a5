"""ComfyUI's API: an unmodified client of it works here, with its user's own queue, history and files."""
