"""Files of the registry: added whole, by content, or refused with what would be right."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from safetensors.numpy import save_file

from control.models.fitting import unfit
from control.models.shared import shared
from ensembles.adapters import store
from ensembles.adapters.about import Kind
from ensembles.adapters.lora.reading import read_lora
from ensembles.manifest import Manifest, TextTower
from export import adapters, bundled
from export.errors import ExportError

POCKET = Manifest(name="pocket", architecture="sd15-test", context_dim=128)
SDXL = Manifest(
    name="grand", architecture="sdxl-test", context_dim=2048, family="sdxl",
    towers=(TextTower(), TextTower(network="text-encoder-2", width=1280, embedding="clip_g")),
)  # fmt: skip


def embedding(path: Path, width: int = 128, rows: int = 2, **tensors: Any) -> Path:
    save_file(tensors or {"emb_params": np.ones((rows, width), np.float32)}, path)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


def test_a_file_lies_by_its_content_and_is_everybodys_by_its_name(tmp_path: Path, home: Path) -> None:
    path = embedding(tmp_path / "dusk.safetensors")
    about = adapters.add(path, "embedding", home, "dusk")
    assert about.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (about.layout, about.width, about.details["vectors"]) == ("a1111", 128, 2)
    # What its first owner called it is not for others who have the same bytes.
    kept = store.read_about(store.folder(home, about.sha256))
    assert kept == msgspec.structs.replace(about, name=about.sha256[:12])
    assert shared(home, "embedding") == {"dusk": about}
    # What its owner does to the file later changes nothing here.
    path.write_bytes(b"")
    weights = store.folder(home, about.sha256) / store.WEIGHTS
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == about.sha256


def test_the_same_bytes_are_kept_once_under_all_their_names(tmp_path: Path, home: Path) -> None:
    path = embedding(tmp_path / "dusk.safetensors")
    for name in ("dusk", "dusk", "evening"):
        adapters.add(path, "embedding", home, name)
    adapters.add(path, "embedding", home, "ours", everybody=False)
    assert {one.name for one in shared(home, "embedding").values()} == {"dusk", "evening"}
    assert len(list((home / store.FOLDER).iterdir())) == 1
    adapters.unshare(home, "embedding", "dusk")
    assert list(shared(home, "embedding")) == ["evening"]
    with pytest.raises(ExportError, match="no embedding 'dusk'"):
        adapters.unshare(home, "embedding", "dusk")


def test_a_name_that_another_file_has_is_refused(tmp_path: Path, home: Path) -> None:
    adapters.add(embedding(tmp_path / "a.safetensors"), "embedding", home, "dusk")
    with pytest.raises(ExportError, match="another embedding 'dusk'"):
        adapters.add(embedding(tmp_path / "b.safetensors", rows=3), "embedding", home, "dusk")


def test_settings_beside_a_file_make_it_another_one(tmp_path: Path, home: Path) -> None:
    """The first who adds a file does not decide what it does for those who add it after them."""
    found = []
    for name, alpha in (("soft", 4), ("hard", 16), ("soft-again", 4), ("none", None)):
        folder = tmp_path / name
        folder.mkdir()
        stem = "base_model.model.unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
        save_file(
            {
                f"{stem}.lora_A.weight": np.ones((4, 8), np.float32),
                f"{stem}.lora_B.weight": np.ones((8, 4), np.float32),
            },
            folder / "adapter_model.safetensors",
        )
        if alpha is not None:
            (folder / "adapter_config.json").write_text(f'{{"lora_alpha": {alpha}, "r": 4}}')
        found.append(adapters.add(folder / "adapter_model.safetensors", "lora", home, name, everybody=False))
    soft, hard, again, none = (one.sha256 for one in found)
    assert soft == again
    assert len({soft, hard, none}) == 3
    assert none == hashlib.sha256((tmp_path / "soft" / "adapter_model.safetensors").read_bytes()).hexdigest()
    alphas = [
        read_lora(store.folder(home, one) / store.WEIGHTS).layers[0].alpha for one in (soft, hard, none)
    ]
    assert alphas == [4, 16, None]


def test_what_lost_its_weights_is_stored_anew(tmp_path: Path, home: Path) -> None:
    path = embedding(tmp_path / "dusk.safetensors")
    about = adapters.add(path, "embedding", home, "dusk", everybody=False)
    with adapters.storing(home, about.sha256) as folder:
        assert folder is None
    (store.folder(home, about.sha256) / store.WEIGHTS).unlink()
    with adapters.storing(home, about.sha256) as folder:
        assert folder is not None


BAD: dict[str, tuple[Kind, str]] = {
    "pickle.pt": ("embedding", "is a pickle, which can run code.*safetensors.torch.save_file"),
    "pickle.ckpt": ("lora", "is a pickle"),
    "text.safetensors": ("lora", "no safetensors file that can be read"),
    "empty.safetensors": ("embedding", "holds no tensors"),
    "nan.safetensors": ("embedding", "holds NaN or infinity"),
    "many.safetensors": ("embedding", "no textual inversion"),
    "long.safetensors": ("embedding", "has 1 to 75"),
    "other.safetensors": ("lora", "(?i)lora"),
    "missing.safetensors": ("lora", "no such file"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_used_is_refused_and_nothing_is_left(name: str, tmp_path: Path, home: Path) -> None:
    path = tmp_path / name
    if name.startswith("pickle"):
        path.write_bytes(b"\x80\x04K\x01.")
    elif name.startswith("text"):
        path.write_text("hello, hello, hello")
    elif name.startswith("empty"):
        save_file({}, path)
    elif name.startswith("nan"):
        embedding(path, emb_params=np.full((1, 128), np.nan, np.float32))
    elif name.startswith("many"):
        embedding(path, a=np.ones((1, 8), np.float32), b=np.ones((1, 8), np.float32))
    elif name.startswith("long"):
        embedding(path, rows=76)
    elif name.startswith("other"):
        embedding(path, weight=np.ones((4, 4), np.float32))
    kind, says = BAD[name]
    with pytest.raises(ExportError, match=says):
        adapters.add(path, kind, home, "thing")
    assert not list(home.rglob("*.safetensors"))
    assert shared(home, kind) == {}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../up",
        ".hidden",
        "a/b",
        "a:b",
        "a,b",
        "a>b",
        " a",
        "x" * 101,
        "a\0b",
        "0a" * 32,
        "ü" * 100 + "é",
        "夕" * 80,
    ],
)
def test_names_that_prompts_and_folders_cannot_have(name: str, tmp_path: Path, home: Path) -> None:
    with pytest.raises(ExportError, match="cannot be a name"):
        adapters.add(embedding(tmp_path / "dusk.safetensors"), "embedding", home, name)


def test_embeddings_say_whom_they_are_for(tmp_path: Path, home: Path) -> None:
    here = adapters.add(embedding(tmp_path / "a.safetensors"), "embedding", home, "here")
    sd = adapters.add(embedding(tmp_path / "b.safetensors", 768), "embedding", home, "sd")
    both: dict[str, Any] = {"clip_l": np.ones((2, 768), np.float32), "clip_g": np.ones((2, 1280), np.float32)}
    xl = adapters.add(embedding(tmp_path / "c.safetensors", **both), "embedding", home, "xl")
    assert (here.base, sd.base, xl.base, xl.width) == ("", "sd15", "sdxl", 2048)
    assert unfit(here, POCKET) is None
    assert unfit(xl, SDXL) is None
    assert "vectors of 768 numbers, and pocket takes 128" in (unfit(sd, POCKET) or "")
    assert "is made for SDXL, and pocket is of SD 1.x" in (unfit(xl, POCKET) or "")
    assert "made for SD 1.x" in (unfit(sd, SDXL) or "")
    # Half of what two text encoders read is for neither.
    one = adapters.add(embedding(tmp_path / "d.safetensors", 1280), "embedding", home, "one")
    assert "vectors of 1280 numbers, and grand takes 2048" in (unfit(one, SDXL) or "")
    half = embedding(tmp_path / "e.safetensors", **{"clip_g": both["clip_g"]})
    with pytest.raises(ExportError, match=r"clip_g alone: .* both text encoders, clip_l and clip_g"):
        adapters.add(half, "embedding", home, "half")


def test_what_comes_with_the_studio_is_added_once_and_anew_when_it_has_changed(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = embedding(tmp_path / "dusk.safetensors")
    monkeypatch.setattr(bundled, "ALL", (bundled.Bundled(path, "embedding", "dusk"),))
    assert bundled.add_bundled(home) == ["dusk"]
    assert bundled.add_bundled(home) == []
    before = shared(home, "embedding")["dusk"]
    embedding(path, rows=3)
    assert [one.name for one in bundled.missing(home)] == ["dusk"]
    assert bundled.add_bundled(home) == ["dusk"]
    assert shared(home, "embedding")["dusk"].sha256 != before.sha256
    # Jobs under way may still use it.
    assert store.read_about(store.folder(home, before.sha256)).sha256 == before.sha256


def test_those_of_this_checkout_go_with_pocket(home: Path) -> None:
    for one in bundled.bundled():
        about = adapters.add(one.path, one.kind, home, one.name)
        assert (about.type, about.name) == (one.kind, one.name)
        assert unfit(about, POCKET) is None
