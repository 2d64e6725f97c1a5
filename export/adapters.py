"""Adds files to the registry: what they are is read of their tensors' names and shapes, and they come to lie by content.

One table says who reads which type. A file is there whole or not at all, once however often it is added.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import msgspec

from ensembles.adapters import store
from ensembles.adapters.about import About, Kind
from ensembles.engine.errors import EngineError
from ensembles.engine.weights import WeightFile, read_header
from ensembles.manifest import read_manifest
from export.command import export_checkpoint, export_vae
from export.errors import ExportError
from export.publish import locked
from export.write import file_hash

MAX_NAME = 100
_PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle")
_FLOATS = ("F32", "F16", "BF16")
_FORBIDDEN = frozenset('/\\:<>|"*?,()[]{}')
"""In names: they are words of prompts, and files."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
MAX_NAME_BYTES = 200
"""As files have it, in UTF-8."""
_BESIDE = ("peft", "encoder")
"""Details that lie beside a file and not in it: PEFT's settings, an IP-Adapter's image encoder. They change what it does."""


def add(
    path: Path, kind: Kind, home: Path, name: str, *, everybody: bool = True, organisation: str = ""
) -> About:
    """Brings a file (of checkpoints, VAEs and ControlNets also a diffusers folder) into the registry of `home`; what it is.

    It is everybody's by `name`, unless `everybody` is off: then whoever adds it keeps the name. A checkpoint or VAE is
    published as `home`/models/NAME instead, for `organisation` (an id) alone where one is given.

    Raises `ExportError` with what is wrong with the file, or with the name. Then nothing has changed.
    """
    check_name(name)
    _check_form(path)
    if kind == "embedding" and " " in name:
        raise ExportError(
            f"{name!r} cannot name an embedding: prompts end a name at a space. Write it without."
        )
    if kind in ("checkpoint", "vae"):
        return _publish(path, kind, home, name, organisation)
    kept = _KINDS[kind].keep(path, home, name)
    about = msgspec.structs.replace(kept, name=name)
    if everybody:
        share(home, about)
    return about


def check_name(name: str) -> None:
    """Raises `ExportError` for what could not be written in a prompt, or name a file."""
    wrong = (
        not name
        or len(name) > MAX_NAME
        or len(name.encode(errors="replace")) > MAX_NAME_BYTES
        or name.startswith((".", " "))
        or name.endswith(" ")
        or not name.isprintable()
        or _FORBIDDEN & set(name)
        # Where a file is named by content or by name, this would be taken for the first.
        or _SHA256.fullmatch(name)
    )
    if wrong:
        raise ExportError(
            f"{name[:MAX_NAME]!r} cannot be a name: take up to {MAX_NAME} letters, digits, spaces, '.', '_' or '-', beginning "
            "with none of '.' and ' ', and no SHA-256."
        )


def share(home: Path, about: About, *, instead: bool = False) -> None:
    """Makes a file of the store everybody's, by `about.name`.

    Raises `ExportError` where another has that name, unless it shall take its place.
    """
    folder = home / store.SHARED / about.type
    folder.mkdir(parents=True, exist_ok=True)
    link, target = folder / about.name, Path("..", "..", store.FOLDER, about.sha256)
    with locked(folder / ".lock"):
        if link.is_symlink() or link.exists():
            if link.is_symlink() and link.readlink() == target:
                return
            if not instead:
                raise ExportError(
                    f"There is another {about.type} {about.name!r} for everybody. Remove it first, or choose another name."
                )
        # By one rename: whoever looks finds the one or the other.
        building = folder / f".{about.sha256}"
        building.unlink(missing_ok=True)
        building.symlink_to(target)
        building.rename(link)


def unshare(home: Path, kind: Kind, name: str) -> None:
    """Takes a name away from everybody; raises `ExportError` where there is none."""
    link = home / store.SHARED / kind / name
    if Path(name).name != name or not link.is_symlink():
        raise ExportError(f"There is no {kind} {name!r} for everybody.")
    # Jobs may be under way with it: it is kept for a while from now on.
    with suppress(OSError):
        os.utime(link / store.ABOUT)
    link.unlink()


def keep_file(
    path: Path,
    home: Path,
    name: str,
    describe: Callable[[Path, str, str], About],
    extra: Mapping[str, bytes] | None = None,
) -> About:
    """A single file as it is, with what `describe` says of it and `extra` files: `home`/adapters/SHA256.

    What lay beside it and counts is part of the address: whoever adds the same file with other settings has another one.
    """
    if path.is_dir():
        raise ExportError(f"{path} is a folder, and this type is one .safetensors file. Name the file.")
    sha256 = file_hash(path)
    about = describe(path, name, sha256)
    weights = WeightFile(path)
    for key, tensor in read_header(path).items():
        if tensor.dtype in _FLOATS and not weights.is_finite(key):
            raise ExportError(f"{path.name}: {key} holds NaN or infinity, so the file is damaged.")
    about = msgspec.structs.replace(about, sha256=_address(about))
    with storing(home, about.sha256) as folder:
        if folder is not None:
            if _copy(path, folder / store.WEIGHTS) != sha256:
                raise ExportError(f"{path.name} changed while it was read. Add it when it is complete.")
            for file, content in (extra or {}).items():
                (folder / file).write_bytes(content)
            # Others may add the same bytes, and see what is kept here: what the first called it is not for them.
            kept = msgspec.structs.replace(about, name=about.sha256[:12])
            (folder / store.ABOUT).write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1))
    return about


def _address(about: About) -> str:
    """SHA-256 of the file, or of that and of what counts beside it."""
    beside = {key: about.details[key] for key in _BESIDE if key in about.details}
    if not beside:
        return about.sha256
    return hashlib.sha256(about.sha256.encode() + msgspec.json.encode(beside, order="sorted")).hexdigest()


@contextmanager
def storing(home: Path, sha256: str) -> Iterator[Path | None]:
    """An empty folder to fill, which becomes `home`/adapters/SHA256 when the block ends well; None where that is there."""
    target = store.folder(home, sha256)
    if _is_kept(target):
        yield None
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{sha256[:16]}-", dir=target.parent))
    try:
        yield building
        building.chmod(0o755)
        try:
            building.rename(target)
        except OSError:
            # Somebody else was quicker with the same bytes.
            if not _is_kept(target):
                # What lost its weights or its description is no use to anybody.
                shutil.rmtree(target)
                building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _is_kept(folder: Path) -> bool:
    """Is it there whole? Then it is in use again: whoever sweeps looks at when it was last added."""
    if not (folder / store.WEIGHTS).is_file():
        return False
    try:
        os.utime(folder / store.ABOUT)
    except FileNotFoundError:
        return False
    return True


def _copy(source: Path, target: Path) -> str:
    """Copies, and returns the SHA-256 of what was copied."""
    # A copy: a link would change with the file that somebody else owns, and then not be its hash any more.
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while piece := read.read(1 << 20):
            digest.update(piece)
            write.write(piece)
        write.flush()
        os.fsync(write.fileno())
    return digest.hexdigest()


def _check_form(path: Path) -> None:
    if not path.exists():
        raise ExportError(f"{path}: there is no such file or folder.")
    if path.is_dir():
        return
    if path.suffix.lower() in _PICKLES:
        raise ExportError(
            f"{path.name} is a pickle, which can run code when it is read. Only .safetensors files are taken: convert it on a "
            "machine that may run it, with safetensors.torch.save_file(torch.load(FILE), NEW)."
        )
    try:
        header = read_header(path)
    except (EngineError, OSError, ValueError) as error:
        raise ExportError(f"{path.name} is no safetensors file that can be read: {error}") from None
    if not header:
        raise ExportError(f"{path.name} holds no tensors.")


def _publish(path: Path, kind: Kind, home: Path, name: str, organisation: str) -> About:
    there = home / "models" / name / "manifest.json"
    if there.exists() and read_manifest(there).organisation != organisation:
        raise ExportError(f"There is a checkpoint or VAE {name!r} of others here. Choose another name.")
    if kind == "vae":
        export_vae(path, name, home, organisation=organisation)
    else:
        export_checkpoint(path, name, home, organisation=organisation)
    manifest = read_manifest(there)
    return About(
        type=kind,
        name=name,
        sha256=manifest.weights.get("unet") or next(iter(manifest.weights.values()), ""),
        bytes=sum(one.stat().st_size for one in there.parent.glob("weights/*.safetensors")),
        layout="diffusers" if path.is_dir() else "ldm",
        base="" if kind == "vae" else manifest.family,
        architecture=manifest.architecture,
        width=manifest.context_dim,
    )


@dataclass(frozen=True)
class _Type:
    """Where what is known of a type's files stands; imported when the first of them is added."""

    module: str
    one_file: bool = False
    """Does `module` describe a file that is kept as it is (`describe`), or make what is kept itself (`add`)?"""

    def keep(self, path: Path, home: Path, name: str) -> About:
        """Stores it; raises `ExportError`."""
        try:
            module = import_module(self.module)
            if self.one_file:
                return keep_file(path, home, name, module.describe)
            kept: About = module.add(path, home, name)
        except (EngineError, ValueError) as error:
            raise ExportError(str(error)) from error
        return kept


_KINDS: dict[Kind, _Type] = {
    "lora": _Type("ensembles.adapters.lora", one_file=True),
    "embedding": _Type("ensembles.adapters.embedding", one_file=True),
    "controlnet": _Type("export.controlnets.add"),
    "ip_adapter": _Type("export.image_prompts.add"),
}
