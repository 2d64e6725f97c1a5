"""ControlNets: files of any layout into the registry's folders, and whether one goes with a checkpoint."""

from export.controlnets.add import add
from export.controlnets.check import check

__all__ = ["add", "check"]
