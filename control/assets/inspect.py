"""A file that somebody sent is looked at, decoded and cleaned in a process of its own, before it is anything here."""

import asyncio
import sys
from pathlib import Path
from typing import IO, Any
from weakref import WeakKeyDictionary

import msgspec

from control.errors import Unprocessable
from control.settings import ControlSettings

AT_A_TIME = 2
"""Files of one API process that are looked at side by side."""
SECONDS = 60
"""Of a processor, and of time, that one file may take."""
BASE_MB = 512
"""Memory of the process, beside its picture."""
BYTES_A_PIXEL = 16
"""Memory that decoding, turning and encoding take at most."""
_CODE = "import sys; sys.path.insert(0, sys.argv.pop(1)); from control.assets.pictures.child import main; main(sys.argv[1:])"
_ROOT = str(Path(__file__).resolve().parents[2])
_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


class Seen(msgspec.Struct, frozen=True):
    """A picture that may be kept."""

    media_type: str
    """Of the cleaned file."""
    width: int
    """Pixels, upright."""
    height: int
    texts: dict[str, str] = {}
    """What it says that it was made of: parameters, prompt, workflow, studio."""
    recipe: dict[str, Any] | None = None
    """ensembles.imaging.provenance.Recipe, where that can be read."""


class _Refusal(msgspec.Struct, frozen=True):
    reason: str
    text: str


async def inspect(source: IO[bytes], cleaned: IO[bytes], settings: ControlSettings) -> Seen:
    """What the file `source` is, by its bytes alone; the picture without EXIF and the like is written to `cleaned`.

    Raises `Unprocessable`, whose `reason` is empty, wrong_type, too_many_pixels, animated, truncated, damaged,
    polyglot, unsupported, bomb or too_slow.
    """
    source.flush()
    limits = [
        settings.max_upload_pixels,
        (BASE_MB << 20) + settings.max_upload_pixels * BYTES_A_PIXEL + (settings.max_upload_mb << 20),
        SECONDS,
        (settings.max_upload_mb << 20) + settings.max_upload_pixels * 8,
    ]
    async with _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_A_TIME)):
        return await _ask(source.fileno(), cleaned.fileno(), limits)


async def _ask(source: int, cleaned: int, limits: list[int]) -> Seen:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-c", _CODE, _ROOT, *map(str, (source, cleaned, *limits)),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        pass_fds=(source, cleaned), env={},
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        raise Unprocessable(
            "Reading this picture takes too long. Save it anew, or smaller.", reason="too_slow"
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        # Killed at one of its limits, or by what the file made of a decoder.
        raise Unprocessable(
            "This picture cannot be read within the memory and time that one may take. Save it anew, or smaller.",
            reason="bomb",
        )
    refusal = msgspec.json.decode(said, type=_Refusal) if said.startswith(b'{"reason"') else None
    if refusal is not None:
        raise Unprocessable(refusal.text, reason=refusal.reason)
    return msgspec.json.decode(said, type=Seen)
