"""Pictures from strangers: looked at byte by byte, decoded and cleaned in a process of their own, with its limits.

Nothing here imports the rest of the control plane: the process starts fast and holds no secret.
"""
