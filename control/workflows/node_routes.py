"""Node types as editors and forms need them: what each takes and gives, with the names to choose from."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.params import Parameter

from control.access.declare import requires
from control.access.principal import Principal
from control.models import registry
from control.pages import Page
from control.workflows.catalogue import CATALOGUE
from control.workflows.gathering import published
from control.workflows.known import OF_ADAPTERS, OF_FILES, Known
from control.workflows.types import Folder, Input, NodeType

Caller = Request[Principal, None, State]


class NodeInput(msgspec.Struct, frozen=True, kw_only=True):
    """What a node takes."""

    name: Annotated[str, msgspec.Meta(examples=["steps"])]
    type: Annotated[str, msgspec.Meta(examples=["INT"])]
    """INT, FLOAT, STRING, BOOLEAN and COMBO may be written into a graph; others are links (`MODEL`, `IMAGE`, …)."""
    optional: bool
    """May it be left out, though it has no default?"""
    default: Any = None
    """Taken where nothing is given; null: there is none."""
    min: float | None = None
    max: float | None = None
    """Of a number, both ends included; `max` of a STRING: its characters."""
    step: float | None = None
    """In which steps editors count."""
    multiline: bool = False
    """Of a STRING: has it several lines?"""
    choices: list[str] | None = None
    """Of a COMBO; null where they are files of the caller's: `POST /uploads` and `GET /assets` say their ids."""
    folder: str | None = None
    """Of a COMBO: what its choices are names of (`checkpoints`, `loras`, `input`, …); null for a fixed list."""
    tooltip: str = ""


class NodeOutput(msgspec.Struct, frozen=True, kw_only=True):
    """What a node gives."""

    type: Annotated[str, msgspec.Meta(examples=["LATENT"])]
    name: str


class NodeKind(msgspec.Struct, frozen=True, kw_only=True):
    """A node type."""

    class_type: Annotated[str, msgspec.Meta(examples=["KSampler"])]
    title: str
    """As editors show it."""
    category: Annotated[str, msgspec.Meta(examples=["sampling"])]
    description: str
    inputs: list[NodeInput]
    outputs: list[NodeOutput]
    output_node: bool
    """Does it hand out what a workflow is run for?"""


@get("/nodes", opt=requires("workflow:read"))
async def list_node_types(
    request: Caller,
    state: State,
    class_type: Annotated[
        list[str] | None,
        Parameter(
            description="Only these; may be sent several times. Unknown ones are left out.", max_items=1000
        ),
    ] = None,
) -> Page[NodeKind]:
    """Node types that a workflow may have, with what the caller can choose in each. They all come at once."""
    home = state.settings.home
    known = published(home, organisation_id=request.user.organisation_id)
    of_registry = await registry.names(request.user, home)
    lists: dict[str, Sequence[str]] = {
        **known.lists,
        **{folder: of_registry[kind] for folder, kind in OF_ADAPTERS.items()},
    }
    choices = Known(checkpoints=known.checkpoints, lists=lists)
    wanted = CATALOGUE if class_type is None else sorted(CATALOGUE.keys() & set(class_type))
    return Page(items=[_kind(CATALOGUE[name], choices) for name in wanted])


def _kind(kind: NodeType, known: Known) -> NodeKind:
    return NodeKind(
        class_type=kind.name,
        title=kind.title,
        category=kind.category,
        description=kind.description,
        inputs=[_input(name, given, known) for name, given in kind.inputs.items()],
        outputs=[NodeOutput(type=one.type, name=one.name or one.type) for one in kind.outputs],
        output_node=kind.output,
    )


def _input(name: str, given: Input, known: Known) -> NodeInput:
    return NodeInput(
        name=name,
        type=given.type,
        optional=given.optional,
        default=given.default,
        min=given.low,
        max=given.high,
        step=given.step,
        multiline=given.multiline,
        choices=_choices(given.folder, given.choices, known) if given.type == "COMBO" else None,
        folder=given.folder,
        tooltip=given.tooltip,
    )


def _choices(folder: Folder | None, fixed: tuple[str, ...] | None, known: Known) -> list[str] | None:
    if folder is None:
        return [*(fixed or ())]
    return None if folder in OF_FILES else [*known.names(folder)]


HANDLERS = [list_node_types]
