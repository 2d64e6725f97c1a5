"""What a profile run found, kept with the model, and what of it is in force."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ensembles.engine.errors import EngineError

FILE = "tuning.json"
"""In a published folder, beside manifest.json."""


class Timing(msgspec.Struct, frozen=True):
    """One UNet step at one batch size; seconds."""

    batch: int
    median: float
    lower: float
    """First quartile."""
    upper: float
    """Third quartile."""

    @property
    def per_sample(self) -> float:
        """Median seconds for each sample of the batch."""
        return self.median / self.batch


class Tuning(msgspec.Struct, frozen=True):
    """A profile run of one checkpoint on one machine."""

    max_batch: dict[str, int]
    """Longest side in pixels → the largest batch, as in `Manifest.max_batch`."""
    timings: dict[str, list[Timing]]
    threads: int
    provider: str
    onnxruntime: str


def read_tuning(folder: Path) -> Tuning | None:
    """The tuning of a published folder, None where no profile was run; raises `EngineError` when malformed."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Tuning)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise EngineError(f"{folder / FILE} is damaged ({error}): run `studio tune` again.") from error


def buckets_in_force(published: Mapping[str, int], tuning: Tuning | None) -> dict[str, int]:
    """Largest batch by bucket: `Manifest.max_batch`, over it what was measured, over it $STUDIO_MAX_BATCH."""
    return {
        **published,
        **(tuning.max_batch if tuning else {}),
        **msgspec.json.decode(os.environ.get("STUDIO_MAX_BATCH") or "{}", type=dict[str, int]),
    }
