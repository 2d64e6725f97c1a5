"""A graph as people make them: several texts, two passes, numbers that are computed, a few outputs."""

from typing import Any

NODES = 50


def large(seed: int) -> dict[str, Any]:
    """Fifty nodes of thirty classes, all needed; no two seeds give the same results."""
    graph: dict[str, Any] = {}

    def add(name: str, class_type: str, **inputs: Any) -> None:
        graph[name] = {"class_type": class_type, "inputs": inputs, "_meta": {"title": f"{class_type} {name}"}}

    add("1", "CheckpointLoaderSimple", ckpt_name="pocket.safetensors")
    add("2", "CLIPSetLastLayer", clip=["1", 1], stop_at_clip_layer=-2)
    add("3", "PrimitiveInt", value=seed)
    add("4", "PrimitiveInt", value=128)
    add("5", "PrimitiveFloat", value=6.5)
    add("6", "PrimitiveString", value="a large red circle")
    add("7", "PrimitiveString", value="on a blue background")
    add("8", "StringConcatenate", string_a=["6", 0], string_b=["7", 0], delimiter=" ")
    add("9", "CLIPTextEncode", clip=["2", 0], text=["8", 0])
    add("10", "CLIPTextEncode", clip=["2", 0], text="blurry, text, watermark")
    add("11", "CLIPTextEncode", clip=["2", 0], text="a small yellow star")
    add("12", "CLIPTextEncode", clip=["2", 0], text="a green triangle in the corner")
    add("13", "ConditioningSetArea", conditioning=["11", 0], width=64, height=64, x=0, y=0, strength=1.0)
    add("14", "ConditioningSetTimestepRange", conditioning=["12", 0], start=0.0, end=0.5)
    add("15", "ConditioningCombine", conditioning_1=["9", 0], conditioning_2=["13", 0])
    add("16", "ConditioningCombine", conditioning_1=["15", 0], conditioning_2=["14", 0])
    add("17", "EmptyLatentImage", width=["4", 0], height=["4", 0], batch_size=2)
    add("18", "KSampler", model=["1", 0], seed=["3", 0], steps=12, cfg=["5", 0], sampler_name="dpmpp_2m",
        scheduler="karras", positive=["16", 0], negative=["10", 0], latent_image=["17", 0], denoise=1.0)  # fmt: skip
    add("19", "VAEDecode", samples=["18", 0], vae=["1", 2])
    add("20", "PreviewImage", images=["19", 0])
    add("21", "LatentUpscaleBy", samples=["18", 0], upscale_method="bislerp", scale_by=2.0)
    add("22", "Reroute", value=["1", 0])
    add("23", "KSampler", model=["22", 0], seed=["3", 0], steps=12, cfg=["5", 0], sampler_name="euler",
        scheduler="normal", positive=["16", 0], negative=["10", 0], latent_image=["21", 0], denoise=0.5)  # fmt: skip
    add("24", "VAEDecode", samples=["23", 0], vae=["1", 2])
    add("25", "ImageSharpen", image=["24", 0], sharpen_radius=1, sigma=1.0, alpha=0.5)
    add("26", "SaveImage", images=["25", 0], filename_prefix="portraits/first")
    add("27", "ImageBlur", image=["24", 0], blur_radius=3, sigma=1.0)
    add("28", "ImageBlend", image1=["24", 0], image2=["27", 0], blend_factor=0.5, blend_mode="overlay")
    add("29", "ImageInvert", image=["28", 0])
    add("30", "ImageCrop", image=["29", 0], width=128, height=128, x=64, y=64)
    add("31", "ImageScaleBy", image=["30", 0], upscale_method="lanczos", scale_by=2.0)
    add("32", "ImageScale", image=["31", 0], upscale_method="area", width=256, height=256, crop="center")
    add("33", "SaveImage", images=["32", 0], filename_prefix="portraits/second")
    add("34", "SolidMask", value=1.0, width=128, height=128)
    add("35", "FeatherMask", mask=["34", 0], left=16, top=16, right=16, bottom=16)
    add("36", "GrowMask", mask=["35", 0], expand=4, tapered_corners=True)
    add("37", "InvertMask", mask=["36", 0])
    add("38", "ImageFromBatch", image=["24", 0], batch_index=0, length=1)
    add("39", "VAEEncode", pixels=["38", 0], vae=["1", 2])
    add("40", "SetLatentNoiseMask", samples=["39", 0], mask=["37", 0])
    add("41", "KSampler", model=["22", 0], seed=["3", 0], steps=10, cfg=7.0, sampler_name="euler_ancestral",
        scheduler="simple", positive=["11", 0], negative=["10", 0], latent_image=["40", 0], denoise=0.7)  # fmt: skip
    add("42", "VAEDecode", samples=["41", 0], vae=["1", 2])
    add("43", "PrimitiveBoolean", value=True)
    add("44", "ComfySwitchNode", switch=["43", 0], on_true=["42", 0], on_false=["38", 0])
    add("45", "SaveImage", images=["44", 0], filename_prefix="portraits/third")
    add("46", "ImageBatch", image1=["38", 0], image2=["42", 0])
    add("47", "PreviewImage", images=["46", 0])
    add("48", "ImageQuantize", image=["42", 0], colors=16, dither="none")
    add("49", "PreviewImage", images=["48", 0])
    add("50", "PreviewAny", source=["8", 0])
    assert len(graph) == NODES
    return graph
