import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensembles.imaging.errors import ImageError
from ensembles.imaging.tiling import Layout, decode_tiled, encode_tiled, tiles

RNG = np.random.default_rng(0)
SMALL = Layout(tile=12, overlap=6, blend=2, whole=1)


def smooth(values):
    """A network with a reach of two cells and zero padding, as convolutions have."""
    padded = np.pad(values, ((0, 0), (0, 0), (2, 2), (2, 2)))
    height, width = values.shape[2:]
    parts = [padded[:, :, y : y + height, x : x + width] for y, x in itertools.product(range(5), repeat=2)]
    return np.asarray(sum(parts) / 25, np.float32)


@given(
    length=st.integers(1, 200),
    tile=st.integers(2, 64),
    overlap=st.integers(1, 63),
    blend=st.integers(1, 63),
    scale=st.sampled_from([1, 8]),
)
def test_weights_sum_to_one_everywhere(length, tile, overlap, blend, scale):
    overlap = min(overlap, tile - 1)
    total = np.zeros(length * scale)
    for start, weight in tiles(length, tile, overlap, min(blend, overlap), scale):
        assert start >= 0
        assert weight.min() >= -1e-6
        assert len(weight) == min(tile, length) * scale
        total[start * scale : start * scale + len(weight)] += weight
    np.testing.assert_allclose(total, 1, atol=1e-6)


@given(length=st.integers(1, 200), tile=st.integers(2, 64), overlap=st.integers(1, 63))
def test_neighbours_share_the_overlap(length, tile, overlap):
    overlap = min(overlap, tile - 1)
    starts = [start for start, _ in tiles(length, tile, overlap, overlap, 1)]
    assert starts[0] == 0
    assert starts[-1] + min(tile, length) == length
    assert all(before + tile - after >= overlap for before, after in itertools.pairwise(starts))


@pytest.mark.parametrize("size", [(30, 45), (12, 40), (13, 13), (8, 100)])
async def test_a_network_of_short_reach_is_decoded_exactly(size):
    latent = RNG.normal(size=(2, 4, *size)).astype(np.float32)
    calls = []

    async def decode(part):
        calls.append(part.shape)
        return smooth(part)[:, :3].repeat(8, 2).repeat(8, 3)

    got = await decode_tiled(latent, decode, SMALL)
    whole = smooth(latent)[:, :3].repeat(8, 2).repeat(8, 3)
    assert len(calls) > 1
    assert all(height <= 12 and width <= 12 for _, _, height, width in calls)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, whole, atol=1e-5)


async def test_a_network_of_short_reach_is_encoded_exactly():
    image = RNG.normal(size=(1, 3, 240, 320)).astype(np.float32)

    async def encode(part):
        assert part.flags.c_contiguous
        return smooth(part[:, [0, 1, 2, 0], ::8, ::8])

    got = await encode_tiled(image, encode, SMALL)
    np.testing.assert_allclose(got, smooth(image[:, [0, 1, 2, 0], ::8, ::8]), atol=1e-5)


async def test_a_small_picture_is_one_call():
    calls = []

    async def network(part):
        calls.append(part.shape)
        return part

    latent = np.zeros((1, 4, 64, 256), np.float32)
    await decode_tiled(latent, network)
    assert calls == [latent.shape]


async def test_what_cannot_be_tiled_is_refused():
    async def network(part):
        return part

    with pytest.raises(ImageError, match="multiples of 8"):
        await encode_tiled(np.zeros((1, 3, 20, 16), np.float32), network)
    with pytest.raises(ImageError, match="no pixels"):
        await decode_tiled(np.zeros((1, 4, 0, 8), np.float32), network)
    with pytest.raises(ValueError, match="blend"):
        await decode_tiled(np.zeros((1, 4, 8, 8), np.float32), network, Layout(tile=4, overlap=4))


def scene(side):
    """A drawn picture whose parts differ: f32[1,3,side,side] in −1..1."""
    y, x = np.mgrid[0:side, 0:side] / side
    picture = np.stack([x, y, 1 - x * y], -1)
    for cx, cy, r, colour in (
        (0.3, 0.3, 0.12, (1, 0, 0)),
        (0.7, 0.5, 0.2, (0, 0.2, 1)),
        (0.4, 0.8, 0.1, (1, 1, 0)),
    ):
        picture[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = colour
    return np.moveaxis(picture * 2 - 1, -1, 0)[None].astype(np.float32)


async def test_pockets_vae_shows_no_seam(pocket_vae):
    """An eighth of the default layout, on a picture one and a half tiles wide.

    A tile's GroupNorm knows only that tile, so tiles differ from the whole picture: by colour over
    areas, and by contrast at the edges of what is drawn. Neither may gather where two tiles meet.
    """
    layout = Layout(tile=16, overlap=4, blend=4, whole=16)
    encode, decode = pocket_vae
    image = scene(24 * 8)
    latent = await encode(image)
    whole = np.clip(await decode(latent), -1, 1) * 127.5
    tiled = np.clip(await decode_tiled(latent, decode, layout), -1, 1) * 127.5
    steps = np.abs(np.diff(tiled, axis=3) - np.diff(whole, axis=3)).mean((0, 1, 2))
    seam = slice(8 * 8 - 1, 16 * 8)  # two tiles a side, from 0 and 8: they share 8..16
    assert np.abs(tiled - whole).mean() < 6
    assert steps[seam].max() < 2
    assert steps[seam].max() < steps.max()
    error = np.abs(await encode_tiled(image, encode, layout) - latent).mean() / latent.std()
    assert error < 0.2


def around(values, axes):
    """`smooth`, of a picture that goes on at the other side along `axes`."""
    for axis, name in ((2, "y"), (3, "x")):
        if name in axes:
            values = np.concatenate(
                [values.take(range(-2, 0), axis), values, values.take(range(2), axis)], axis
            )
    found = smooth(values)
    return found[:, :, 2 * ("y" in axes) : values.shape[2] - 2 * ("y" in axes)][
        :, :, :, 2 * ("x" in axes) : values.shape[3] - 2 * ("x" in axes)
    ]


@pytest.mark.parametrize("axes", ["x", "y", "xy"])
@pytest.mark.parametrize("size", [(40, 31), (9, 60)])
async def test_tiles_go_round_where_the_picture_does(axes, size):
    latent = RNG.standard_normal((1, 4, *size)).astype(np.float32)

    async def grown(tile):
        return smooth(tile).repeat(8, 2).repeat(8, 3)

    found = await decode_tiled(latent, grown, SMALL, around=axes)
    np.testing.assert_allclose(found, around(latent, axes).repeat(8, 2).repeat(8, 3), atol=1e-6)
    plain = await decode_tiled(latent, grown, SMALL)
    assert np.abs(plain - found).max() > 0.1


async def test_tiles_of_an_encoder_go_round_too():
    image = RNG.standard_normal((1, 3, 320, 248)).astype(np.float32)

    async def shrunk(tile):
        return smooth(tile[:, :, ::8, ::8])

    found = await encode_tiled(image, shrunk, SMALL, around="xy")
    np.testing.assert_allclose(found, around(image[:, :, ::8, ::8], "xy"), atol=1e-6)
