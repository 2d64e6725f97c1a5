from itertools import pairwise

import numpy as np
import pytest

from ensembles.sampling.brownian import BrownianNoise, BrownianTree

torch = pytest.importorskip("torch")
torchsde = pytest.importorskip("torchsde")

LOW, HIGH = 0.0291672, 14.614641


@pytest.mark.parametrize("seed", [0, 7, 2**32 + 1, 2**64 - 1])
@pytest.mark.parametrize("shape", [(1, 4, 8, 8), (2, 4, 9, 7), (3,)])
def test_increments_equal_torchsde_bit_for_bit(seed: int, shape: tuple[int, ...]) -> None:
    theirs = torchsde.BrownianTree(LOW, torch.zeros(shape), HIGH, entropy=seed)
    ours = BrownianTree(LOW, HIGH, shape, seed)
    times = [HIGH, 9.5, 3.1686, 3.168, 1.0, 0.4469183, LOW]
    for tb, ta in pairwise(times):
        assert np.array_equal(ours.increment(ta, tb), theirs(ta, tb).numpy())


def test_increments_do_not_depend_on_the_order_of_questions() -> None:
    forward, backward = (BrownianTree(LOW, HIGH, (1, 4, 8, 8), 5) for _ in range(2))
    spans = [(5.0, 14.0), (1.0, 5.0), (0.1, 1.0)]
    first = [forward.increment(*s) for s in spans]
    second = [backward.increment(*s) for s in reversed(spans)][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_memory_is_bounded_and_forgetting_changes_nothing() -> None:
    tree = BrownianTree(LOW, HIGH, (16,), 1)
    before = tree.increment(2.0, 3.0)
    for i in range(60):
        tree.increment(3.0 + i / 10, 3.1 + i / 10)
    assert len(tree._halves) <= 64
    assert np.array_equal(tree.increment(2.0, 3.0), before)


def test_noise_is_scaled_to_unit_variance_and_turns_with_direction() -> None:
    noise = BrownianNoise([HIGH, 3.0, LOW, 0.0], (1, 4, 64, 64), 9)
    down, up = noise(HIGH, 3.0), noise(3.0, HIGH)
    assert np.array_equal(down, -up)
    assert abs(float(down.std()) - 1) < 0.02
    assert abs(float(noise(3.0, LOW).std()) - 1) < 0.02


def test_times_outside_the_path_count_as_its_ends() -> None:
    tree = BrownianTree(LOW, HIGH, (16,), 1)
    assert np.array_equal(tree.increment(0.0, 99.0), tree.increment(LOW, HIGH))
    assert not tree.increment(1.0, 1.0).any()
