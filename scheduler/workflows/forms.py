"""Requests in plain fields that run as the workflow that they are: that workflow, and what their pictures say of them."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from control.jobs.requests import (
    AnyWork,
    Inpaint,
    Outpaint,
    Painting,
    Txt2Img,
)
from control.models.catalogue import checkpoint
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from control.workflows.short_forms import as_json, hires_size
from ensembles.imaging.provenance import Recipe
from scheduler.workflows.recipes import hashes_of, lora_tag


def workflow_of(work: AnyWork, home: Path) -> Workflow:
    """The workflow that a request is; raises `NotFound` where its checkpoint has gone."""
    if isinstance(work, Workflow):
        return work
    if not isinstance(work, Painting):
        return Workflow(graph=as_json(work))
    inpainting = checkpoint(home, work.model).unet_channels == 9
    return Workflow(graph=as_json(work, inpainting=inpainting), preview_every=work.preview_every)


def recipe_of_form(work: Painting, plan: Plan, width: int, height: int, place: int, pictures: int) -> Recipe:
    """Of picture `place` of a request's `pictures`: what its fields say, and by AUTOMATIC1111's names what Recipe has no field for."""
    tags = "".join(
        f" {lora_tag(one.name, one.strength, one.strength if one.strength_clip is None else one.strength_clip)}"
        for one in work.loras
    )
    return Recipe(
        prompt=f"{work.prompt}{tags}",
        negative_prompt=work.negative_prompt,
        seed=work.seed or 0,
        steps=work.steps,
        cfg=work.cfg,
        sampler=work.sampler,
        scheduler=work.scheduler,
        width=width,
        height=height,
        batch_size=pictures,
        batch_index=place,
        denoise=1.0 if isinstance(work, Txt2Img) else getattr(work, "strength", 1.0),
        clip_skip=work.clip_skip,
        model=work.model,
        model_hash=plan.checkpoints.get(work.model, {}).get("unet", ""),
        version=version("studio"),
        extra=dict(_extra(work, plan)),
    )


def _extra(work: Painting, plan: Plan) -> Iterator[tuple[str, str]]:
    if work.vae is not None:
        yield "VAE", work.vae
    if work.tiling != "none":
        yield "Tiling", "True" if work.tiling == "xy" else work.tiling
    if work.variation_strength:
        yield "Variation seed", f"{work.variation_seed}"
        yield "Variation seed strength", f"{work.variation_strength:g}"
    if isinstance(work, Txt2Img) and (hires := work.hires) is not None:
        width, height = hires_size(work, hires)
        yield "Hires resize", f"{width}x{height}"
        yield "Hires steps", f"{hires.steps or work.steps}"
        yield "Hires upscaler", "Latent" if hires.upscaler == "latent" else hires.upscaler
        yield "Hires denoising strength", f"{hires.denoise:g}"
    if isinstance(work, Inpaint):
        yield "Mask blur", f"{work.feather}"
        yield "Inpaint area", "Only masked" if work.only_masked else "Whole picture"
        yield "Masked content", work.fill
        if work.only_masked:
            yield "Masked area padding", f"{work.padding}"
    if isinstance(work, Outpaint):
        yield "Outpaint", f"left {work.left}, top {work.top}, right {work.right}, bottom {work.bottom}"
        yield "Mask blur", f"{work.feather}"
    yield from _guides(work)
    names = [key.partition("/")[2] for key in plan.adapters if key.startswith("loras/")]
    yield from hashes_of(plan, names).items()


def _guides(work: Painting) -> Iterator[tuple[str, str]]:
    for place, one in enumerate(work.controls):
        yield (
            f"ControlNet {place}",
            f"Module: {one.preprocessor}, Model: {one.name}, Weight: {one.strength:g}, Guidance Start: {one.start:g}, "
            f"Guidance End: {one.end:g}, Control Mode: {one.mode}",
        )
    if (guide := work.image_prompt) is not None:
        yield (
            "IP-Adapter",
            f"Model: {guide.name}, Weight: {guide.strength:g}, Start: {guide.start:g}, End: {guide.end:g}",
        )
    if (free := work.freeu) is not None:
        yield "FreeU", f"{free.b1:g}, {free.b2:g}, {free.s1:g}, {free.s2:g}, version {free.version}"
    if work.pag:
        yield "PAG scale", f"{work.pag:g}"
    if work.cfg_rescale:
        yield "CFG Rescale phi", f"{work.cfg_rescale:g}"
    if (limit := work.thresholding) is not None:
        yield "Dynamic thresholding", f"mimic {limit.mimic:g}, percentile {limit.percentile:g}"
