"""LoRAs in all of the field's layouts: what a file is, whether it goes with a checkpoint, what it changes."""

from ensembles.adapters.lora.describing import describe
from ensembles.adapters.lora.fitting import check, check_blocks

__all__ = ["check", "check_blocks", "describe"]
