"""What a node type is: its inputs and outputs, what it does, and how it is checked and priced before it runs.

Names of types, classes and inputs are ComfyUI's wherever it has that node. Nothing registers itself: the list of
all node types is control/workflows/catalogue.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

TYPES = (
    "MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE", "MASK", "UPSCALE_MODEL", "SIGMAS", "SAMPLER", "NOISE",
    "GUIDER", "CONTROL_NET", "CLIP_VISION", "CLIP_VISION_OUTPUT", "IPADAPTER", "STITCH", "INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "*",
)  # fmt: skip
"""`COMBO` is one of a list of texts; `*` is anything."""
WIDGETS = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})
"""Types whose values can be written into the graph; the others are links. Any of them may be a link as well."""
Folder = Literal[
    "checkpoints",
    "vae",
    "clip",
    "unet",
    "upscale_models",
    "embeddings",
    "input",
    "latents",
    "loras",
    "controlnet",
    "ipadapter",
    "clip_vision",
    "preprocessors",
    "preprocessors/softedge",
    "preprocessors/lineart",
    "preprocessors/scribble",
    "preprocessors/openpose",
    "preprocessors/depth",
    "preprocessors/segmentation",
]
"""Lists that are known when a graph is looked at: what is published, and what its owner uploaded."""


@dataclass(frozen=True)
class Input:
    """One input."""

    type: str
    default: Any = None
    """Taken where nothing is given. None: it must be given, unless `optional`."""
    low: float | None = None
    high: float | None = None
    """Of numbers the range, both ends included; `high` of a STRING: its characters."""
    step: float | None = None
    """A hint to editors: nodes that work in larger units round down, as in ComfyUI."""
    choices: tuple[str, ...] | None = None
    """Of a COMBO."""
    folder: Folder | None = None
    """Of a COMBO whose choices are a list that changes."""
    multiline: bool = False
    optional: bool = False
    """May be left out: `run` gets None, or `default`."""
    lazy: bool = False
    """Is only needed if the node says so (`NodeType.needs`)."""
    tooltip: str = ""


class Output(NamedTuple):
    """One output."""

    type: str
    name: str = ""
    """Shown in editors; the type where it is empty."""


class Size(NamedTuple):
    """How large a value will be, as far as that can be known before: pictures, and pixels of each side."""

    pictures: int
    width: int
    height: int


class Unfit(ValueError):
    """An input of the right type that cannot be used; `name` is the input's. Raised by `run` and by `check`."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name, self.message = name, message


@dataclass(frozen=True)
class NodeType:
    """One class of nodes."""

    name: str
    """class_type, ComfyUI's where it has it."""
    title: str
    """As editors show it."""
    category: str
    """`latent/transform`: folders of the editor's menu."""
    inputs: Mapping[str, Input]
    outputs: tuple[Output, ...]
    run: Callable[..., Any]
    """Inputs by name → a tuple of outputs (an output node: a Handed). Where `asks`, it is async and its first argument
    is the job's Engine; else it is plain, pure, and runs in a thread of the worker."""
    description: str = ""
    version: int = 1
    """Part of what a result is addressed by: raise it when `run` comes to give something else."""
    asks: str = ""
    """What it asks the Engine for: text_encode, sampler, vae_encode, vae_decode, upscale, preprocess, image_prompt; `file` and `manifest` ask no
    network; empty for pure ones."""
    output: bool = False
    """Does it hand something out? Such nodes are what a workflow is run for."""
    constant: bool = False
    """Numbers and texts in and out, and cheap: computed at submission where all inputs are known by then."""
    check: Callable[..., None] | None = None
    """Inputs that are known at submission by name (Size for pictures, latents and masks; None where it is not known)
    → raises `Unfit`."""
    size: Callable[..., tuple[Any, ...]] | None = None
    """The same → for each output a Size, a plain value, or None. Without it, every IMAGE, LATENT and MASK output is as
    large as the first such input that is given."""
    pixels: Callable[..., float] | None = None
    """The same → priced pixels: pictures x width x height x share of a whole sampling. None: it costs nothing."""
    item: str = ""
    """Row of the price table that each picture of its first output is charged by (`upscale`, `preprocess`); empty: `pixels` tells."""
    needs: Callable[..., frozenset[str]] | None = None
    """Values of the inputs that are not lazy → names of the lazy ones that it needs."""
    passes: str | Callable[..., str] = ""
    """Name of the input that its one output is, as it is (Reroute), or what gives that name for the values of the inputs
    that are not lazy (a switch). Where it is known at submission the node is resolved then, and does not run."""
    ui: Mapping[str, Any] = field(default_factory=dict)
    """What editors are told besides, as ComfyUI's /object_info has it: {"image": {"image_upload": True}}."""


def outputs(*types: str | tuple[str, str]) -> tuple[Output, ...]:
    """Outputs by type, or (type, name)."""
    return tuple(Output(one) if isinstance(one, str) else Output(*one) for one in types)
