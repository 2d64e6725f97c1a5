"""Verify a written folder through the served path: `python -m export.verify --record SOURCE OUT`.

With torch every network is compared with it; without, with vectors recorded from torch that lie
beside the source; without either the networks are run and must give finite numbers.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from ensembles.engine.errors import EngineError
from ensembles.engine.network import Network
from export.checkpoint import Checkpoint, open_checkpoint
from export.compare import compare
from export.errors import ExportError
from export.graphs import can_trace
from export.report import NetworkReport
from export.samples import CASES, Case, cases, make_inputs
from export.write import file_hash

LIMIT = 1e-3
"""Largest difference that is published, relative to the reference's magnitude where that is above 1."""
VECTORS = "verification.npz"

Progress = Callable[[str, float], None]
Arrays = dict[str, NDArray[Any]]


class Source(Protocol):
    """Where expected outputs come from."""

    name: str

    def expected(self, case: Case, inputs: Arrays) -> Arrays | None:
        """The outputs, or None when this source has none for the case."""


class TorchSource:
    """Expected outputs computed now."""

    name = "torch"

    def __init__(self, checkpoint: Checkpoint) -> None:
        from export.reference import Reference

        self._reference = Reference(checkpoint)

    def expected(self, case: Case, inputs: Arrays) -> Arrays | None:
        """The reference's outputs."""
        return self._reference.run(case.network, inputs)


class VectorSource:
    """Expected outputs recorded from torch by `record`."""

    name = "vectors"

    def __init__(self, file: Path) -> None:
        with np.load(file, allow_pickle=False) as arrays:
            self._arrays = {key: arrays[key] for key in arrays.files}

    def fits(self, weights: dict[str, str]) -> bool:
        """Whether the vectors were recorded from these weights: part → sha256."""
        return bool(msgspec.json.decode(str(self._arrays["weights"])) == weights)

    def expected(self, case: Case, inputs: Arrays) -> Arrays | None:
        """The recorded outputs."""
        prefix = f"{_key(case)}/"
        found = {
            key.removeprefix(prefix): value for key, value in self._arrays.items() if key.startswith(prefix)
        }
        return found or None


class NoSource:
    """No expected outputs: the networks are only run."""

    name = "nothing"

    def expected(self, case: Case, inputs: Arrays) -> Arrays | None:
        """None."""
        return None


def choose_source(checkpoint: Checkpoint, weights: dict[str, str]) -> tuple[Source, list[str]]:
    """The best source of expected outputs, and remarks on why it is not a better one.

    `weights` is part → sha256.
    """
    if can_trace():
        return TorchSource(checkpoint), []
    remarks = []
    for file in (checkpoint.source / VECTORS, checkpoint.source.parent / VECTORS):
        if file.is_file():
            source = VectorSource(file)
            if source.fits(weights):
                return source, []
            remarks.append(f"{file} was recorded from other weights and was not used.")
    remarks.append(
        "PyTorch is not installed, so the outputs were not compared: the graphs were verified against torch "
        "when they were traced, and the weights are bound to them by name, shape and hash."
    )
    return NoSource(), remarks


def verify(folder: Path, checkpoint: Checkpoint, source: Source, progress: Progress) -> list[NetworkReport]:
    """Load and run every network of the written `folder`; raises `ExportError` past `LIMIT`."""
    reports = []
    networks = checkpoint.family.networks
    for number, network in enumerate(networks):
        progress(f"verifying {network}", number / len(networks))
        try:
            reports.append(_verify_network(folder, network, checkpoint, source))
        except EngineError as error:
            raise ExportError(str(error)) from error
    return reports


def _verify_network(folder: Path, network: str, checkpoint: Checkpoint, source: Source) -> NetworkReport:
    started = time.perf_counter()
    served = Network(folder, network)
    seconds = time.perf_counter() - started
    comparisons = []
    for case in cases(network):
        inputs = make_inputs(case, checkpoint)
        outputs = served.run(inputs)
        expected = source.expected(case, inputs)
        # Without a reference this still refuses shapes that changed and values that are not finite.
        found = compare(case, inputs, outputs, outputs if expected is None else expected)
        if expected is None:
            continue
        comparisons.append(found)
        if found.difference > LIMIT * max(1.0, found.magnitude):
            raise ExportError(
                f"{network} differs from {source.name} by {found.difference:.1e} (batch {case.batch}), more than "
                f"{LIMIT:.0e}: nothing was published; report this with the checkpoint's config.json."
            )
    traced = max((found.difference for found in served.meta.verified), default=None)
    return NetworkReport(network, source.name, comparisons, seconds, traced)


def record(checkpoint: Checkpoint, out: Path) -> None:
    """Write torch's outputs for every case, tied to the weights by hash, to the .npz file `out`."""
    source = TorchSource(checkpoint)
    hashes = {part: file_hash(file) for part, file in checkpoint.files.items()}
    arrays: Arrays = {"weights": np.array(msgspec.json.encode(hashes).decode())}
    known = checkpoint.family.networks
    for case in (case for case in CASES if case.network in known):
        for name, array in (source.expected(case, make_inputs(case, checkpoint)) or {}).items():
            arrays[f"{_key(case)}/{name}"] = array
    with out.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _key(case: Case) -> str:
    return f"{case.network}/{case.seed}/{case.batch}x{case.height}x{case.width}x{case.tokens}"


def main() -> None:
    """Record reference vectors."""
    parser = argparse.ArgumentParser(prog="python -m export.verify", description=__doc__)
    parser.add_argument("--record", nargs=2, type=Path, metavar=("SOURCE", "OUT"), required=True)
    source, out = parser.parse_args().record
    try:
        record(open_checkpoint(source), out)
    except ExportError as error:
        parser.exit(2, f"{error}\n")
    print(f"{out}: {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
