"""Does a file of the registry go with a checkpoint?"""

from pathlib import Path

from ensembles.adapters import controlnet, ip_adapter, lora, store
from ensembles.adapters.about import About
from ensembles.manifest import Manifest

FAMILIES = {"sd15": "SD 1.x", "sd2": "SD 2.x", "sdxl": "SDXL", "sdxl-refiner": "the SDXL refiner"}
"""Family of checkpoints, as manifests and files have it → what people call it."""
TYPES = {
    "checkpoint": "checkpoint", "vae": "VAE", "lora": "LoRA", "embedding": "embedding", "controlnet": "ControlNet",
    "ip_adapter": "IP-Adapter",
}  # fmt: skip
"""What people call each type."""
_NETWORKS = {"controlnet": controlnet.check, "ip_adapter": ip_adapter.check}
"""Types whose layers must be the UNet's."""


def unfit(about: About, manifest: Manifest, home: Path | None = None) -> str | None:
    """Why the file cannot be used with the checkpoint, and what could be: a clause without a full stop; None: it can.

    What is of the same family may be of another width or depth; `home` is where both lie, for a look at names and
    shapes. That is remembered, as neither file ever changes.
    """
    said = f"the {TYPES[about.type]} {about.name}"
    here = FAMILIES.get(manifest.family, manifest.family)
    if about.base and about.base != manifest.family:
        return (
            f"{said} is made for {FAMILIES.get(about.base, about.base)}, and {manifest.name} is of {here}: "
            f"take one for {here}, or a checkpoint of {FAMILIES.get(about.base, about.base)}"
        )
    if about.width and about.width != manifest.context_dim and about.type != "embedding":
        return (
            f"{said} goes with texts {about.width} numbers wide, and those of {manifest.name} are "
            f"{manifest.context_dim}: take one that was trained on {manifest.name} or on its kin"
        )
    towers = manifest.towers if len(manifest.towers) > 1 else ()
    # Of two text encoders both have to know it.
    wanted = sum(tower.width for tower in towers) or manifest.context_dim
    if about.type == "embedding" and about.width and about.width != wanted:
        return (
            f"{said} holds vectors of {about.width} numbers, and {manifest.name} takes {wanted}: take one that was trained "
            f"for {here}"
        )
    if about.type == "lora" and home is not None:
        return lora.check(store.folder(home, about.sha256) / store.WEIGHTS, home / "models" / manifest.name)
    if home is not None and about.type in _NETWORKS:
        return _NETWORKS[about.type](about, home / "models" / manifest.name)
    return None
