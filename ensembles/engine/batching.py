"""Several requests as one batch: join along axis 0 by shape, run in allowed sizes, hand each its share."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ensembles.engine.errors import EngineError

Array = NDArray[np.generic]
Arrays = Mapping[str, Array]
Runner = Callable[[dict[str, Array]], dict[str, Array]]

UNMEASURED_BATCH = 1
"""Samples at once above the largest bucket: nobody has tried how much memory more would take."""


def bucket_of(buckets: Mapping[str, int], size: int) -> str | None:
    """The smallest resolution bucket that holds `size`, the longest side in pixels; None above the largest."""
    return min((bucket for bucket in buckets if int(bucket) >= size), key=int, default=None)


def largest_batch(buckets: Mapping[str, int], size: int) -> int | None:
    """Samples that may run at once at `size`, the longest side in pixels; None = no limit.

    `buckets` is `Manifest.max_batch`.
    """
    if not buckets:
        return None
    bucket = bucket_of(buckets, size)
    return UNMEASURED_BATCH if bucket is None else max(1, buckets[bucket])


def join(
    requests: Sequence[Arrays], run: Runner, limit: Callable[[Arrays], int | None]
) -> list[dict[str, Array] | EngineError]:
    """The outputs of each request, in order; requests of one shape share runs of at most `limit` samples.

    Arrays have the samples on axis 0. What fails takes only the requests of its own run with it: their
    place holds the error.
    """
    groups: dict[tuple[tuple[str, str, tuple[int, ...]], ...], list[int]] = {}
    for index, request in enumerate(requests):
        key = tuple(sorted((name, array.dtype.str, array.shape[1:]) for name, array in request.items()))
        groups.setdefault(key, []).append(index)
    results: dict[int, dict[str, Array] | EngineError] = {}
    for members in groups.values():
        joined = [requests[index] for index in members]
        results |= zip(members, _run_group(joined, run, limit(joined[0])), strict=True)
    return [results[index] for index in range(len(requests))]


def _run_group(
    requests: Sequence[Arrays], run: Runner, limit: int | None
) -> list[dict[str, Array] | EngineError]:
    """`join` for requests that all have the same names, dtypes and shapes but for axis 0."""
    counts = [_samples(request) for request in requests]
    results: list[dict[str, Array] | EngineError] = [
        EngineError("Every input must have the same number of samples on axis 0, at least 1.")
        for _ in requests
    ]
    good = [index for index, count in enumerate(counts) if count > 0]
    if not good:
        return results
    names = list(requests[good[0]])
    whole = {name: _joined([requests[index][name] for index in good]) for name in names}
    total = sum(counts[index] for index in good)
    step = min(limit or total, total)
    pieces: list[dict[str, Array] | EngineError] = []
    for start in range(0, total, step):
        try:
            pieces.append(run({name: array[start : start + step] for name, array in whole.items()}))
        except EngineError as error:
            pieces.append(error)
    start = 0
    for index in good:
        results[index] = _share(pieces, step, start, start + counts[index])
        start += counts[index]
    return results


def _samples(request: Arrays) -> int:
    """The number of samples of a request, 0 when its inputs disagree."""
    counts = {array.shape[0] if array.ndim else 0 for array in request.values()}
    return counts.pop() if len(counts) == 1 else 0


def _share(
    pieces: Sequence[dict[str, Array] | EngineError], step: int, start: int, stop: int
) -> dict[str, Array] | EngineError:
    """Samples `start` to `stop` out of runs of `step` samples each."""
    parts: list[dict[str, Array]] = []
    for number in range(start // step, (stop - 1) // step + 1):
        piece = pieces[number]
        if isinstance(piece, EngineError):
            return piece
        inside = slice(max(start - number * step, 0), stop - number * step)
        parts.append({name: array[inside] for name, array in piece.items()})
    return {name: _joined([part[name] for part in parts]) for name in parts[0]}


def _joined(arrays: Sequence[Array]) -> Array:
    # A lone request, the common case, is not copied.
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
