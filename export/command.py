"""`studio export`: inspect → bind → write → verify → publish."""

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from ensembles.engine.errors import EngineError
from export.checkpoint import Checkpoint, open_checkpoint, open_vae
from export.choices import Choices
from export.errors import ExportError
from export.graphs import find_graphs
from export.publish import check_name, publishing
from export.report import Report, write_report
from export.runtimes.container import assemble
from export.runtimes.target import Target, write_networks
from export.verify import choose_source
from export.verify import verify as verify_folder
from export.write import make_manifest, place_weights, write_folder

Progress = Callable[[str, float], None]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

_STAGES = {"inspect": 0.0, "graphs": 0.02, "weights": 0.3, "write": 0.55, "verify": 0.6, "rewrite": 0.95}
"""stage → the share of the whole at which it begins"""


def export_checkpoint(
    source: Path,
    name: str,
    home: Path,
    progress: Progress | None = None,
    *,
    verify: bool = True,
    trace: Literal["auto", "never"] = "auto",
    choices: Choices | None = None,
    target: Target | None = None,
    organisation: str = "",
) -> Report:
    """Publish the diffusers folder or single file `source` as `home/models/NAME` and return its report.

    `target` names another runtime than the embedded server's, and the folder that takes the place of `home`;
    graphs are kept under `home` all the same. `organisation` is the id of whose it shall be; empty: everybody's.
    `progress` is called with what is being done and the share done, 0..1. With `verify` off the networks
    are not run: the weights' names, shapes and values are checked all the same. `trace="never"` refuses an architecture without graphs. Raises
    `ExportError`; then nothing is published and an earlier `NAME` still is.
    """
    return publish_opened(
        lambda: open_checkpoint(source, choices),
        name,
        home,
        progress,
        verify=verify,
        trace=trace,
        target=target,
        organisation=organisation,
    )


def export_vae(
    source: Path,
    name: str,
    home: Path,
    progress: Progress | None = None,
    *,
    verify: bool = True,
    trace: Literal["auto", "never"] = "auto",
    organisation: str = "",
) -> Report:
    """Publish the VAE of `source` by itself: its own file or folder, or a whole checkpoint. As `export_checkpoint`."""
    return publish_opened(
        lambda: open_vae(source), name, home, progress, verify=verify, trace=trace, organisation=organisation
    )


def publish_opened(
    opened: Callable[[], Checkpoint],
    name: str,
    home: Path,
    progress: Progress | None = None,
    *,
    verify: bool = True,
    trace: Literal["auto", "never"] = "auto",
    target: Target | None = None,
    organisation: str = "",
) -> Report:
    """Publish what `opened` reads as `home/models/NAME`; see `export_checkpoint`."""
    started = time.perf_counter()
    check_name(name)
    stage = _stages(progress)
    stage("inspect")("inspecting", 0)
    checkpoint = opened()
    target = target or Target("python", "fp32", home)
    try:
        with publishing(target.home / "models", name) as folder:
            graphs, traced = find_graphs(checkpoint, home, trace, stage("graphs"))
            weights = place_weights(checkpoint, folder / "weights", stage("weights"))
            stage("write")("writing", 0)
            manifest = make_manifest(checkpoint, name, weights, target)
            manifest = msgspec.structs.replace(manifest, organisation=organisation)
            write_folder(checkpoint, manifest, graphs, folder)
            networks, remarks = [], ["The networks were not run, as asked."]
            if verify:
                hashes = {part: weight.sha256 for part, weight in weights.items()}
                reference, remarks = choose_source(checkpoint, hashes)
                networks = verify_folder(folder, checkpoint, reference, stage("verify"))
            written = write_networks(target, folder, manifest, checkpoint, stage("rewrite"))
            report = Report(
                name=name,
                source=str(checkpoint.source.resolve()),
                folder=str((target.home / "models" / name).resolve()),
                architecture=checkpoint.architecture,
                traced=traced,
                seconds=time.perf_counter() - started,
                networks=networks,
                weights=list({weight.file: weight for weight in weights.values()}.values()),
                remarks=[*checkpoint.remarks, *remarks],
                runtime=target.runtime,
                written=written,
            )
            write_report(report, folder / "report.json")
        if target.runtime != "python":
            assemble(target.home)
    except EngineError as error:
        raise ExportError(str(error)) from error
    except OSError as error:
        raise ExportError(_sentence(error, target.home)) from error
    if progress:
        progress("published", 1.0)
    return report


def _sentence(error: OSError, home: Path) -> str:
    """What the system refused; of a copy it names the file that was to be written."""
    where = error.filename2 or error.filename or home
    todo = f": make room on the disk of {home} and export again" if error.errno in _FULL else ""
    return f"{where}: {error.strerror}; nothing was published{todo}."


def _stages(progress: Progress | None) -> Callable[[str], Progress]:
    """Progress within a stage, 0..1, as progress of the whole."""
    ends = [*list(_STAGES.values())[1:], 1.0]
    spans = dict(zip(_STAGES, zip(_STAGES.values(), ends, strict=True), strict=True))

    def stage(name: str) -> Progress:
        begin, end = spans[name]

        def report(what: str, share: float) -> None:
            if progress:
                progress(what, begin + (end - begin) * share)

        return report

    return stage


__all__ = ["ExportError", "Report", "export_checkpoint", "export_vae"]
