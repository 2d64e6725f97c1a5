import numpy as np
import pytest

from ensembles.sampling.noise import Generator

torch = pytest.importorskip("torch")

SEEDS = [0, 1, 42, 2**32 - 1, 2**32, 2**32 + 12345, 2**63 - 1, 2**63, 2**64 - 1]
SHAPES = [
    (1,),
    (2,),
    (15,),
    (16,),
    (17,),
    (31,),
    (33,),
    (1, 4, 8, 8),
    (2, 4, 9, 9),
    (3, 4, 17, 13),
    (1, 4, 64, 64),
]


def bits(values: np.ndarray) -> list[int]:
    return np.asarray(values).view(np.int32).ravel().tolist()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_torch_bit_for_bit(seed: int, shape: tuple[int, ...]) -> None:
    torch.manual_seed(seed)
    assert bits(Generator(seed).randn(shape)) == bits(torch.randn(shape).numpy())


@pytest.mark.parametrize("seed", SEEDS)
def test_successive_draws_continue_the_stream(seed: int) -> None:
    """Small draws leave a spare value behind, which a large draw neither uses nor clears."""
    torch.manual_seed(seed)
    generator = Generator(seed)
    for shape in [(3,), (1, 4, 8, 8), (1,), (5,), (2, 4, 9, 9), (20,), (7,), ()]:
        assert bits(generator.randn(shape)) == bits(torch.randn(shape).numpy())


def test_a_million_values_equal_torch() -> None:
    torch.manual_seed(7)
    expected = torch.randn(1 << 20).numpy()
    assert np.array_equal(Generator(7).randn((1 << 20,)).view(np.int32), expected.view(np.int32))


def test_first_image_of_a_batch_is_the_single_image() -> None:
    assert np.array_equal(Generator(5).randn((3, 4, 8, 8))[:1], Generator(5).randn((1, 4, 8, 8)))


def test_seeds_differ_in_their_low_32_bits_only() -> None:
    assert np.array_equal(Generator(2**32 + 9).randn((64,)), Generator(9).randn((64,)))
    assert not np.array_equal(Generator(10).randn((64,)), Generator(9).randn((64,)))
