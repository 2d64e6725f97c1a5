"""Pictures to latents and back against diffusers' AutoencoderKL."""

import numpy as np
import pytest
import torch

from control.workflows.catalogue import CATALOGUE
from control.workflows.nodes.vae import grown
from control.workflows.types import Size, Unfit
from control.workflows.values import Clip, Latent, Model, Vae
from perf.parity.nodes import run_node
from tests.workflows.reference import SCALE, Text, psnr, sigmas

TESTED = {"VAEEncode", "VAEEncodeTiled", "VAEEncodeForInpaint", "VAEDecode", "VAEDecodeTiled"}
POCKET = Vae("pocket")


def scene(height: int, width: int, count: int = 1, channels: int = 3) -> np.ndarray:
    """Drawn circles on slopes of colour, in 0..1."""
    y, x = np.mgrid[:height, :width]
    pictures = []
    for i in range(count):
        picture = np.stack([x / width, y / height, np.full_like(x, 0.3 + 0.2 * i, dtype=float)], -1)
        for row in range(0, height, 64):
            inside = (y - row - 32) ** 2 + (x - 40 - row // 2 - 8 * i) ** 2 < 20**2
            picture[inside] = [1 - row / height, 0.1, row / height]
        pictures.append(picture)
    found = np.stack(pictures).astype(np.float32)
    return (
        found
        if channels == 3
        else np.concatenate([found, np.full((*found.shape[:3], 1), 0.5, np.float32)], -1)
    )


@pytest.mark.parametrize("channels", [3, 4])
async def test_encoding_is_diffusers_mode_of_what_is_left_of_the_edges(engine, torch_pocket, channels):
    image = scene(101, 142, 2, channels)
    (got,) = await run_node(engine, "VAEEncode", pixels=image, vae=POCKET)
    want = torch_pocket.encoded(image[:, 2:98, 3:139, :3]).numpy()
    assert got.samples.shape == (2, 4, 12, 17)
    np.testing.assert_allclose(got.samples, want, atol=2e-3 * np.abs(want).max())
    assert CATALOGUE["VAEEncode"].size(pixels=Size(2, 142, 101)) == (Size(2, 136, 96),)


async def test_decoding_is_diffusers(engine, torch_pocket, rng):
    latent = torch_pocket.encoded(scene(96, 128, 2)).numpy()
    (got,) = await run_node(engine, "VAEDecode", samples=Latent(latent), vae=POCKET)
    assert got.shape == (2, 96, 128, 3)
    assert psnr(got, torch_pocket.decoded(torch.from_numpy(latent))) >= 50


async def test_tiles_are_blended_and_near_to_the_whole(engine, torch_pocket):
    image = scene(256, 256)
    latent = torch_pocket.encoded(image)
    whole = torch_pocket.decoded(latent)
    tiles = {"tile_size": 128, "overlap": 32}
    (got,) = await run_node(engine, "VAEDecodeTiled", samples=Latent(latent.numpy()), vae=POCKET, **tiles)
    # A corner is seen by one tile alone: there it is exactly what that tile comes to.
    corner = torch_pocket.decoded(latent[..., :16, :16])
    assert psnr(got[:, :64, :64], corner[:, :64, :64]) >= 50
    assert 20 < psnr(got, whole) < 60
    big = {"tile_size": 512, "overlap": 64}
    (got,) = await run_node(engine, "VAEDecodeTiled", samples=Latent(latent.numpy()), vae=POCKET, **big)
    assert psnr(got, whole) >= 50

    (got,) = await run_node(engine, "VAEEncodeTiled", pixels=image, vae=POCKET, **tiles)
    np.testing.assert_allclose(
        got.samples[..., :8, :8], torch_pocket.encoded(image[:, :128, :128]).numpy()[..., :8, :8], atol=0.02
    )
    assert 1e-4 < np.abs(got.samples - latent.numpy()).mean() < 0.2 * latent.std()
    (got,) = await run_node(engine, "VAEEncodeTiled", pixels=image, vae=POCKET, **big)
    np.testing.assert_allclose(got.samples, latent.numpy(), atol=2e-3 * float(latent.abs().max()))


@pytest.mark.parametrize("pixels", [0, 1, 5, 6])
def test_masks_grow_as_convolution_has_it(rng, pixels):
    mask = np.where(rng.random((2, 20, 30), np.float32) > 0.97, rng.random((2, 20, 30), np.float32), 0)
    mask = mask.astype(np.float32)
    if pixels:
        kernel, pad = torch.ones(1, 1, pixels, pixels), pixels // 2
        convolved = torch.nn.functional.conv2d(torch.from_numpy(mask)[:, None].round(), kernel, padding=pad)
        want = convolved[:, 0, :20, :30].round().clamp(0, 1).numpy()
    else:
        want = np.round(mask)
    np.testing.assert_array_equal(grown(mask, pixels), want)


def test_what_rounds_to_nothing_grows_to_nothing():
    assert not grown(np.full((1, 20, 30), 0.02, np.float32), 64).any()
    # A soft edge of 24 columns: its half that is over 0.5, and what six pixels add to that.
    ramp = np.tile(np.linspace(0, 1, 24, dtype=np.float32), (1, 16, 1))
    columns = grown(np.pad(ramp, ((0, 0), (0, 0), (16, 0))), 6)[0, 8]
    assert columns[26:].all()
    assert not columns[:26].any()


async def test_inpainting_paints_under_the_mask_alone(engine, torch_pocket):
    image = scene(128, 128)
    mask = np.zeros((1, 64, 64), np.float32)
    mask[:, 20:44, 24:50] = 1
    given = {"pixels": image, "vae": POCKET, "mask": mask}
    (latent,) = await run_node(engine, "VAEEncodeForInpaint", **given)

    sized = torch.nn.functional.interpolate(torch.from_numpy(mask)[None], (128, 128), mode="bilinear")
    hard = sized.round()[0].permute(1, 2, 0).numpy()
    grey = (image - 0.5) * (1 - hard) + 0.5
    start = torch_pocket.encoded(grey.astype(np.float32))
    np.testing.assert_allclose(latent.samples, start.numpy(), atol=2e-3 * float(start.abs().max()))
    wide = (
        torch.nn.functional.conv2d(sized.round(), torch.ones(1, 1, 6, 6), padding=3)[..., :128, :128]
        .round()
        .clamp(0, 1)
    )
    np.testing.assert_array_equal(latent.mask, wide[0].numpy())

    text, empty = "a large red circle on a blue background", ""
    conditions = [
        (await run_node(engine, "CLIPTextEncode", text=one, clip=Clip("pocket")))[0] for one in (text, empty)
    ]
    (got,) = await run_node(
        engine, "KSampler", model=Model("pocket"), seed=5, steps=4, cfg=4.0, sampler_name="euler",
        scheduler="normal", positive=conditions[0], negative=conditions[1], latent_image=latent,
    )  # fmt: skip
    assert got.mask is latent.mask

    keep = 1 - torch.nn.functional.interpolate(wide, (16, 16), mode="bilinear")
    clean = start * SCALE
    torch.manual_seed(5)
    noise = torch.randn(1, 4, 16, 16)
    guided = torch_pocket.guided([Text(torch_pocket.encode(text))], [Text(torch_pocket.encode(empty))], 4.0)

    def denoise(x, s):
        noised = clean + noise * s
        return guided(x * (1 - keep) + noised * keep, s) * (1 - keep) + clean * keep

    want = torch_pocket.sampled(denoise, seed=5, sigmas=sigmas("normal", 4), start=clean)
    assert psnr(torch_pocket.decoded(torch.from_numpy(got.samples)), torch_pocket.picture(want)) >= 50
    outside = (keep == 1).expand(1, 4, 16, 16).numpy()
    np.testing.assert_allclose(got.samples[outside], start.numpy()[outside], atol=1e-2)


def test_what_does_not_fit_is_said_before():
    with pytest.raises(Unfit, match="8 pixels a side are the least"):
        CATALOGUE["VAEEncode"].check(pixels=Size(1, 64, 7))
    with pytest.raises(Unfit, match="3 masks for 2 pictures"):
        CATALOGUE["VAEEncodeForInpaint"].check(pixels=Size(2, 64, 64), mask=Size(3, 64, 64))


async def test_what_does_not_fit_is_said_while_it_runs_too(manifests):
    image = np.zeros((2, 64, 64, 3), np.float32)
    kind = CATALOGUE["VAEEncodeForInpaint"]
    with pytest.raises(Unfit, match="3 masks for 2 pictures"):
        await kind.run(
            manifests, pixels=image, vae=POCKET, mask=image[..., 0].repeat(2, 0)[:3], grow_mask_by=6
        )
    with pytest.raises(Unfit, match="64 x 7 is too small"):
        await CATALOGUE["VAEEncode"].run(manifests, pixels=image[:, :7], vae=POCKET)
