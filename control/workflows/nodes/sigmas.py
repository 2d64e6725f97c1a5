"""Noise levels: schedules made, cut and turned."""

from typing import NamedTuple

import numpy as np

from control.workflows.engine import Engine
from control.workflows.types import NodeType
from control.workflows.values import Model, Sigmas
from ensembles.sampling.schedules import ModelSampling, sigmas_for


class Levels(NamedTuple):
    """What is known of SIGMAS before there are any (NodeType.size): what sampling them costs hangs on it."""

    steps: int
    whole: int
    """Of the schedule that they are a part of."""


NONE = np.zeros(0, np.float32)
"""No levels: nothing is sampled."""


def model_sampling(engine: Engine, model: Model) -> ModelSampling:
    """The levels that a checkpoint was trained on, and how its answers are meant."""
    manifest = engine.manifest(model.checkpoint)
    return ModelSampling(
        beta_schedule=manifest.beta_schedule,
        beta_start=manifest.beta_start,
        beta_end=manifest.beta_end,
        train_timesteps=manifest.train_timesteps,
        prediction=model.prediction or manifest.prediction,
    )


def levels(
    engine: Engine, model: Model, *, scheduler: str, steps: int, denoise: float, sampler: str = ""
) -> Sigmas:
    """fp32 [steps+1], the last 0; none where `denoise` is 0."""
    if denoise <= 0:
        return NONE
    return sigmas_for(scheduler, steps, denoise, sampler, model_sampling(engine, model))


NODES: tuple[NodeType, ...] = ()
