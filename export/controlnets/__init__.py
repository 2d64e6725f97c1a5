"""ControlNets: files of any layout into the registry's folders, and whether one goes with a checkpoint."""

from ensembles.adapters.controlnet import check
from export.controlnets.add import add

__all__ = ["add", "check"]
