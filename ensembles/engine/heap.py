"""What loading takes for a while and gives back: glibc's heap, told how."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
_MAPPED_WHILE_LOADING = 1 << 20
_MAPPED_AFTER, _TRIMMED_AFTER = 32 << 20, 256 << 20


@contextmanager
def mapping_blocks() -> Iterator[None]:
    """Let what loading a large network takes for a while go back to the system at once, not to the heap.

    Blocks above a limit are mapped one by one; the limit would grow to 32 MB with the first one freed. It stands
    there again before the first run, whose own blocks would otherwise be mapped anew at each step.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc's
    if mallopt is None:
        yield
        return
    mallopt(_M_MMAP_THRESHOLD, _MAPPED_WHILE_LOADING)
    try:
        yield
    finally:
        mallopt(_M_MMAP_THRESHOLD, _MAPPED_AFTER)
        mallopt(_M_TRIM_THRESHOLD, _TRIMMED_AFTER)


def give_back() -> None:
    """Return to the system what loading took from the heap for a while: 0.6 GB for a full-width UNet."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)
