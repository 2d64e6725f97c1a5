"""IP-Adapters: files of any variant into the registry's folders, and whether one goes with a checkpoint."""

from export.image_prompts.add import add
from export.image_prompts.check import check

__all__ = ["add", "check"]
