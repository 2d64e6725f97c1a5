"""Parameters with LoRAs in them: made once from the checkpoint's and the files', kept on the disk by content."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ensembles.engine.errors import EngineError
from ensembles.engine.variant import UsedLora
from ensembles.engine.weights import WeightFile


def adapt(
    folder: Path,
    network: str,
    weights: WeightFile,
    parameters: Mapping[str, Sequence[int]],
    loras: Sequence[UsedLora],
) -> WeightFile | None:
    """The parameters of `network` (of the published `folder`) that `loras` change, changed; None where none does.

    Raises `EngineError` for a file that is not there or does not go with the checkpoint.
    """
    if not loras:
        return None
    raise EngineError(f"{network} of {folder.name}: LoRAs cannot be used yet.")
