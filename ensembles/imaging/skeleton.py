"""People as OpenPose draws them: 18 points and 17 limbs, each in its colour, on black."""

import json
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ensembles.arrays import Array

F32 = NDArray[np.float32]

POINTS = 18
# Nose, neck, right shoulder, elbow, wrist, left ones, right hip, knee, ankle, left ones, eyes, ears: right before left.
_OF_COCO = (0, None, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
"""OpenPose's point → COCO's; the neck is between the shoulders."""
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13), (1, 0),
    (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255),
    (255, 0, 170), (255, 0, 85),
)  # fmt: skip
"""Of points, and of limbs in their order, which are drawn at 0.6 of it."""
LIMB = 0.6
PERSON, POINT = 0.25, 0.2
"""How sure the network has to be of a person and of a point, 0..1."""
_STICK = 4 / 512
"""Half a limb's width, and a point's radius, as a share of the picture's shorter side."""
_FINER = 4
"""How many times finer it is drawn before it is reduced."""


class Point(NamedTuple):
    """A point of a person's, in pixels; `score` 0 where it is not seen."""

    x: float
    y: float
    score: float


Person = list[Point]
"""OpenPose's 18 points."""


def people(found: Array, width: int, height: int) -> list[Person]:
    """MoveNet's answer [P,56] → people of a picture of that size.

    A person is 17 times (y, x, score), all in 0..1, the box's four sides, and the person's score.
    """
    made = []
    for one in found.astype(np.float64):
        if not one[55] >= PERSON:
            continue
        coco = one[:51].reshape(17, 3)
        # Points outside the picture are guessed, and would be drawn at its edge.
        seen = (coco[:, 2] >= POINT) & ((coco[:, :2] >= 0) & (coco[:, :2] <= 1)).all(-1)
        points = [
            Point(float(x * width), float(y * height), float(score)) if there else Point(0.0, 0.0, 0.0)
            for (y, x, score), there in zip(coco, seen, strict=True)
        ]
        person = [_neck(points[6], points[5]) if at is None else points[at] for at in _OF_COCO]
        if any(point.score for point in person):
            made.append(person)
    return made


def _neck(one: Point, other: Point) -> Point:
    if not one.score or not other.score:
        return Point(0.0, 0.0, 0.0)
    return Point((one.x + other.x) / 2, (one.y + other.y) / 2, min(one.score, other.score))


def drawn(persons: list[Person], width: int, height: int) -> F32:
    """f32[height,width,3] in 0..1."""
    canvas = np.zeros((height, width, 3), np.float32)
    stick = max(1.0, _STICK * min(width, height))
    for person in persons:
        for limb, (start, end) in enumerate(LIMBS):
            one, other = person[start], person[end]
            if one.score and other.score:
                _lay(canvas, _limb(one, other, stick), COLOURS[limb], LIMB)
    for person in persons:
        for point, colour in zip(person, COLOURS, strict=True):
            if point.score:
                _lay(canvas, _limb(point, point, stick), colour, 1.0)
    return canvas


def _limb(one: Point, other: Point, stick: float) -> list[tuple[float, float]]:
    """An ellipse from point to point, as a polygon."""
    x, y = (one.x + other.x) / 2, (one.y + other.y) / 2
    half = max(math.hypot(other.x - one.x, other.y - one.y) / 2, stick)
    angle = math.atan2(other.y - one.y, other.x - one.x)
    right, down = math.cos(angle), math.sin(angle)
    return [
        (x + along * right - aside * down, y + along * down + aside * right)
        for turn in np.linspace(0, 2 * math.pi, 48, endpoint=False)
        for along, aside in [(half * math.cos(turn), stick * math.sin(turn))]
    ]


def _lay(canvas: F32, shape: list[tuple[float, float]], colour: tuple[int, int, int], share: float) -> None:
    """Draws a polygon with soft edges over its own part of the canvas."""
    height, width = canvas.shape[:2]
    xs, ys = zip(*shape, strict=True)
    left, top = max(0, math.floor(min(xs)) - 1), max(0, math.floor(min(ys)) - 1)
    right, bottom = min(width, math.ceil(max(xs)) + 2), min(height, math.ceil(max(ys)) + 2)
    if left >= right or top >= bottom:
        return
    fine = Image.new("L", ((right - left) * _FINER, (bottom - top) * _FINER))
    ImageDraw.Draw(fine).polygon([((x - left) * _FINER, (y - top) * _FINER) for x, y in shape], fill=255)
    cover = np.asarray(fine.reduce(_FINER), np.float32)[..., None] / 255
    part = canvas[top:bottom, left:right]
    part += (np.array(colour, np.float32) * share / 255 - part) * cover


def as_json(persons: list[Person], width: int, height: int) -> str:
    """The points as OpenPose writes them: `pose_keypoints_2d` is x, y in pixels and score, 18 times."""
    said: dict[str, Any] = {
        "people": [
            {"pose_keypoints_2d": [round(float(value), 4) for point in person for value in point]}
            for person in persons
        ],
        "canvas_width": width,
        "canvas_height": height,
    }
    return json.dumps(said)


__all__ = ["COLOURS", "LIMBS", "POINTS", "Person", "Point", "as_json", "drawn", "people"]
