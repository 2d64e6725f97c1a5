"""Each fault of a source gives one sentence that says what to do."""

import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import load_file, save_file

from export.command import ExportError, export_checkpoint

UNET = Path("unet/diffusion_pytorch_model.safetensors")


def change_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def as_sdxl(folder: Path) -> None:
    change_json(
        folder / "model_index.json",
        _class_name="StableDiffusionXLPipeline",
        text_encoder_2=["transformers", "CLIPTextModelWithProjection"],
    )


def as_flux(folder: Path) -> None:
    change_json(folder / "model_index.json", _class_name="FluxPipeline")


def without_index(folder: Path) -> None:
    (folder / "model_index.json").unlink()


def inpainting(folder: Path) -> None:
    change_json(folder / "unet/config.json", in_channels=9)


def of_pairs(folder: Path) -> None:
    change_json(folder / "unet/config.json", in_channels=8)


def without_a_tensor(folder: Path) -> None:
    tensors = load_file(folder / UNET)
    del tensors["conv_out.weight"]
    save_file(tensors, folder / UNET)


def of_another_shape(folder: Path) -> None:
    tensors = load_file(folder / UNET)
    tensors["conv_out.bias"] = tensors["conv_out.bias"][:3].copy()
    save_file(tensors, folder / UNET)


def truncated(folder: Path) -> None:
    content = (folder / UNET).read_bytes()
    (folder / UNET).write_bytes(content[: len(content) // 2])


def cut_in_its_header(folder: Path) -> None:
    (folder / UNET).write_bytes((folder / UNET).read_bytes()[:100])


def an_error_page(folder: Path) -> None:
    (folder / UNET).write_text("<html><body>404</body></html>")


def pickles(folder: Path) -> None:
    (folder / UNET).rename((folder / UNET).with_suffix(".bin"))


def without_weights(folder: Path) -> None:
    (folder / UNET).unlink()


def integers(folder: Path) -> None:
    tensors = load_file(folder / UNET)
    tensors["conv_out.bias"] = tensors["conv_out.bias"].astype("int8")
    save_file(tensors, folder / UNET)


def without_tokenizer(folder: Path) -> None:
    for file in (folder / "tokenizer").iterdir():
        file.unlink()


def sampling_unknown(folder: Path) -> None:
    change_json(folder / "scheduler/scheduler_config.json", prediction_type="sample")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (as_sdxl, "text_encoder_2 has no config.json: it is incomplete"),
        (as_flux, "is a FluxPipeline .*what can be exported is of the architecture of Stable Diffusion 1.5"),
        (without_index, "has no model_index.json: name a diffusers folder"),
        (of_pairs, "unet in_channels is 8, not 4 or 9"),
        (inpainting, "1 tensors are missing or of another shape.*conv_in.weight; download"),
        (without_a_tensor, "1 tensors are missing or of another shape .*conv_out.weight; download"),
        (of_another_shape, "1 tensors are missing or of another shape .*conv_out.bias; download"),
        (truncated, "is cut off: .*download or copy it again"),
        (cut_in_its_header, "cut off in its header"),
        (an_error_page, "is not a safetensors file"),
        (pickles, "pickled weights only.*safe_serialization=True"),
        (without_weights, "has no diffusion_pytorch_model.safetensors: download"),
        (integers, "conv_out.bias as I8: save it as"),
        (without_tokenizer, "tokenizer needs vocab.json and merges.txt, or tokenizer.json"),
        (sampling_unknown, "predicts 'sample'"),
    ],
)
def test_one_sentence(home: Path, damaged: Path, spoil: Callable[[Path], None], sentence: str) -> None:
    spoil(damaged)
    with pytest.raises(ExportError, match=sentence) as caught:
        export_checkpoint(damaged, "bad", home)
    assert "\n" not in str(caught.value)
    assert not (home / "models" / "bad").exists()


def test_not_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="does not exist: name a diffusers folder"):
        export_checkpoint(tmp_path / "nowhere", "bad", tmp_path)
    file = tmp_path / "model.ckpt"
    file.write_bytes(b"")
    with pytest.raises(ExportError, match="is a pickle, which may run code when opened"):
        export_checkpoint(file, "bad", tmp_path)


@pytest.mark.parametrize("name", ["", "../up", ".hidden", "a/b", "x" * 65, "späti"])
def test_bad_name(tiny: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match="cannot name a checkpoint"):
        export_checkpoint(tiny, name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_two_at_once(tiny: Path, home: Path) -> None:
    with (home / "models" / ".busy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ExportError, match="Another export to busy is running"):
            export_checkpoint(tiny, "busy", home)
    export_checkpoint(tiny, "busy", home, verify=False)


def test_untraced_and_tracing_off(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="tracing is turned off"):
        export_checkpoint(tiny, "tiny", tmp_path, trace="never")
