"""docs/nodes.md: every node type, its inputs and outputs, from the catalogue itself.

python -m control.workflows.page --out docs/nodes.md
"""

import argparse
import sys
from pathlib import Path

from control.workflows.catalogue import CATALOGUE
from control.workflows.types import Input, NodeType

HEAD = """\
# Nodes
Written by `make docs` from `control/workflows/catalogue.py`; a test fails where this page is behind. Names are
ComfyUI's wherever it has that node; those that begin with Studio are this studio's own. What differs from ComfyUI stands
in [ComfyUI's nodes here](comfyui-nodes.md).
"""
MOST_CHOICES = 12


def page() -> str:
    """The page, in Markdown."""
    categories: dict[str, list[NodeType]] = {}
    for node in CATALOGUE.values():
        categories.setdefault(node.category, []).append(node)
    parts = [HEAD, f"{len(CATALOGUE)} classes.\n"]
    for category in sorted(categories, key=lambda name: name.lstrip("_")):
        parts.append(f"## {category}\n")
        parts += [_node(node) for node in sorted(categories[category], key=lambda node: node.name)]
    return "\n".join(parts)


def _node(node: NodeType) -> str:
    gives = ", ".join(f"{one.name} ({one.type})" if one.name else one.type for one in node.outputs)
    ends = "hands its input out" if node.output else "nothing"
    lines = [f"### {node.name}", f"{node.description} Gives: {gives or ends}.".strip(), ""]
    if node.inputs:
        lines += ["| input | type | default | may be | meaning |", "|---|---|---|---|---|"]
        lines += [_input(name, wanted) for name, wanted in _folded(node).items()]
        lines.append("")
    return "\n".join(lines)


def _folded(node: NodeType) -> dict[str, Input]:
    """Inputs; of a row of the same ones (values.a, values.b, …) the first and the last stand for all."""
    found: dict[str, Input] = {}
    rows: dict[str, list[str]] = {}
    for name, wanted in node.inputs.items():
        head, dot, _ = name.partition(".")
        if dot:
            rows.setdefault(head, []).append(name)
        else:
            found[name] = wanted
    for names in rows.values():
        found[f"{names[0]} … {names[-1]}"] = node.inputs[names[0]]
    return found


def _input(name: str, wanted: Input) -> str:
    default = "" if wanted.default is None else _code(wanted.default)
    if wanted.optional and not default:
        default = "may be left out"
    return f"| `{name}` | {_cell(wanted.type)} | {default} | {_range(wanted)} | {_cell(wanted.tooltip)} |"


def _range(wanted: Input) -> str:
    if wanted.folder is not None:
        return f"one of {wanted.folder}"
    if wanted.choices is not None:
        shown = ", ".join(_code(one) for one in wanted.choices[:MOST_CHOICES])
        more = len(wanted.choices) - MOST_CHOICES
        return shown if more <= 0 else f"{shown} and {more} more"
    if wanted.type == "STRING":
        return "" if wanted.high is None else f"{int(wanted.high)} characters at most"
    if wanted.low is None and wanted.high is None:
        return ""
    low, high = ("" if one is None else _number(one) for one in (wanted.low, wanted.high))
    step = f", in steps of {_number(wanted.step)}" if wanted.step and wanted.step != 1 else ""
    return f"{low} to {high}{step}"


def _number(value: float) -> str:
    whole = int(value)
    return str(whole) if whole == value else f"{value:g}"


def _code(value: object) -> str:
    return f"`{_cell(str(value))}`" if str(value) else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description="Write docs/nodes.md.")
    parser.add_argument("--out", type=Path, help="where to; standard output without it")
    out = parser.parse_args().out
    if out is None:
        sys.stdout.write(page())
    else:
        out.write_text(page())


if __name__ == "__main__":
    main()
