"""Where nodes stand on a canvas: what needs others stands right of them, and nothing covers anything."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

GAP_X, GAP_Y = 80, 60
"""Pixels between columns, and between the nodes of one; a node's title stands in the latter."""


class Place(NamedTuple):
    """Upper left corner of a node's body, pixels."""

    x: int
    y: int


def places(sizes: Mapping[str, tuple[int, int]], needs: Mapping[str, Sequence[str]]) -> dict[str, Place]:
    """Node → place. `sizes` are width and height; `needs` says which nodes each is linked to."""
    depths = _depths(sizes, needs)
    columns: list[list[str]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for node, depth in depths.items():
        columns[depth].append(node)
    found: dict[str, Place] = {}
    x = 0
    for column in columns:
        y = 0
        # Beside what they need, as far as that leads to an order.
        for node in sorted(column, key=lambda node: _middle(node, needs, found)):
            found[node] = Place(x, y)
            y += sizes[node][1] + GAP_Y
        x += max(sizes[node][0] for node in column) + GAP_X
    return found


def _depths(nodes: Mapping[str, object], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Links from the farthest node that each needs; nodes of rings come last."""
    left = {node: {other for other in needs.get(node, ()) if other in nodes} for node in nodes}
    takers: dict[str, list[str]] = {}
    for node, others in left.items():
        for other in others:
            takers.setdefault(other, []).append(node)
    depths: dict[str, int] = {}
    ready = [node for node, others in left.items() if not others]
    layer = 0
    while ready:
        depths.update(dict.fromkeys(ready, layer))
        following: list[str] = []
        for node in ready:
            for taker in takers.get(node, ()):
                left[taker].discard(node)
                if not left[taker]:
                    following.append(taker)
        ready, layer = following, layer + 1
    return {node: depths.get(node, layer) for node in nodes}


def _middle(node: str, needs: Mapping[str, Sequence[str]], found: Mapping[str, Place]) -> float:
    heights = [found[other].y for other in needs.get(node, ()) if other in found]
    return sum(heights) / len(heights) if heights else 0.0
