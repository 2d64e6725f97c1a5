"""Plain values of inputs: converted as ComfyUI does it, and held to range and choices."""

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from control.models.preprocessors import how_to_add
from control.workflows.known import Known, bare_name
from control.workflows.problems import NodeError, NodeErrorType, shown
from control.workflows.types import WIDGETS, Input, Unfit
from ensembles.preprocessor import FOLDER as PREPROCESSORS

MAX_TEXT = 100_000
"""Characters of a text where its input sets no other limit."""
MAX_INT = 2**64
"""No whole number is farther from 0."""
MOST_LOOKED = 20
"""How often names that are near are looked for in one graph: it takes a millisecond each time."""
_TEXTS = {"true": True, "false": False}


class Wrong(Exception):
    """A value that cannot be used; `error` is what to say of it."""

    def __init__(self, error: NodeError) -> None:
        super().__init__(error.details)
        self.error = error


@dataclass
class Near:
    """Looks for names that somebody may have meant."""

    left: int = MOST_LOOKED
    kept: dict[tuple[str, str], str] = field(default_factory=dict)

    def to(self, name: str, known: Sequence[str]) -> str:
        """A sentence: what was meant, or what there is."""
        what = (name, known[0] if known else "")
        if what in self.kept:
            return self.kept[what]
        found: Sequence[str] = ()
        if self.left > 0 and len(name) <= 100:
            self.left -= 1
            found = difflib.get_close_matches(name, known, n=3) or _alike(name, known)
        if found:
            said = f"Did you mean {' or '.join(found)}?"
        else:
            more = ", …" if len(known) > 10 else ""
            said = f"There are {', '.join(known[:10])}{more}." if known else "There are none."
        if self.left > 0:
            self.kept[what] = said
        return said


def _alike(name: str, known: Sequence[str]) -> list[str]:
    """Names that are the same but for the case, or begin so."""
    low = name.lower()
    return [one for one in known if low and (one.lower() == low or one.lower().startswith(low))][:3]


def fit(name: str, wanted: Input, value: object, known: Known, near: Near) -> Any:
    """`value` as an input of `wanted.type` takes it; raises `Wrong`.

    Numbers that are written as text count, and floats lose what is behind the point where whole numbers are wanted, as
    in ComfyUI. `wanted` is an INT, FLOAT, STRING, BOOLEAN, COMBO, or `*`, which takes anything.
    """
    if isinstance(value, dict) and value.keys() == {"__value__"}:
        value = value["__value__"]
        if wanted.type == "*" and isinstance(value, list):
            return {"__value__": value}
    if wanted.type == "*":
        return _any(name, value)
    if wanted.type not in WIDGETS:
        raise wrong(
            "bad_linked_input", "Bad linked input", name,
            f"it takes a {wanted.type}, and {shown(value)} is none: link it, as [id of a node, number of its output]",
            value,
        )  # fmt: skip
    found = _converted(name, wanted.type, value)
    if isinstance(found, str):
        return _text(name, wanted, found, known, near)
    if isinstance(found, bool):
        return found
    return _number(name, wanted, found)


def bounded(name: str, wanted: Input, value: Any) -> Any:
    """A number or text that came over a link while the graph ran, held to its input; raises `Unfit`. Others pass."""
    if wanted.type not in WIDGETS or wanted.folder is not None or value is None:
        return value
    try:
        return fit(name, wanted, value, Known({}), Near(0))
    except Wrong as error:
        raise Unfit(name, error.error.details.removeprefix(f"{name}: ")) from None


def wrong(kind: NodeErrorType, message: str, name: str, right: str, value: object = None) -> Wrong:
    """The error of an input: `right` says what would be right."""
    extra: dict[str, Any] = {"input_name": name}
    if value is not None:
        plain = isinstance(value, bool | int | float) and abs(value) <= MAX_INT - 1
        extra["received_value"] = value if plain else shown(value) if isinstance(value, str) else _long(value)
    return Wrong(NodeError(type=kind, message=message, details=f"{name}: {right}.", extra_info=extra))


def _any(name: str, value: object) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise _unfit(name, "*", value)
    if isinstance(value, dict | list):
        raise wrong(
            "bad_linked_input", "Bad linked input", name,
            'it is neither a plain value nor a link, as [id of a node, number of its output]; a list is {"__value__": […]}',
            value,
        )  # fmt: skip
    return value


def _unfit(name: str, kind: str, value: object) -> Wrong:
    what = {
        "INT": "a whole number", "FLOAT": "a number", "STRING": "a text", "BOOLEAN": "true or false", "COMBO": "a text",
    }.get(kind, "a value")  # fmt: skip
    return wrong(
        "invalid_input_type",
        f"Failed to convert an input value to a {kind} value",
        name,
        f"{shown(value)} is no {kind}; give {what}",
        value,
    )


def _converted(name: str, kind: str, value: object) -> bool | int | float | str:
    if isinstance(value, str | bool | int | float):
        # Digits beyond any range, which take Python long.
        if isinstance(value, str) and kind in {"INT", "FLOAT"} and len(value) > 400:
            raise _unfit(name, kind, value)
        try:
            if kind == "INT":
                return int(value)
            if kind == "FLOAT" and math.isfinite(number := float(value)):
                return number
            if kind == "BOOLEAN":
                return _TEXTS[value.strip().lower()] if isinstance(value, str) else bool(value)
            if kind in {"STRING", "COMBO"} and not (isinstance(value, float) and not math.isfinite(value)):
                return str(value)
        except (ValueError, OverflowError, KeyError):
            pass
    raise _unfit(name, kind, value)


def _number(name: str, wanted: Input, value: int | float) -> int | float:
    if wanted.low is not None and value < wanted.low:
        raise wrong(
            "value_smaller_than_min", f"Value {_long(value)} smaller than min of {_plain(wanted.low)}", name,
            f"{_long(value)} is too little{_range(wanted)}", value,
        )  # fmt: skip
    if (wanted.high is not None and value > wanted.high) or (isinstance(value, int) and abs(value) > MAX_INT):
        high = MAX_INT if wanted.high is None else wanted.high
        raise wrong(
            "value_bigger_than_max", f"Value {_long(value)} bigger than max of {_plain(high)}", name,
            f"{_long(value)} is too much{_range(wanted)}", value,
        )  # fmt: skip
    return value


def _text(name: str, wanted: Input, value: str, known: Known, near: Near) -> str:
    if wanted.folder is not None:
        chosen = known.choice(wanted.folder, value)
        if chosen is None:
            raise _unlisted(name, value, known.names(wanted.folder), near, wanted.folder)
        return chosen
    if wanted.choices is not None and value not in wanted.choices:
        raise _unlisted(name, value, wanted.choices, near)
    most = MAX_TEXT if wanted.high is None else int(wanted.high)
    if len(value) > most:
        raise wrong(
            "value_bigger_than_max", f"Value longer than max of {most} characters", name,
            f"it has {len(value)} characters, and {most} are the most",
        )  # fmt: skip
    if "\0" in value:
        raise wrong("invalid_input_type", "Failed to convert an input value to a STRING value", name,
                    "a text may not hold a zero byte")  # fmt: skip
    return value


def _unlisted(name: str, value: str, names: Sequence[str], near: Near, folder: str = "") -> Wrong:
    where = f"there is no {shown(value)}" + (f" in {folder}" if folder else " to choose")
    list_, _, kind = folder.partition("/")
    if list_ == PREPROCESSORS and not names:
        where += f". {how_to_add(kind)[:-1]}"
        return wrong("value_not_in_list", "Value not in list", name, where, value)
    return wrong(
        "value_not_in_list",
        "Value not in list",
        name,
        f"{where}. {near.to(bare_name(value), names)[:-1]}",
        value,
    )


def _range(wanted: Input) -> str:
    if wanted.low is None or wanted.high is None:
        return ""
    return f"; give {_plain(wanted.low)} to {_plain(wanted.high)}"


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else f"{number:g}"


def _long(value: object) -> str:
    # Python refuses to write out whole numbers of thousands of digits.
    if isinstance(value, int) and abs(value) > MAX_INT:
        return f"a number of {value.bit_length()} bits"
    return shown(value)
