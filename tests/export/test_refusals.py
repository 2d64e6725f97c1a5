"""`studio export` refuses what it cannot publish: one sentence, exit code 2, nothing left, the next try clean."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from safetensors.numpy import load_file, save_file

from studio.cli import main
from tests.tools.random_checkpoint import as_single_file

ROOT = Path(__file__).parents[2]
POCKET = ROOT / "export" / "pocket" / "weights"
UNET = Path("unet/diffusion_pytorch_model.safetensors")
FIRST = "model.diffusion_model.input_blocks.0.0.weight"

Tensors = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def pocket(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return as_single_file(POCKET, tmp_path_factory.mktemp("refusals") / "pocket.safetensors")


@pytest.fixture(scope="module")
def tensors(pocket: Path) -> Tensors:
    return load_file(pocket)


@pytest.fixture(autouse=True)
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published here is compared with the recorded vectors: torch would only cost time."""
    monkeypatch.setattr("export.verify.can_trace", lambda: False)
    monkeypatch.setattr("export.graphs.can_trace", lambda: False)


def studio(home: Path, source: Path, *options: object, name: str = "made") -> Result:
    arguments = ["export", str(source), "--name", name, *map(str, options)]
    return CliRunner().invoke(main, arguments, env={"STUDIO_HOME": str(home)})


def sentence(result: Result) -> str:
    """The one line that was said, without the progress bar."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("studio: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    return lines[0]


def leftovers(home: Path) -> list[str]:
    """What an export leaves besides published folders and the locks of names."""
    models = home / "models"
    found = [path.name for path in models.iterdir()] if models.exists() else []
    return [name for name in found if name.startswith(".") and not name.endswith(".lock")]


def refused(home: Path, source: Path, said: str, *options: object) -> None:
    result = studio(home, source, *options)
    assert result.exit_code == 2, result.output
    assert said in sentence(result)
    assert not (home / "models" / "made").exists()
    assert leftovers(home) == []


def named(*names: str) -> Tensors:
    """A file of which only the names matter."""
    return {name: np.ones(1, np.float32) for name in names}


KINDS: Mapping[str, tuple[Tensors, str]] = {
    "sdxl": (
        named(FIRST, "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight"),
        "of Stable Diffusion XL's text encoder",
    ),
    "sdxl unet": (
        named(FIRST, "model.diffusion_model.label_emb.0.0.weight"),
        "holds no text encoder (conditioner.embedders.0.transformer.*): add --text-encoder FILE_OR_FOLDER",
    ),
    "sd2": (
        named(FIRST, "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight"),
        "of Stable Diffusion 2's text encoder",
    ),
    "edm": (
        named(FIRST, "edm_mean", "conditioner.embedders.0.transformer.text_model.final_layer_norm.weight"),
        "looks like an EDM model, whose noise levels are others: only Stable Diffusion 1.x, 2.x and XL",
    ),
    "unclip": (named(FIRST, "embedder.model.visual.proj"), "looks like an unCLIP model"),
    "sd3": (
        named("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"),
        "Stable Diffusion 3 or FLUX",
    ),
    "lora": (
        named("lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight"),
        "looks like an adapter (LoRA): export the checkpoint that it belongs to",
    ),
    "diffusers lora": (named("unet.down_blocks.0.attentions.0.proj_in.lora_A.weight"), "an adapter (LoRA)"),
    "controlnet": (named("control_model.input_blocks.0.0.weight"), "looks like a ControlNet"),
    "inversion": (named("emb_params"), "looks like a textual inversion"),
    "vae": (named("first_stage_model.encoder.conv_in.weight"), "looks like a VAE alone"),
    "bare vae": (
        named("decoder.conv_in.weight"),
        "looks like a VAE alone: name a whole checkpoint, and this",
    ),
    "text encoder": (named("text_model.final_layer_norm.weight"), "looks like a text encoder alone"),
    "unet": (named("down_blocks.0.resnets.0.conv1.weight"), "a UNet alone in diffusers' layout"),
    "bare unet": (named("input_blocks.0.0.weight"), "a UNet alone, its names cut short"),
    "anything": (named("body.0.weight"), "holds no UNet"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds_of_files(kind: str, tmp_path: Path) -> None:
    content, said = KINDS[kind]
    save_file(content, tmp_path / "file.safetensors")
    refused(tmp_path / "home", tmp_path / "file.safetensors", said)


def without(tensors: Tensors, prefix: str) -> Tensors:
    return {name: value for name, value in tensors.items() if not name.startswith(prefix)}


def with_nan(tensors: Tensors) -> Tensors:
    spoilt = tensors[FIRST].copy()
    spoilt.flat[5] = np.nan
    return tensors | {FIRST: spoilt}


def inpainting(tensors: Tensors) -> Tensors:
    return tensors | {FIRST: np.concatenate([tensors[FIRST]] * 2, axis=1)}


def cut(tensors: Tensors) -> Tensors:
    return tensors | {FIRST: tensors[FIRST][:5].copy()}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: without(t, FIRST), f"lacks 1 tensors of Stable Diffusion 1.5's UNet, first {FIRST}"),
        (lambda t: without(t, "first_stage_model.quant_conv.bias"), "of Stable Diffusion 1.5's VAE, first first_stage_model.quant_conv.bias"),
        (lambda t: without(t, "model.diffusion_model.input_blocks.3"), "of Stable Diffusion 1.5's UNet"),
        (lambda t: without(t, "first_stage_model."), "holds no VAE (first_stage_model.*): add --vae"),
        (lambda t: without(t, "cond_stage_model."), "holds no text encoder (cond_stage_model.transformer.*): add --text-encoder"),
        (lambda t: t | named("model.diffusion_model.surplus"), "1 tensors in its UNet that Stable Diffusion 1.5 does not have, first model.diffusion_model.surplus"),
        (lambda t: t | named("first_stage_model.encoder.down.0.attn.0.q.weight"), "1 tensors in its VAE"),
        (lambda t: t | named("cond_stage_model.surplus"), "1 tensors in its text encoder"),
        (with_nan, f"{FIRST} holds NaN or infinity"),
        (lambda t: t | {FIRST: t[FIRST].astype(np.int8)}, f"stores {FIRST} as I8"),
        (inpainting, "the given config says in_channels = 4 of the UNet, but the tensors say 8"),
        (cut, "is damaged: 1 tensors are missing or of another shape"),
    ],
)  # fmt: skip
def test_damaged_files(
    spoil: Callable[[Tensors], Tensors], said: str, tensors: Tensors, tmp_path: Path
) -> None:
    save_file(spoil(dict(tensors)), tmp_path / "file.safetensors")
    refused(tmp_path / "home", tmp_path / "file.safetensors", said, "--config", POCKET)


def test_a_config_of_another_checkpoint(pocket: Path, tmp_path: Path) -> None:
    shutil.copytree(POCKET / "unet", tmp_path / "unet")
    config = tmp_path / "unet" / "config.json"
    config.write_text(config.read_text().replace("128,", "256,"))
    refused(tmp_path / "home", pocket, "but the tensors say", "--config", config)


def test_no_averaged_weights(pocket: Path, tmp_path: Path) -> None:
    said = "holds no averaged weights (model_ema.*): leave --ema out"
    refused(tmp_path / "home", pocket, said, "--config", POCKET, "--ema")


def test_widths_that_are_not_stable_diffusions(tensors: Tensors, tmp_path: Path) -> None:
    """Without a config the UNet's 32 norm groups are assumed, which widths of 8 cannot have."""
    narrow = {
        name: value[:8].copy() if name.startswith("model.diffusion_model.input_blocks.1.") else value
        for name, value in tensors.items()
    }
    save_file(narrow, tmp_path / "file.safetensors")
    refused(
        tmp_path / "home", tmp_path / "file.safetensors", "does not divide into 32 norm groups: name a folder"
    )


def test_an_unknown_architecture_needs_torch(pocket: Path, tmp_path: Path) -> None:
    """Pocket without its config is taken for a network with other heads and groups."""
    said = "that was not traced yet, which needs PyTorch: run pip install"
    refused(tmp_path / "home", pocket, said, "--tokenizer", POCKET / "tokenizer")


def test_truncated(pocket: Path, tmp_path: Path) -> None:
    file = tmp_path / "file.safetensors"
    for length in (0, 5, 1000, 10_000_000, pocket.stat().st_size - 1):
        file.write_bytes(pocket.read_bytes()[:length])
        refused(tmp_path / "home", file, "cut off", "--config", POCKET)


def test_pickles(tmp_path: Path) -> None:
    import torch

    torch.save({"state_dict": {}}, tmp_path / "model.ckpt")
    shutil.copy(tmp_path / "model.ckpt", tmp_path / "renamed.safetensors")
    (tmp_path / "old.ckpt").write_bytes(b"\x80\x02}q\x00.")
    (tmp_path / "empty.pt").write_bytes(b"")
    for name in ("model.ckpt", "renamed.safetensors", "old.ckpt", "empty.pt"):
        refused(tmp_path / "home", tmp_path / name, "is a pickle, which may run code when opened")
    (tmp_path / "quantised.gguf").write_bytes(b"GGUF\x03\x00\x00\x00")
    refused(tmp_path / "home", tmp_path / "quantised.gguf", "is a GGUF file: download the safetensors")


def test_folders_that_are_no_checkpoints(tmp_path: Path, pocket: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "home", tmp_path / "empty", "has no model_index.json: name a diffusers folder")
    refused(tmp_path / "home", POCKET / "unet", "has no model_index.json: name a diffusers folder")
    refused(
        tmp_path / "home", tmp_path / "none", "does not exist: name a diffusers folder, or a checkpoint's"
    )
    refused(tmp_path / "home", POCKET, "empty has no config.json", "--vae", tmp_path / "empty")
    refused(tmp_path / "home", POCKET, "needs vocab.json and merges.txt", "--tokenizer", tmp_path / "empty")
    refused(
        tmp_path / "home", POCKET, "another model's tokenizer", "--tokenizer", ROOT / "export/tokenizers/clip"
    )
    refused(tmp_path / "home", POCKET, "not like a VAE", "--vae", _lora(tmp_path))


def _lora(folder: Path) -> Path:
    save_file(named("lora_unet_a.lora_down.weight"), folder / "lora.safetensors")
    return folder / "lora.safetensors"


def test_a_diffusers_folder_with_more_than_its_config_says(tmp_path: Path) -> None:
    source = Path(shutil.copytree(POCKET, tmp_path / "source"))
    save_file(load_file(source / UNET) | named("surplus.weight"), source / UNET)
    refused(
        tmp_path / "home",
        source,
        "holds 1 tensors that its config.json does not describe, first surplus.weight",
    )


COMMAND = """
import export.verify
export.verify.can_trace = lambda: False
from studio.cli import main
main()
"""
"""`studio`, which compares with the recorded vectors: torch would only cost time."""


def start(
    home: Path, source: Path, *options: object, name: str = "made", **more: Any
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMMAND, "export", source, "--name", name, *options]
    return subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ | {"STUDIO_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def wait_for_writing(home: Path) -> None:
    """Until an export has begun to fill its folder."""
    deadline = time.monotonic() + 60
    while not list(home.glob("models/.made.tmp-*/weights")):
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_no_room_for_what_is_written(pocket: Path, tmp_path: Path) -> None:
    """The weights are linked; a graph is the first thing that is larger than the limit."""
    limit = 100_000
    child = start(
        tmp_path, pocket, "--config", POCKET,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    _, said = child.communicate(timeout=120)
    assert child.returncode == 2, said
    assert "File too large; nothing was published: make room on the disk of" in said
    assert not (tmp_path / "models" / "made").exists()
    assert leftovers(tmp_path) == []
    assert studio(tmp_path, pocket, "--config", POCKET).exit_code == 0


def test_a_full_disk(pocket: Path, tmp_path: Path) -> None:
    """A disk of 4 MB, where the weights cannot be linked and their copy does not fit."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting needs more rights than the tests have")
    try:
        refused(disk, pocket, "No space left on device; nothing was published: make room", "--config", POCKET)
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        result = studio(disk, pocket, "--config", POCKET)
        assert result.exit_code == 0, result.output
        assert "copied from" in result.stderr
    finally:
        subprocess.run(["umount", disk], check=True)


def test_two_processes_and_one_name(pocket: Path, tmp_path: Path) -> None:
    """The first is halted while it writes; the second says that it is not alone; then the first goes on."""
    first = start(tmp_path, pocket, "--config", POCKET)
    wait_for_writing(tmp_path)
    first.send_signal(signal.SIGSTOP)
    try:
        second = start(tmp_path, pocket, "--config", POCKET)
        _, said = second.communicate(timeout=120)
    finally:
        first.send_signal(signal.SIGCONT)
    assert second.returncode == 2, said
    assert "Another export to made is running: wait for it, or choose another name." in said
    _, said = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert (tmp_path / "models" / "made" / "report.json").is_file()
    assert leftovers(tmp_path) == []
    assert studio(tmp_path, pocket, "--config", POCKET).exit_code == 0


HOOKED = """
import os, signal, sys
from pathlib import Path
import export.command, export.verify, export.write
export.verify.can_trace = lambda: False

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(function):
    return lambda *arguments, **options: (function(*arguments, **options), die())

rename = Path.rename
moment = sys.argv.pop(1)
if moment == "linked":
    export.write.link_or_copy = after(export.write.link_or_copy)
elif moment == "written":
    export.command.verify_folder = die
elif moment == "reported":
    export.command.write_report = after(export.command.write_report)
elif moment == "moved aside":
    Path.rename = lambda self, to: (rename(self, to), die() if to.name.endswith(".old") else None)
elif moment == "published":
    Path.rename = lambda self, to: (rename(self, to), die() if to.name == "made" else None)
from studio.cli import main
main()
"""
"""The command, and a signal that cannot be caught at one moment of it."""


@pytest.fixture(scope="module")
def published(pocket: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where the name is taken already."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("export.verify.can_trace", lambda: False)
        assert studio(home, POCKET).exit_code == 0
    return home


@pytest.mark.parametrize("moment", ["linked", "written", "reported", "moved aside", "published"])
def test_killed(moment: str, pocket: Path, published: Path, tmp_path: Path) -> None:
    """What stood there before stands there after, or the new one does, and the next try clears up."""
    home = Path(shutil.copytree(published, tmp_path / "home", copy_function=os.link))
    earlier = (home / "models" / "made" / "weights" / "layout.json").read_bytes()
    command = [sys.executable, "-c", HOOKED, moment, "export", pocket, "--name", "made", "--config", POCKET]
    environment = os.environ | {"STUDIO_HOME": str(home)}
    done = subprocess.run(
        list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert leftovers(home)
    made = home / "models" / "made"
    if moment == "moved aside":
        assert not made.exists()
        # Even a try that fails brings the earlier one back.
        result = studio(home, pocket, "--config", POCKET, "--ema")
        assert result.exit_code == 2
    if moment != "published" and made.exists():
        assert (made / "weights" / "layout.json").read_bytes() == earlier
    result = studio(home, pocket, "--config", POCKET)
    assert result.exit_code == 0, result.output
    assert (made / "weights" / "layout.json").read_bytes() != earlier
    assert leftovers(home) == []


def test_killed_at_any_time(pocket: Path, tmp_path: Path) -> None:
    """No hooks: the real command, killed as soon as it has begun to write."""
    child = start(tmp_path, pocket, "--config", POCKET)
    wait_for_writing(tmp_path)
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    assert not (tmp_path / "models" / "made").exists()
    assert leftovers(tmp_path)
    assert studio(tmp_path, pocket, "--config", POCKET).exit_code == 0
    assert leftovers(tmp_path) == []


def test_a_killed_tracing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a tracing that was killed left is cleared up by the next of that architecture."""
    import export.trace
    from export import graphs
    from export.checkpoint import open_checkpoint

    checkpoint = open_checkpoint(POCKET)
    leftover = tmp_path / "graphs" / f".{checkpoint.hash}.tmp-killed"
    leftover.mkdir(parents=True)
    monkeypatch.setattr(graphs, "SHIPPED", tmp_path / "none")
    monkeypatch.setattr(graphs, "can_trace", lambda: True)
    monkeypatch.setattr(export.trace, "trace", lambda checkpoint, folder, progress: folder / checkpoint.hash)
    found, traced = graphs.find_graphs(checkpoint, tmp_path, "auto")
    assert traced
    assert found == tmp_path / "graphs" / checkpoint.hash
    assert not leftover.exists()
