"""The largest batch: published, measured, or set."""

from pathlib import Path

import pytest

from ensembles.engine.batching import bucket_of, largest_batch
from ensembles.engine.errors import EngineError
from ensembles.engine.tuned import FILE, Timing, Tuning, buckets_in_force, read_tuning
from ensembles.engine.tuning import choose, write_tuning

TUNING = Tuning({"512": 4}, {"512": [Timing(1, 0.1, 0.1, 0.1)]}, 2, "CPUExecutionProvider", "1")


def test_what_stands_above_what(monkeypatch):
    published = {"256": 16, "512": 8}
    monkeypatch.delenv("STUDIO_MAX_BATCH", raising=False)
    assert buckets_in_force(published, None) == published
    assert buckets_in_force(published, TUNING) == {"256": 16, "512": 4}
    monkeypatch.setenv("STUDIO_MAX_BATCH", '{"512": 3, "1024": 1}')
    assert buckets_in_force(published, TUNING) == {"256": 16, "512": 3, "1024": 1}
    assert largest_batch(buckets_in_force(published, TUNING), 384) == 3


def test_buckets():
    assert [bucket_of({"256": 1, "1024": 1, "512": 1}, side) for side in (8, 256, 257, 1024, 1025)] == [
        "256",
        "256",
        "512",
        "1024",
        None,
    ]


@pytest.mark.parametrize(
    ("seconds", "best"),
    [
        ({1: 1.0, 2: 1.2, 4: 2.0, 8: 3.9}, 4),  # 8 is better by less than it is worth
        ({1: 1.0, 2: 2.0, 4: 4.1}, 1),
        ({1: 1.0, 2: 1.1, 4: 1.3, 8: 1.6}, 8),
    ],
)
def test_the_smallest_batch_that_pays(seconds: dict[int, float], best: int):
    assert choose([Timing(batch, taken, taken, taken) for batch, taken in seconds.items()]) == best


def test_tuning_is_kept_and_checked(tmp_path: Path):
    assert read_tuning(tmp_path) is None
    write_tuning(tmp_path, TUNING)
    assert read_tuning(tmp_path) == TUNING
    (tmp_path / FILE).write_text('{"max_batch"')
    with pytest.raises(EngineError, match="run `studio tune` again"):
        read_tuning(tmp_path)
