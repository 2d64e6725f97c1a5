"""Plans for NVIDIA's TensorRT backend: built once per architecture without weights, refitted per checkpoint."""
