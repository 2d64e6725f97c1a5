"""ONNX Runtime sessions over bound weights, and the joining of several requests into one batch."""
