"""How much ControlNets would have to look at at once: asked before a graph is charged, as what is too much cannot be painted."""

from collections.abc import Mapping

from control.workflows.problems import NodeError
from control.workflows.shapes import Seen
from control.workflows.types import Size
from control.workflows.uses import Uses, at_work
from ensembles.sampling.parameters import ParameterError, check_hinted

_TEXTS = frozenset({"CONDITIONING", "GUIDER", "*"})
_MANY = 1000
"""Texts beyond which counting makes no difference; they are refused as well (MAX_CONDITIONS)."""
_LATENT = "latent_image"


def check(seen: Mapping[str, Seen], used: Uses) -> None:
    """Adds an error to each sampling node whose ControlNets, texts, pictures and pixels are too much together."""
    texts: dict[str, list[int]] = {}
    for name, node in seen.items():
        given = {
            key: texts[link.node][link.output]
            for key, link in node.links.items()
            if node.node.kind.inputs[key].type in _TEXTS
        }
        texts[name] = [_of(output.type, output.name, given) for output in node.node.kind.outputs]
        size = node.inputs.get(_LATENT)
        if node.node.kind.asks != "sampler" or not isinstance(size, Size):
            continue
        controls = sum(use.folder == "controlnet" for use in at_work(node, used))
        try:
            check_hinted("", sum(given.values()), size.pictures, controls, size.width, size.height)
        except ParameterError as error:
            node.errors.append(
                NodeError(
                    type="custom_validation_failed", message="Custom validation failed for node",
                    details=f"{_LATENT}: {error.message}.", extra_info={"input_name": _LATENT},
                )
            )  # fmt: skip


def _of(kind: str, name: str, given: Mapping[str, int]) -> int:
    """Texts of an output: those of the input that it is called after, where it has such a one (both sides pass a ControlNet);
    else of the one that it goes on with (`…_to`), else of all; 1 where it is made of none."""
    if kind not in _TEXTS:
        return 0
    if name in given:
        return given[name]
    return min(_MANY, given.get("conditioning_to", sum(given.values()) or (kind == "CONDITIONING")))
