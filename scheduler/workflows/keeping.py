"""What a workflow handed out becomes its owner's: bytes first, then one transaction of rows, names, charge and state."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import Any
from uuid import UUID

import msgspec

from control.assets import blobs, outputs
from control.assets.schemas import Metadata
from control.assets.tables import FileName
from control.billing import service as billing
from control.database.engine import transaction
from control.ids import uuid7
from control.jobs.reading import link
from control.jobs.requests import AnyWork, Painting
from control.jobs.states import Detail, transition
from control.jobs.tables import Job, JobOutput
from control.realtime.events import JobError, JobNode, OutputLink
from control.workflows.compiling import MOST_TEXT
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from ensembles.imaging.provenance import Recipe
from scheduler import finishing
from scheduler.claims import Claim
from scheduler.faults import Fault
from scheduler.leases import owed_for
from scheduler.means import Means
from scheduler.telling import Told
from scheduler.workflows.executor import Outcome
from scheduler.workflows.forms import recipe_of_form
from scheduler.workflows.latents import MEDIA_TYPE, write_latent
from scheduler.workflows.naming import Prefix, numbers, prefix_of
from scheduler.workflows.packing import nbytes
from scheduler.workflows.provenance import documents, png_with
from scheduler.workflows.recipes import checkpoints_of, files_of, recipe_of

MOST_SAID = 16 * 2**10
"""Bytes of a graph that an asset's row repeats; a larger one is in the job's row and in the file alone."""


@dataclass(frozen=True)
class Made:
    """A file as it is kept."""

    write: Callable[[], bytes] = field(repr=False)
    """Its bytes, which are put together when they are wanted, and not all at once."""
    media_type: str
    node: str
    prefix: Prefix
    ending: str
    width: int = 0
    """Pixels; 0 where it is no picture."""
    height: int = 0
    recipe: Recipe | None = None

    @property
    def data(self) -> bytes:
        """Itself."""
        return self.write()


@dataclass(frozen=True)
class Ended:
    """What a finished workflow's row and event say."""

    outcome: Outcome
    engine_ms: float
    server: str


async def keep(means: Means, claim: Claim, work: Workflow, plan: Plan, ended: Ended) -> Sequence[Told]:
    """Keeps what was handed out, charges and ends the job; events to publish. Raises `Fault` as `finishing.kept`."""
    room, files = means.pure.room, ended.outcome.handed
    held = room.hold(sum(map(nbytes, files.values())), room.job(), busy=True)
    try:
        return await _kept(means, claim, work, plan, ended)
    finally:
        held.give()


async def _kept(means: Means, claim: Claim, work: Workflow, plan: Plan, ended: Ended) -> Sequence[Told]:
    files = await means.pure.run(lambda: files_of_outcome(work, plan, ended.outcome, claim.work))

    async def in_one(prepared: list[blobs.Prepared]) -> Sequence[Told]:
        return await _keep(claim, work, plan, ended, files, prepared)

    return await finishing.kept(means.storage, claim, files, in_one)


def files_of_outcome(
    work: Workflow, plan: Plan, outcome: Outcome, asked: AnyWork | None = None
) -> list[Made]:
    """All files, with what they say of themselves. Raises `Fault` where that is too much.

    `asked` is the request, where that says in plain fields what the workflow is.
    """
    count = sum(len(one.pictures) + (one.latent is not None) for one in outcome.handed.values())
    texts, now = _fitting(documents(work), count), datetime.now(UTC)
    made: list[Made] = []
    for node, handed in outcome.handed.items():
        for place, picture in enumerate(handed.pictures):
            of_what = (picture.width, picture.height, place, len(handed.pictures))
            if isinstance(asked, Painting):
                recipe: Recipe | None = recipe_of_form(asked, plan, *of_what)
            else:
                recipe = recipe_of(plan, node, *of_what)
            size = {"width": picture.width, "height": picture.height}
            prefix = prefix_of(handed.folder, handed.prefix, work.graph, now, **size, place=place)
            data = partial(png_with, picture, texts, plan, recipe)
            made.append(Made(data, "image/png", node, prefix, "png", picture.width, picture.height, recipe))
        if handed.latent is not None:
            prefix = prefix_of(handed.folder, handed.prefix, work.graph, now)
            made.append(Made(partial(write_latent, handed.latent, texts), MEDIA_TYPE, node, prefix, "latent"))
    return made


def _fitting(texts: dict[str, str], files: int) -> dict[str, str]:
    """What each of so many files carries: without the editor's document where it would be too much with it."""
    for some in (texts, {"prompt": texts["prompt"]}):
        if files * sum(map(len, some.values())) <= MOST_TEXT:
            return some
    raise Fault(
        JobError(
            kind="invalid",
            detail=f"Each of its {files} files would carry the graph, and {MOST_TEXT >> 20} MB of that are the most. "
            "Send the workflow in parts.",
        )
    )


async def _keep(
    claim: Claim,
    work: Workflow,
    plan: Plan,
    ended: Ended,
    files: list[Made],
    prepared: list[blobs.Prepared],
) -> Sequence[Told]:
    outcome = ended.outcome
    async with transaction():
        if (before := await finishing.ours(claim)) is None:
            return []
        links = await _rows(claim, work, plan, files, prepared)
        # What was reserved is the most: nobody pays more than was said before.
        charged = min(claim.reserved, owed_for(claim, before, outcome.ran).amount)
        if claim.hold_id is None:
            charged = 0
        else:
            charged = await billing.settle(claim.owner.organisation_id, claim.hold_id, charged)
        texts = {node: list(handed.texts) for node, handed in outcome.handed.items() if handed.texts}
        made = await transition(
            claim.job_id, "COMPLETED", lease_id=claim.lease_id,
            detail=Detail(
                outputs=links, charged=charged, engine_ms=round(ended.engine_ms, 3), node_errors=outcome.errors,
                texts=texts, nodes_run=len(outcome.ran), nodes_cached=len(outcome.cached),
                cached=[node for node in plan.nodes if node in outcome.cached],
            ),
            changes={Job.charged: charged, Job.error: None, Job.server: ended.server},
        )  # fmt: skip
        assert made is not None, "its row is locked"
    by_node: dict[str, list[OutputLink]] = {node: [] for node in outcome.handed}
    for one in links:
        by_node[one.node].append(one)
    told: list[Told] = [
        (
            claim.owner,
            JobNode(
                job_id=claim.job_id, attempt=claim.attempt, node=node, class_type=plan.nodes[node].class_type,
                state="cached" if node in outcome.cached else "done", outputs=some,
            ),
        )
        for node, some in by_node.items()
    ]  # fmt: skip
    return [*told, made]


async def _rows(
    claim: Claim, work: Workflow, plan: Plan, files: list[Made], prepared: list[blobs.Prepared]
) -> list[OutputLink]:
    """Assets, outputs and names of files, in the caller's transaction."""
    if not files:
        return []
    owner, now = claim.owner, datetime.now(UTC)
    wanted: dict[Prefix, int] = {}
    for file in files:
        wanted[file.prefix] = wanted.get(file.prefix, 0) + 1
    following = await numbers(owner, wanted)
    links: list[OutputLink] = []
    rows: list[JobOutput] = []
    names: list[FileName] = []
    said = {node: _said(work, plan, node, claim.work) for node in {file.node for file in files}}
    for place, (file, bytes_) in enumerate(zip(files, prepared, strict=True)):
        number = following[file.prefix]
        following[file.prefix] += 1
        named: dict[str, Any] = {
            "folder": file.prefix.folder,
            "subfolder": file.prefix.subfolder,
            "filename": file.prefix.name(number, file.ending),
        }
        metadata, parents = said[file.node]
        asset_id = await outputs.record(
            owner, claim.job_id, place, bytes_, width=file.width, height=file.height, name=named["filename"][:200],
            prompt=file.recipe.prompt if file.recipe else "", metadata=_of_file(metadata, file.recipe),
            parents=parents, temporary=file.prefix.folder == "temp",
        )  # fmt: skip
        rows.append(
            JobOutput(
                organisation_id=owner.organisation_id, job_id=claim.job_id, place=place, asset_id=asset_id,
                node=file.node, **named,
            )
        )  # fmt: skip
        names.append(
            FileName(
                id=uuid7(), organisation_id=owner.organisation_id, user_id=owner.user_id, asset_id=asset_id,
                created_at=now, **named,
            )
        )  # fmt: skip
        links.append(link(asset_id, place, node=file.node, **named))
    await JobOutput.insert(*rows)
    # Somebody may have uploaded a file of that name: the later one has it, as on a disk.
    await FileName.insert(*names).on_conflict(
        target=(
            FileName.organisation_id, FileName.user_id, FileName.folder, FileName.subfolder, FileName.filename,
        ),
        action="DO UPDATE",
        values=[FileName.asset_id, FileName.created_at],
    )  # fmt: skip
    return links


def _said(work: Workflow, plan: Plan, node: str, asked: AnyWork | None = None) -> tuple[Metadata, list[UUID]]:
    """What is said of all files of an output node, and the files that it was made of."""
    used = checkpoints_of(plan, node)
    model = next(iter(used), "")
    parents = [plan.files[name].asset_id for name in files_of(plan, node)]
    if asked is not None and not isinstance(asked, Workflow):
        said = Metadata(
            kind=str(asked.__struct_config__.tag), parameters=msgspec.to_builtins(asked), model=model,
            model_hashes=used.get(model, {}), versions={"studio": version("studio")},
        )  # fmt: skip
        return said, parents
    parameters = msgspec.to_builtins(work)
    # The editor's form of the same graph is in the file, and so is the graph: a large one is not written into each row.
    parameters.pop("document", None)
    if len(msgspec.json.encode(work.graph)) > MOST_SAID:
        del parameters["graph"]
    metadata = Metadata(
        kind="workflow",
        parameters={**parameters, "node": node},
        model=model,
        model_hashes=used.get(model, {}),
        versions={"studio": version("studio")},
    )
    return metadata, parents


def _of_file(metadata: Metadata, recipe: Recipe | None) -> Metadata:
    if recipe is None:
        return metadata
    return msgspec.structs.replace(metadata, recipe=msgspec.to_builtins(recipe), seed=recipe.seed)
