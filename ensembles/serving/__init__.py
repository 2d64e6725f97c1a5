"""Triton's side of each model: tensors in, the rooms of `ensembles`, tensors out.

One module per model of model_repository/; each holds the `TritonPythonModel` that the model's
thin `1/model.py` re-exports. `triton_python_backend_utils` exists only inside a stub process.
"""
