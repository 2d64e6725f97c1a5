"""Scenes drawn from a seed: one shape on a plain or gradient background, anti-aliased.

A scene is addressed by ``(seed, index)`` alone, so any worker can draw any scene at any time.
Shapes are implicit functions (negative inside, unit scale); dividing by the gradient's length turns
them into distances in pixels near the edge, after Quilez, "Distance to implicits" (2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from export.pocket.vocabulary import (
    COLOUR_NAMES,
    COLOURS,
    HELD_OUT,
    POSITION_NAMES,
    POSITIONS,
    SHAPES,
    SIZES,
    STYLES,
)

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

RESOLUTION = 128
#: Radius in pixels of a 128-pixel picture, lowest and highest, by size name.
RADII = {"small": (20.0, 25.0), "medium": (28.0, 35.0), "large": (38.0, 46.0)}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture shows. Lengths in pixels of a 128-pixel picture, colours sRGB in 0..1."""

    shape: str
    colour: str
    background: str
    gradient: bool
    size: str
    position: str
    style: str
    centre: tuple[float, float]
    radius: float
    angle: float
    foreground_rgb: tuple[float, float, float]
    background_rgb: tuple[float, float, float]
    gradient_direction: float


def _jitter(rng: np.random.Generator, rgb: tuple[float, float, float]) -> tuple[float, float, float]:
    shifted = np.clip(np.asarray(rgb) + rng.uniform(-0.03, 0.03, 3), 0.0, 1.0)
    return float(shifted[0]), float(shifted[1]), float(shifted[2])


def sample_scene(seed: int, index: int, *, held_out: bool | None = False) -> Scene:
    """Choose the scene number ``index`` of the stream ``seed``.

    ``held_out`` False (training) never yields a held-out colour-shape pair, True yields only
    those, None all of them.
    """
    rng = np.random.default_rng([seed, index])
    while True:
        shape = SHAPES[rng.integers(len(SHAPES))]
        colour = COLOUR_NAMES[rng.integers(len(COLOUR_NAMES))]
        if held_out is None or ((shape, colour) in HELD_OUT) == held_out:
            break
    others = [name for name in COLOUR_NAMES if name != colour]
    background = others[rng.integers(len(others))]
    size = SIZES[rng.integers(len(SIZES))]
    centred = rng.random() < 0.5
    position = "centre" if centred else POSITION_NAMES[1 + rng.integers(len(POSITIONS) - 1)]
    style = STYLES[int(np.searchsorted([0.7, 0.85], rng.random(), side="right"))]
    return place(
        rng,
        shape=shape,
        colour=colour,
        background=background,
        size=size,
        position=position,
        style=style,
        gradient=bool(rng.random() < 0.35),
    )


def place(
    rng: np.random.Generator,
    *,
    shape: str,
    colour: str,
    background: str,
    size: str,
    position: str,
    style: str,
    gradient: bool,
) -> Scene:
    """Fix the continuous parts (radius, centre, angle, colour jitter) of a named scene."""
    radius = float(rng.uniform(*RADII[size]))
    half = RESOLUTION / 2
    # A large shape moves less, so that it stays inside the picture.
    reach = min(27.0, half - radius - 3.0)
    dx, dy = POSITIONS[position]
    wobble = rng.uniform(-2.5, 2.5, 2)
    return Scene(
        shape=shape,
        colour=colour,
        background=background,
        gradient=gradient,
        size=size,
        position=position,
        style=style,
        centre=(float(half + dx * reach + wobble[0]), float(half + dy * reach + wobble[1])),
        radius=radius,
        angle=float(rng.uniform(-0.14, 0.14)),
        foreground_rgb=_jitter(rng, COLOURS[colour]),
        background_rgb=_jitter(rng, COLOURS[background]),
        gradient_direction=float(rng.integers(4) * np.pi / 2),
    )


def _polygon_star(x: Floats, y: Floats, points: int, inner: float) -> Floats:
    """A regular star with outer radius 1: fold to one half-sector, then one straight edge."""
    sector = np.pi / points
    angle = np.abs((np.arctan2(x, -y) + sector) % (2 * sector) - sector)
    length = np.hypot(x, y)
    fold_x, fold_y = length * np.cos(angle), length * np.sin(angle)
    edge = np.array([inner * np.cos(sector) - 1.0, inner * np.sin(sector)])
    edge /= np.hypot(*edge)
    return np.asarray((fold_x - 1.0) * edge[1] - fold_y * edge[0], np.float32)


def implicit(shape: str, x: Floats, y: Floats) -> Floats:
    """The implicit function of a shape at unit scale: negative inside, [H, W] to [H, W]."""
    value: Any
    if shape == "circle":
        value = np.hypot(x, y) - 0.9
    elif shape == "square":
        value = np.maximum(np.abs(x), np.abs(y)) - 0.8
    elif shape == "triangle":
        value = np.maximum(y - 0.7, (np.abs(x) - 0.576 * (y + 1.0)) * 0.8665)
    elif shape == "star":
        value = _polygon_star(x, y, 5, 0.42)
    elif shape == "heart":
        # Quilez, "sdHeart": a quarter disc on a rotated square, y up, tip at the origin.
        u, v = np.abs(x) / 1.6, 0.55 - y / 1.6
        lobe = np.hypot(u - 0.25, v - 0.75) - np.sqrt(2.0) / 4
        ridge = 0.5 * np.maximum(u + v, 0.0)
        side = np.minimum(np.hypot(u, v - 1.0), np.hypot(u - ridge, v - ridge)) * np.sign(u - v)
        value = 1.6 * np.where(u + v > 1.0, lobe, side)
    elif shape == "ring":
        value = np.abs(np.hypot(x, y) - 0.71) - 0.22
    elif shape == "cross":
        value = np.minimum(
            np.maximum(np.abs(x) - 0.3, np.abs(y) - 0.92),
            np.maximum(np.abs(y) - 0.3, np.abs(x) - 0.92),
        )
    elif shape == "crescent":
        value = np.maximum(np.hypot(x, y) - 0.95, 0.78 - np.hypot(x - 0.45, y))
    elif shape == "diamond":
        value = (np.abs(x) / 0.64 + np.abs(y) - 1.0) * 0.54
    elif shape == "flower":
        length = np.hypot(x, y)
        petals = length - (0.72 + 0.21 * np.cos(6 * np.arctan2(x, -y)))
        value = np.maximum(petals, 0.2 - length)
    else:
        raise ValueError(f"unknown shape {shape!r}")
    return np.asarray(value, np.float32)


def distance(scene: Scene, resolution: int = RESOLUTION) -> Floats:
    """Signed distance in pixels of a 128-pixel picture, float32 [R, R], negative inside."""
    scale = RESOLUTION / resolution
    axis = (np.arange(resolution, dtype=np.float32) + 0.5) * scale
    x = (axis[None, :] - scene.centre[0]) / scene.radius
    y = (axis[:, None] - scene.centre[1]) / scene.radius
    cos, sin = np.cos(scene.angle), np.sin(scene.angle)
    value = implicit(
        scene.shape,
        np.asarray(cos * x + sin * y, np.float32),
        np.asarray(cos * y - sin * x, np.float32),
    )
    down, across = np.gradient(value, scale)
    slope = np.hypot(down, across)
    # Inside a cusp or on a ridge the slope vanishes; the floor keeps the distance finite.
    return np.asarray(value / np.maximum(slope, 0.2 / scene.radius), np.float32)


def render(scene: Scene, resolution: int = RESOLUTION) -> Bytes:
    """Draw a scene: uint8 [R, R, 3], sRGB."""
    scale = RESOLUTION / resolution
    axis = (np.arange(resolution, dtype=np.float32) + 0.5) * scale
    x, y = axis[None, :], axis[:, None]
    back = np.broadcast_to(np.asarray(scene.background_rgb, np.float32), (resolution, resolution, 3))
    if scene.gradient:
        ramp = (x / 64 - 1) * np.cos(scene.gradient_direction) + (y / 64 - 1) * np.sin(
            scene.gradient_direction
        )
        shade = (0.18 * ramp)[..., None].astype(np.float32)
        # Towards white on one side and towards black on the other: lightness moves, hue stays.
        back = back + np.maximum(shade, 0) * (1 - back) + np.minimum(shade, 0) * back
    paint = np.broadcast_to(np.asarray(scene.foreground_rgb, np.float32), back.shape)
    if scene.style == "glossy":
        r = scene.radius
        light = ((x - scene.centre[0] + 0.3 * r) ** 2 + (y - scene.centre[1] + 0.3 * r) ** 2) / r**2
        paint = paint + (0.6 * np.exp(-light / 0.12))[..., None].astype(np.float32) * (1 - paint)
    depth = distance(scene, resolution) / scale
    if scene.style == "outlined":
        line = np.float32(0.95 if scene.colour == "black" else 0.04)
        rim = np.clip(depth * scale + 3.0, 0, 1)[..., None]
        paint = paint * (1 - rim) + line * rim
    cover = np.clip(0.5 - depth, 0, 1)[..., None]
    picture = back * (1 - cover) + paint * cover
    return np.asarray(np.clip(picture * 255.0 + 0.5, 0, 255), np.uint8)


def render_batch(seed: int, start: int, count: int) -> tuple[Bytes, list[Scene]]:
    """Draw training scenes ``start .. start + count``: uint8 [N, 128, 128, 3] and what they show."""
    drawn = [sample_scene(seed, index) for index in range(start, start + count)]
    return np.stack([render(scene) for scene in drawn]), drawn
