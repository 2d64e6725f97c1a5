"""IP-Adapters: files of any variant into the registry's folders, and whether one goes with a checkpoint."""

from ensembles.adapters.ip_adapter import check
from export.image_prompts.add import add

__all__ = ["add", "check"]
