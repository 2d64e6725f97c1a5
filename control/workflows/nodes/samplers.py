"""Samplers, by name and with their options."""

from collections.abc import Callable
from typing import Any

from control.workflows.types import Input, NodeType, outputs
from control.workflows.values import Sampler
from ensembles.sampling.samplers import SAMPLERS

ON_GPU = {f"{name}_gpu": name for name in ("dpmpp_sde", "dpmpp_2m_sde", "dpmpp_3m_sde")}
"""ComfyUI's names of samplers whose noise a GPU draws → the sampler. Here a seed's noise is the CPU's."""
NAMES = (*SAMPLERS, *ON_GPU)


def named(sampler_name: str, **options: Any) -> Sampler:
    """A sampler by ComfyUI's name."""
    return Sampler(ON_GPU.get(sampler_name, sampler_name), options)


def select(sampler_name: str) -> tuple[Sampler]:
    """A sampler as it is."""
    return (named(sampler_name),)


def _with_options(name: str) -> Callable[..., tuple[Sampler]]:
    def make(noise_device: str = "", **options: Any) -> tuple[Sampler]:
        # Where noise is drawn changes nothing here: it is the CPU's.
        return (named(name, **options),)

    return make


SAMPLER_NAME = Input(
    "COMBO",
    "euler",
    choices=NAMES,
    tooltip="How a step is taken. Names in _gpu are for graphs from elsewhere: the noise is the CPU's.",
)
_ETA = Input("FLOAT", 1.0, 0.0, 100.0, 0.01, tooltip="How much noise is drawn anew at each step; 0 is none.")
_S_NOISE = Input("FLOAT", 1.0, 0.0, 100.0, 0.01, tooltip="What that noise is multiplied by.")
_NOISE = {"eta": _ETA, "s_noise": _S_NOISE}
_DEVICE = {
    "noise_device": Input(
        "COMBO", "gpu", choices=("gpu", "cpu"), tooltip="The noise is the CPU's, whatever is chosen."
    )
}


def _positive(default: float, tooltip: str, low: float = 0.0) -> Input:
    return Input("FLOAT", default, low, 100.0, 0.01, tooltip=tooltip)


OPTIONS: tuple[tuple[str, str, str, dict[str, Input]], ...] = (
    ("SamplerEulerAncestral", "euler_ancestral", "Euler's steps with noise drawn anew.", _NOISE),
    (
        "SamplerLMS",
        "lms",
        "Linear multistep: earlier steps tell where the next one leads.",
        {"order": Input("INT", 4, 1, 100, tooltip="How many steps are looked back on.")},
    ),
    ("SamplerDPMPP_2S_Ancestral", "dpmpp_2s_ancestral", "DPM-Solver++(2S) with noise drawn anew.", _NOISE),
    (
        "SamplerDPMPP_SDE",
        "dpmpp_sde",
        "DPM-Solver++ for stochastic differential equations: two calls of the model a step.",
        {**_NOISE, "r": _positive(0.5, "Where between two levels the first call is.", 0.01), **_DEVICE},
    ),
    (
        "SamplerDPMPP_2M_SDE",
        "dpmpp_2m_sde",
        "DPM-Solver++(2M) for stochastic differential equations.",
        {
            "solver_type": Input(
                "COMBO",
                "midpoint",
                choices=("midpoint", "heun"),
                tooltip="How the last two guesses are joined.",
            ),
            **_NOISE,
            **_DEVICE,
        },
    ),
    (
        "SamplerDPMPP_3M_SDE",
        "dpmpp_3m_sde",
        "DPM-Solver++(3M) for stochastic differential equations.",
        {**_NOISE, **_DEVICE},
    ),
    (
        "SamplerDPMAdaptative",
        "dpm_adaptive",
        "DPM-Solver that chooses its own steps between the first and the last level.",
        {
            "order": Input("INT", 3, 2, 3, tooltip="2 or 3 calls of the model a step."),
            "rtol": _positive(0.05, "Relative error that a step may have."),
            "atol": _positive(0.0078, "Absolute error that a step may have.", 0.0001),
            "h_init": _positive(0.05, "First step, in the level's logarithm.", 0.0001),
            "pcoeff": _positive(0.0, "Proportional part of the step's control."),
            "icoeff": _positive(1.0, "Integral part of the step's control."),
            "dcoeff": _positive(0.0, "Differential part of the step's control."),
            "accept_safety": _positive(0.81, "Steps that would grow by less are done again."),
            "eta": Input(
                "FLOAT", 0.0, 0.0, 100.0, 0.01, tooltip="How much noise is drawn anew at each step."
            ),
            "s_noise": _S_NOISE,
        },
    ),
)
"""Class, sampler, description, options."""


NODES: tuple[NodeType, ...] = (
    NodeType(
        name="KSamplerSelect",
        title="KSamplerSelect",
        category="sampling/custom_sampling/samplers",
        description="A sampler by its name.",
        inputs={"sampler_name": SAMPLER_NAME},
        outputs=outputs("SAMPLER"),
        run=select,
    ),
    *(
        NodeType(
            name=name,
            title=name,
            category="sampling/custom_sampling/samplers",
            description=description,
            inputs=options,
            outputs=outputs("SAMPLER"),
            run=_with_options(sampler),
        )
        for name, sampler, description, options in OPTIONS
    ),
)
