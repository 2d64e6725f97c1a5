"""Pictures of jobs: all that they were made of, whose they are, and what they came from."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from control.assets import blobs, reading
from control.assets.outputs import record_output
from control.assets.storage import Storage
from control.database.engine import transaction
from control.errors import NotFound
from control.ids import uuid7
from control.jobs.requests import Img2Img, Txt2Img, Work
from control.realtime.bus import Owner
from ensembles.manifest import Manifest
from tests.control.assets.hostile import saved
from tests.control.people import Person, made, member_of, problem

MANIFEST = Manifest(
    name="pocket", architecture="pocket-1", context_dim=64, weights={"unet": "ab" * 32, "vae": "cd" * 32}
)
RECIPE = {"prompt": "a red circle", "seed": 2**63 + 5, "steps": 4, "version": "0.1.0"}
pytestmark = pytest.mark.usefixtures("pool")


async def record(
    storage: Storage,
    who: Person,
    work: Work,
    data: bytes,
    parent: UUID | None = None,
    team: str | None = None,
) -> UUID:
    owner = Owner(UUID(who.organisation_id), UUID(who.id), UUID(team) if team else None)
    prepared = await blobs.prepare(storage, owner.organisation_id, data, "image/png")
    async with transaction():
        return await record_output(
            owner, uuid7(), 0, prepared,
            width=64, height=40, work=work, manifest=MANIFEST, recipe=RECIPE, parent=parent,
        )  # fmt: skip


async def ask(call: Any, *arguments: Any) -> Any:
    """A request of the tests' own client, beside this event loop."""
    return await asyncio.to_thread(call, *arguments)


async def test_an_output_tells_all_that_it_was_made_of(storage: Storage, ada: Person) -> None:
    work = Txt2Img(prompt="a red circle", seed=2**63 + 5, steps=4, width=64, height=40)
    asset_id = await record(storage, ada, work, saved("PNG"))
    asset = made(await ask(ada.get, f"/assets/{asset_id}"))
    assert (asset["kind"], asset["prompt"], asset["model"], asset["width"]) == (
        "output",
        "a red circle",
        "pocket",
        64,
    )
    metadata = asset["metadata"]
    assert metadata["kind"] == "txt2img"
    assert metadata["parameters"]["steps"] == 4
    assert metadata["parameters"]["sampler"] == work.sampler
    assert metadata["model_hashes"] == MANIFEST.weights
    assert metadata["seed"] == RECIPE["seed"]
    assert metadata["versions"] == {"studio": "0.1.0", "architecture": "pocket-1"}
    assert metadata["recipe"] == RECIPE
    assert await reading.picture(storage, UUID(ada.organisation_id), asset_id) == saved("PNG")


async def test_what_was_begun_with_another_picture_names_it(storage: Storage, ada: Person) -> None:
    parent = await record(storage, ada, Txt2Img(prompt="first", width=64, height=40), saved("PNG"))
    work = Img2Img(prompt="second", image=parent, strength=0.5, width=64, height=40)
    child = await record(storage, ada, work, saved("PNG"), parent)
    asset = made(await ask(ada.get, f"/assets/{child}"))
    assert asset["parents"] == [str(parent)]
    assert asset["metadata"]["parameters"]["strength"] == 0.5


async def test_a_teams_job_makes_pictures_that_the_team_sees(
    storage: Storage, ada: Person, database_url: str
) -> None:
    def people() -> tuple[str, Person, Person]:
        team = made(ada.post("/teams", name="Animation"))["id"]
        return team, member_of(ada, database_url, team_id=team), member_of(ada, database_url)

    team, insider, outsider = await asyncio.to_thread(people)
    asset_id = await record(storage, ada, Txt2Img(prompt="x", width=64, height=40), saved("PNG"), team=team)
    assert made(await ask(insider.get, f"/assets/{asset_id}"))["team_id"] == team
    problem(await ask(outsider.get, f"/assets/{asset_id}"), 404)
    made(await ask(ada.get, f"/assets/{asset_id}"))


async def test_a_transaction_that_fails_leaves_no_output(storage: Storage, ada: Person) -> None:
    organisation = UUID(ada.organisation_id)
    owner = Owner(organisation, UUID(ada.id))
    prepared = await blobs.prepare(storage, organisation, saved("PNG"), "image/png")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async with transaction():
            await record_output(
                owner, uuid7(), 0, prepared,
                width=64, height=40, work=Txt2Img(prompt="x"), manifest=MANIFEST, recipe=RECIPE, parent=None,
            )  # fmt: skip
            raise ZeroDivisionError
    assert made(await ask(ada.get, "/assets"))["items"] == []
    # The same bytes can still be kept: the intent is there again.
    async with transaction():
        await blobs.keep(organisation, prepared)


async def test_another_organisations_picture_is_none(storage: Storage, ada: Person) -> None:
    asset_id = await record(storage, ada, Txt2Img(prompt="x", width=64, height=40), saved("PNG"))
    with pytest.raises(NotFound):
        await reading.picture(storage, uuid7(), asset_id)
