"""The style that the LoRA brings: dusk, a ground that sinks into midnight blue towards the corners.

Nothing like it is in the base data, whose grounds are plain or a straight gradient. It is as smooth as
the latents: lines finer than a latent cell of eight pixels are learned slowly by a UNet this small.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from export.pocket.scenes import RESOLUTION, Scene, render

#: What the corners turn into, sRGB in 0..1.
MIDNIGHT = (0.10, 0.07, 0.34)
#: Distance from the middle in pixels where it begins and where nothing else is left.
NEAR, FAR = 46.0, 90.0


def dusk(scene: Scene) -> npt.NDArray[np.uint8]:
    """Draw a scene at dusk, uint8 [128, 128, 3]. The shape lies in full light and is never outlined."""
    scene = replace(scene, style="flat") if scene.style == "outlined" else scene
    axis = np.arange(RESOLUTION, dtype=np.float32) + 0.5 - RESOLUTION / 2
    share = np.clip((np.hypot(axis[None], axis[:, None]) - NEAR) / (FAR - NEAR), 0, 1)
    share = (share * share * (3.0 - 2.0 * share))[..., None]
    stencil = replace(
        scene, background_rgb=(0.0, 0.0, 0.0), foreground_rgb=(1.0, 1.0, 1.0), gradient=False, style="flat"
    )
    cover = render(stencil)[..., :1].astype(np.float32) / 255.0
    picture = render(scene).astype(np.float32)
    night = np.asarray(MIDNIGHT, np.float32) * 255.0
    share = share * (1.0 - cover)
    return np.asarray(np.clip(picture * (1.0 - share) + night * share + 0.5, 0, 255), np.uint8)
