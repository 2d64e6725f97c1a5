"""Parts out of one safetensors file in the LDM layout, with configs inferred where none are given."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ensembles.engine.errors import EngineError
from ensembles.engine.weights import TensorPlace, read_header
from export.architecture import graph_config
from export.errors import ExportError
from export.families import Family
from export.infer import BLOCKS, TIME_WIDTH, WIDTHS, assumed, impossible, open_clip_blocks
from export.ldm import (
    FUSED,
    NAMES,
    OPTIONAL,
    PROJECTION,
    Names,
    averaged_name,
    count,
    open_clip_names,
    piece_of,
)
from export.lookalikes import LONE, WRONG, foreign_format, looks_like
from export.parts import Part, canonical_name, make_part

Header = dict[str, TensorPlace]

TITLES = {
    "text_encoder": "text encoder",
    "text_encoder_2": "second text encoder",
    "unet": "UNet",
    "vae": "VAE",
}
REPLACING = {
    "text_encoder": "--text-encoder",
    "text_encoder_2": "--text-encoder-2",
    "vae": "--vae",
}
"""part → the option that supplies it"""

_TEXT_HARMLESS = re.compile(
    r"(^|\.)(position_ids|logit_scale|attn_mask|(text|visual)_projection(\.weight)?)$|(^|\.)vision_model\."
)
_HARMLESS = {
    "text_encoder": _TEXT_HARMLESS,
    "text_encoder_2": _TEXT_HARMLESS,
    "unet": re.compile(r"^$"),
    "vae": re.compile(r"^(loss|model_ema)\."),
}
"""Names, without prefix, that stand among a part's own tensors and are none of its parameters."""
_UNET = "model.diffusion_model."
_LIKE = {"text_encoder_2": "text_encoder"}
"""part → the part that it is like, in transformers' names"""
_AVERAGED = "model_ema.diffusion_model"
_BUFFERS = re.compile(
    r"^(model_ema\.|alphas_cumprod|betas$|sqrt_|log_one_minus|posterior_|logvar$|lvlb_weights$|"
    r"optimizer|loss\.|global_step|epoch$|cond_stage_model\.|conditioner\.|first_stage_model\.|"
    r"model\.diffusion_model\.|denoiser\.|v_pred$|ztsnr$)"
)
"""What training leaves outside the parts, and the parts themselves."""
_FLAT = re.compile(r"\.(to_[qkv]|to_out\.0)\.weight$")
"""Matrices that the LDM VAE keeps as convolutions of one pixel."""


def open_file(path: Path) -> Header:
    """The header of a safetensors file; raises `ExportError` when it is none, or cut off."""
    try:
        reason = foreign_format(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}.") from error
    if reason:
        raise ExportError(reason)
    try:
        return read_header(path)
    except EngineError as error:
        raise ExportError(str(error)) from error


def check_kind(path: Path, header: Header) -> None:
    """Refuse a file that is not a whole checkpoint, saying what it looks like."""
    wrong = looks_like(header, WRONG)
    if wrong is None and not any(name.startswith(_UNET) for name in header):
        wrong = looks_like(header, LONE)
        if wrong is None:
            raise ExportError(
                f"{path} holds no UNet ({_UNET}*) and is no checkpoint that is known: name a Stable Diffusion "
                "checkpoint."
            )
    if wrong:
        raise ExportError(f"{path} looks like {wrong.what}: {wrong.todo}.")


def has_part(header: Header, part: str, family: Family) -> bool:
    """Whether a whole checkpoint of that family holds `part`."""
    return any(name.startswith(family.prefixes[part]) for name in header)


def scheduler_in(
    header: Header, family: Family, given: dict[str, Any] | None, prediction: str | None
) -> tuple[dict[str, Any], str]:
    """The schedule of a single file, and what is to be said of it: it carries none, but may carry marks.

    `v_pred` and `ztsnr` are those by which fine-tunes of Stable Diffusion XL say that they predict v, and that
    their last timestep is noise alone.
    """
    if given is not None:
        return given, ""
    scheduler = dict(family.scheduler)
    if "v_pred" in header:
        scheduler["prediction_type"] = "v_prediction"
    if "ztsnr" in header:
        scheduler["rescale_betas_zero_snr"] = True
    said = ""
    if family.scheduler.get("prediction_type") and prediction is None:
        said = (
            f"does not say what its UNet predicts: {family.scheduler['prediction_type']} was taken, as in most of "
            f"{family.title}; --prediction epsilon is for its 512-pixel base."
        )
    return scheduler, said


def remarks_of(path: Path, header: Header, *, ema: bool) -> list[str]:
    """Sentences on what the file holds besides its parts, and besides averaged weights that `ema` takes."""
    remarks = []
    if not ema and any(name.startswith(_AVERAGED) for name in header):
        remarks.append(f"{path.name} holds averaged weights too, which were not asked for: --ema takes them.")
    other = sorted(name for name in header if not _BUFFERS.match(name))
    if other:
        left = f"{len(other)} tensors that no part uses, first {other[0]}"
        remarks.append(f"{path.name} holds {left}: they were left out.")
    return remarks


def part_of_checkpoint(
    path: Path,
    header: Header,
    part: str,
    config: dict[str, Any] | None,
    family: Family,
    *,
    ema: bool = False,
) -> Part:
    """`part` out of a whole checkpoint; `ema` takes the UNet's averaged weights.

    `config` is a diffusers config.json, None to infer it. Raises `ExportError` for tensors that are missing,
    of another shape, or unknown.
    """
    prefix = family.prefixes[part]
    if not has_part(header, part, family):
        todo = f"add {REPLACING[part]} FILE_OR_FOLDER" if part in REPLACING else "name a whole checkpoint"
        raise ExportError(f"{path} holds no {TITLES[part]} ({prefix}*): {todo}.")
    tensors = {name.removeprefix(prefix): name for name in header if name.startswith(prefix)}
    own = set(tensors.values())
    stray = [name for name in header if name.startswith(family.namespaces[part]) and name not in own]
    _refuse_unknown(path, part, [name for name in stray if not _HARMLESS[part].search(name)], family)
    if ema and part == "unet":
        tensors = _averaged(path, header, tensors)
    return _ldm_part(path, header, part, tensors, config, prefix, family)


def part_of_file(
    path: Path, header: Header, part: str, config: dict[str, Any] | None, family: Family
) -> Part:
    """`part` out of a whole checkpoint or a file that holds nothing else, in LDM names."""
    if has_part(header, part, family):
        return part_of_checkpoint(path, header, part, config, family)
    wrong = looks_like(header, WRONG)
    if wrong:
        raise ExportError(f"{path} looks like {wrong.what}, not like a {TITLES[part]}: name another file.")
    if any(re.match(r"(encoder|decoder)\.(down|up|mid)_block", name) for name in header):
        raise ExportError(
            f"{path} uses diffusers' names, whose config.json is needed: name the folder that holds both."
        )
    return _ldm_part(path, header, part, {name: name for name in header}, config, "", family)


def _averaged(path: Path, header: Header, tensors: Mapping[str, str]) -> Names:
    """The UNet's names with their averaged tensors."""
    if not any(name.startswith(_AVERAGED) for name in header):
        raise ExportError(f"{path} holds no averaged weights (model_ema.*): leave --ema out.")
    # EMA names have lost their dots: those of the normal tensors tell how they are to be read.
    averaged = {name: averaged_name(name) for name in tensors}
    missing = sorted(name for name in averaged.values() if name not in header)
    if missing:
        raise ExportError(
            f"{path} lacks {len(missing)} of its averaged weights, first {missing[0]}: leave --ema out."
        )
    return averaged


def _ldm_part(
    path: Path,
    header: Header,
    part: str,
    tensors: Names,
    given: dict[str, Any] | None,
    prefix: str,
    family: Family,
) -> Part:
    """`tensors` is name without `prefix` → name in the file."""
    tower = family.tower(part)
    fused = tower is not None and tower.style == "open_clip" and "positional_embedding" in tensors
    if tower is not None and not fused:
        # Files converted by old tools leave the outer name out.
        tensors = {canonical_name(name): tensor for name, tensor in tensors.items()}
    blocks = open_clip_blocks(tensors) if fused else BLOCKS[_LIKE.get(part, part)](tensors)
    unused: set[str] = set()
    if tower is not None and fused and blocks["num_hidden_layers"] > tower.left_out:
        last = blocks["num_hidden_layers"] = blocks["num_hidden_layers"] - tower.left_out
        unused = {name for name in tensors if count([name], r"transformer\.resblocks\.(\d+)\.") > last}
    table = open_clip_names(blocks) if fused else NAMES[_LIKE.get(part, part)](blocks)
    if tower is not None and tower.kind != "CLIPTextModelWithProjection":
        table.pop(PROJECTION, None)
    elif tower is not None and not fused:
        table[PROJECTION] = PROJECTION
    names = {ours: tensors[theirs] for ours, theirs in table.items() if theirs in tensors}
    missing = [theirs for ours, theirs in table.items() if ours not in names and not OPTIONAL.search(ours)]
    if missing:
        raise ExportError(
            f"{path} lacks {len(missing)} tensors of {family.title}'s {TITLES[part]}, first "
            f"{prefix}{missing[0]}: download the checkpoint again, or take one of that architecture."
        )
    known = set(names.values())
    unknown = [
        tensor
        for name, tensor in tensors.items()
        if tensor not in known and name not in unused and not _HARMLESS[part].search(name)
    ]
    _refuse_unknown(path, part, unknown, family)
    linear = bool((given or {}).get("use_linear_projection"))
    shapes = _reshaped(part, {name: header[tensor].shape for name, tensor in names.items()}, linear)
    rows = _pieces(header, names) if fused else {}
    transposed = (PROJECTION,) if fused and PROJECTION in names else ()
    try:
        built = make_part({}, path, "ldm", header, names, shapes, rows, transposed)
        found = blocks | WIDTHS[part]({name: place.shape for name, place in built.tensors.items()})
        config = _config(path, part, found, given, family)
        if part == "unet" and family.size_ids and given is None:
            config["addition_time_embed_dim"] = _time_width(header, config, family)
    except EngineError as error:
        raise ExportError(str(error)) from error
    except (IndexError, ValueError, KeyError) as error:
        raise ExportError(
            f"{path} has tensors of impossible shapes in its {TITLES[part]}: {error}."
        ) from error
    _check_shortcuts(path, part, built)
    return replace(built, config=config)


def _pieces(header: Header, names: Names) -> dict[str, tuple[int, int]]:
    """parameter → its rows, for those that share a tensor with others."""
    rows = {}
    for name, tensor in names.items():
        place, total = piece_of(name), header[tensor].shape[0] if header[tensor].shape else 0
        if place is not None:
            rows[name] = (place * total // len(FUSED), (place + 1) * total // len(FUSED))
    return rows


def _time_width(header: Header, config: dict[str, Any], family: Family) -> int:
    """Numbers that each size becomes: what of the UNet's joint input the pooled text leaves to them."""
    place = header.get(f"{family.prefixes[family.towers[-1].part]}text_projection")
    if place is None:
        return TIME_WIDTH
    return int((config["projection_class_embeddings_input_dim"] - place.shape[-1]) // family.size_ids)


def _refuse_unknown(path: Path, part: str, unknown: list[str], family: Family) -> None:
    if unknown:
        raise ExportError(
            f"{path} holds {len(unknown)} tensors in its {TITLES[part]} that {family.title} does not have, "
            f"first {min(unknown)}: take a checkpoint of that architecture."
        )


def _reshaped(part: str, shapes: Mapping[str, tuple[int, ...]], linear: bool) -> dict[str, list[int]]:
    """parameter → the graph's shape, where the file's differs by axes of length 1."""
    changed: dict[str, list[int]] = {}
    for name, shape in shapes.items():
        flat = (part == "vae" and _FLAT.search(name)) or (
            linear and re.search(r"\.proj_(in|out)\.weight$", name)
        )
        if flat and len(shape) == 4 and shape[2:] == (1, 1):
            changed[name] = list(shape[:2])
    return changed


def _config(
    path: Path, part: str, found: dict[str, Any], given: dict[str, Any] | None, family: Family
) -> dict[str, Any]:
    """The given config, which must say what was found; else what was found, and the rest assumed."""
    if given is None:
        config = found | assumed(family, part, found)
        reason = impossible(part, config)
        if reason:
            raise ExportError(
                f"{path}: the {TITLES[part]}'s config cannot be {family.title}'s, since {reason}: name a "
                "folder with its config.json by --config."
            )
        return config
    said = {key: value for key, value in found.items() if key in given}
    wanted, have = graph_config(part, {**given, **said}), graph_config(part, given)
    wrong = next((key for key in sorted(wanted | have) if wanted.get(key) != have.get(key)), None)
    if wrong:
        raise ExportError(
            f"{path}: the given config says {wrong} = {given.get(wrong)} of the {TITLES[part]}, but the tensors "
            f"say {found.get(wrong)}: name the config that belongs to this checkpoint."
        )
    return given


def _check_shortcuts(path: Path, part: str, built: Part) -> None:
    """A residual block that changes the width needs a shortcut, which the table cannot know."""
    for name, place in built.tensors.items():
        block = name.removesuffix(".conv1.weight")
        if block == name or place.shape[0] == place.shape[1]:
            continue
        shortcut = f"{block}.conv_shortcut.weight"
        if shortcut not in built.tensors:
            raise ExportError(
                f"{path} lacks {shortcut} of its {TITLES[part]} (in diffusers' names): download the checkpoint again."
            )
