"""Side by side in one run: against diffusers on torch, together against one by one, engines, start, memory."""
