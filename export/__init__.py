"""Checkpoints to Triton models: inspect, bind, write, verify, publish."""
