"""Image operations through their nodes over real Triton, on pocket, against diffusers on the same weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from transformers import CLIPImageProcessor

from control.workflows.engine import Loaded
from control.workflows.values import Conditioning, Latent, Vae
from ensembles.engine.places import places
from ensembles.imaging.inpainting import feathered
from export.adapters import add
from export.pocket.evaluate import WEIGHTS
from perf.parity.nodes import Networks, run_graph, run_node
from perf.parity.operations import adapters, loras
from perf.parity.operations.ip_adapters import SIDE, nested, write_adapter, write_encoder
from perf.parity.operations.reference import Reference, Walk
from perf.parity.operations.run import ENOUGH_DB, files
from perf.parity.operations.scene import (
    NEGATIVE,
    POSITIVE,
    Scene,
    mask,
    picture,
    sampling,
    text_to_image,
)
from perf.parity.served import psnr

TESTED = {"CircularVAEDecode", "InpaintModelConditioning", "StudioKSamplerVariation"}
WALK = Walk()
LORA = "pocket-kohya-0"


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(WEIGHTS)


@pytest.fixture(scope="module")
def scene(triton, reference, tmp_path_factory) -> Scene:
    """Files of the registry for pocket, everybody's, in the served home: random ones."""
    found = Scene(tmp_path_factory.mktemp("scene"), triton.home)
    path = found.folder / f"{LORA}.safetensors"
    found.files[LORA] = loras.write(path, "kohya", reference.pipe, 100)
    add(path, "lora", found.home, LORA)
    add(adapters.write_embedding(found, reference), "embedding", found.home, adapters.EMBEDDING)
    add(adapters.write_controlnet(found, reference, "pocket-a", 11), "controlnet", found.home, "pocket-a")
    return found


@pytest.fixture
def painter(engine, scene) -> Networks:
    engine.files |= files()
    return engine


async def painted(engine: Networks, graph: dict) -> np.ndarray:
    return (await run_graph(engine, graph))["picture"][0]


@pytest.fixture(scope="module")
def plain(reference) -> np.ndarray:
    """The picture of the words alone, by diffusers."""
    return reference.picture(reference.paint(WALK, reference.text(POSITIVE), reference.text(NEGATIVE)))


def changed(graph: dict, *nodes: tuple[str, str, dict]) -> dict:
    """The graph with nodes between its model and its sampler."""
    last = "model"
    for name, kind, inputs in nodes:
        graph[name] = (kind, {"model": [last, 0], **inputs})
        last = name
    graph["sample"][1]["model"] = [last, 0]
    return graph


async def test_a_lora_is_what_its_formula_makes_of_the_weights(painter, reference, scene):
    row = adapters.lora_row("pocket", "kohya", 1)
    theirs = row.theirs(reference, scene)
    ours = await painted(painter, row.graph(scene))
    assert psnr(ours, theirs) >= ENOUGH_DB
    both = text_to_image("pocket", WALK)
    both["blocks"] = (
        "StudioLoraBlocks",
        {
            "model": ["model", 0],
            "clip": ["model", 1],
            "lora_name": LORA,
            "block_vector": "1,1,1,1,1",
        },
    )
    both["clip"][1]["clip"], both["sample"][1]["model"] = ["blocks", 1], ["blocks", 0]
    assert psnr(await painted(painter, both), theirs) >= ENOUGH_DB


async def test_a_lora_in_the_unet_alone(painter, plain):
    given = {"lora_name": LORA, "strength_model": 0.8}
    alone = changed(text_to_image("pocket", WALK), ("lora", "LoraLoaderModelOnly", given))
    graph = adapters.with_loras("pocket", [LORA])
    graph["lora0"][1].update(strength_model=0.8, strength_clip=0.0)
    one, other = await painted(painter, alone), await painted(painter, graph)
    assert psnr(one, other) > 80
    assert psnr(one, plain) < 40
    none = changed(
        text_to_image("pocket", WALK), ("lora", "LoraLoaderModelOnly", given | {"strength_model": 0.0})
    )
    assert psnr(await painted(painter, none), plain) >= ENOUGH_DB


async def test_a_textual_inversion(painter, reference, scene):
    theirs = adapters.embedded(reference, scene)
    assert psnr(await painted(painter, adapters.with_embedding(scene, "pocket")), theirs) >= ENOUGH_DB


async def test_a_controlnet_beside_the_unet(painter, reference, scene, plain):
    controls = [("pocket-a", 0.9, 0.2, 0.7)]
    theirs = adapters.controlled(reference, [scene.files["pocket-a"]], controls)
    ours = await painted(painter, adapters.with_controls("pocket", controls))
    assert psnr(ours, theirs) >= ENOUGH_DB
    assert psnr(ours, plain) < 40


async def test_three_nodes_put_a_controlnet_beside_texts(painter, scene):
    whole = adapters.with_controls("pocket", [("pocket-a", 0.9, 0.0, 1.0)])
    wanted = await painted(painter, whole)
    mode = dict(whole)
    mode["control0"] = ("StudioControlNetApply", {**whole["control0"][1], "mode": "balanced"})
    assert psnr(await painted(painter, mode), wanted) > 80
    mode["control0"] = ("StudioControlNetApply", {**whole["control0"][1], "mode": "control"})
    assert psnr(await painted(painter, mode), wanted) < 60
    old = {name: (kind, dict(inputs)) for name, (kind, inputs) in whole.items() if name != "control0"}
    given = {"control_net": ["net0", 0], "image": ["hint0", 0], "strength": 0.9}
    for side in ("positive", "negative"):
        old[f"{side}0"] = ("ControlNetApply", {"conditioning": [side, 0], **given})
        old["sample"][1][side] = [f"{side}0", 0]
    assert psnr(await painted(painter, old), wanted) > 80
    old["sample"][1]["negative"] = ["negative", 0]
    assert psnr(await painted(painter, old), wanted) > 80


async def test_a_picture_guides_beside_the_text(painter, reference, scene, plain):
    unet = UNet2DConditionModel.from_config(reference.unet.config)
    unet.load_state_dict(reference.unet.state_dict())
    layers = places({name: tensor.shape for name, tensor in unet.state_dict().items()}).image_layers
    vision = write_encoder(scene.folder / "image_encoder")
    path = scene.folder / "look.safetensors"
    tensors = write_adapter(path, "base", [width for _, width in layers], unet.config.cross_attention_dim)
    add(path, "ip_adapter", scene.home, "look")
    unet._load_ip_adapter_weights([nested(tensors)])
    unet.eval()
    for processor in unet.attn_processors.values():
        if hasattr(processor, "scale"):
            processor.scale = [0.7]
    shown = Image.fromarray(np.round(picture(3)[0] * 255).astype(np.uint8))
    size = {"height": SIDE, "width": SIDE}
    with torch.no_grad():
        pixels = CLIPImageProcessor(size={"shortest_edge": SIDE}, crop_size=size)(shown, return_tensors="pt")
        seen = vision(pixels.pixel_values).image_embeds

    def network(x, t, side, _sigma):
        told = reference.conditioned(side, WALK, len(x))
        look = {"image_embeds": [(seen if side.positive else torch.zeros_like(seen))[:, None]]}
        return unet(x, t, **told, added_cond_kwargs=look).sample

    texts = reference.text(POSITIVE), reference.text(NEGATIVE)
    theirs = reference.picture(reference.paint(WALK, *texts, network=network))
    rounded = np.asarray(shown, np.float32)[None] / 255
    painter.files["look.png"] = Loaded(rounded, 0 * rounded[..., 0], rounded)
    look = {
        "loader": ("IPAdapterModelLoader", {"ipadapter_file": "look"}),
        "image": ("LoadImage", {"image": "look.png"}),
    }
    given = {"ipadapter": ["loader", 0], "image": ["image", 0], "weight": 0.7}
    graph = changed(text_to_image("pocket", WALK) | look, ("guided", "IPAdapter", given))
    assert psnr(await painted(painter, graph), theirs) >= ENOUGH_DB
    assert psnr(theirs, plain) < 40
    graph = changed(text_to_image("pocket", WALK) | look, ("guided", "IPAdapterAdvanced", given))
    assert psnr(await painted(painter, graph), theirs) >= ENOUGH_DB
    late = given | {"start_at": 1.0}
    graph = changed(text_to_image("pocket", WALK) | look, ("guided", "IPAdapter", late))
    assert psnr(await painted(painter, graph), plain) >= ENOUGH_DB


@pytest.mark.parametrize(
    ("name", "given", "neutral"),
    [
        ("FreeU", {}, {"b1": 1.0, "b2": 1.0, "s1": 1.0, "s2": 1.0}),
        ("FreeU_V2", {}, {"b1": 1.0, "b2": 1.0, "s1": 1.0, "s2": 1.0}),
        ("PerturbedAttentionGuidance", {}, {"scale": 0.0}),
        ("DynamicThresholdingSimple", {"mimic_scale": 1.0}, {"mimic_scale": WALK.cfg}),
        ("DynamicThresholdingFull", {"mimic_scale": 2.0}, {"interpolate_phi": 0.0}),
        ("SeamlessTile", {}, {"tiling": "disable"}),
    ],
)
async def test_what_changes_how_a_model_is_used(painter, plain, name, given, neutral):
    graph = changed(text_to_image("pocket", WALK), ("more", name, given))
    found = await painted(painter, graph)
    assert np.isfinite(found).all()
    assert psnr(found, plain) < 40
    graph = changed(text_to_image("pocket", WALK), ("more", name, neutral))
    assert psnr(await painted(painter, graph), plain) >= ENOUGH_DB


@pytest.mark.parametrize(("tiling", "axes"), [("enable", (2, 3)), ("x_only", (3,)), ("y_only", (2,))])
async def test_a_picture_decoded_round_its_edges_can_be_moved(painter, rng, tiling, axes):
    samples = 5 * rng.standard_normal((1, 4, 8, 8), np.float32)
    given = {"vae": Vae("pocket"), "tiling": tiling}
    [whole] = await run_node(painter, "CircularVAEDecode", samples=Latent(samples), **given)
    moved = Latent(np.ascontiguousarray(np.roll(samples, 3, axes)))
    [other] = await run_node(painter, "CircularVAEDecode", samples=moved, **given)
    places = tuple(axis - 1 for axis in axes)
    np.testing.assert_allclose(other, np.roll(whole, 24, places), atol=1e-4)
    [vae] = await run_node(painter, "MakeCircularVAE", **given)
    [same] = await run_node(painter, "VAEDecode", samples=Latent(samples), vae=vae)
    np.testing.assert_array_equal(same, whole)
    [flat] = await run_node(painter, "VAEDecode", samples=Latent(samples), vae=Vae("pocket"))
    assert np.abs(flat - whole).max() > 0.01


async def test_variations_lie_between_two_seeds(painter, reference):
    texts = reference.text(POSITIVE), reference.text(NEGATIVE)
    noises = []
    for seed in (WALK.seed, 5):
        torch.manual_seed(seed)
        noises.append(torch.randn(1, 4, 8, 8))
    angle = torch.arccos((noises[0] * noises[1]).sum() / (noises[0].norm() * noises[1].norm()))
    between = (torch.sin(0.7 * angle) * noises[0] + torch.sin(0.3 * angle) * noises[1]) / torch.sin(angle)
    theirs = reference.picture(reference.paint(WALK, *texts, noise=between))
    graph = text_to_image("pocket", WALK)
    given = sampling(WALK, variation_seed=5)

    async def ours(strength: float) -> np.ndarray:
        graph["sample"] = ("StudioKSamplerVariation", given | {"variation_strength": strength})
        return await painted(painter, graph)

    assert psnr(await ours(0.3), theirs) >= ENOUGH_DB
    for strength, noise in ((0.0, noises[0]), (1.0, noises[1])):
        end = reference.picture(reference.paint(WALK, *texts, noise=noise))
        assert psnr(await ours(strength), end) >= ENOUGH_DB
    custom = text_to_image("pocket", WALK)
    schedule = {"model": ["model", 0], "scheduler": WALK.scheduler, "steps": WALK.steps, "denoise": 1.0}
    guider = {
        "model": ["model", 0],
        "positive": ["positive", 0],
        "negative": ["negative", 0],
        "cfg": WALK.cfg,
    }
    custom |= {
        "noise": ("StudioVariationNoise", {"noise_seed": WALK.seed, "variation_seed": 5, "variation_strength": 0.3}),
        "sigmas": ("BasicScheduler", schedule),
        "guider": ("CFGGuider", guider),
        "sampler": ("KSamplerSelect", {"sampler_name": "euler"}),
        "sample": (
            "SamplerCustomAdvanced",
            {"noise": ["noise", 0], "guider": ["guider", 0], "sampler": ["sampler", 0], "sigmas": ["sigmas", 0],
             "latent_image": ["latent", 0]},
        ),
    }  # fmt: skip
    assert psnr(await painted(painter, custom), theirs) >= ENOUGH_DB


async def test_an_inpainting_unet_is_told_what_is_hidden(painter, reference):
    start, hidden = picture(3), mask()
    text: Conditioning = await painter.encode_text(
        (await run_node(painter, "CheckpointLoaderSimple", ckpt_name="pocket"))[1], POSITIVE
    )
    given = {"positive": text, "negative": text, "vae": Vae("pocket"), "pixels": start, "mask": hidden}
    positive, negative, latent = await run_node(painter, "InpaintModelConditioning", **given)
    left = start * (1 - hidden[..., None]) + 0.5 * hidden[..., None]
    scale = reference.vae.config.scaling_factor
    for side in (positive, negative):
        [one] = side
        np.testing.assert_array_equal(one.inpaint[:, 0], hidden[:, ::8, ::8])
        np.testing.assert_allclose(one.inpaint[:, 1:], reference.encode(left) / scale, atol=1e-3)
        np.testing.assert_array_equal(one.context, text[0].context)
    np.testing.assert_allclose(latent.samples, reference.encode(start) / scale, atol=1e-3)
    np.testing.assert_array_equal(latent.mask, hidden)
    _, _, free = await run_node(painter, "InpaintModelConditioning", **given, noise_mask=False)
    assert free.mask is None


def inpainting(region: str, fill: str, denoise: float) -> dict:
    """A picture of 96x80, of which a spot is painted anew at 64x64."""
    graph = text_to_image("pocket", WALK)
    crop = {
        "image": ["image", 0], "mask": ["mask", 0], "region": region, "width": 64, "height": 64, "padding": 8,
        "grow": 2, "feather": 6,
    }  # fmt: skip
    return graph | {
        "image": ("LoadImage", {"image": "large.png"}),
        "mask": ("LoadImageMask", {"image": "spot.png", "channel": "red"}),
        "crop": ("StudioInpaintCrop", crop),
        "fill": ("StudioInpaintFill", {"image": ["crop", 1], "mask": ["crop", 2], "fill": fill, "seed": 1}),
        "encode": ("VAEEncode", {"pixels": ["fill", 0], "vae": ["model", 2]}),
        "latent": ("SetLatentNoiseMask", {"samples": ["encode", 0], "mask": ["crop", 2]}),
        "sample": ("KSampler", sampling(replace(WALK, denoise=denoise))),
        "decode": ("VAEDecode", {"samples": ["sample", 0], "vae": ["model", 2]}),
        "picture": ("StudioInpaintStitch", {"stitch": ["crop", 0], "image": ["decode", 0]}),
    }


def spot() -> np.ndarray:
    chosen = np.zeros((1, 80, 96), np.float32)
    chosen[:, 30:50, 40:66] = 1
    return chosen


@pytest.mark.parametrize(
    ("region", "fill", "denoise"),
    [("masked", "blur", 1.0), ("masked", "noise", 0.6), ("whole", "original", 0.8)],
)
async def test_inpainting_changes_nothing_outside_the_feathered_mask(painter, region, fill, denoise):
    start = np.ascontiguousarray(picture(8, 96)[:, :80])
    shown = np.repeat(spot()[..., None], 3, -1)
    for name, image in (("large.png", start), ("spot.png", shown)):
        alpha = np.ones_like(image[..., :1])
        painter.files[name] = Loaded(image, 0 * image[..., 0], np.concatenate([image, alpha], -1))
    made = await run_graph(painter, inpainting(region, fill, denoise))
    found = made["picture"][0]
    weight = feathered(spot(), 2, 6)
    # Nothing, where a difference of 1/255 would be allowed.
    np.testing.assert_array_equal(found[weight == 0], start[weight == 0])
    assert np.abs(found - start)[spot() == 1].mean() > 0.05
    if region == "masked":
        assert made["crop"][1].shape == (1, 64, 64, 3)
        assert painter.asked[-1].latent.samples.shape == (1, 4, 8, 8)


async def test_outpainting_keeps_the_picture_and_blends_the_seam(painter):
    start = picture(8, 64)
    alpha = np.ones_like(start[..., :1])
    painter.files["small.png"] = Loaded(start, 0 * start[..., 0], np.concatenate([start, alpha], -1))
    graph = inpainting("masked", "blur", 1.0)
    graph["image"] = ("LoadImage", {"image": "small.png"})
    del graph["mask"]
    graph["crop"] = ("StudioOutpaintPad", {"image": ["image", 0], "left": 24, "bottom": 16, "feather": 12})
    made = await run_graph(painter, graph)
    found = made["picture"][0]
    assert found.shape == (1, 80, 88, 3)
    old = found[:, :64, 24:]
    weight = made["crop"][0].weight[:, :64, 24:]
    assert (weight == 0).mean() > 0.5
    np.testing.assert_array_equal(old[weight == 0], start[weight == 0])
    assert np.abs(old - start)[weight > 0.5].mean() > 0.02
    # No step where the new part begins: neighbours across the seam differ no more than pixels do elsewhere.
    seam = np.abs(found[:, :52, 24] - found[:, :52, 23]).mean()
    inside = np.abs(np.diff(found[:, :52, 30:], axis=2)).mean()
    assert seam < 4 * inside + 0.02
