"""An attempt at a job in plain fields: one stream of one server, whose files are kept as they come."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from opentelemetry.trace import SpanKind

from control.http import tracing
from control.jobs.requests import Img2Img, Txt2Img
from control.models.catalogue import checkpoint
from ensembles.arrays import Array
from ensembles.imaging.codec import decode_fitted
from scheduler import figures, finishing
from scheduler.faults import Fault, timed_out
from scheduler.finishing import PAUSE
from scheduler.means import read_file
from scheduler.placement import Server
from scheduler.provenance import finished
from scheduler.reporting import Reporter
from scheduler.tasks import end
from scheduler.telling import Told
from scheduler.triton import Pictures, Step, paint

if TYPE_CHECKING:
    from scheduler.execute import Attempt

Painted = Txt2Img | Img2Img


async def painted(attempt: "Attempt", work: Painted) -> Sequence[Told]:
    """Paints, keeps and charges for the pictures; events to publish. Raises `Fault` and `Stopped`."""
    means = attempt.means
    manifest = checkpoint(means.settings.home, work.model)
    picture = (
        await attempt.unless_stopped(first_picture(attempt, work)) if isinstance(work, Img2Img) else None
    )
    begun: asyncio.Task[None] | None = None
    deadline = time.monotonic() + means.settings.job_timeout
    try:
        while True:
            with tracing.part_span("place"):
                placing = means.servers.place(work.model, attempt.claim.effort)
                server = await attempt.placed(placing)
            lost: BaseException | None = None
            try:
                if begun is None:
                    # Beside the beginning of the stream: neither waits for the other.
                    begun = asyncio.create_task(attempt.begin(server.url))
                stream = _stream(attempt, work, server, picture, begun)
                done, engine_ms = await attempt.unless_stopped(stream)
                break
            except Fault as fault:
                lost = fault
                if fault.lost:
                    means.servers.lost(server)
                if fault.begun or time.monotonic() > deadline:
                    # So that its history says that it was begun.
                    assert begun is not None
                    await begun
                    raise
                attempt.log.info("server_refused", server=server.url, reason=fault.error.detail)
            except BaseException as error:
                lost = error
                raise
            finally:
                await placing.__aexit__(type(lost) if lost else None, lost, None)
            await attempt.unless_stopped(asyncio.sleep(PAUSE))
        await begun
    finally:
        await end(begun)
    pictures = [finished(data, place, work, manifest) for place, data in enumerate(done.files)]
    keeping = finishing.complete(means.storage, attempt.claim, work, manifest, pictures, engine_ms)
    # The transaction itself finds out whose the job is; a heartbeat that met it in the midst may err.
    return await attempt.unless_stopped(keeping, but_for={"stopping", "lease"})


async def first_picture(attempt: "Attempt", work: Img2Img) -> Array:
    """The picture to begin with: uint8 [1,H,W,3] of the request's size. Raises `Fault`."""
    fit = partial(scaled, width=work.width or 0, height=work.height or 0)
    return await read_file(attempt.means, attempt.claim.owner.organisation_id, work.image, fit)


def scaled(data: bytes, width: int, height: int) -> Array:
    """A file's picture as uint8 [1,H,W,3] of this size in pixels; sides are cropped where the shapes differ."""
    return decode_fitted(data, width, height)[None]


async def _stream(
    attempt: "Attempt", work: Painted, server: Server, picture: Array | None, begun: "asyncio.Task[None]"
) -> tuple[Pictures, float]:
    """The pictures, and the milliseconds that Triton took."""
    claim, settings = attempt.claim, attempt.means.settings
    began = time.perf_counter()
    with tracing.part_span("triton", kind=SpanKind.CLIENT, **{"server.address": server.url}):
        try:
            async with (
                asyncio.timeout(settings.job_timeout),
                Reporter(attempt.means.redis, claim) as reporter,
            ):
                async for part in paint(
                    server.client,
                    work,
                    picture,
                    request_id=claim.job_id.hex,
                    headers=tracing.outgoing(),
                    alive=lambda: server.ready,
                ):
                    if isinstance(part, Step):
                        # Watchers hear of steps after they heard that the job has begun.
                        if begun.done():
                            reporter.step(part)
                        continue
                    taken = time.perf_counter() - began
                    figures.painted(work.model, taken)
                    attempt.means.speeds.measured(work, taken)
                    return part, taken * 1000
        except TimeoutError:
            raise timed_out(settings.job_timeout) from None
    raise AssertionError("a stream ends with pictures or a fault")
