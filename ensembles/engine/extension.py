"""The UNet's graph with more inputs: where ControlNets add, image prompts are attended to, FreeU and PAG change it.

Done to the traced graph before it is bound, as `ensembles.engine.fusion` is: an architecture's one graph serves both.
With every new input switched off the graph gives what it gave before.
"""

import re
from dataclasses import dataclass

import onnx

from ensembles.engine.errors import EngineError
from ensembles.engine.free_u import FreeU
from ensembles.engine.fusion import Attention, find_attention
from ensembles.engine.places import Places, Shapes, places
from ensembles.engine.rewriting import Rewriter

RESIDUAL = "residual_{}"
"""What ControlNets add at a place: fp32 [B or 1, c, h, w], or [1, c, 1, 1] zeros for nothing."""
IMAGE_KEYS, IMAGE_VALUES = "image_keys", "image_values"
"""fp32 [B or 1, k, sum of widths]: k ≥ 1 tokens, for every cross attention in the order of `Places.image_layers`."""
IMAGE_WEIGHT = "image_weight"
"""fp32 [B or 1, 1]: how much the picture counts."""
FREEU = "freeu"
"""fp32 [B or 1, 5]: b1, b2, s1, s2, version."""
PERTURB = "perturb"
"""fp32 [B or 1, 1]: 1 where self-attention in the middle gives its values as they are."""

_JOIN = re.compile(r"^/up_blocks\.(\d+)/Concat(_\d+)?$")
"""Where the way up takes in what was kept on the way down."""


@dataclass(frozen=True, slots=True)
class Join:
    """One such place."""

    block: int
    node: onnx.NodeProto
    hidden: str
    skip: str


def parameters_of(model: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
    """name → shape of the initializers that are a checkpoint's to fill."""
    external = onnx.TensorProto.EXTERNAL
    return {t.name: tuple(t.dims) for t in model.graph.initializer if t.data_location == external}


def joins_of(model: onnx.ModelProto, found: Places) -> list[Join]:
    """Where the UNet's two ways meet, from the middle on; raises `EngineError` when they are not all found."""
    joins = []
    for node in model.graph.node:
        match = _JOIN.match(node.name)
        if match and node.op_type == "Concat" and len(node.input) == 2:
            joins.append(Join(int(match[1]), node, *node.input))
    if len(joins) != len(found.residuals) - 1:
        raise EngineError(
            f"The UNet's graph joins its two ways at {len(joins)} places, not {len(found.residuals) - 1}: "
            "export the checkpoint again."
        )
    return joins


def extend(model: onnx.ModelProto) -> None:
    """Give `model`, a traced UNet without data and not fused yet, the extended UNet's inputs, in place.

    Raises `EngineError` for a graph that is not a UNet as `export` traces it.
    """
    parameters = parameters_of(model)
    found = places(parameters)
    attentions = {_module(attention): attention for attention in find_attention(model)}
    rewriter = Rewriter(model, "/extended")
    _add_residuals(rewriter, model, parameters, found)
    _add_image_prompt(rewriter, attentions, found)
    _add_perturbation(rewriter, attentions)
    rewriter.finish()


def _module(attention: Attention) -> str:
    """`down_blocks.0.attentions.0.transformer_blocks.0.attn1`, of the node that ends it."""
    name: str = attention.end.name
    return name.rpartition("/")[0].strip("/").replace("/", ".")


def _add_residuals(rewriter: Rewriter, model: onnx.ModelProto, parameters: Shapes, found: Places) -> None:
    """The sums of ControlNets, and FreeU, at the places where the two ways meet."""
    joins = joins_of(model, found)
    last = len(found.residuals) - 1
    for place, channels in enumerate(found.residuals):
        axes = [f"residual_{place}_{axis}" for axis in ("batch", "height", "width")]
        rewriter.input(RESIDUAL.format(place), [axes[0], channels, axes[1], axes[2]])
    free_u = FreeU(rewriter, rewriter.input(FREEU, ["freeu_batch", 5]), found.width)
    for number, join in enumerate(joins):
        place = last - 1 - number
        rewriter.after(join.hidden)
        hidden = join.hidden
        if number == 0:
            channels = found.residuals[last]
            hidden = rewriter.make("Add", hidden, RESIDUAL.format(last))
        else:
            # What comes from below has the channels of the residual block before it.
            channels = int(parameters[f"up_blocks.{joins[number - 1].block}.resnets.0.conv1.weight"][0])
        skip = rewriter.make("Add", join.skip, RESIDUAL.format(place))
        hidden, skip = free_u.apply(join.block, channels, hidden, skip)
        join.node.input[0], join.node.input[1] = hidden, skip


def _add_image_prompt(rewriter: Rewriter, attentions: dict[str, Attention], found: Places) -> None:
    """Decoupled cross attention (Ye et al. 2023, IP-Adapter): the picture's tokens have keys and values of their own."""
    total = sum(width for _, width in found.image_layers)
    keys = rewriter.input(IMAGE_KEYS, ["image_batch", "image_tokens", total])
    values = rewriter.input(IMAGE_VALUES, ["image_batch", "image_tokens", total])
    rewriter.input(IMAGE_WEIGHT, ["image_weight_batch", 1])
    rewriter.at_start()
    weight = rewriter.make("Unsqueeze", IMAGE_WEIGHT, rewriter.constant([2]))
    start = 0
    for module, width in found.image_layers:
        attention = attentions.get(module)
        if attention is None:
            raise EngineError(f"The UNet's graph has no attention {module}: export the checkpoint again.")
        rewriter.at_start()
        span = (rewriter.constant([start]), rewriter.constant([start + width]), rewriter.constant([2]))
        own_keys = rewriter.make("Slice", keys, *span)
        own_values = rewriter.make("Slice", values, *span)
        start += width
        size = width // attention.heads
        split = rewriter.constant([0, 0, attention.heads, size])
        key = rewriter.make("Transpose", rewriter.make("Reshape", own_keys, split), perm=[0, 2, 3, 1])
        value = rewriter.make("Transpose", rewriter.make("Reshape", own_values, split), perm=[0, 2, 1, 3])
        text = attention.end.output[0]
        rewriter.after(text)
        query = rewriter.make(
            "Transpose", rewriter.make("Reshape", attention.query, split), perm=[0, 2, 1, 3]
        )
        scores = rewriter.make("Mul", rewriter.make("MatMul", query, key), rewriter.constant(size**-0.5))
        seen = rewriter.make("MatMul", rewriter.make("Softmax", scores, axis=-1), value)
        joined = rewriter.make("Transpose", seen, perm=[0, 2, 1, 3])
        picture = rewriter.make("Reshape", joined, rewriter.constant([0, 0, width]))
        rewriter.read_instead(text, rewriter.make("Add", text, rewriter.make("Mul", picture, weight)))


def _add_perturbation(rewriter: Rewriter, attentions: dict[str, Attention]) -> None:
    """Perturbed attention (Ahn et al. 2024): in the middle, every place attends to itself alone."""
    rewriter.input(PERTURB, ["perturb_batch", 1])
    rewriter.at_start()
    share = rewriter.make("Unsqueeze", PERTURB, rewriter.constant([2]))
    rest = rewriter.make("Sub", rewriter.constant(1.0), share)
    for module, attention in attentions.items():
        if not (module.startswith("mid_block.") and module.endswith(".attn1")):
            continue
        attended = attention.end.output[0]
        rewriter.after(attended)
        parts = rewriter.make("Mul", attended, rest), rewriter.make("Mul", attention.value, share)
        rewriter.read_instead(attended, rewriter.make("Add", *parts))
