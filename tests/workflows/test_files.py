"""What nodes take from files, name, and hand out."""

import numpy as np
import pytest

from control.workflows.catalogue import CATALOGUE
from control.workflows.engine import Loaded
from control.workflows.types import Size, Unfit
from control.workflows.values import Clip, Handed, Latent, Model, Vae
from perf.parity.nodes import run_node

TESTED = {
    "CheckpointLoaderSimple", "VAELoader", "CLIPLoader", "UNETLoader", "LoadImage", "LoadImageMask", "LoadLatent",
    "SaveImage", "PreviewImage", "MaskPreview", "SaveLatent", "PreviewAny",
}  # fmt: skip


async def test_networks_by_name(manifests):
    loaded = await run_node(manifests, "CheckpointLoaderSimple", ckpt_name="pocket")
    assert loaded == (Model("pocket"), Clip("pocket"), Vae("pocket"))
    assert await run_node(manifests, "VAELoader", vae_name="pocket") == (Vae("pocket"),)
    assert await run_node(manifests, "CLIPLoader", clip_name="pocket", device="cpu") == (Clip("pocket"),)
    assert await run_node(manifests, "UNETLoader", unet_name="pocket") == (Model("pocket"),)


async def test_pictures_and_masks_of_a_file(manifests, rng):
    alpha = rng.random((1, 6, 9, 4), np.float32)
    manifests.files["cat.png"] = Loaded(alpha[..., :3], 1 - alpha[..., 3], alpha)
    image, mask = await run_node(manifests, "LoadImage", image="cat.png")
    np.testing.assert_array_equal(image, alpha[..., :3])
    np.testing.assert_array_equal(mask, 1 - alpha[..., 3])
    channels = {
        "alpha": 1 - alpha[..., 3],
        "red": alpha[..., 0],
        "green": alpha[..., 1],
        "blue": alpha[..., 2],
    }
    for channel, want in channels.items():
        (mask,) = await run_node(manifests, "LoadImageMask", image="cat.png", channel=channel)
        np.testing.assert_array_equal(mask, want)
    assert CATALOGUE["LoadImage"].size(image=Size(1, 9, 6)) == (Size(1, 9, 6), Size(1, 9, 6))
    assert CATALOGUE["LoadImageMask"].size(image=Size(1, 9, 6), channel="red") == (Size(1, 9, 6),)


async def test_a_kept_latent(manifests):
    manifests.files["a.latent"] = Latent(np.ones((1, 4, 2, 2), np.float32))
    assert await run_node(manifests, "LoadLatent", latent="a.latent") == (manifests.files["a.latent"],)


async def test_what_is_handed_out(rng):
    images, latent = rng.random((2, 4, 5, 3), np.float32), Latent(np.zeros((1, 4, 2, 2), np.float32))
    saved = await run_node(None, "SaveImage", images=images, filename_prefix="cats/tom")
    assert (saved.folder, saved.prefix) == ("output", "cats/tom")
    assert saved.images is images
    shown = await run_node(None, "PreviewImage", images=images)
    assert shown.folder == "temp"
    assert shown.images is images
    mask = await run_node(None, "MaskPreview", mask=images[..., 0])
    assert mask.folder == "temp"
    for channel in range(3):
        np.testing.assert_array_equal(mask.images[..., channel], images[..., 0])
    kept = await run_node(None, "SaveLatent", samples=latent)
    assert kept == Handed("output", latent=latent, prefix="latents/ComfyUI")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"), (0.5, "0.5"), (True, "True"), ("so", "so"), (np.array([1, 0.5], np.float32), "float32 [2]: [1.0, 0.5]"),
        (np.zeros((1, 4, 4, 3), np.float32), "float32 [1, 4, 4, 3]"), (Model("pocket"), "Model(checkpoint='pocket'"),
        (Latent(np.zeros((1, 4, 2, 2), np.float32)), "latent [1, 4, 2, 2]"), ("x" * 30000, "x" * 20000 + "…"),
    ],
)  # fmt: skip
async def test_any_value_as_text(value, text):
    handed = await run_node(None, "PreviewAny", source=value)
    assert handed.images is None
    assert handed.texts[0].startswith(text)
    assert len(handed.texts[0]) <= 20001


@pytest.mark.parametrize("prefix", ["../up", "a/../../b", "/etc/x", "..\\up", "a\0b"])
def test_names_stay_inside(prefix):
    for name in ("SaveImage", "SaveLatent"):
        with pytest.raises(Unfit, match="leads out of the output folder"):
            CATALOGUE[name].check(filename_prefix=prefix)
        CATALOGUE[name].check(filename_prefix="portraits/anna..b %date:yyyy-MM-dd%")
