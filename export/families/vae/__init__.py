"""A VAE by itself, which takes the place of a checkpoint's own."""

from export.families.family import Family
from export.families.sd15 import FAMILY as SD15
from export.networks import VAES

FAMILY = Family(
    name="vae",
    title="Stable Diffusion",
    networks=VAES,
    assumed={"vae": SD15.assumed["vae"]},
)
