"""What maps become as hints: lines thinned across themselves, strokes, depth, colours, and people drawn."""

import json

import numpy as np
import pytest
from scipy import ndimage

from ensembles.imaging import hints, skeleton
from ensembles.imaging.ade20k import COLOURS
from tests.tools.preprocessors import standing_person


def soft_line(angle: float, size: int = 96, strength: float = 1.0) -> np.ndarray:
    """A bright line through the middle, 8 pixels wide at half its height."""
    y, x = np.indices((size, size)) - size // 2
    away = x * np.sin(angle) - y * np.cos(angle)
    return (strength * np.exp(-(away**2) / 24)).astype(np.float32)


@pytest.mark.parametrize("angle", [0, 0.3, np.pi / 4, 1.2, np.pi / 2, 2.5])
def test_lineart_is_one_thin_line_where_the_edge_is(angle):
    edges = soft_line(angle)
    made = hints.lineart(edges)
    assert made.dtype == np.float32
    inner = made[8:-8, 8:-8]
    assert 0.6 < inner.max() <= 1
    # In one piece, where the map is highest, and thin: about two pixels for each of its length.
    _, count = ndimage.label(inner > 0.3, np.ones((3, 3)))
    assert count == 1
    assert (edges[8:-8, 8:-8][inner > 0.3] > 0.85).all()
    length = 80 / max(abs(np.cos(angle)), abs(np.sin(angle)))
    assert 0.7 * length < (inner > 0.3).sum() < 3.2 * length


def test_fainter_edges_are_fainter_lines_and_none_is_none():
    strong, faint = (hints.lineart(soft_line(0.4, strength=value)).max() for value in (1.0, 0.3))
    assert 0.1 < faint < 0.7 * strong
    for flat in (0.0, 0.4, 1.0):
        assert not hints.lineart(np.full((20, 30), flat, np.float32)).any()
        assert not hints.scribble(np.full((20, 30), flat, np.float32)).any()
    assert hints.lineart(np.ones((1, 1), np.float32)).shape == (1, 1)


def test_a_scribble_is_strokes_of_one_width_where_edges_are_clear():
    made = hints.scribble(soft_line(0.5, 128))
    assert set(np.unique(made)) == {0, 1}
    width = made[16:-16, 16:-16].sum() / (96 / np.cos(0.5))
    assert 8 < width < 16
    assert not hints.scribble(soft_line(0.5, 128, strength=0.4)).any()
    line = soft_line(0.5, 512)
    larger = hints.scribble(ndimage.zoom(line, 3, order=1))
    assert larger.mean() == pytest.approx(hints.scribble(line).mean(), rel=0.1), (
        "the same, in a larger picture"
    )


def test_depth_goes_from_0_to_1_whatever_its_unit():
    values = np.array([[3.0, 5.0], [4.0, 3.5]])
    np.testing.assert_allclose(hints.depth(values, invert=False), [[0, 1], [0.5, 0.25]])
    np.testing.assert_allclose(hints.depth(values * 1e4, invert=True), [[1, 0], [0.5, 0.75]])
    assert not hints.depth(np.full((3, 3), 7e5), invert=True).any()


def test_classes_have_their_colours_and_what_has_none_is_black():
    made = hints.coloured(np.array([[0, 149], [150, -1]]))
    np.testing.assert_allclose(
        made * 255, [[(120, 120, 120), (92, 0, 255)], [(0, 0, 0), (0, 0, 0)]], atol=1e-4
    )
    assert len(COLOURS) == 150
    np.testing.assert_allclose(hints.coloured(np.array([[1]]), [(0, 0, 0), (255, 51, 0)]), [[[1, 0.2, 0]]])


def test_people_have_openposes_points():
    (person,) = skeleton.people(standing_person()[0], 200, 400)
    assert len(person) == skeleton.POINTS
    assert person[0][:2] == pytest.approx((100, 80)), "nose"
    assert person[1][:2] == pytest.approx((100, 120)), "neck: between the shoulders"
    assert person[2][:2] == pytest.approx((80, 120)), "right shoulder, on the picture's left"
    assert person[4][:2] == pytest.approx((70, 240)), "right wrist"
    assert person[13][:2] == pytest.approx((110, 360)), "left ankle"
    assert [point[0] for point in person[14:]] == pytest.approx([96, 104, 90, 110]), (
        "eyes, ears; right before left"
    )
    said = json.loads(skeleton.as_json([person], 200, 400))
    assert (said["canvas_width"], said["canvas_height"]) == (200, 400)
    assert said["people"][0]["pose_keypoints_2d"][3:6] == pytest.approx([100, 120, 0.9])


def test_what_is_not_seen_is_not_drawn():
    found = standing_person()[0]
    found[0, 2 + 3 * 6] = 0.05  # the right shoulder
    found[0, 3 * 9] = 1.2  # the left wrist, below the picture
    (person,) = skeleton.people(found, 100, 100)
    for gone in (1, 2, 7):
        assert person[gone] == (0, 0, 0), "a neck needs both shoulders"
    assert person[4].score > 0
    assert skeleton.people(found * 0.3, 100, 100) == []
    assert not skeleton.drawn([], 30, 20).any()


def test_a_skeleton_is_drawn_in_openposes_colours():
    (person,) = skeleton.people(standing_person()[0], 400, 512)
    made = skeleton.drawn([person], 400, 512)
    assert made.shape == (512, 400, 3)
    assert made.dtype == np.float32
    for point, colour in zip(person[:14], skeleton.COLOURS, strict=False):
        np.testing.assert_allclose(made[round(point.y), round(point.x)] * 255, colour, atol=2)
    # In the middle of a limb is its own colour, darker: from neck to right shoulder, and the right thigh.
    for (one, other), limb in (((1, 2), 0), ((8, 9), 7), ((11, 12), 10)):
        x, y = (round((person[one][axis] + person[other][axis]) / 2) for axis in (0, 1))
        np.testing.assert_allclose(made[y, x] * 255, np.array(skeleton.COLOURS[limb]) * 0.6, atol=3)
    # Lines are 8 pixels thick at a side of 512, and grow with the picture.
    thigh = round((person[8].y + person[9].y) / 2)
    left = made[thigh, :200].max(-1) > 0.3
    assert 5 <= left.sum() <= 9
    larger = skeleton.drawn(skeleton.people(standing_person()[0], 1600, 2048), 1600, 2048)
    assert (larger > 0.3).any(-1).mean() == pytest.approx((made > 0.3).any(-1).mean(), rel=0.1)
