"""What an export did, for people and for machines."""

from pathlib import Path

import msgspec

from ensembles.engine.graph import Comparison
from export.errors import ExportError
from export.int8.report import Int8Report


class NetworkReport(msgspec.Struct, frozen=True):
    """How one network fared."""

    network: str
    against: str
    """What it was compared with: torch, vectors, or nothing (only run once)."""
    comparisons: list[Comparison]
    load_seconds: float
    """From opening the files to a session that can run."""
    traced_difference: float | None
    """max |graph − torch| with random parameters, when the graph was traced; None where that was left out"""

    @property
    def difference(self) -> float | None:
        """The largest of the comparisons; None when nothing was compared."""
        return max((found.difference for found in self.comparisons), default=None)


class WeightReport(msgspec.Struct, frozen=True):
    """Where one file of weights came from."""

    file: str
    parts: list[str]
    """text_encoder, unet, vae: those that it serves"""
    source: str
    bytes: int
    dtypes: list[str]
    sha256: str
    linked: bool
    """A hard link to the source: the bytes are on the disk once."""

    def text(self) -> str:
        """One line for people."""
        how = "linked from" if self.linked else "copied from"
        return f"{self.file}: {self.bytes / 1e6:.1f} MB {how} {self.source} ({', '.join(self.parts)})"


class WrittenReport(msgspec.Struct, frozen=True):
    """How far a network as another runtime loads it is from the fp32 engine, over the same cases."""

    network: str
    precision: str
    difference: float
    """max |written − engine| over all outputs"""
    magnitude: float
    """max |engine|"""


class Report(msgspec.Struct, frozen=True):
    """`report.json` of a published checkpoint."""

    name: str
    source: str
    folder: str
    architecture: str
    traced: bool
    """False: the graphs were there, only the weights are new."""
    seconds: float
    networks: list[NetworkReport]
    weights: list[WeightReport]
    remarks: list[str]
    """Sentences on what was not as usual, or not checked."""
    runtime: str = "python"
    written: list[WrittenReport] = []
    """Networks as that runtime loads them; empty for python, whose engine is what `networks` were compared with."""
    int8: Int8Report | None = None
    """What `studio quantize` found, where its 8-bit weights are kept."""

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Column titles and rows for a table with one row per network."""
        titles = ["network", "checked against", "cases", "largest difference", "at tracing", "load"]
        rows = [
            [
                network.network,
                network.against,
                str(len(network.comparisons)),
                "–" if network.difference is None else f"{network.difference:.1e}",
                "–" if network.traced_difference is None else f"{network.traced_difference:.1e}",
                f"{network.load_seconds:.2f} s",
            ]
            for network in self.networks
        ]
        return titles, rows

    def text(self) -> str:
        """The whole report as plain lines."""
        titles, rows = self.table()
        widths = [max(len(row[column]) for row in [titles, *rows]) for column in range(len(titles))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [titles, *rows]
        ]
        graphs = "traced now" if self.traced else "already there"
        head = [
            f"{self.name}: {self.architecture}, graphs {graphs}, {self.seconds:.1f} s",
            f"in {self.folder}",
            *(weight.text() for weight in self.weights),
        ]
        written = [
            f"{one.network} for {self.runtime} in {one.precision}: {one.difference:.1e} from the fp32 engine, "
            f"whose outputs go up to {one.magnitude:.1f}"
            for one in self.written
        ]
        return "\n".join([*head, *lines, *written, *self.remarks])


FILE = "report.json"


def write_report(report: Report, path: Path) -> None:
    """Write `report.json`."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def read_report(folder: Path) -> Report:
    """The report of the published `folder` (`models/NAME`); raises `ExportError`."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Report)
    except OSError as error:
        raise ExportError(
            f"{folder / FILE} cannot be read: {error.strerror}; export the checkpoint again."
        ) from error
    except msgspec.DecodeError as error:
        raise ExportError(f"{folder / FILE} is no report: {error}; export the checkpoint again.") from error


def keep_int8(folder: Path, int8: Int8Report | None) -> None:
    """Put `int8` into the report of the published `folder`, whole or not at all."""
    partial = folder / f".{FILE}.partial"
    write_report(msgspec.structs.replace(read_report(folder), int8=int8), partial)
    partial.replace(folder / FILE)
