"""The workflow that a request in plain fields is: what runs where it has additions, goes into its PNG, and what a client may
begin with."""

from collections.abc import Sequence
from typing import Any

import msgspec

from control.jobs.additions import Additions, Controlled, Hires, Lora
from control.jobs.prompting import read
from control.jobs.requests import Img2Img, Inpaint, Outpaint, Painting, Preprocess, Short, Txt2Img, Upscale
from control.workflows.graph import Node

Link = list[Any]
"""[id of a node, number of its output]"""
PREPROCESSORS: dict[str, tuple[str, bool]] = {
    "canny": ("CannyEdgePreprocessor", True), "softedge": ("HEDPreprocessor", True),
    "lineart": ("LineArtPreprocessor", True), "scribble": ("FakeScribblePreprocessor", True),
    "scribble_lines": ("ScribblePreprocessor", True), "openpose": ("OpenposePreprocessor", True),
    "depth": ("DepthPreprocessor", True), "segmentation": ("SegmentationPreprocessor", True),
    "tile": ("TilePreprocessor", True), "invert": ("ImageInvert", False),
}  # fmt: skip
"""What requests call it → node type, and whether it takes a resolution."""
_TILINGS = {"x": "x_only", "y": "y_only", "xy": "enable"}
PREFIX = "studio"


class Drawn:
    """A graph under way, and which field of the request each input comes from."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.fields: dict[tuple[str, str], str] = {}
        """(Id of a node, input) → field of the request, as `controls[0].name`."""

    def put(self, name: str, kind: str, inputs: dict[str, Any], **fields: str) -> str:
        """Adds a node; its id. `fields` say where inputs come from."""
        self.nodes[name] = Node(kind, inputs)
        self.fields |= {(name, given): field for given, field in fields.items()}
        return name


def graph_of(work: Short, *, inpainting: bool = False) -> dict[str, Node]:
    """The workflow that a completed request is: what ComfyUI would be given for the same picture.

    `inpainting`: its checkpoint's UNet has the 9 channels of inpainting.
    """
    return drawn(work, inpainting=inpainting).nodes


def as_json(work: Short, *, inpainting: bool = False) -> dict[str, Any]:
    """`graph_of`, as plain JSON."""
    found: dict[str, Any] = msgspec.to_builtins(graph_of(work, inpainting=inpainting))
    return {node: {key: value for key, value in given.items() if value} for node, given in found.items()}


def drawn(work: Short, *, inpainting: bool = False) -> Drawn:
    """`graph_of`, with where each input comes from."""
    made = Drawn()
    if isinstance(work, Upscale):
        _upscale(made, work)
    elif isinstance(work, Preprocess):
        _preprocess(made, work)
    else:
        _paint(made, work, inpainting)
    return made


def _paint(made: Drawn, work: Painting, inpainting: bool) -> None:
    prompt, negative = read(work.prompt), read(work.negative_prompt)
    made.put("1", "CheckpointLoaderSimple", {"ckpt_name": work.model}, ckpt_name="model")
    loras = [(f"loras[{place}]", one) for place, one in enumerate(work.loras)]
    loras += [("prompt", one) for one in prompt.loras] + [("negative_prompt", one) for one in negative.loras]
    model, clip = _loras(made, loras)
    made.put(
        "2",
        "CLIPSetLastLayer",
        {"clip": clip, "stop_at_clip_layer": -work.clip_skip},
        stop_at_clip_layer="clip_skip",
    )
    made.put("3", "CLIPTextEncode", {"text": prompt.words, "clip": ["2", 0]}, text="prompt")
    made.put("4", "CLIPTextEncode", {"text": negative.words, "clip": ["2", 0]}, text="negative_prompt")
    vae = _vae(made, work)
    model = _guided(made, work, model)
    texts: list[Link] = [["3", 0], ["4", 0]]
    start, texts, stitch = _beginning(made, work, vae, texts, inpainting)
    for place, one in enumerate(work.controls):
        texts = _control(made, work, place, one, texts, stitch)
    sampling = {
        "model": model,
        "seed": work.seed,
        "steps": work.steps,
        "cfg": work.cfg,
        "sampler_name": work.sampler,
        "scheduler": work.scheduler,
        "positive": texts[0],
        "negative": texts[1],
        "latent_image": start,
        "denoise": 1.0 if isinstance(work, Txt2Img) else getattr(work, "strength", 1.0),
    }
    size = "left" if isinstance(work, Outpaint) else "width"
    said = {"denoise": "strength", "latent_image": size}
    if work.variation_strength:
        more = {"variation_seed": work.variation_seed, "variation_strength": work.variation_strength}
        made.put("9", "StudioKSamplerVariation", sampling | more, **said)
    else:
        made.put("9", "KSampler", sampling, **said)
    latent: Link = ["9", 0]
    if isinstance(work, Txt2Img) and work.hires is not None:
        latent, size = _again(made, work, work.hires, sampling, vae), "hires"
    made.put("10", "VAEDecode", {"samples": latent, "vae": vae}, samples=size)
    images: Link = ["10", 0]
    if stitch is not None:
        made.put("76", "StudioInpaintStitch", {"stitch": stitch, "image": images})
        images = ["76", 0]
    made.put("11", "SaveImage", {"images": images, "filename_prefix": PREFIX})


def _loras(made: Drawn, loras: Sequence[tuple[str, Lora]]) -> tuple[Link, Link]:
    model, clip = ["1", 0], ["1", 1]
    for place, (field, one) in enumerate(loras):
        strengths = {
            "strength_model": one.strength,
            "strength_clip": one.strength if one.strength_clip is None else one.strength_clip,
        }
        inputs = {"model": model, "clip": clip, "lora_name": one.name, **strengths}
        at = f"{field}.name" if field.startswith("loras") else field
        name = f"{100 + place}"
        if one.blocks is None:
            made.put(name, "LoraLoader", inputs, lora_name=at)
        else:
            vector = ",".join(f"{number:g}" for number in one.blocks)
            blocks = f"{field}.blocks" if field.startswith("loras") else field
            made.put(
                name,
                "StudioLoraBlocks",
                {**inputs, "block_vector": vector},
                lora_name=at,
                block_vector=blocks,
            )
        model, clip = [name, 0], [name, 1]
    return model, clip


def _vae(made: Drawn, work: Additions) -> Link:
    vae: Link = ["1", 2]
    if work.vae is not None:
        vae = [made.put("12", "VAELoader", {"vae_name": work.vae}, vae_name="vae"), 0]
    if work.tiling != "none":
        vae = [made.put("14", "MakeCircularVAE", {"vae": vae, "tiling": _TILINGS[work.tiling]}), 0]
    return vae


def _guided(made: Drawn, work: Additions, model: Link) -> Link:
    """The model as it is to be used."""
    if work.tiling != "none":
        model = [made.put("13", "SeamlessTile", {"model": model, "tiling": _TILINGS[work.tiling]}), 0]
    if (free := work.freeu) is not None:
        inputs = {"model": model, "b1": free.b1, "b2": free.b2, "s1": free.s1, "s2": free.s2}
        model = [made.put("15", "FreeU_V2" if free.version == 2 else "FreeU", inputs, model="freeu"), 0]
    if work.pag:
        model = [
            made.put("16", "PerturbedAttentionGuidance", {"model": model, "scale": work.pag}, model="pag"),
            0,
        ]
    if work.cfg_rescale:
        model = [made.put("17", "RescaleCFG", {"model": model, "multiplier": work.cfg_rescale}), 0]
    if (limit := work.thresholding) is not None:
        inputs = {"model": model, "mimic_scale": limit.mimic, "threshold_percentile": limit.percentile}
        model = [made.put("18", "DynamicThresholdingSimple", inputs), 0]
    if (guide := work.image_prompt) is not None:
        made.put(
            "30", "IPAdapterModelLoader", {"ipadapter_file": guide.name}, ipadapter_file="image_prompt.name"
        )
        images: Link = []
        for place, asset in enumerate(guide.images):
            field = f"image_prompt.images[{place}]"
            one = [made.put(f"{31 + place}", "LoadImage", {"image": str(asset)}, image=field), 0]
            batch = f"{40 + place}"
            images = [made.put(batch, "ImageBatch", {"image1": images, "image2": one}), 0] if images else one
        inputs = {
            "model": model, "ipadapter": ["30", 0], "image": images, "weight": guide.strength, "start_at": guide.start,
            "end_at": guide.end,
        }  # fmt: skip
        made.put("49", "IPAdapter", inputs, end_at="image_prompt.end", ipadapter="image_prompt.name")
        model = ["49", 0]
    return model


def _beginning(
    made: Drawn, work: Painting, vae: Link, texts: list[Link], inpainting: bool
) -> tuple[Link, list[Link], Link | None]:
    """The latent that it begins with, the texts, and where what is painted is put back to."""
    if isinstance(work, Txt2Img):
        empty = {"width": work.width, "height": work.height, "batch_size": work.batch}
        made.put("8", "EmptyLatentImage", empty, width="width", height="height", batch_size="batch")
        return ["8", 0], texts, None
    assert isinstance(work, Img2Img | Inpaint | Outpaint)
    made.put("5", "LoadImage", {"image": str(work.image)}, image="image")
    if isinstance(work, Img2Img):
        # As Triton's own stream fits it.
        size = {"upscale_method": "lanczos", "width": work.width, "height": work.height, "crop": "center"}
        made.put("6", "ImageScale", {"image": ["5", 0], **size}, width="width", height="height")
        made.put("7", "VAEEncode", {"pixels": ["6", 0], "vae": vae})
        made.put("8", "RepeatLatentBatch", {"samples": ["7", 0], "amount": work.batch}, amount="batch")
        return ["8", 0], texts, None
    part = _part(made, work) if isinstance(work, Inpaint) else _room(made, work)
    pixels, mask = [part, 1], [part, 2]
    made.put("72", "StudioInpaintFill", {"image": pixels, "mask": mask, "fill": work.fill, "seed": work.seed})
    if inpainting:
        inputs = {"positive": texts[0], "negative": texts[1], "vae": vae, "pixels": ["72", 0], "mask": mask}
        made.put("73", "InpaintModelConditioning", inputs)
        texts, latent = [["73", 0], ["73", 1]], ["73", 2]
    else:
        made.put("7", "VAEEncode", {"pixels": ["72", 0], "vae": vae})
        made.put("74", "SetLatentNoiseMask", {"samples": ["7", 0], "mask": mask})
        latent = ["74", 0]
    made.put("8", "RepeatLatentBatch", {"samples": latent, "amount": work.batch}, amount="batch")
    return ["8", 0], texts, [part, 0]


def _part(made: Drawn, work: Inpaint) -> str:
    made.put("70", "LoadImageMask", {"image": str(work.mask), "channel": "red"}, image="mask")
    mask: Link = ["70", 0]
    if work.invert:
        mask = [made.put("77", "InvertMask", {"mask": mask}), 0]
    inputs = {
        "image": ["5", 0], "mask": mask, "region": "masked" if work.only_masked else "whole", "width": work.width,
        "height": work.height, "padding": work.padding, "grow": work.grow, "feather": work.feather,
    }  # fmt: skip
    return made.put(
        "71", "StudioInpaintCrop", inputs, mask="mask", image="image", width="width", height="height"
    )


def _room(made: Drawn, work: Outpaint) -> str:
    sides = {side: getattr(work, side) for side in ("left", "top", "right", "bottom")}
    return made.put(
        "71",
        "StudioOutpaintPad",
        {"image": ["5", 0], **sides, "feather": work.feather},
        image="image",
        **{side: side for side in sides},
    )


def _control(
    made: Drawn, work: Painting, place: int, one: Controlled, texts: list[Link], stitch: Link | None
) -> list[Link]:
    field, name = f"controls[{place}]", 200 + 10 * place
    net = made.put(
        f"{name}", "ControlNetLoader", {"control_net_name": one.name}, control_net_name=f"{field}.name"
    )
    hint = _seen(made, work, one, name, field, stitch)
    inputs = {
        "positive": texts[0], "negative": texts[1], "control_net": [net, 0], "image": hint, "strength": one.strength,
        "start_percent": one.start, "end_percent": one.end,
    }  # fmt: skip
    said = {"end_percent": f"{field}.end", "image": f"{field}.image", "control_net": f"{field}.name"}
    if one.mode == "balanced":
        made.put(f"{name + 3}", "ControlNetApplyAdvanced", inputs, **said)
    else:
        made.put(f"{name + 3}", "StudioControlNetApply", {**inputs, "mode": one.mode}, **said)
    return [[f"{name + 3}", 0], [f"{name + 3}", 1]]


def _seen(made: Drawn, work: Painting, one: Controlled, name: int, field: str, stitch: Link | None) -> Link:
    """What a ControlNet is shown."""
    if one.preprocessor == "inpaint" and stitch is not None:
        # Of what is painted, as it is cut out or given room: its picture and its mask.
        marked = {"image": [stitch[0], 1], "mask": [stitch[0], 2]}
        return [made.put(f"{name + 2}", "InpaintPreprocessor", marked, image=f"{field}.image"), 0]
    hint: Link = [
        made.put(f"{name + 1}", "LoadImage", {"image": str(one.image)}, image=f"{field}.image"),
        0,
    ]
    sides = [side for side in (getattr(work, "width", None), getattr(work, "height", None)) if side]
    cut = {"stitch": stitch}
    if isinstance(work, Inpaint) and work.only_masked:
        # Of that part alone, at full resolution.
        hint = [
            made.put(f"{name + 4}", "StudioInpaintCropHint", {**cut, "image": hint}, image=f"{field}.image"),
            0,
        ]
        if one.preprocessor != "none":
            size = {
                "upscale_method": "lanczos",
                "width": work.width,
                "height": work.height,
                "crop": "disabled",
            }
            hint = [made.put(f"{name + 5}", "ImageScale", {"image": hint, **size}), 0]
    hint = _hint(
        made, f"{name + 2}", one.preprocessor, hint, min(sides, default=512), f"{field}.preprocessor"
    )
    if isinstance(work, Outpaint):
        hint = [
            made.put(f"{name + 4}", "StudioInpaintCropHint", {**cut, "image": hint}, image=f"{field}.image"),
            0,
        ]
    return hint


def _hint(made: Drawn, name: str, preprocessor: str, image: Link, resolution: int, field: str) -> Link:
    if preprocessor == "none":
        return image
    kind, sized = PREPROCESSORS[preprocessor]
    inputs = {"image": image} | ({"resolution": resolution} if sized else {})
    return [made.put(name, kind, inputs, model=field, resolution="resolution"), 0]


def _again(made: Drawn, work: Txt2Img, hires: Hires, sampling: dict[str, Any], vae: Link) -> Link:
    """The second pass."""
    width, height = hires_size(work, hires)
    size = {"width": width, "height": height, "crop": "disabled"}
    said = {"width": "hires", "height": "hires"}
    if hires.upscaler == "latent":
        inputs = {"samples": ["9", 0], "upscale_method": "bislerp", **size}
        start: Link = [made.put("60", "LatentUpscale", inputs, **said), 0]
    else:
        made.put("61", "VAEDecode", {"samples": ["9", 0], "vae": vae})
        made.put("62", "UpscaleModelLoader", {"model_name": hires.upscaler}, model_name="hires.upscaler")
        made.put("63", "ImageUpscaleWithModel", {"upscale_model": ["62", 0], "image": ["61", 0]})
        made.put("64", "ImageScale", {"image": ["63", 0], "upscale_method": "lanczos", **size}, **said)
        start = [made.put("65", "VAEEncode", {"pixels": ["64", 0], "vae": vae}), 0]
    again = {"steps": hires.steps or work.steps, "latent_image": start, "denoise": hires.denoise}
    return [made.put("66", "KSampler", sampling | again, latent_image="hires", denoise="hires.denoise"), 0]


def hires_size(work: Txt2Img, hires: Hires) -> tuple[int, int]:
    """Width and height in pixels of the second pass: whole latent cells."""
    if hires.width and hires.height:
        return hires.width, hires.height
    scale = hires.scale or 2.0
    return round((work.width or 0) * scale / 8) * 8, round((work.height or 0) * scale / 8) * 8


def _upscale(made: Drawn, work: Upscale) -> None:
    made.put("1", "LoadImage", {"image": str(work.image)}, image="image")
    made.put("2", "UpscaleModelLoader", {"model_name": work.upscaler}, model_name="upscaler")
    made.put("3", "ImageUpscaleWithModel", {"upscale_model": ["2", 0], "image": ["1", 0]}, image="image")
    images: Link = ["3", 0]
    if work.width and work.height:
        size = {"upscale_method": "lanczos", "width": work.width, "height": work.height, "crop": "disabled"}
        images = [
            made.put("4", "ImageScale", {"image": images, **size}, width="width", height="height"),
            0,
        ]
    made.put("5", "SaveImage", {"images": images, "filename_prefix": PREFIX})


def _preprocess(made: Drawn, work: Preprocess) -> None:
    made.put("1", "LoadImage", {"image": str(work.image)}, image="image")
    hint = _hint(made, "2", work.preprocessor, ["1", 0], work.resolution, "preprocessor")
    made.put("3", "SaveImage", {"images": hint, "filename_prefix": PREFIX})
