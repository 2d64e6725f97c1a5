"""Tensors that make no layer, or one out of all proportion, are refused from the header, and cost nothing."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from ensembles.adapters.lora import describe
from ensembles.adapters.lora.changes import weight_change
from ensembles.adapters.lora.reading import read_lora
from ensembles.adapters.lora.shapes import extents
from ensembles.engine.errors import EngineError

MODULE = "lora_unet_mid_block_attentions_0_proj_in"

WHOLE = [
    ({"up": (8, 4), "down": (4, 6)}, (8, 6)),
    ({"up": (8, 4, 1, 1), "down": (4, 6, 3, 3), "alpha": ()}, (8, 54)),
    ({"up": (8, 4, 1, 1), "mid": (4, 5, 3, 3), "down": (5, 6, 1, 1), "alpha": (1,)}, (8, 54)),
    ({"hada_w1_a": (8, 2), "hada_w1_b": (2, 6), "hada_w2_a": (8, 3), "hada_w2_b": (3, 6)}, (8, 6)),
    (
        {"hada_w1_a": (2, 8), "hada_w1_b": (3, 6), "hada_t1": (2, 3, 3, 3), "hada_w2_a": (4, 8), "hada_w2_b": (5, 6), "hada_t2": (4, 5, 3, 3)},
        (8, 54),
    ),
    ({"lokr_w1": (2, 3), "lokr_w2": (4, 2)}, (8, 6)),
    ({"lokr_w1_a": (2, 5), "lokr_w1_b": (5, 3), "lokr_w2_a": (4, 2), "lokr_w2_b": (2, 2, 3, 3)}, (8, 54)),
    ({"lokr_w1": (2, 3), "lokr_t2": (2, 3, 3, 3), "lokr_w2_a": (2, 4), "lokr_w2_b": (3, 2)}, (8, 54)),
    ({"diff": (8, 6, 3, 3), "diff_b": (8,)}, (8, 54)),
    ({"w_norm": (8,), "b_norm": (8,)}, (8, 1)),
    ({"up": (8, 4), "down": (4, 6), "dora_scale": (8, 1)}, (8, 6)),
    ({"up": (8, 4), "down": (4, 6, 3, 3), "dora_scale": (1, 6, 1, 1)}, (8, 54)),
    ({"up": (8, 4), "down": (4, 6), "magnitude": (8,), "up_bias": (8,)}, (8, 6)),
]  # fmt: skip

HOSTILE = [
    {"up": (32, 4), "down": (8, 32)},
    {"up": (32, 4, 2), "down": (4, 32)},
    {"up": (32, 0), "down": (0, 32)},
    {"up": (32, 4), "down": (4, 32), "alpha": (0,)},
    {"up": (32, 4), "down": (4, 32), "alpha": (2,)},
    {"up": (32, 4), "down": (4, 32), "up_bias": (31,)},
    {"up": (32, 4), "down": (4, 32), "dora_scale": (31, 1)},
    {"up": (32, 4), "mid": (5, 4, 1, 1), "down": (4, 32)},
    {"up": (32, 4), "mid": (4, 4), "down": (4, 32)},
    {"hada_w1_a": (32, 4), "hada_w1_b": (4, 32), "hada_w2_a": (50000, 32, 1), "hada_w2_b": (1, 32)},
    {"hada_w1_a": (32, 4), "hada_w1_b": (4, 32), "hada_w2_a": (32, 4), "hada_w2_b": (5, 32)},
    {"hada_w1_a": (4, 32), "hada_w1_b": (4, 32), "hada_t1": (4, 4, 1, 1), "hada_w2_a": (32, 4), "hada_w2_b": (4, 32)},
    {"lokr_w1": (4, 4, 50), "lokr_w2": (8, 8)},
    {"lokr_w1": (4, 4), "lokr_w2": (8, 8), "lokr_w1_a": (4, 4)},
    {"lokr_w1": (4, 4), "lokr_w2_a": (8, 2, 9), "lokr_w2_b": (2, 8)},
    {"lokr_w1": (4, 4), "lokr_t2": (2, 3, 1), "lokr_w2_a": (2, 8), "lokr_w2_b": (3, 8)},
]  # fmt: skip


@pytest.mark.parametrize(
    ("shapes", "expected"), WHOLE, ids=lambda one: "-".join(one) if isinstance(one, dict) else ""
)
def test_what_is_whole_makes_a_change(shapes: dict, expected: tuple[int, int]) -> None:
    assert extents(shapes) == expected
    tensors = {leaf: np.ones(shape, np.float32) for leaf, shape in shapes.items()}
    weight = np.ones((expected[0], 6, *(() if expected[1] == 6 else (3, 3))), np.float32)
    if expected[1] == 1:
        weight = np.ones(expected[0], np.float32)
    assert weight_change(tensors, weight, None).shape == weight.shape


@pytest.mark.parametrize("shapes", HOSTILE, ids="-".join)
def test_what_is_not_is_refused(tmp_path: Path, shapes: dict) -> None:
    assert extents(shapes) is None
    names = {
        "up": "lora_up.weight",
        "mid": "lora_mid.weight",
        "down": "lora_down.weight",
        "up_bias": "lora_B.bias",
    }
    path = tmp_path / "one.safetensors"
    save_file(
        {f"{MODULE}.{names.get(leaf, leaf)}": np.zeros(shape, np.float32) for leaf, shape in shapes.items()},
        path,
    )
    with pytest.raises(EngineError, match="do not go together"):
        read_lora(path)


def test_alpha_out_of_all_proportion(tmp_path: Path) -> None:
    path = tmp_path / "one.safetensors"
    pair = {
        f"{MODULE}.lora_up.weight": np.ones((8, 4), np.float32),
        f"{MODULE}.lora_down.weight": np.ones((4, 8), np.float32),
    }
    for alpha in (3e38, -3e38):
        save_file(pair | {f"{MODULE}.alpha": np.array(alpha, np.float32)}, path)
        with pytest.raises(EngineError, match=r"alpha is above 1e\+06"):
            describe(path, "name", "a" * 64)
    save_file(pair | {f"{MODULE}.alpha": np.array(16, np.float32)}, path)
    describe(path, "name", "a" * 64)
    save_file(pair, path)
    (tmp_path / "adapter_config.json").write_text('{"lora_alpha": 1e300, "r": 4}')
    with pytest.raises(EngineError, match="alpha is 1e"):
        read_lora(path)
