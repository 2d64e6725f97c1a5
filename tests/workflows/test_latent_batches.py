import numpy as np
import pytest
import torch

from control.workflows.types import Unfit
from tests.workflows.running import latent, mask, run, torch_resized


@pytest.mark.parametrize(
    ("places", "want"),
    [
        ((None, None), (0, 1, 0, 1, 2)),
        (((5, 6), None), (5, 6, 0, 1, 2)),
        ((None, (7, 8, 9)), (0, 1, 7, 8, 9)),
    ],
)
def test_two_latents_in_one_batch(places, want):
    one, other = latent(8, 9, places=places[0], mask=mask(2, 2)), latent(8, 20, 3, seed=3, places=places[1])
    [got] = run("LatentBatch", samples1=one, samples2=other)
    np.testing.assert_array_equal(got.samples[:2], one.samples)
    # 20 → 9 wide: 5.5 on each side, to the next even number.
    np.testing.assert_allclose(
        got.samples[2:], torch_resized(other.samples[..., 6:14], 9, 8, "bilinear"), atol=1e-5
    )
    assert got.places == want
    assert got.mask is one.mask


@pytest.mark.parametrize(
    ("start", "length", "chosen"), [(0, 1, [0]), (1, 2, [1, 2]), (3, 64, [3, 4]), (60, 3, [4])]
)
def test_part_of_a_batch_keeps_its_noise(start, length, chosen):
    given = latent(3, 4, 5, mask=mask(6, 6, 2))
    [got] = run("LatentFromBatch", samples=given, batch_index=start, length=length)
    np.testing.assert_array_equal(got.samples, np.stack([given.samples[n] for n in chosen]))
    np.testing.assert_array_equal(got.mask, np.stack([given.mask[n % 2] for n in chosen]))
    assert got.places == tuple(chosen)
    [again] = run("LatentFromBatch", samples=got, batch_index=len(chosen) - 1)
    assert again.places == (chosen[-1],)


def test_one_mask_serves_any_part_of_a_batch():
    given = latent(3, 4, 5, mask=mask(6, 6, 1))
    [got] = run("LatentFromBatch", samples=given, batch_index=2)
    np.testing.assert_array_equal(got.mask, given.mask)


@pytest.mark.parametrize(
    ("places", "want"), [(None, None), ((0, 1), (0, 1, 2, 3, 4, 5)), ((4, 6), (4, 6, 7, 9, 10, 12))]
)
@pytest.mark.parametrize("masks", [0, 1, 2])
def test_repeating_latents(places, want, masks):
    given = latent(3, 4, places=places, mask=mask(6, 6, masks) if masks else None)
    [got] = run("RepeatLatentBatch", samples=given, amount=3)
    np.testing.assert_array_equal(got.samples, np.stack([given.samples[n] for n in (0, 1) * 3]))
    assert got.places == want
    if masks:
        np.testing.assert_array_equal(got.mask, np.concatenate([given.mask] * (3 if masks > 1 else 1)))


@pytest.mark.parametrize(
    ("behavior", "places", "want"),
    [
        ("fixed", None, (0, 0, 0)),
        ("fixed", (4, 5, 6), (4, 4, 4)),
        ("random", (4, 5, 6), None),
        ("random", None, None),
    ],
)
def test_whose_noise_a_batch_gets(behavior, places, want):
    given = latent(3, 4, 3, places=places)
    [got] = run("LatentBatchSeedBehavior", samples=given, seed_behavior=behavior)
    assert got.places == want
    np.testing.assert_array_equal(got.samples, given.samples)


def fitted(one, other, method="bilinear"):
    """The second of one shape with the first, 12 x 6 cells for 6 x 6 ones, as torch tensors."""
    resized = torch_resized(other.samples[:, :, 3:9], 6, 6, method)
    return torch.from_numpy(one.samples), torch.from_numpy(
        resized[[n % len(resized) for n in range(len(one.samples))]]
    )


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize(("name", "want"), [("LatentAdd", torch.add), ("LatentSubtract", torch.sub)])
def test_adding_and_subtracting(name, want, count):
    one, other = latent(6, 6, places=(3, 4)), latent(12, 6, count, seed=4)
    [got] = run(name, samples1=one, samples2=other)
    np.testing.assert_allclose(got.samples, want(*fitted(one, other)).numpy(), atol=1e-5)
    assert got.places == (3, 4)


@pytest.mark.parametrize("dim", ["x", "-x", "y", "-y"])
@pytest.mark.parametrize("count", [1, 2])
def test_latents_side_by_side(dim, count):
    one = latent(6, 5, places=(3, 4))
    other = latent(6, 2, count, seed=4) if "x" in dim else latent(3, 5, count, seed=4)
    [got] = run("LatentConcat", samples1=one, samples2=other, dim=dim)
    for n in range(2):
        pair = [one.samples[n], other.samples[n % count]][:: -1 if "-" in dim else 1]
        want = np.dstack(pair) if "x" in dim else np.hstack(pair)
        np.testing.assert_array_equal(got.samples[n], want)
    assert got.places == (3, 4)


def test_latents_side_by_side_must_be_as_high():
    with pytest.raises(Unfit, match="same height") as refused:
        run("LatentConcat", samples1=latent(6, 5), samples2=latent(5, 6), dim="x")
    assert refused.value.name == "samples2"


@pytest.mark.parametrize(
    ("dim", "index", "amount", "part"),
    [
        ("x", 0, 1, np.s_[..., :1]),
        ("x", 2, 100, np.s_[..., 2:]),
        ("x", 100, 3, np.s_[..., 4:]),
        ("y", 1, 3, np.s_[:, :, 1:4]),
        ("y", -2, 5, np.s_[:, :, 4:]),
        ("y", -100, 2, np.s_[:, :, :2]),
    ],
)
def test_cutting_latents(dim, index, amount, part):
    given = latent(6, 5)
    [got] = run("LatentCut", samples=given, dim=dim, index=index, amount=amount)
    np.testing.assert_array_equal(got.samples, given.samples[part])


@pytest.mark.parametrize("multiplier", [-10.0, 0.0, 0.37])
def test_multiplying(multiplier):
    given = latent(6, 6)
    [got] = run("LatentMultiply", samples=given, multiplier=multiplier)
    np.testing.assert_allclose(
        got.samples, torch.from_numpy(given.samples).mul(multiplier).numpy(), atol=1e-5
    )


@pytest.mark.parametrize("factor", [0.0, 0.25, 1.0])
def test_blending_latents(factor):
    one, other = latent(6, 6), latent(12, 6, seed=4)
    [got] = run("LatentBlend", samples1=one, samples2=other, blend_factor=factor)
    first, second = fitted(one, other, "bicubic")
    np.testing.assert_allclose(got.samples, torch.lerp(second, first, factor).numpy(), atol=2e-5)


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0])
def test_interpolating_directions_and_lengths_apart(ratio):
    one, other = latent(6, 6), latent(12, 6, 1, seed=4)
    one.samples[0, :, 2, 3] = 0
    [got] = run("LatentInterpolate", samples1=one, samples2=other, ratio=ratio)
    first, second = fitted(one, other)
    direction = torch.nn.functional.normalize(
        ratio * torch.nn.functional.normalize(first, dim=1)
        + (1 - ratio) * torch.nn.functional.normalize(second, dim=1),
        dim=1,
    )
    want = direction * torch.lerp(second.norm(dim=1, keepdim=True), first.norm(dim=1, keepdim=True), ratio)
    np.testing.assert_allclose(got.samples, want.numpy(), atol=2e-5)
    assert np.isfinite(got.samples).all()


def test_a_noise_mask():
    given, hole = latent(6, 6, places=(1, 2)), mask(48, 48)
    [got] = run("SetLatentNoiseMask", samples=given, mask=hole)
    np.testing.assert_array_equal(got.mask, hole)
    np.testing.assert_array_equal(got.samples, given.samples)
    assert got.places == (1, 2)
