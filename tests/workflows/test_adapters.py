"""LoRAs, ControlNets, IP-Adapters, and what changes how a model is used: what nodes put on links."""

from dataclasses import replace

import numpy as np
import pytest

from control.workflows.nodes.adapters import MOST_LORAS
from control.workflows.nodes.controls import MOST_CONTROLS, shared
from control.workflows.types import Unfit
from control.workflows.values import (
    Clip,
    Condition,
    ControlNet,
    ImageAdapter,
    Model,
    Noise,
    Threshold,
    Vae,
)
from ensembles.adapters.about import About
from ensembles.engine.variant import UsedLora
from ensembles.manifest import Manifest, TextTower
from ensembles.sampling.conditions import Area
from perf.parity.nodes import run_node
from tests.workflows.running import picture

TESTED = {
    "LoraLoader",
    "LoraLoaderModelOnly",
    "StudioLoraBlocks",
    "ControlNetLoader",
    "ControlNetApply",
    "ControlNetApplyAdvanced",
    "StudioControlNetApply",
    "IPAdapterModelLoader",
    "IPAdapter",
    "IPAdapterAdvanced",
    "FreeU",
    "FreeU_V2",
    "PerturbedAttentionGuidance",
    "DynamicThresholdingSimple",
    "DynamicThresholdingFull",
    "SeamlessTile",
    "MakeCircularVAE",
    "DualCLIPLoader",
    "CLIPTextEncodeSDXL",
    "CLIPTextEncodeSDXLRefiner",
    "StudioVariationNoise",
}
MODEL, CLIP = Model("pocket"), Clip("pocket")
TEXT = (Condition(np.zeros((77, 4), np.float32)), Condition(np.ones((77, 4), np.float32)))
NET = ControlNet("ed" * 32, "edges")
SHA = {"ink": "ab" * 32, "oil": "cd" * 32, "edges": "ed" * 32, "look": "1a" * 32}


class Engine:
    """Files by name; remembers texts; tokens are a picture's means."""

    def __init__(self):
        self.asked = []

    def adapter(self, folder, name):
        kind = {"loras": "lora", "controlnet": "controlnet", "ipadapter": "ip_adapter"}[folder]
        return About(type=kind, name=name, sha256=SHA[name], bytes=1, layout="")

    def manifest(self, checkpoint):
        ids = {"grand": 6, "refiner": 5}.get(checkpoint, 0)
        towers = (TextTower(width=3), TextTower("text-encoder-2", width=2))
        return Manifest(
            name=checkpoint, architecture="", context_dim=5, size_ids=ids,
            towers=towers if checkpoint == "grand" else towers[:1],
        )  # fmt: skip

    def embeddings(self, text):
        return {"dusk": "dd" * 32} if "embedding:dusk" in text else {}

    async def encode_text(self, clip, text, second=None):
        self.asked.append((clip, text, second))
        return (Condition(np.zeros((77, 5), np.float32)),)

    async def image_prompt(self, adapter, checkpoint, pixels):
        assert checkpoint == "pocket"
        means = pixels.mean((1, 2))[:, None, :]
        return np.concatenate([means, means + 1], 1), np.zeros((1, 2, 3), np.float32)


ENGINE = Engine()


async def test_loras_follow_one_another():
    model, clip = await run_node(
        ENGINE, "LoraLoader", model=MODEL, clip=CLIP, lora_name="ink", strength_model=0.8, strength_clip=0.5
    )
    assert model.loras == (UsedLora(SHA["ink"], 0.8),)
    assert clip.loras == (UsedLora(SHA["ink"], 0.5),)
    model, clip = await run_node(
        ENGINE, "LoraLoader", model=model, clip=clip, lora_name="oil", strength_model=-1, strength_clip=0
    )
    assert model.loras == (UsedLora(SHA["ink"], 0.8), UsedLora(SHA["oil"], -1))
    assert clip.loras == (UsedLora(SHA["ink"], 0.5),)
    [model] = await run_node(ENGINE, "LoraLoaderModelOnly", model=MODEL, lora_name="oil", strength_model=2)
    assert model == replace(MODEL, loras=(UsedLora(SHA["oil"], 2),))


async def test_a_lora_of_no_strength_is_none():
    given = {"lora_name": "ink", "strength_model": 0.0}
    assert await run_node(ENGINE, "LoraLoaderModelOnly", model=MODEL, **given) == (MODEL,)
    full = replace(MODEL, loras=(UsedLora("0" * 64),) * MOST_LORAS)
    assert await run_node(ENGINE, "LoraLoaderModelOnly", model=full, **given) == (full,)
    with pytest.raises(Unfit, match="16 LoRAs in one network are the most"):
        await run_node(ENGINE, "LoraLoaderModelOnly", model=full, lora_name="ink")


async def test_block_weights():
    given = {"model": MODEL, "clip": CLIP, "lora_name": "ink"}
    vector = ", ".join(["1", "0.5", *["0"] * 15])
    model, clip = await run_node(ENGINE, "StudioLoraBlocks", **given, block_vector=vector)
    assert model.loras == clip.loras == (UsedLora(SHA["ink"], 1.0, (1.0, 0.5, *[0.0] * 15)),)
    model, _ = await run_node(ENGINE, "StudioLoraBlocks", **given, block_vector=" ")
    assert model.loras == (UsedLora(SHA["ink"]),)
    for wrong, said in (
        (",".join(["1"] * 65), "there are 65 numbers; write 17 for SD"),
        ("one", "write numbers"),
        (",".join(["nan"] * 12), "each finite"),
    ):
        with pytest.raises(Unfit, match=said) as refused:
            await run_node(ENGINE, "StudioLoraBlocks", **given, block_vector=wrong)
        assert refused.value.name == "block_vector"


async def test_controls_stand_beside_every_text():
    [net] = await run_node(ENGINE, "ControlNetLoader", control_net_name="edges")
    assert net == NET
    hint = picture(16, 24, 1, channels=4)
    [text] = await run_node(
        ENGINE, "ControlNetApply", conditioning=TEXT, control_net=net, image=hint, strength=0.7
    )
    for one, was in zip(text, TEXT, strict=True):
        [control] = one.controls
        assert (control.net, control.strength, control.start, control.end, control.mode) == (
            NET,
            0.7,
            0,
            1,
            "balanced",
        )
        np.testing.assert_array_equal(control.hint, hint[..., :3])
        assert one.context is was.context
    given = {"control_net": net, "image": hint, "start_percent": 0.2, "end_percent": 0.6}
    positive, negative = await run_node(
        ENGINE, "ControlNetApplyAdvanced", positive=text, negative=TEXT[:1], **given, strength=0.5
    )
    assert [len(one.controls) for one in positive] == [2, 2]
    assert positive[0].controls[1] is negative[0].controls[0]
    assert (negative[0].controls[0].start, negative[0].controls[0].end) == (0.2, 0.6)
    positive, _ = await run_node(
        ENGINE, "StudioControlNetApply", positive=TEXT, negative=TEXT, **given, mode="control"
    )
    assert positive[0].controls[0].mode == "control"


async def test_what_the_old_node_puts_beside_the_positive_is_beside_a_negative_without_controls():
    given = {"conditioning": TEXT[:1], "control_net": NET, "image": picture(8, 8)}
    [old] = await run_node(ENGINE, "ControlNetApply", **given, strength=0.5)
    [other] = await run_node(ENGINE, "ControlNetApply", **given, strength=1.0)
    area = replace(TEXT[0], area=Area(8, 8, 0, 0))
    assert shared(old, (*TEXT, area)) == (*(replace(one, controls=old[0].controls) for one in TEXT), area)
    assert shared(old, other) == other
    new, _ = await run_node(
        ENGINE, "ControlNetApplyAdvanced", positive=old, negative=TEXT, control_net=NET, image=given["image"]
    )
    assert shared(new, TEXT) is TEXT


async def test_scales_of_perturbed_attention_add_up():
    [one] = await run_node(ENGINE, "PerturbedAttentionGuidance", model=MODEL, scale=3.0)
    [both] = await run_node(ENGINE, "PerturbedAttentionGuidance", model=one, scale=1.5)
    assert both.pag == 4.5
    with pytest.raises(Unfit, match="add up to 103; 100 is the most"):
        await run_node(ENGINE, "PerturbedAttentionGuidance", model=one, scale=100.0)


async def test_controls_that_make_no_sense():
    given = {"positive": TEXT, "negative": TEXT, "control_net": NET, "image": picture(8, 8)}
    same = await run_node(ENGINE, "ControlNetApplyAdvanced", **given, strength=0.0)
    assert same[0] is TEXT
    with pytest.raises(Unfit, match=r"0\.3 lies before start_percent, 0\.6"):
        await run_node(ENGINE, "ControlNetApplyAdvanced", **given, start_percent=0.6, end_percent=0.3)
    text = TEXT
    for _ in range(MOST_CONTROLS):
        [text] = await run_node(
            ENGINE, "ControlNetApply", conditioning=text, control_net=NET, image=picture(8, 8)
        )
    with pytest.raises(Unfit, match="8 ControlNets beside a text are the most"):
        await run_node(ENGINE, "ControlNetApply", conditioning=text, control_net=NET, image=picture(8, 8))


async def test_pictures_that_guide():
    [adapter] = await run_node(ENGINE, "IPAdapterModelLoader", ipadapter_file="look")
    assert adapter == ImageAdapter(SHA["look"], "look")
    images = picture(8, 8, 3)
    given = {"model": MODEL, "ipadapter": adapter, "image": images}
    [model] = await run_node(ENGINE, "IPAdapter", **given, weight=0.6, start_at=0.1, end_at=0.9)
    prompt = model.image_prompt
    assert (prompt.adapter, prompt.strength, prompt.start, prompt.end) == (SHA["look"], 0.6, 0.1, 0.9)
    means = images.mean((1, 2))
    np.testing.assert_allclose(prompt.tokens, [[means.mean(0), means.mean(0) + 1]], rtol=1e-5)
    assert prompt.negative.shape == (1, 2, 3)
    [model] = await run_node(ENGINE, "IPAdapterAdvanced", **given)
    assert model.image_prompt.tokens.shape == model.image_prompt.negative.shape == (1, 6, 3)
    np.testing.assert_allclose(model.image_prompt.tokens[0, 2], means[1], rtol=1e-5)
    [model] = await run_node(ENGINE, "IPAdapterAdvanced", **given, combine_embeds="average")
    np.testing.assert_array_equal(model.image_prompt.tokens, prompt.tokens)
    assert await run_node(ENGINE, "IPAdapter", **given, weight=0.0) == (MODEL,)
    with pytest.raises(Unfit, match="at work in it already"):
        await run_node(ENGINE, "IPAdapter", **{**given, "model": model})
    with pytest.raises(Unfit, match="9 pictures; 8 are the most"):
        await run_node(ENGINE, "IPAdapter", **{**given, "image": picture(8, 8, 9)})
    with pytest.raises(Unfit, match="lies before start_at"):
        await run_node(ENGINE, "IPAdapter", **given, start_at=0.9, end_at=0.1)


@pytest.mark.parametrize(
    ("name", "given", "changed"),
    [
        ("FreeU", {}, {"freeu": (1.1, 1.2, 0.9, 0.2, 1)}),
        ("FreeU_V2", {"b1": 1.5}, {"freeu": (1.5, 1.4, 0.9, 0.2, 2)}),
        ("PerturbedAttentionGuidance", {}, {"pag": 3.0}),
        ("DynamicThresholdingSimple", {"mimic_scale": 5.0}, {"threshold": Threshold(5.0, 1.0)}),
        (
            "DynamicThresholdingFull",
            {
                "mimic_mode": "Cosine Down",
                "scaling_startpoint": "ZERO",
                "separate_feature_channels": "disable",
            },
            {"threshold": Threshold(mimic_mode="Cosine Down", sched_val=4.0, startpoint="ZERO")},
        ),
        ("SeamlessTile", {}, {"seamless": "xy"}),
        ("SeamlessTile", {"tiling": "x_only"}, {"seamless": "x"}),
        ("SeamlessTile", {"tiling": "disable"}, {}),
    ],
)
async def test_how_a_model_is_used(name, given, changed):
    assert await run_node(ENGINE, name, model=MODEL, **given) == (replace(MODEL, **changed),)


async def test_a_vae_that_goes_round():
    assert await run_node(ENGINE, "MakeCircularVAE", vae=Vae("pocket"), tiling="y_only") == (
        Vae("pocket", "y"),
    )


async def test_noise_between_two_seeds():
    given = {"noise_seed": 3, "variation_seed": 9, "variation_strength": 0.25}
    assert await run_node(ENGINE, "StudioVariationNoise", **given) == (Noise(3, 9, 0.25),)


async def test_both_encoders_of_a_checkpoint():
    assert await run_node(ENGINE, "DualCLIPLoader", clip_name1="grand", clip_name2="grand") == (
        Clip("grand"),
    )
    with pytest.raises(Unfit, match="write grand here as well"):
        await run_node(ENGINE, "DualCLIPLoader", clip_name1="grand", clip_name2="pocket")


SIZES = {
    "width": 640, "height": 480, "crop_w": 8, "crop_h": 16, "target_width": 1024, "target_height": 768,
}  # fmt: skip


async def test_texts_of_sdxl():
    engine, given = Engine(), {"clip": Clip("grand"), **SIZES}
    [[text]] = await run_node(engine, "CLIPTextEncodeSDXL", **given, text_g="a cat", text_l="embedding:dusk")
    assert text.sizes == (480, 640, 16, 8, 768, 1024)
    await run_node(engine, "CLIPTextEncodeSDXL", **given, text_g="a cat", text_l="a cat")
    dusk = Clip("grand", embeddings={"dusk": "dd" * 32})
    assert engine.asked == [(dusk, "embedding:dusk", "a cat"), (Clip("grand"), "a cat", None)]


async def test_texts_of_the_refiner():
    given = {"clip": Clip("refiner"), "text": "a cat", "width": 640, "height": 480}
    [[text]] = await run_node(ENGINE, "CLIPTextEncodeSDXLRefiner", **given, ascore=2.5)
    assert text.sizes == (480, 640, 0, 0, 2.5)
    with pytest.raises(Unfit, match="pocket is not of the kind of SDXL's refiner: take CLIPTextEncode"):
        await run_node(ENGINE, "CLIPTextEncodeSDXLRefiner", **{**given, "clip": CLIP})
    with pytest.raises(Unfit, match="is not of the kind of SDXL's base model"):
        await run_node(ENGINE, "CLIPTextEncodeSDXL", clip=CLIP, **SIZES, text_g="", text_l="")


async def test_a_text_brings_the_embeddings_that_it_names():
    engine = Engine()
    for text in ("a cat", "embedding:dusk, a cat"):
        await run_node(engine, "CLIPTextEncode", text=text, clip=CLIP)
    assert [clip.embeddings for clip, *_ in engine.asked] == [{}, {"dusk": "dd" * 32}]
