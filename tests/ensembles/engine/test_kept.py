"""Arrays that are kept, and told again."""

import numpy as np
import pytest

from ensembles.engine import kept
from ensembles.engine.kept import Recognised


def test_an_array_is_hashed_once_and_told_again_by_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []
    content_key = kept.content_key
    monkeypatch.setattr(kept, "content_key", lambda *given: hashed.append(1) or content_key(*given))
    known = Recognised(10_000_000)
    hint = np.random.default_rng(0).random((1, 3, 64, 64)).astype(np.float32)
    key = known.key(hint)
    assert [known.key(hint.copy()) for _ in range(5)] == [key] * 5
    assert len(hashed) == 1
    other = hint.copy()
    other[0, 1, 5, 6] += 1e-3  # not among the few that are compared first
    assert known.key(other) != key
    assert known.key(hint[:, :, :32]) not in (key, known.key(other))
    assert len(hashed) == 3


def test_what_the_sender_does_with_its_memory_afterwards_is_nobodys_matter() -> None:
    known = Recognised(10_000_000)
    hint = np.ones((1, 3, 64, 64), np.float32)
    key = known.key(hint)
    hint[:] = 2
    assert known.key(hint) != key
    assert known.key(np.ones_like(hint)) == key


def test_it_holds_so_many_bytes() -> None:
    known = Recognised(4 * 3 * 64 * 64 * 2)
    for value in range(10):
        known.key(np.full((1, 3, 64, 64), value, np.float32))
    assert len(known._held.latest()) == 2
