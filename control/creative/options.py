"""What there is to choose from: samplers, schedules, sizes, what suits a checkpoint."""

from control.access.principal import Principal
from control.billing.tiers import entitlements
from control.creative import schemas
from control.jobs.additions import MOST_CONTROLS, MOST_LORAS
from control.jobs.requests import MAX_TEXT
from control.models.catalogue import published
from control.models.preprocessors import by_type, how_to_add, preprocessors
from control.models.upscalers import upscalers
from control.settings import ControlSettings
from control.workflows.catalogue import CATALOGUE
from control.workflows.short_forms import PREPROCESSORS
from ensembles.manifest import Manifest
from ensembles.sampling.parameters import MAX_BATCH, MAX_CFG, MAX_SIZE, MAX_STEPS, MIN_SIZE, SIZE_STEP
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES

EXACT_SEED = 2**53 - 1
"""Larger numbers are rounded by readers of JSON that keep them as doubles."""
_SECOND = "Asks the checkpoint twice a step: half as many steps take the same time."
_NOISY = "Adds noise at every step: goes on changing with more steps."

SAMPLER_TEXTS: dict[str, tuple[str, str]] = {
    "euler": ("Euler", "Plain and predictable; 20 to 30 steps."),
    "euler_cfg_pp": ("Euler CFG++", "Euler for guidance of 1 to 2 alone, which it keeps from burning colours out."),
    "euler_ancestral": ("Euler ancestral", f"Soft and inventive. {_NOISY}"),
    "euler_ancestral_cfg_pp": ("Euler ancestral CFG++", "The same for guidance of 1 to 2 alone."),
    "heun": ("Heun", f"More exact than Euler. {_SECOND}"),
    "heunpp2": ("Heun++ 2", "Heun with a third look where it matters; slow and exact."),
    "dpm_2": ("DPM 2", f"Exact at few steps. {_SECOND}"),
    "dpm_2_ancestral": ("DPM 2 ancestral", f"{_SECOND} {_NOISY}"),
    "lms": ("LMS", "Goes by the steps before; smooth, wants 30 steps."),
    "dpm_fast": ("DPM fast", "For very few steps; rough."),
    "dpm_adaptive": ("DPM adaptive", "Chooses its own steps until the picture stands, whatever number is set."),
    "dpmpp_2s_ancestral": ("DPM++ 2S ancestral", f"Detailed. {_SECOND} {_NOISY}"),
    "dpmpp_2s_ancestral_cfg_pp": ("DPM++ 2S ancestral CFG++", "The same for guidance of 1 to 2 alone."),
    "dpmpp_sde": ("DPM++ SDE", f"Rich detail at few steps. {_SECOND}"),
    "dpmpp_2m": ("DPM++ 2M", "Fast and clean: the first choice for nearly everything, 20 steps on karras."),
    "dpmpp_2m_cfg_pp": ("DPM++ 2M CFG++", "The same for guidance of 1 to 2 alone."),
    "dpmpp_2m_sde": ("DPM++ 2M SDE", "DPM++ 2M with noise: more texture, 25 to 40 steps."),
    "dpmpp_3m_sde": ("DPM++ 3M SDE", "Fine texture from 30 steps on; wants less guidance and the exponential schedule."),
    "ddpm": ("DDPM", "The original; wants a hundred steps."),
    "lcm": ("LCM", "For LCM checkpoints and LoRAs: 4 to 8 steps, guidance of 1 to 2."),
    "ipndm": ("iPNDM", "Goes by the steps before; good at few steps."),
    "ipndm_v": ("iPNDM v", "The same for uneven steps."),
    "deis": ("DEIS", "Exact at 10 to 20 steps."),
    "res_multistep": ("RES multistep", "Exact and smooth at 15 to 30 steps."),
    "res_multistep_cfg_pp": ("RES multistep CFG++", "The same for guidance of 1 to 2 alone."),
    "gradient_estimation": ("Gradient estimation", "Corrects itself by the steps before; clean at few steps."),
    "gradient_estimation_cfg_pp": ("Gradient estimation CFG++", "The same for guidance of 1 to 2 alone."),
    "er_sde": ("ER SDE", "Noise that fits the schedule: detail without grain."),
    "seeds_2": ("SEEDS 2", f"Exact with noise. {_SECOND}"),
    "seeds_3": ("SEEDS 3", "Asks the checkpoint three times a step: a third of the steps take the same time."),
    "sa_solver": ("SA-Solver", "Goes by the steps before, with noise; detailed from 20 steps on."),
    "ddim": ("DDIM", "The classic without noise: even and repeatable, 30 to 50 steps."),
    "uni_pc": ("UniPC", "Good pictures in 10 to 15 steps."),
    "uni_pc_bh2": ("UniPC bh2", "The same with another correction; for guidance above 7."),
}  # fmt: skip
"""Sampler → what people call it, and when to take it."""
SCHEDULE_TEXTS: dict[str, tuple[str, str]] = {
    "normal": ("Normal", "Even steps, as the checkpoint was trained."),
    "karras": ("Karras", "Small steps at the end: more detail. Suits the DPM++ samplers."),
    "exponential": ("Exponential", "Smaller still at the end: smooth."),
    "sgm_uniform": ("SGM uniform", "Even, without the last half step; for LCM and turbo checkpoints."),
    "simple": ("Simple", "Even, picked out of the training steps."),
    "ddim_uniform": ("DDIM uniform", "As DDIM spaces its steps."),
    "beta": ("Beta", "Small steps at both ends: composition and detail."),
    "linear_quadratic": ("Linear quadratic", "Long in the composition, quick at the end."),
    "kl_optimal": ("KL optimal", "Made for few steps."),
}  # fmt: skip
RECOMMENDED = frozenset({"dpmpp_2m", "euler", "euler_ancestral", "dpmpp_2m_sde", "uni_pc", "karras", "normal", "beta"})  # fmt: skip
HINT_TEXTS: dict[str, tuple[str, str]] = {
    "none": ("None", "The picture is a hint already."),
    "canny": ("Canny edges", "Hard lines where brightness changes."),
    "softedge": ("Soft edges", "Thick, soft outlines."),
    "lineart": ("Line art", "Lines as drawn with a pen."),
    "scribble": ("Scribble", "Coarse strokes made of a picture."),
    "scribble_lines": ("Scribble of a drawing", "A drawing of dark lines, turned to light on black."),
    "openpose": ("Pose", "Where people's joints are."),
    "depth": ("Depth", "What is near and what is far."),
    "segmentation": ("Segmentation", "Which thing is where, by colours."),
    "tile": ("Tile", "The picture itself, coarser: for adding detail."),
    "invert": ("Invert", "Black becomes white: for drawings on white paper."),
}

# Ratio and share of the native area. Training kept to about that many pixels.
_RATIOS = (
    ("Square", 1, 1), ("Portrait", 3, 4), ("Landscape", 4, 3), ("Tall", 9, 16), ("Wide", 16, 9), ("Photo portrait", 2, 3),
    ("Photo landscape", 3, 2),
)  # fmt: skip
SDXL_SIZES = {
    (1, 1): (1024, 1024), (3, 4): (896, 1152), (4, 3): (1152, 896), (9, 16): (768, 1344), (16, 9): (1344, 768),
    (2, 3): (832, 1216), (3, 2): (1216, 832),
}  # fmt: skip
"""Sizes that SDXL was trained at (its paper, appendix I), nearest to a ratio."""
STEP = 64
"""Pixels: sides are multiples of it where the checkpoint is large enough."""


def sizes(manifest: Manifest) -> list[schemas.SizePreset]:
    """Sizes of about as many pixels as the checkpoint was trained at."""
    native = manifest.default_size
    found = []
    for title, across, down in _RATIOS:
        if manifest.family.startswith("sdxl") and native == 1024:
            width, height = SDXL_SIZES[across, down]
        else:
            # Of small checkpoints finer steps, or all ratios would come to the same.
            step = STEP if native >= 8 * STEP else SIZE_STEP
            scale = (across * down) ** 0.5
            width, height = (
                max(MIN_SIZE, round(native * side / scale / step) * step) for side in (across, down)
            )
        found.append(schemas.SizePreset(title=title, ratio=f"{across}:{down}", width=width, height=height))
    return found


def defaults(manifest: Manifest) -> schemas.Defaults:
    """What suits a checkpoint: the requests' own defaults at its own size, and less guidance for SDXL."""
    sdxl = manifest.family.startswith("sdxl")
    return schemas.Defaults(
        width=manifest.default_size, height=manifest.default_size, steps=25 if sdxl else 20, cfg=5.5 if sdxl else 7.0,
        sampler="dpmpp_2m", scheduler="karras", clip_skip=1,
        # Words that a small vocabulary does not have do nothing there.
        negative_prompt="" if manifest.default_size < 256 else "blurry, low quality, watermark, text",
    )  # fmt: skip


def options(who: Principal, settings: ControlSettings) -> schemas.Options:
    """All that the caller chooses from. Reads folders: call it in a thread."""
    every = published(settings.home, who.organisation_id)
    return schemas.Options(
        checkpoints=[
            schemas.CheckpointOptions(
                name=name, family=manifest.family, inpainting=manifest.unet_channels == 9,
                text_layers=manifest.text_layers, native_size=manifest.default_size, sizes=sizes(manifest),
                defaults=defaults(manifest),
            )
            for name, manifest in every.items() if manifest.kind == "checkpoint"
        ],
        samplers=_choices(SAMPLERS, SAMPLER_TEXTS),
        schedulers=_choices(SCHEDULES, SCHEDULE_TEXTS),
        vaes=list(every),
        upscalers=list(upscalers(settings.home)),
        preprocessors=_hints(settings),
        bounds=schemas.Bounds(
            min_side=MIN_SIZE, max_side=MAX_SIZE, side_step=SIZE_STEP,
            max_pixels=entitlements(who.tier, settings).max_pixels, max_steps=MAX_STEPS, max_cfg=MAX_CFG,
            max_batch=MAX_BATCH, max_seed=EXACT_SEED, max_prompt=MAX_TEXT, max_loras=MOST_LORAS,
            max_controls=MOST_CONTROLS,
        ),
    )  # fmt: skip


def _choices(names: object, texts: dict[str, tuple[str, str]]) -> list[schemas.Choice]:
    """The recommended first, the others in their own order."""
    assert hasattr(names, "__iter__")
    found = [
        schemas.Choice(
            name=name, title=texts[name][0], description=texts[name][1], recommended=name in RECOMMENDED
        )
        for name in names
    ]
    return sorted(found, key=lambda one: not one.recommended)


def _hints(settings: ControlSettings) -> list[schemas.HintChoice]:
    networks = by_type(preprocessors(settings.home))
    found = []
    for name, (title, description) in HINT_TEXTS.items():
        kind = CATALOGUE[PREPROCESSORS[name][0]] if name in PREPROCESSORS else None
        folder = (
            next((given.folder for given in kind.inputs.values() if given.folder), None) if kind else None
        )
        there = folder is None or bool(networks.get(folder))
        why = "" if there else how_to_add(str(folder).rpartition("/")[2])
        found.append(
            schemas.HintChoice(name=name, title=title, description=description, available=there, why=why)
        )
    return found
