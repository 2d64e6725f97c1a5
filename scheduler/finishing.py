"""A painted picture becomes its owner's: bytes first, then one transaction of rows, charge and state.

It happens once in effect, however many workers believe that the job is theirs: the transaction begins by locking the
job's row with the worker's lease, and whoever has no lease (any more) discards its pictures.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import asyncpg
import structlog

from control.assets import blobs, outputs
from control.assets.storage import Storage
from control.billing import prices
from control.billing import service as billing
from control.database.engine import transaction
from control.errors import Unavailable
from control.http import tracing
from control.http.problems import DOWN, may_pass
from control.jobs.reading import link
from control.jobs.requests import Img2Img, Txt2Img
from control.jobs.states import Detail, event_of, transition
from control.jobs.tables import Job, JobEvent, JobOutput
from ensembles.manifest import Manifest
from scheduler.claims import Claim
from scheduler.faults import Fault, storage_away
from scheduler.leases import Made
from scheduler.provenance import Finished
from scheduler.telling import Told

log = structlog.get_logger("scheduler")

STORAGE_SECONDS = 75.0
"""How long a picture is kept in hand while the storage is away; then the attempt has failed."""
PAUSE = 0.25
"""Seconds before the first new try; twice as long each time, up to `LONGEST_PAUSE`."""
LONGEST_PAUSE = 2.0
AT_ONCE = 8
"""Files of a job that are written at a time."""
AGAIN: tuple[type[Exception], ...] = (*DOWN, asyncpg.exceptions.TransactionRollbackError)
"""What a transaction raises that may succeed the next time."""
_OURS = "SELECT owed_nodes FROM jobs WHERE id = {} AND lease_id = {} AND state = 'PROCESSING' FOR UPDATE"
_LAST = "SELECT * FROM job_events WHERE job_id = {} ORDER BY sequence DESC LIMIT 1"


class File(Protocol):
    """Bytes that become somebody's."""

    @property
    def data(self) -> bytes:
        """Themselves."""

    @property
    def media_type(self) -> str:
        """As image/png."""


async def complete(
    storage: Storage,
    claim: Claim,
    work: Txt2Img | Img2Img,
    manifest: Manifest,
    pictures: list[Finished],
    engine_ms: float,
) -> Sequence[Told]:
    """Stores pictures, charges for them and ends the job; see `kept`."""

    async def keep(prepared: list[blobs.Prepared]) -> list[Made]:
        return await _keep(claim, work, manifest, pictures, prepared, engine_ms)

    return await kept(storage, claim, pictures, keep)


async def kept(
    storage: Storage,
    claim: Claim,
    files: Sequence[File],
    keep: Callable[[list[blobs.Prepared]], Awaitable[Sequence[Told]]],
) -> Sequence[Told]:
    """Stores files, and ends the job in one transaction; events to publish, none where the job is not ours any more.

    `keep` opens that transaction, and begins it with `ours`. Goes on trying while PostgreSQL is away, as nobody can
    take the job meanwhile. Raises `Fault` where the storage is away for too long.
    """
    prepared: list[blobs.Prepared] | None = None
    since, pause = time.monotonic(), PAUSE
    tried = False
    while True:
        try:
            if prepared is None:
                with tracing.part_span("store", pictures=len(files)):
                    prepared = await prepare(storage, claim, files)
            with tracing.part_span("settle"):
                if made := await keep(prepared):
                    return made
            if tried:
                # The database ended just when it was told to commit: it may have done so.
                return await as_it_is(claim)
            log.info("pictures_discarded", job_id=str(claim.job_id), reason="the lease was lost")
            return []
        except Unavailable:
            prepared = None
            if time.monotonic() - since > STORAGE_SECONDS:
                raise storage_away() from None
        except AGAIN as error:
            if not may_pass(error):
                raise
            log.warning("not_kept_yet", job_id=str(claim.job_id), error=type(error).__name__)
            tried = True
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


async def prepare(storage: Storage, claim: Claim, files: Sequence[File]) -> list[blobs.Prepared]:
    """Writes the bytes; no row refers to them yet. `File.data` is asked for when its turn comes."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(file: File) -> blobs.Prepared:
        async with turns:
            data = await asyncio.to_thread(lambda: file.data)
            return await blobs.prepare(storage, claim.owner.organisation_id, data, file.media_type)

    return list(await asyncio.gather(*(one(file) for file in files)))


async def ours(claim: Claim) -> list[str] | None:
    """Locks the job's row; the keys of nodes that earlier attempts have computed. None where it is not this attempt's any more.

    Before all else in a transaction: it is discarded cheaply, and locks come in the same order everywhere (job, then
    ledger).
    """
    rows = await Job.raw(_OURS, claim.job_id, claim.lease_id)
    return list(rows[0]["owed_nodes"]) if rows else None


async def _keep(
    claim: Claim,
    work: Txt2Img | Img2Img,
    manifest: Manifest,
    pictures: list[Finished],
    prepared: list[blobs.Prepared],
    engine_ms: float,
) -> list[Made]:
    owner = claim.owner
    parent = work.image if isinstance(work, Img2Img) else None
    async with transaction():
        if await ours(claim) is None:
            return []
        links, rows = [], []
        for place, (picture, bytes_) in enumerate(zip(pictures, prepared, strict=True)):
            asset_id = await outputs.record_output(
                owner, claim.job_id, place, bytes_, width=picture.width, height=picture.height,
                work=work, manifest=manifest, recipe=picture.recipe, parent=parent,
            )  # fmt: skip
            rows.append(
                JobOutput(
                    organisation_id=owner.organisation_id, job_id=claim.job_id, place=place, asset_id=asset_id
                )
            )
            links.append(link(asset_id, place))
        await JobOutput.insert(*rows)
        charged = await _settle(claim, work, manifest, len(pictures))
        made = await transition(
            claim.job_id, "COMPLETED", lease_id=claim.lease_id,
            detail=Detail(outputs=links, charged=charged, engine_ms=round(engine_ms, 3)),
            changes={Job.charged: charged, Job.error: None},
        )  # fmt: skip
        assert made is not None, "its row is locked"
    return [made]


async def _settle(claim: Claim, work: Txt2Img | Img2Img, manifest: Manifest, pictures: int) -> int:
    if claim.hold_id is None:
        return 0
    # A quote may have been lower, and nobody pays more than was said before.
    price = min(claim.reserved, prices.price(work, manifest).amount)
    amount = prices.delivered(price, pictures, work.batch)
    return await billing.settle(claim.owner.organisation_id, claim.hold_id, amount)


async def as_it_is(claim: Claim) -> list[Made]:
    """The last event of a job, for who cannot know whether a transaction of theirs came to its end."""
    rows: list[dict[str, Any]] = await JobEvent.raw(_LAST, claim.job_id)
    return [(claim.owner, event_of(row)) for row in rows]


__all__ = ["AGAIN", "Fault", "as_it_is", "complete", "prepare"]
