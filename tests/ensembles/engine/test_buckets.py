"""The largest batch is a setting."""

from ensembles.engine.batching import buckets_in_force, largest_batch


def test_the_setting_stands_above_what_was_published(monkeypatch):
    published = {"256": 16, "512": 8}
    monkeypatch.delenv("STUDIO_MAX_BATCH", raising=False)
    assert buckets_in_force(published) == published
    monkeypatch.setenv("STUDIO_MAX_BATCH", '{"512": 3, "1024": 1}')
    assert buckets_in_force(published) == {"256": 16, "512": 3, "1024": 1}
    assert largest_batch(buckets_in_force(published), 384) == 3
