"""Networks that make pictures larger: read out of ncnn's files, written as ONNX, published as Triton models."""
