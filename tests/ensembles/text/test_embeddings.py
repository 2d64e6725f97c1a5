import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ensembles.text.embeddings import embedding_reader, read_embedding
from ensembles.text.errors import PromptError

VECTORS = torch.arange(8, dtype=torch.float32).reshape(2, 4) / 7


@pytest.mark.parametrize("key", ["emb_params", "clip_l", "<dusk>"])
def test_each_layout_is_read(tmp_path, key):
    others = {"clip_g": torch.zeros(2, 6)} if key == "clip_l" else {}
    save_file({key: VECTORS, **others}, tmp_path / "dusk.safetensors")
    for name in ("dusk", "dusk.safetensors"):
        got = embedding_reader(tmp_path)(name)
        assert got is not None
        assert got.dtype == np.float32
        np.testing.assert_array_equal(got, VECTORS.numpy())


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_become_float32(tmp_path, dtype):
    save_file({"<dusk>": VECTORS.to(dtype)}, tmp_path / "dusk.safetensors")
    got = read_embedding(tmp_path, "dusk")
    np.testing.assert_array_equal(got, VECTORS.to(dtype).float().numpy())


def test_a_single_vector_is_a_matrix_of_one_row(tmp_path):
    save_file({"<dusk>": VECTORS[0].clone()}, tmp_path / "dusk.safetensors")
    got = read_embedding(tmp_path, "dusk")
    assert got is not None
    assert got.shape == (1, 4)


def test_a_folder_below_is_part_of_the_name(tmp_path):
    (tmp_path / "light").mkdir()
    save_file({"<dusk>": VECTORS}, tmp_path / "light/dusk.safetensors")
    assert read_embedding(tmp_path, "light/dusk") is not None
    assert read_embedding(tmp_path, "dusk") is None


@pytest.mark.parametrize(
    "name", ["../dusk", "/etc/passwd", "a/../../dusk", "..\\dusk", "a\0b", "", ".", "C:dusk"]
)
def test_names_that_lead_out_are_refused(tmp_path, name):
    (tmp_path / "in").mkdir()
    save_file({"<dusk>": VECTORS}, tmp_path / "dusk.safetensors")
    with pytest.raises(PromptError, match="plain name"):
        read_embedding(tmp_path / "in", name)


def test_a_link_that_leads_out_is_refused(tmp_path):
    (tmp_path / "in").mkdir()
    save_file({"<dusk>": VECTORS}, tmp_path / "dusk.safetensors")
    (tmp_path / "in/dusk.safetensors").symlink_to(tmp_path / "dusk.safetensors")
    with pytest.raises(PromptError, match="outside"):
        read_embedding(tmp_path / "in", "dusk")


def test_a_pickle_is_refused(tmp_path):
    (tmp_path / "dusk.pt").write_bytes(b"")
    for name in ("dusk", "dusk.pt"):
        with pytest.raises(PromptError, match="convert it to safetensors"):
            read_embedding(tmp_path, name)


def test_what_is_no_embedding_is_refused(tmp_path):
    (tmp_path / "damaged.safetensors").write_bytes(b"x" * 40)
    save_file({"a": VECTORS, "b": VECTORS.clone()}, tmp_path / "many.safetensors")
    save_file({"a": VECTORS.int()}, tmp_path / "whole.safetensors")
    save_file({"a": VECTORS / 0}, tmp_path / "infinite.safetensors")
    for name, why in (
        ("damaged", "damaged"),
        ("many", "more than one"),
        ("whole", "I32"),
        ("infinite", "finite"),
    ):
        with pytest.raises(PromptError, match=why):
            read_embedding(tmp_path, name)
