"""The control plane: who may do what, and the public API over it."""
