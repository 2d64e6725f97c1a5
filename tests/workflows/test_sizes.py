"""What the compiler is told of results before they are computed: true for every node that only computes."""

import inspect
import random

import pytest

from control.workflows.catalogue import CATALOGUE
from control.workflows.nodes import composing, image_effects, images, latent_batches, latents, masks
from control.workflows.types import Size, Unfit
from tests.workflows.running import declared, latent, mask, measured, picture, run

MODULES = (composing, image_effects, images, latent_batches, latents, masks)
NODES = sorted(node.name for module in MODULES for node in module.NODES)
MOST = {
    "batch_size": 5,
    "resolution_steps": 16,
    "megapixels": 0.1,
    "scale_by": 3.0,
    "blur_radius": 4,
    "sharpen_radius": 4,
}
"""Not to take long."""


def inputs(name: str, draw: random.Random) -> dict:
    """Some that the node takes; pictures of an input and of the next one may differ in size, number and channels."""
    found = {}
    sides = draw.randint(1, 40), draw.randint(1, 40)
    for key, wanted in CATALOGUE[name].inputs.items():
        count = draw.randint(1, 3)
        height, width = sides = draw.choice((sides, (draw.randint(1, 40), draw.randint(1, 40))))
        if wanted.type == "IMAGE":
            found[key] = picture(height, width, count, draw.choice((3, 4)))
        elif wanted.type == "MASK":
            found[key] = mask(height, width, count)
        elif wanted.type == "LATENT":
            found[key] = latent(height, width, count)
        elif wanted.type == "BOOLEAN":
            found[key] = draw.random() < 0.5
        elif wanted.type == "COMBO":
            found[key] = draw.choice(wanted.choices)
        else:
            low, high = wanted.low, min(wanted.high, MOST.get(key, 300))
            # Often the ends.
            value = draw.choice(
                (low, high, wanted.default, draw.uniform(low, high), draw.uniform(low, low + 40))
            )
            found[key] = int(value) if wanted.type == "INT" else float(value)
    return found


def attempted(name: str, given: dict) -> str | None:
    """None, or the input that is to blame."""
    try:
        run(name, **given)
    except Unfit as refused:
        return refused.name
    return None


@pytest.mark.parametrize("name", NODES)
def test_a_result_is_as_large_as_declared(name):
    draw = random.Random(name)
    blamed = [attempted(name, inputs(name, draw)) for _ in range(12)]
    assert set(blamed) <= {None, *CATALOGUE[name].inputs}
    assert blamed.count(None) >= 2


@pytest.mark.parametrize("name", NODES)
def test_what_is_not_known_yet_is_no_obstacle(name):
    """Each input in turn unknown: sizes are then right or unknown, and nothing is refused for it."""
    draw = random.Random(name)
    given = next(one for one in (inputs(name, draw) for _ in range(50)) if attempted(name, one) is None)
    results = run(name, **given)
    known = {key: measured(value) for key, value in given.items()}
    # Without a rule of its own, a result is as large as the first picture: that must be known.
    first = None if CATALOGUE[name].size else next(key for key in known if isinstance(known[key], Size))
    for hidden in known:
        for size, value in zip(declared(name, known | {hidden: None}), results, strict=True):
            assert hidden == first or size in (None, measured(value))
    assert len(declared(name, dict.fromkeys(known))) == len(results)


@pytest.mark.parametrize("name", NODES)
def test_declarations_are_complete(name):
    node = CATALOGUE[name]
    assert node.title
    assert node.category
    assert not node.asks
    assert not node.output
    assert not inspect.iscoroutinefunction(node.run)
    assert set(node.ui) <= set(node.inputs)
    for wanted in node.inputs.values():
        if wanted.type in ("INT", "FLOAT"):
            assert wanted.low <= wanted.default <= wanted.high
            assert wanted.step
        elif wanted.type == "COMBO":
            assert wanted.choices
            assert wanted.default is None or wanted.default in wanted.choices
