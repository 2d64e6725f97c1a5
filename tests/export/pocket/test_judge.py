"""The judge reads drawn scenes, and the scoring counts rightly. No torch."""

from __future__ import annotations

import numpy as np
import pytest

from export.pocket import adherence
from export.pocket.captions import Caption
from export.pocket.scenes import render, sample_scene


def test_reads_fresh_scenes() -> None:
    scenes = [sample_scene(4242, i, held_out=None) for i in range(400)]
    seen = adherence.read(np.stack([render(scene) for scene in scenes]))
    right = np.array(
        [(s == x.shape, c == x.colour, b == x.background) for (s, c, b), x in zip(seen, scenes, strict=True)]
    )
    assert right.mean(0).min() >= 0.99


def test_scores_what_it_reads() -> None:
    scenes = [sample_scene(11, i) for i in range(8)]
    captions = [Caption("", s.shape, s.colour, s.background) for s in scenes]
    pictures = np.stack([render(scene) for scene in scenes])
    # Twice the size is read as well.
    large = pictures.repeat(2, axis=1).repeat(2, axis=2)
    assert adherence.read(large) == adherence.read(pictures)
    table = adherence.score(pictures, captions)
    assert table.passed
    assert table.rows[0].all_three == 1.0
    worse = adherence.score(pictures[::-1], captions)
    assert not worse.passed
    assert worse.wrong
    assert "| all | 8 |" in table.markdown()


def test_refuses_a_size_it_cannot_average() -> None:
    with pytest.raises(ValueError, match="multiples of 128"):
        adherence.read(np.zeros((1, 100, 128, 3), np.uint8))
