"""Networks that turn pictures into ControlNet hints: written as ONNX, or brought so, and published as Triton models."""
