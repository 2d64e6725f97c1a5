"""The architectures that can be exported. One more is a folder here, and its row."""

from collections.abc import Mapping
from typing import Any

from ensembles.manifest import Manifest
from export.families import sd2, sd15, sdxl, sdxl_refiner, vae
from export.families.family import Family, Header

FAMILIES: dict[str, Family] = {
    family.name: family for family in (sd15.FAMILY, sd2.FAMILY, sdxl.FAMILY, sdxl_refiner.FAMILY, vae.FAMILY)
}
"""name → family, in the order in which a source is asked whether it is one of it"""

PIPELINES = frozenset().union(*(family.pipelines for family in FAMILIES.values()))


def family_of(manifest: Manifest) -> Family:
    """The family of a published checkpoint."""
    return FAMILIES[manifest.family]


def family_of_folder(index: Mapping[str, Any], unet: Mapping[str, Any]) -> Family | None:
    """The family of a diffusers folder by its model_index.json and its UNet's config.json."""
    named = [family for family in FAMILIES.values() if index.get("_class_name") in family.pipelines]
    return next((family for family in named if family.in_folder(dict(index), dict(unet))), None)


def family_of_file(header: Header) -> Family:
    """The family of a single file in the LDM layout; Stable Diffusion 1.5 where nothing speaks for another."""
    return next((family for family in FAMILIES.values() if family.in_file(header)), sd15.FAMILY)


__all__ = ["FAMILIES", "PIPELINES", "Family", "family_of", "family_of_file", "family_of_folder"]
