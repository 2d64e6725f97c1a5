"""Numbers, switches, what shows a value."""

import math
import operator
import string
from collections.abc import Callable
from typing import Any

from control.workflows.nodes.expressions import MAX_EXPRESSION, NotComputable, compute
from control.workflows.nodes.saving import shown
from control.workflows.types import Input, NodeType, Output, Unfit, outputs

MAX_INT = 2**63 - 1
MAX_TEXT = 100_000
"""Characters of a text that is made here."""
LETTERS = string.ascii_lowercase
MOST_VALUES = 20
"""Of And and Or."""


def same(value: Any) -> tuple[Any]:
    """What it was given."""
    return (value,)


def expression(expression: str, **values: Any) -> tuple[float, int, bool]:
    """What an expression gives, as FLOAT, INT (cut off behind the point) and BOOLEAN."""
    given = {name.removeprefix("values."): value for name, value in values.items() if value is not None}
    for name, value in given.items():
        if not isinstance(value, bool | int | float):
            raise Unfit(f"values.{name}", "it is no number: link an INT, a FLOAT or a BOOLEAN")
    try:
        found = compute(expression, given)
    except NotComputable as error:
        raise Unfit("expression", str(error)) from None
    return float(found), int(found), bool(found)


def to_number(value: Any) -> tuple[float, int]:
    """A number, a text that is one, or true and false, as FLOAT and INT (cut off behind the point)."""
    found: Any = value
    if isinstance(value, str):
        text = value.strip()
        try:
            found = int(text) if text.lstrip("+-").isdigit() and len(text) <= 40 else float(text)
        except ValueError:
            raise Unfit("value", f"{text[:40]!r} is no number") from None
    if not isinstance(found, bool | int | float) or not math.isfinite(found):
        raise Unfit("value", "it is no finite number: link an INT, a FLOAT, a STRING or a BOOLEAN")
    return float(found), int(found)


def to_text(value: Any) -> tuple[str]:
    """A value as text: whole numbers without a point."""
    return (shown(value)[:MAX_TEXT],)


def true(value: Any) -> bool:
    """Does it count as true? Empty texts, 0 and nothing do not; pictures, latents and models do."""
    return bool(value) if isinstance(value, bool | int | float | str) else value is not None


def conjunction(**values: Any) -> tuple[bool]:
    """Are all true?"""
    return (all(true(value) for value in values.values() if value is not None),)


def disjunction(**values: Any) -> tuple[bool]:
    """Is one true?"""
    return (any(true(value) for value in values.values()),)


def negation(value: Any) -> tuple[bool]:
    """Is it not true?"""
    return (not true(value),)


COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(a: Any, b: Any, comparison: str) -> tuple[bool]:
    """How two numbers, or two texts, stand to each other."""
    kinds = (bool | int | float, str)
    if not any(isinstance(a, kind) and isinstance(b, kind) for kind in kinds):
        raise Unfit("b", "a and b are compared as two numbers or as two texts; convert one of them")
    return (bool(COMPARISONS[comparison](a, b)),)


def chosen(switch: bool, **_: Any) -> str:
    """The input that a switch passes on."""
    return "on_true" if switch else "on_false"


def switched(switch: bool, on_false: Any = None, on_true: Any = None) -> tuple[Any]:
    """One of two values."""
    name = chosen(switch)
    value = on_true if switch else on_false
    if value is None:
        raise Unfit(name, f"the switch is {'on' if switch else 'off'}, and nothing is linked to it")
    return (value,)


def _primitive(kind: str, title: str, wanted: Input, **more: Any) -> NodeType:
    return NodeType(
        name=f"Primitive{title}",
        title=title,
        category="utilities/primitive",
        description="A value, for inputs of other nodes.",
        inputs={"value": wanted},
        outputs=outputs(kind),
        run=same,
        constant=True,
        **more,
    )


_VALUE = "What it gives."
_ANY = Input("*", optional=True, tooltip="A value.")


NODES: tuple[NodeType, ...] = (
    _primitive(
        "INT",
        "Int",
        Input("INT", 0, -MAX_INT, MAX_INT, tooltip=_VALUE),
        ui={"value": {"control_after_generate": True}},
    ),
    _primitive("FLOAT", "Float", Input("FLOAT", 0.0, -MAX_INT, MAX_INT, 0.1, tooltip=_VALUE)),
    _primitive("BOOLEAN", "Boolean", Input("BOOLEAN", False, tooltip=_VALUE)),
    _primitive("STRING", "String", Input("STRING", "", high=MAX_TEXT, tooltip=_VALUE)),
    _primitive(
        "STRING", "StringMultiline", Input("STRING", "", high=MAX_TEXT, multiline=True, tooltip=_VALUE)
    ),
    NodeType(
        name="ComfyMathExpression",
        title="Math Expression",
        category="utilities",
        description="Computes what is written down, with its inputs a, b, c, …: + - * / // % **, comparisons, "
        "min, max, sum, round, floor, ceil, abs, sqrt, log and the like.",
        inputs={
            "expression": Input(
                "STRING",
                "a + b",
                high=MAX_EXPRESSION,
                multiline=True,
                tooltip="values stands for all inputs.",
            ),
            **{
                f"values.{letter}": Input("*", optional=True, tooltip=f"A number, called {letter}.")
                for letter in LETTERS
            },
        },
        outputs=outputs("FLOAT", "INT", ("BOOLEAN", "BOOL")),
        run=expression,
        constant=True,
    ),
    NodeType(
        name="ComfyNumberConvert",
        title="Number Convert",
        category="utilities",
        description="A text, a number or true and false as a number.",
        inputs={"value": Input("*", tooltip="What is to be a number.")},
        outputs=outputs("FLOAT", "INT"),
        run=to_number,
        constant=True,
    ),
    NodeType(
        name="StudioToString",
        title="To Text",
        category="utilities",
        description="A value as text.",
        inputs={"value": Input("*", tooltip="What is to be text.")},
        outputs=outputs("STRING"),
        run=to_text,
        constant=True,
    ),
    NodeType(
        name="StudioCompare",
        title="Compare",
        category="utilities/logic",
        description="How two numbers, or two texts, stand to each other.",
        inputs={
            "a": Input("*", tooltip="A number or a text."),
            "b": Input("*", tooltip="Another."),
            "comparison": Input("COMBO", "==", choices=tuple(COMPARISONS), tooltip="What is asked."),
        },
        outputs=outputs("BOOLEAN"),
        run=compare,
        constant=True,
    ),
    NodeType(
        name="ComfyAndNode",
        title="And",
        category="utilities/logic",
        description="Are all inputs true? 0 and empty texts are not.",
        inputs={f"values.value{i}": _ANY for i in range(MOST_VALUES)},
        outputs=outputs("BOOLEAN"),
        run=conjunction,
        constant=True,
    ),
    NodeType(
        name="ComfyOrNode",
        title="Or",
        category="utilities/logic",
        description="Is one of the inputs true? 0 and empty texts are not.",
        inputs={f"values.value{i}": _ANY for i in range(MOST_VALUES)},
        outputs=outputs("BOOLEAN"),
        run=disjunction,
        constant=True,
    ),
    NodeType(
        name="ComfyNotNode",
        title="Not",
        category="utilities/logic",
        description="Is the input not true? 0 and empty texts are not.",
        inputs={"value": Input("*", tooltip="A value.")},
        outputs=outputs("BOOLEAN"),
        run=negation,
        constant=True,
    ),
    NodeType(
        name="ComfySwitchNode",
        title="Switch",
        category="utilities/logic",
        description="Passes on one of two values; what leads to the other is not run.",
        inputs={
            "switch": Input("BOOLEAN", tooltip="Which one."),
            "on_false": Input("*", optional=True, lazy=True, tooltip="Passed on where the switch is off."),
            "on_true": Input("*", optional=True, lazy=True, tooltip="Passed on where the switch is on."),
        },
        outputs=(Output("*", "output"),),
        run=switched,
        needs=lambda switch=False, **_: frozenset({chosen(switch)}),
        passes=chosen,
    ),
    NodeType(
        name="Reroute",
        title="Reroute",
        category="utils",
        description="Passes on what it gets: it tidies links up.",
        inputs={"value": Input("*", tooltip="Anything.")},
        outputs=outputs("*"),
        run=same,
        passes="value",
    ),
)
