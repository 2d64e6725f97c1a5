"""Values of links as bytes and back: msgpack, arrays as raw bytes with dtype and shape, and a digest before it all.

Nothing is ever run while it is read: a value is a number, a text, an array, or one of the classes listed here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import msgspec
import numpy as np

from control.workflows import values
from ensembles.engine.variant import UsedLora
from ensembles.sampling.conditions import Area
from scheduler.workflows.files import Files, Png

VERSION = b"\x01"
"""Of the format; another one is a miss."""
DIGEST = 16
"""Bytes of BLAKE2b."""
CLASSES: dict[str, type[Any]] = {
    one.__name__: one
    for one in (
        values.Model, values.Clip, values.Vae, values.UpscaleModel, Area, values.Condition, values.Latent,
        values.Sampler, values.Noise, values.Guider, values.ControlNet, values.Control, values.ImageAdapter,
        values.ImagePrompt, values.Threshold, values.Stitch, UsedLora, Files, Png,
    )
}  # fmt: skip
_KINDS = "biuf"
"""Of arrays: truth values and numbers."""


class Unpackable(ValueError):
    """This is no packed value, or one that has been damaged, or a value of a class that cannot be packed."""


def pack(value: Any) -> bytes:
    """Raises `Unpackable` for what is none of the types that travel along links."""
    try:
        body = msgspec.msgpack.encode(_plain(value))
    except (OverflowError, ValueError) as error:
        raise Unpackable(str(error)) from None
    return VERSION + hashlib.blake2b(body, digest_size=DIGEST).digest() + body


def unpack(packed: bytes) -> Any:
    """What `pack` was given; arrays cannot be written to. Raises `Unpackable`."""
    view = memoryview(packed)
    digest, body = bytes(view[1 : 1 + DIGEST]), view[1 + DIGEST :]
    if bytes(view[:1]) != VERSION or hashlib.blake2b(body, digest_size=DIGEST).digest() != digest:
        raise Unpackable("another format, or damaged")
    try:
        return _value(msgspec.msgpack.decode(body))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unpackable(f"{type(error).__name__}: {error}") from None


def packed_size(value: Any) -> int:
    """Bytes that `pack` gives, about: zeros take none."""
    return nbytes(value, zeros=False)


def nbytes(value: Any, *, zeros: bool = True) -> int:
    """Memory that a value takes, about; without `zeros` arrays of these count as nothing."""
    if isinstance(value, np.ndarray):
        return 128 + (value.nbytes if zeros or value.any() else 0)
    if isinstance(value, bytes | str):
        return len(value) + 64
    if isinstance(value, tuple | list):
        return 64 + sum(nbytes(one, zeros=zeros) for one in value)
    if isinstance(value, dict):
        return 64 + sum(nbytes(one, zeros=zeros) for one in value.values())
    if type(value).__name__ in CLASSES:
        return 64 + sum(nbytes(getattr(value, one), zeros=zeros) for one in _fields(value))
    return 32


def freeze(value: Any) -> None:
    """Makes a value's arrays read-only: it is shared from now on."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple | list):
        for one in value:
            freeze(one)
    elif isinstance(value, dict):
        for one in value.values():
            freeze(one)
    elif type(value).__name__ in CLASSES:
        for one in _fields(value):
            freeze(getattr(value, one))


def _fields(value: Any) -> tuple[str, ...]:
    """Names of what one of `CLASSES` holds."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    return tuple(one.name for one in fields(value))


def _plain(value: Any) -> Any:
    """[kind, …] for all that msgpack would not give back as it was."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in _KINDS:
            raise Unpackable(f"an array of {value.dtype}")
        if not value.any():
            # Empty latents, mostly.
            return ["zeros", value.dtype.str, list(value.shape)]
        return ["array", value.dtype.str, list(value.shape), np.ascontiguousarray(value).data.cast("B")]
    if isinstance(value, tuple | list):
        return ["tuple" if isinstance(value, tuple) else "list", *map(_plain, value)]
    if isinstance(value, dict):
        return ["dict", {str(name): _plain(one) for name, one in value.items()}]
    if CLASSES.get(type(value).__name__) is type(value):
        given = {one: _plain(getattr(value, one)) for one in _fields(value)}
        return ["of", type(value).__name__, given]
    raise Unpackable(f"a {type(value).__name__}")


def _value(plain: Any) -> Any:
    if not isinstance(plain, list):
        if isinstance(plain, dict):
            raise Unpackable("no kind")
        return plain
    return _READ[plain[0]](*plain[1:])


def _array(dtype: str, shape: list[int], data: bytes) -> Any:
    return np.frombuffer(data, _number(dtype)).reshape(shape)


def _zeros(dtype: str, shape: list[int]) -> Any:
    made = np.zeros(shape, _number(dtype))
    made.flags.writeable = False
    return made


def _number(dtype: str) -> "np.dtype[Any]":
    found = np.dtype(dtype)
    if found.kind not in _KINDS:
        raise Unpackable(f"an array of {dtype}")
    return found


def _of(name: str, given: dict[str, Any]) -> Any:
    return CLASSES[name](**{field: _value(one) for field, one in given.items()})


_READ: dict[str, Callable[..., Any]] = {
    "array": _array,
    "zeros": _zeros,
    "tuple": lambda *some: tuple(map(_value, some)),
    "list": lambda *some: [_value(one) for one in some],
    "dict": lambda some: {name: _value(one) for name, one in some.items()},
    "of": _of,
}
