"""The noise levels of a published checkpoint."""

from typing import Literal

from ensembles.manifest import Manifest
from ensembles.sampling.schedules import ModelSampling


def of_checkpoint(
    manifest: Manifest, prediction: Literal["epsilon", "v_prediction"] | None = None
) -> ModelSampling:
    """What a checkpoint was trained on; `prediction` instead of its own."""
    return ModelSampling(
        beta_schedule=manifest.beta_schedule,
        beta_start=manifest.beta_start,
        beta_end=manifest.beta_end,
        train_timesteps=manifest.train_timesteps,
        prediction=prediction or manifest.prediction,
        zero_snr=manifest.zero_snr,
    )
