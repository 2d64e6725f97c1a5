"""Workflows as ComfyUI's editor keeps them: nodes with a place on a canvas, numbered links, values of widgets in order."""
