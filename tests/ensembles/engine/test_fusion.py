"""Attention as one operator: nothing of it is left over, and the numbers stay."""

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from ensembles.engine.bind import bind
from ensembles.engine.fusion import fuse_attention
from ensembles.engine.graph import read_meta
from ensembles.engine.weights import WeightFile
from export.graphs import SHIPPED
from export.pocket.evaluate import WEIGHTS

POCKET = next(iter(SHIPPED.glob("7d81*")))
LARGE = next(iter(SHIPPED.glob("807e*")))
UNET = WEIGHTS / "unet" / "diffusion_pytorch_model.safetensors"


def load(path) -> onnx.ModelProto:
    return onnx.load(str(path), load_external_data=False)


@pytest.mark.parametrize(
    ("graph", "attentions"),
    [
        (POCKET / "unet.onnx", 8),
        (LARGE / "unet.onnx", 32),
        (LARGE / "vae-decoder.onnx", 1),
        (LARGE / "vae-encoder.onnx", 1),
        (LARGE / "text-encoder.onnx", 0),  # its attention is masked
    ],
)
def test_every_attention_is_found(graph, attentions):
    model = load(graph)
    assert fuse_attention(model) == attentions
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("MultiHeadAttention") == attentions
    assert attentions == 0 or "Softmax" not in kinds
    made = {name for node in model.graph.node for name in node.output}
    known = made | {i.name for i in model.graph.initializer} | {i.name for i in model.graph.input} | {""}
    assert all(name in known for node in model.graph.node for name in node.input)


def test_an_attention_of_another_form_is_left_alone():
    model = load(POCKET / "unet.onnx")
    for node in model.graph.node:
        if node.op_type == "Transpose" and [list(a.ints) for a in node.attribute] == [[0, 2, 3, 1]]:
            node.attribute[0].ints[:] = [0, 2, 1, 3]
    before = len(model.graph.node)
    assert fuse_attention(model) == 0
    assert len(model.graph.node) == before


def test_the_numbers_stay(monkeypatch, rng):
    inputs = {
        "sample": rng.standard_normal((2, 4, 9, 14), dtype=np.float32),
        "timestep": np.array([[3], [800]], np.float32),
        "encoder_hidden_states": rng.standard_normal((2, 154, 128), dtype=np.float32),
    }
    meta = read_meta(POCKET / "unet.json")

    def run() -> np.ndarray:
        from export.parts import canonical_name

        weights = WeightFile(UNET)
        weights.places = {canonical_name(name): place for name, place in weights.places.items()}
        session = bind(POCKET / "unet.onnx", weights, meta.parameters, threads=1)
        assert isinstance(session, ort.InferenceSession)
        return session.run(None, inputs)[0]

    fused = run()
    monkeypatch.setattr("ensembles.engine.bind.FUSED_ON", ())
    plain = run()
    assert np.abs(fused - plain).max() < 2e-5
    assert np.abs(plain).max() > 0.5
