"""What travels over the wire of kept workflows."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from control.assets.asset_schemas import Tag
from control.wire import PRINTABLE, Name
from control.workflows.graph import Graph

Visibility = Literal["private", "team", "link", "public"]
WorkflowName = Annotated[Name, Meta(examples=["Portrait, two passes"])]
Description = Annotated[
    str, Meta(max_length=10_000, pattern=r"^[^\x00]*$(?!\n)", examples=["Paints, enlarges, paints again."])
]
WorkflowTags = Annotated[list[Tag], Meta(max_length=20, examples=[["portrait", "hires"]])]
Message = Annotated[str, Meta(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)", examples=["More steps"])]
EditorDocument = Annotated[
    dict[str, Any],
    Meta(examples=[{"nodes": [], "links": [], "groups": [], "version": 0.4}]),
]
"""As ComfyUI's editor keeps a workflow (formats 0.4 and 1.0)."""
OfGraph = Annotated[
    Graph, Meta(examples=[{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}}}])
]


OfNodes = Annotated[
    dict[str, dict[str, Any]],
    Meta(examples=[{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}}}]),
]
"""Id → node: class_type, inputs, and _meta where it has any."""


class NewWorkflow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A workflow to keep: as a graph, as an editor's document, or as both."""

    name: WorkflowName
    description: Description = ""
    tags: WorkflowTags = []
    graph: OfGraph | None = None
    """As ComfyUI's API takes it. Made of the document where it is not given."""
    document: EditorDocument | None = None
    """As an editor keeps it. Drawn from the graph, when somebody asks for it, where it is not given."""
    message: Message = ""
    """What to say of the first version."""


class WorkflowPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What shall change; what is left out stays."""

    name: WorkflowName | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    tags: WorkflowTags | UnsetType = UNSET
    """All of them: those that it had go."""
    thumbnail_asset_id: UUID | UnsetType | None = UNSET
    """A picture of the caller's; whoever sees the workflow sees it, too. Null: none."""


class NewVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A workflow as it is to be saved: as a graph, as an editor's document, or as both."""

    base_version: Annotated[int, Meta(ge=1)]
    """The number of the version that was changed. 409, with the newest one, where that is another by now."""
    graph: OfGraph | None = None
    document: EditorDocument | None = None
    message: Message = ""
    """What was changed."""


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A copy to make."""

    name: WorkflowName | None = None
    """The name of the copy; the same, with (copy), where it is not given."""


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may see a workflow."""

    visibility: Annotated[Visibility, Meta(examples=["private"])]
    """private: its owner. team: the members of `team_id`, who may save versions, too. link: those as well, and whoever has
    one of its links. public: those, and everybody who is signed in, of whatever organisation."""
    team_id: UUID | None = None
    """A team that one is in."""


class Workflow(msgspec.Struct, kw_only=True):
    """A workflow that is kept."""

    id: UUID
    name: str
    description: str
    tags: list[str]
    visibility: Visibility
    author: str
    """The name of its owner."""
    user_id: UUID | None
    """Its owner; null for workflows of other organisations."""
    team_id: UUID | None
    """The team that sees it; null for workflows of other organisations."""
    mine: bool
    """Is it the caller's own?"""
    version: int
    """The number of the newest version."""
    stars: int
    """How many people have marked it."""
    starred: bool
    """Has the caller?"""
    forked_from: UUID | None
    """The workflow that it was made of."""
    thumbnail_url: str | None
    """A small WebP."""
    created_at: datetime
    updated_at: datetime
    """When it was last saved or changed."""


class Version(msgspec.Struct, kw_only=True):
    """A workflow as it was saved."""

    number: int
    """1 is the first."""
    message: str
    author: str
    """The name of who saved it."""
    created_at: datetime


class VersionDetails(Version, kw_only=True):
    """A version with all that is in it."""

    graph: OfNodes
    """As ComfyUI's API takes it; empty where nothing of the document runs."""
    document: dict[str, Any] | None
    """As an editor saved it; null where none did (`/export?form=editor` draws one)."""


class WorkflowDetails(Workflow, kw_only=True):
    """A workflow and its newest version."""

    current: VersionDetails


class Link(msgspec.Struct, kw_only=True):
    """A link that opens a workflow."""

    id: UUID
    name: str
    """Whom it was made for."""
    created_at: datetime


class NewLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A link to make."""

    name: Annotated[str, Meta(max_length=200, pattern=PRINTABLE, examples=["For the printer"])] = ""
    """Whom it is for, to tell it from others."""


class MadeLink(Link, kw_only=True):
    """A new link, with what is shown this once."""

    token: str
    """To be sent as `Workflow-Link` with requests for this workflow."""
    url: str
    """The studio's page of the workflow, which sends it."""


class DiffNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node that is in one version alone."""

    node: str
    """Its id."""
    class_type: str


class DiffInput(msgspec.Struct, frozen=True, kw_only=True):
    """An input that is not as it was."""

    name: str
    before: Any
    """Null where it was not given."""
    after: Any


class DiffLink(msgspec.Struct, frozen=True, kw_only=True):
    """An input that comes from elsewhere than it did."""

    name: str
    before: Any
    """[node, output]; the value where it was no link, null where it was not given."""
    after: Any


class ChangedNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node that is in both versions and not the same."""

    node: str
    class_before: str
    class_after: str
    inputs: list[DiffInput]
    links: list[DiffLink]


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """What is different in one version from another."""

    from_version: int
    to_version: int
    added: list[DiffNode]
    removed: list[DiffNode]
    changed: list[ChangedNode]
    layout_changed: bool
    """Is the editor's document another: places, groups, notes, colours?"""


class RunWorkflow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a kept workflow is run."""

    version: Annotated[int, Meta(ge=1)] | None = None
    """The newest one where it is not given."""
    inputs: Annotated[dict[str, dict[str, Any]], Meta(examples=[{"3": {"seed": 7}}])] = {}
    """Node → input → value, instead of what the workflow says."""
    outputs: list[str] | None = None
    """Only these output nodes."""
    preview_every: Annotated[int, Meta(ge=0, le=150)] = 0
    """A preview every so many steps; 0: none."""
    team_id: UUID | None = None
    """A team that one is in: its members see the job and its pictures."""


class WorkflowInput(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a workflow that can be another when it is run (`inputs` of `/run`: node → name → value)."""

    node: Annotated[str, Meta(examples=["3"])]
    name: Annotated[str, Meta(examples=["seed"])]
    label: Annotated[str, Meta(examples=["Seed"])]
    group: Annotated[str, Meta(examples=["KSampler"])]
    """What its node is called: by the workflow's author, else by the class."""
    class_type: str
    type: Literal["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"]
    """Of the value; COMBO is one of `choices`."""
    widget: Literal["prompt", "text", "number", "seed", "switch", "choice", "picture", "file"]
    """What to show for it. picture and file: the id of an asset will do as its value."""
    value: Any
    """What the workflow says; the default where it says nothing."""
    default: Any
    minimum: float | None
    """Of numbers."""
    maximum: float | None
    """Of numbers; of texts the most characters."""
    step: float | None
    multiline: bool
    choices: list[str] | None
    """Of a COMBO: what there is; of files, one's own."""
    main: bool
    """Is it what people usually want to change: prompts, pictures, seeds, sizes, steps?"""
    help: str
    """What it does; may be empty."""


class WorkflowForm(msgspec.Struct, frozen=True, kw_only=True):
    """The values of a workflow as a form."""

    version: int
    items: list[WorkflowInput]
    """Those that people usually want to change first."""
    unknown_nodes: list[str]
    """Nodes of classes that do not exist here, whose values are not among them."""


class FromJob(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A workflow to make of a job."""

    name: WorkflowName | None = None
    """Made of the prompt, or of the kept workflow that it ran, where it is not given."""


class ToValidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A workflow to look at: as a graph, or as an editor's document."""

    graph: Annotated[
        dict[str, Any] | None,
        Meta(examples=[{"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}}}]),
    ] = None
    document: EditorDocument | None = None
    outputs: list[str] | None = None
    """Only these output nodes."""


class WorkflowProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong in a workflow."""

    type: Annotated[str, Meta(examples=["value_bigger_than_max"])]
    """As ComfyUI names it."""
    message: str
    details: str = ""
    node: str | None = None
    """The node that it is in; null for the whole."""
    class_type: str = ""
    input: str | None = None
    dependent_outputs: list[str] = []
    """Output nodes that cannot run because of it."""


class PlanSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What running it would come to."""

    nodes: int
    """That would run."""
    steps: int
    """Calls to Triton and computations of a worker."""
    calls: list[str]
    """Triton models that are called."""
    outputs: list[str]
    """Output nodes that run."""
    dropped: list[str]
    """Nodes that nothing needs."""
    folded: list[str]
    """Nodes that are computed at submission."""
    checkpoints: list[str]
    amount_microcredits: int
    """At most; what is kept from earlier runs costs nothing."""
    seconds: float
    """Estimate for one worker with nothing else to do."""


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    valid: bool
    """Does at least one output run?"""
    errors: list[WorkflowProblem]
    """All that is wrong: where an output runs, of what else there is."""
    plan: PlanSummary | None
    """Null where nothing runs."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow that comes with the studio."""

    name: Annotated[str, Meta(examples=["text-to-image"])]
    title: str
    description: str
    tags: list[str]
    node_types: list[str]
    """Classes of its nodes."""
    thumbnail_url: str
    """What it painted, as a WebP."""


class TemplateDetails(Template, frozen=True, kw_only=True):
    """A template with its workflow."""

    graph: OfNodes
    document: dict[str, Any]
    """As an editor keeps it."""
