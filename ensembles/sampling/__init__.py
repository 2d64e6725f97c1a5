"""The sampling loop without torch: noise, schedules, guidance and samplers as NumPy functions.

`loop.sample` is the one entry; `parameters.check` judges a request's parameters before it.
"""

from ensembles.sampling.guidance import NoisePredictor
from ensembles.sampling.loop import Request, sample
from ensembles.sampling.parameters import ParameterError, check
from ensembles.sampling.samplers import SAMPLERS
from ensembles.sampling.schedules import SCHEDULES, ModelSampling
from ensembles.sampling.types import Cancelled, StepInfo

__all__ = [
    "SAMPLERS",
    "SCHEDULES",
    "Cancelled",
    "ModelSampling",
    "NoisePredictor",
    "ParameterError",
    "Request",
    "StepInfo",
    "check",
    "sample",
]
