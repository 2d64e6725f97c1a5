"""Every value that travels along a link comes back from its bytes as it was; what is no such thing is refused."""

from typing import Any

import numpy as np
import pytest

from control.workflows import values
from scheduler.workflows.files import Files, Png, png
from scheduler.workflows.packing import Unpackable, nbytes, pack, unpack

ARRAY = np.linspace(-1, 1, 24, dtype=np.float32).reshape(2, 3, 4)
CONTROL = values.Control(values.ControlNet("ab" * 32, "edges"), ARRAY[None], 0.7, 0.1, 0.8, "prompt")
CONDITION = values.Condition(
    context=ARRAY[0], pooled=ARRAY[0, 0], strength=0.5, area=values.Area(8, 8, 0, 4, share=True), mask=ARRAY,
    mask_strength=0.3, bounds=True, start=0.1, end=0.9, controls=(CONTROL,), sizes=(1024.0, 512.0, 0.0, 8.0, 6.0),
    inpaint=ARRAY[None],
)  # fmt: skip
LORAS = (values.UsedLora("cd" * 32, 0.8), values.UsedLora("ef" * 32, -1.0, (1.0,) * 17))
LATENT = values.Latent(np.zeros((1, 4, 8, 8), np.float32), mask=ARRAY, places=(3, 1))
MODEL = values.Model("pocket", "v_prediction", 0.7)
VALUES = {
    "model": (MODEL, values.Clip("pocket", 2), values.Vae("pocket", "xy")),
    "adapted": (
        values.Model(
            "pocket",
            loras=LORAS,
            seamless="x",
            freeu=(1.1, 1.2, 0.9, 0.2, 2),
            pag=3.0,
            threshold=values.Threshold(mimic=5.0, separate=True),
            image_prompt=values.ImagePrompt("12" * 32, ARRAY, ARRAY[:1], 0.6, 0.1, 0.9),
        ),
        values.Clip("pocket", loras=LORAS, embeddings={"dusk": "34" * 32}),
        values.ImageAdapter("12" * 32, "look"),
    ),
    "stitch": (values.Stitch(ARRAY[None], ARRAY, 1, 2),),
    "conditioning": ((CONDITION, values.Condition(ARRAY[0])),),
    "latent": (LATENT,),
    "image": (np.random.default_rng(0).random((2, 5, 7, 4), np.float32),),
    "mask": (ARRAY,),
    "sigmas": (np.array([14.6, 1.5, 0], np.float32),),
    "strided": (ARRAY[:, ::2, 1:],),
    "empty": (np.zeros((0, 4), np.float32), np.float32(1.5)),
    "sampler": (values.Sampler("euler_ancestral", {"eta": 0.5, "s_noise": 1.0}),),
    "noise": (values.Noise(2**64 - 1), values.Noise(None)),
    "guider": (values.Guider("dual_cfg", MODEL, (CONDITION,), (), (CONDITION, CONDITION), 7.5, 2.0),),
    "upscaler": (values.UpscaleModel("x4"),),
    "plain": (1, -2, 0.1, "text, ünïcode", True, None, [1, [2]], {"a": (1,)}, b"bytes"),
    "files": (Files("output", "a/b", (Png(b"\x89PNG", 3, 4),), ("seen",), LATENT),),
}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if hasattr(one, "__dataclass_fields__"):
        return type(one) is type(other) and same(vars(one), vars(other))
    return bool(one == other)


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_back(name: str) -> None:
    assert same(VALUES[name], unpack(pack(VALUES[name])))


def test_every_class_of_values_is_among_those_that_were_tried() -> None:
    declared = {
        name
        for name, one in vars(values).items()
        if isinstance(one, type) and hasattr(one, "__dataclass_fields__")
    }
    # A Handed is kept as Files.
    assert declared - {"Handed"} <= {type(one).__name__ for one in _all(tuple(VALUES.values()))}


def _all(value: Any) -> list[Any]:
    if isinstance(value, tuple | list):
        return [value, *(one for each in value for one in _all(each))]
    if hasattr(value, "__dataclass_fields__"):
        return [value, *(one for each in vars(value).values() for one in _all(each))]
    return [value]


def test_every_damaged_byte_is_noticed() -> None:
    packed = pack(VALUES["conditioning"])
    for place in range(0, len(packed), 7):
        with pytest.raises(Unpackable):
            unpack(packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :])
    for short in (b"", packed[:10], packed[:-1]):
        with pytest.raises(Unpackable):
            unpack(short)


@pytest.mark.parametrize("value", [object(), np.array([object()]), (lambda: 1,), 2**80], ids=repr)
def test_what_is_no_value_is_not_packed(value: Any) -> None:
    with pytest.raises(Unpackable):
        pack((value,))


def test_zeros_take_little_room_and_noise_as_much_as_it_is() -> None:
    assert len(pack(np.zeros((1, 4, 128, 128), np.float32))) < 1024
    noise = np.random.default_rng(0).random((64, 64), np.float32)
    assert noise.nbytes < len(pack(noise)) < noise.nbytes + 200
    assert nbytes((LATENT,)) > LATENT.samples.nbytes + ARRAY.nbytes


def test_pictures_are_truncated_and_keep_their_alpha() -> None:
    import io

    from PIL import Image

    image = np.array([[[0.999, 1.5, -1, 0.5], [np.nan, 0.5, 0.25, 1]]], np.float32)
    made = png(image)
    assert np.asarray(Image.open(io.BytesIO(made.data))).tolist() == [[[254, 255, 0, 127], [0, 127, 63, 255]]]
    assert (made.width, made.height) == (2, 1)
