"""Pictures → an IP-Adapter's tokens: CLIP's image encoder and the adapter's projection."""

from pathlib import Path

import msgspec
import numpy as np
import onnxruntime as ort
from PIL import Image

from ensembles.adapters.store import folder, read_about
from ensembles.arrays import Array
from ensembles.engine.bind import bind_model, run_options
from ensembles.engine.errors import EngineError
from ensembles.engine.projection_graphs import FORMS, TOKENS, form_of
from ensembles.engine.registry import open_registered
from ensembles.engine.vision_graph import EMBEDS, PIXELS, VisionConfig, vision_graph
from ensembles.engine.weights import WeightFile

ENCODERS = "image-encoders"
"""Under $STUDIO_HOME: one folder an image encoder, by content, for all IP-Adapters that look through it."""
ENCODER, CONFIG = "model.safetensors", "vision.json"
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
"""Of CLIP's training pictures, RGB."""


def encoder_bytes(home: Path, sha256: str) -> int:
    """Of the file of the image encoder that the IP-Adapter `sha256` looks through; 0 where it is not there."""
    try:
        encoder = str(read_about(folder(home, sha256)).details["encoder"])
        return (home / ENCODERS / Path(encoder).name / ENCODER).stat().st_size
    except (OSError, KeyError, msgspec.MsgspecError):
        return 0


class ImagePrompt:
    """The IP-Adapter `sha256` of the registry under `home`, bound. Raises `EngineError` where a part is missing."""

    def __init__(self, home: Path, sha256: str) -> None:
        weights = open_registered(home, sha256, "IP-Adapter")
        try:
            encoder = str(read_about(folder(home, sha256)).details["encoder"])
            place = home / ENCODERS / Path(encoder).name
            self._config = msgspec.json.decode((place / CONFIG).read_bytes(), type=VisionConfig)
            states = WeightFile(place / ENCODER)
        except (OSError, KeyError, msgspec.MsgspecError) as error:
            raise EngineError(
                f"The IP-Adapter's image encoder cannot be read ({error}): add it again."
            ) from error
        form = form_of(weights.places)
        if form is None:
            raise EngineError("The file is no IP-Adapter that is known: add it again.")
        self._form = FORMS[form]
        turn = home / "models" / "image_prompt" / "weights" / ENCODER
        self._vision = bind_model(vision_graph(_shapes(states), self._config), states, turn)
        self._projection = bind_model(self._form.graph(_shapes(weights)), weights, turn)
        self._options = run_options()
        self._negative: Array | None = None

    def tokens(self, images: Array) -> Array:
        """fp32 [N,k,C] of fp32 [N,H,W,3] in 0..1."""
        return np.concatenate([self._tokens(self._states(self.pixels(image))) for image in images])

    def negative(self) -> Array:
        """fp32 [1,k,C]: what stands for no picture on the negative side of the guidance, made once."""
        if self._negative is None:
            size = self._config.size
            states = self._states(np.zeros((1, 3, size, size), np.float32))
            # What reads the pooled state takes zeros of it, what reads all places a picture of zeros.
            self._negative = self._tokens(np.zeros_like(states) if self._form.reads == EMBEDS else states)
        return self._negative

    def pixels(self, image: Array) -> Array:
        """fp32 [1,3,size,size], normalised, of fp32 [H,W,3] in 0..1: as CLIP was trained, the middle square by Pillow's
        bicubic filter."""
        size = self._config.size
        picture = Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8))
        short = min(picture.size)
        wide, high = (int(size * side / short) for side in picture.size)
        resized = np.asarray(picture.resize((wide, high), Image.Resampling.BICUBIC), np.float32) / 255
        top, left = (high - size) // 2, (wide - size) // 2
        square = (resized[top : top + size, left : left + size] - MEAN) / DEVIATION
        return np.ascontiguousarray(square.transpose(2, 0, 1)[None])

    def _states(self, pixels: Array) -> Array:
        """What the projection reads."""
        return self._run(self._vision, self._form.reads, {PIXELS: pixels})

    def _tokens(self, states: Array) -> Array:
        return self._run(self._projection, TOKENS, {self._form.reads: states})

    def _run(self, session: ort.InferenceSession, output: str, arrays: dict[str, Array]) -> Array:
        try:
            (made,) = session.run([output], arrays, self._options)
        except Exception as error:  # onnxruntime raises classes of its own, one per status code
            raise EngineError(f"The image prompt failed: {error}") from error
        return np.asarray(made)


def _shapes(weights: WeightFile) -> dict[str, tuple[int, ...]]:
    return {name: place.shape for name, place in weights.places.items()}
