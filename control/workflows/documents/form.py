"""The values of a workflow as a form: what can be another when it is run."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from control.access.principal import Principal
from control.assets.tables import FileName
from control.database.owned import scoped
from control.models import registry
from control.settings import ControlSettings
from control.workflows.catalogue import CATALOGUE
from control.workflows.documents.schemas import VersionDetails, WorkflowForm, WorkflowInput
from control.workflows.gathering import published
from control.workflows.graph import link_of
from control.workflows.known import OF_ADAPTERS, OF_FILES
from control.workflows.types import WIDGETS, Input, NodeType

MOST_FILES = 200
"""Names of files to choose from, the latest first."""
PROMPTS = frozenset({"text", "prompt", "text_g", "text_l", "positive", "negative", "wildcard_text"})
SEEDS = frozenset({"seed", "noise_seed", "variation_seed"})
MAIN = PROMPTS | SEEDS | {"width", "height", "steps", "cfg", "denoise", "ckpt_name", "batch_size", "image", "lora_name", "strength", "strength_model"}  # fmt: skip
LABELS = {
    "ckpt_name": "Checkpoint", "vae_name": "VAE", "lora_name": "LoRA", "control_net_name": "ControlNet", "cfg": "CFG",
    "sampler_name": "Sampler", "model_name": "Model", "strength_model": "Strength", "strength_clip": "Strength in the text",
    "filename_prefix": "File name", "stop_at_clip_layer": "Last text layer",
}  # fmt: skip
"""What people call inputs whose names say less; others are their names."""
# Prompts first, then pictures, then numbers; savers' prefixes last of all.
_ORDER = ("prompt", "picture", "file", "seed", "number", "choice", "text", "switch")
_ASSET: Any = FileName.asset_id


async def form_of(who: Principal, version: VersionDetails, settings: ControlSettings) -> WorkflowForm:
    """The form of a version that the caller sees, with what they can choose."""
    lists = await _lists(who, version.graph, settings)
    items = sorted(
        _inputs(version.graph, lists),
        key=lambda one: (not one.main, _ORDER.index(one.widget) if one.main else 0),
    )
    unknown = [node for node, given in version.graph.items() if given.get("class_type") not in CATALOGUE]
    return WorkflowForm(version=version.number, items=items, unknown_nodes=unknown)


async def _lists(who: Principal, graph: Mapping[str, Any], settings: ControlSettings) -> dict[str, list[str]]:
    """Folder → names, of those folders that the graph chooses from."""
    wanted = {
        given.folder
        for node in graph.values() if (kind := CATALOGUE.get(node.get("class_type", ""))) is not None
        for given in kind.inputs.values() if given.folder is not None
    }  # fmt: skip
    known = await asyncio.to_thread(published, settings.home, None, who.organisation_id)
    found = {folder: list(known.names(folder)) for folder in wanted}
    if kinds := [OF_ADAPTERS[folder] for folder in wanted if folder in OF_ADAPTERS]:
        names = await registry.names(who, settings.home, kinds)
        found |= {folder: names[OF_ADAPTERS[folder]] for folder in wanted if folder in OF_ADAPTERS}
    if wanted.intersection(OF_FILES):
        own = await _files(who)
        found |= {
            folder: [name for name in own if name.endswith(".latent") == (folder == "latents")]
            for folder in wanted if folder in OF_FILES
        }  # fmt: skip
    return {str(folder): names for folder, names in found.items()}


async def _files(who: Principal) -> list[str]:
    rows = await (
        scoped(FileName, who)
        .select(FileName.subfolder, FileName.filename)
        .where(FileName.user_id == who.user_id, FileName.folder == "input", _ASSET.deleted_at.is_null())
        .order_by(FileName.created_at, ascending=False)
        .limit(MOST_FILES)
    )
    return ["/".join(part for part in (row["subfolder"], row["filename"]) if part) for row in rows]


def _inputs(graph: Mapping[str, Any], lists: Mapping[str, list[str]]) -> Iterator[WorkflowInput]:
    for node, given in graph.items():
        kind = CATALOGUE.get(given.get("class_type", ""))
        values = given.get("inputs")
        if kind is None or not isinstance(values, dict):
            continue
        title = (given.get("_meta") or {}).get("title")
        group = title if isinstance(title, str) and title else kind.title
        for name, wanted in kind.inputs.items():
            # What comes over a link is another node's to say.
            if wanted.type not in WIDGETS or link_of(values.get(name)) is not None:
                continue
            yield _input(node, kind, name, wanted, values.get(name), group, lists)


def _input(
    node: str,
    kind: NodeType,
    name: str,
    wanted: Input,
    value: Any,
    group: str,
    lists: Mapping[str, list[str]],
) -> WorkflowInput:
    if isinstance(value, dict) and set(value) == {"__value__"}:
        value = value["__value__"]
    widget = _widget(kind, name, wanted)
    choices = None
    if wanted.type == "COMBO":
        choices = list(wanted.choices or ()) if wanted.folder is None else lists.get(wanted.folder, [])
    numeric = wanted.type in {"INT", "FLOAT"}
    return WorkflowInput(
        node=node, name=name, label=LABELS.get(name, name.replace("_", " ").capitalize()), group=group, class_type=kind.name,
        type=wanted.type,  # type: ignore[arg-type]
        widget=widget,  # type: ignore[arg-type]
        value=wanted.default if value is None else value, default=wanted.default,
        minimum=wanted.low if numeric else None, maximum=wanted.high, step=wanted.step, multiline=wanted.multiline,
        choices=choices, main=widget in {"prompt", "picture"} or (name in MAIN and not kind.output), help=wanted.tooltip,
    )  # fmt: skip


def _widget(kind: NodeType, name: str, wanted: Input) -> str:
    if wanted.folder in OF_FILES:
        return "picture" if wanted.folder == "input" else "file"
    if wanted.type == "COMBO":
        return "choice"
    if wanted.type == "BOOLEAN":
        return "switch"
    if wanted.type == "STRING":
        return (
            "prompt"
            if wanted.multiline and name in PROMPTS and kind.category.startswith("conditioning")
            else "text"
        )
    return "seed" if name in SEEDS else "number"
