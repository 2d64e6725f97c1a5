"""Listing and searching: what is found, in which order, and whose."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from control.access.permissions import PERMISSIONS
from control.access.principal import Principal
from control.assets import finding
from control.assets.finding import Filters
from control.database.engine import transaction
from control.ids import uuid7
from tests.control.assets.files import ids, new_asset
from tests.control.people import Person, made, member_of, problem, register, sql

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def owner(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture(scope="module")
def found(owner: Person, database_url: str) -> dict[str, str]:
    """Name → id of some assets."""
    rows = {
        "fox": {"prompt": "a red fox in the snow, by a river", "model": "pocket", "rating": 5},
        "foxes": {"prompt": "fox and fox cub, fox den, red leaves", "model": "pocket", "kind": "upload"},
        "owl": {"prompt": "an owl at night in the snow", "model": "sdxl", "rating": 3},
        "Königsfuchs": {"prompt": "ein roter Fuchs, 狐 im Schnee", "model": "sdxl"},
        "percent 100%_'": {"prompt": "O'Hara's 'quoted' \\ (words:1.2) & | ! <-> :*"},
        "old": {"prompt": "fox", "at": NOW - timedelta(days=400)},
    }
    return {name: new_asset(database_url, owner, name, **row) for name, row in rows.items()}  # type: ignore[arg-type]


def names(person: Person, found: dict[str, str], **query: object) -> list[str]:
    by_id = {asset_id: name for name, asset_id in found.items()}
    return [by_id[i] for i in ids(person.get("/assets", **query))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("owl", {"owl"}),
        ("OWL snow", {"owl"}),
        ("fox river", {"fox"}),
        ("fox or owl", {"fox", "foxes", "owl", "old"}),
        ("fox -cub", {"fox", "old"}),
        ('"red fox"', {"fox"}),
        ('"fox red"', set()),
        # Names as well, and every script.
        ("königsfuchs", {"Königsfuchs"}),
        ("狐", {"Königsfuchs"}),
        ("quoted", {"percent 100%_'"}),
        # Nothing in it means anything to a database.
        ("'; DROP TABLE assets; --", set()),
        ("100%_'", {"percent 100%_'"}),
        ("& | ! <-> :*", set()),
        ("{} $1 %s", set()),
        ("\\", set()),
        ('"', set()),
        ("fo", set()),
    ],
)
def test_words(owner: Person, found: dict[str, str], text: str, expected: set[str]) -> None:
    assert set(names(owner, found, text=text)) == expected


def test_the_most_relevant_first(owner: Person, found: dict[str, str]) -> None:
    # The word alone, three times among six, once among eight.
    assert names(owner, found, text="fox") == ["old", "foxes", "fox"]
    assert names(owner, found, text="fox", sort="newest") == ["old", "foxes", "fox"]
    assert names(owner, found, text="fox", sort="oldest") == ["fox", "foxes", "old"]
    assert names(owner, found, text="snow") == ["owl", "fox"]
    problem(owner.get("/assets", sort="relevance"), 400, "text")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"model": "sdxl"}, {"owl", "Königsfuchs"}),
        ({"model": "sdx"}, set()),
        ({"kind": "upload"}, {"foxes"}),
        ({"rating_min": 3}, {"fox", "owl"}),
        ({"rating_min": 4, "text": "snow"}, {"fox"}),
        ({"created_before": (NOW - timedelta(days=1)).isoformat()}, {"old"}),
        ({"created_after": (NOW - timedelta(days=1)).isoformat(), "text": "fox"}, {"fox", "foxes"}),
        ({"deleted": True}, set()),
        ({"mine": True, "model": "pocket"}, {"fox", "foxes"}),
        ({"job_id": str(uuid7())}, set()),
    ],
)
def test_filters(owner: Person, found: dict[str, str], query: dict[str, object], expected: set[str]) -> None:
    assert set(names(owner, found, **query)) == expected


def test_tags_and_boards(owner: Person, found: dict[str, str]) -> None:
    made(owner.patch(f"/assets/{found['fox']}", tags=["animal", "day light"]))
    made(owner.patch(f"/assets/{found['owl']}", tags=["animal", "night"]))
    assert set(names(owner, found, tag="animal")) == {"fox", "owl"}
    assert names(owner, found, tag="animal,night") == ["owl"]
    assert names(owner, found, tag=" day light ") == ["fox"]
    assert names(owner, found, tag="Animal") == []
    problem(owner.get("/assets", tag=",".join(map(str, range(11)))), 400, "10 tags")
    board = made(owner.post("/boards", name="Night"))["id"]
    made(owner.put(f"/boards/{board}/assets/{found['owl']}"))
    assert names(owner, found, board_id=board) == ["owl"]
    assert names(owner, found, board_id=board, text="fox") == []


@pytest.mark.parametrize(
    "query", [{}, {"sort": "oldest"}, {"text": "cat"}, {"text": "cat", "sort": "newest"}]
)
def test_pages_hold_everything_once(api: httpx.Client, database_url: str, query: dict[str, str]) -> None:
    person = register(api)
    # Many of the same rank.
    wanted = [new_asset(database_url, person, prompt="cat " * (i % 3 + 1)) for i in range(11)]
    listed: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(20):
        page = made(person.get("/assets", limit=2, **query, **cursor))
        listed += [item["id"] for item in page["items"]]
        # One that comes in between moves nothing of what was listed.
        new_asset(database_url, person, prompt="dog")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    cats = [asset_id for asset_id in listed if asset_id in wanted]
    assert sorted(cats) == sorted(wanted)
    assert len(set(listed)) == len(listed)
    if query.get("sort") == "oldest":
        assert cats == wanted
    elif "text" not in query or "sort" in query:
        assert cats == wanted[::-1]


def test_a_cursor_of_another_order_is_refused(owner: Person, found: dict[str, str]) -> None:
    cursor = made(owner.get("/assets", limit=1))["next_cursor"]
    problem(owner.get("/assets", text="fox", cursor=cursor), 400, "cursor")
    ranked = made(owner.get("/assets", text="fox", limit=1))["next_cursor"]
    problem(owner.get("/assets", cursor=ranked), 400, "cursor")
    for nonsense in ("x", "AAAA", "é", "=" * 20):
        problem(owner.get("/assets", text="fox", cursor=nonsense), 400, "cursor")


def test_one_sees_ones_own_ones_teams_and_with_the_permission_all(
    api: httpx.Client, database_url: str
) -> None:
    owner = register(api)
    team = made(owner.post("/teams", name="Shared"))["id"]
    inside, outside = (
        member_of(owner, database_url, "user", team), member_of(owner, database_url, "user")
    )  # fmt: skip
    stranger = register(api)
    private = new_asset(database_url, inside, "private", prompt="secret badger")
    shared = new_asset(database_url, inside, "shared", prompt="secret badger", team_id=team)
    foreign = new_asset(database_url, stranger, "foreign", prompt="secret badger")
    for query in ({"text": "badger"}, {}, {"text": "badger", "sort": "newest"}):
        assert set(ids(inside.get("/assets", **query))) == {private, shared}
        assert ids(outside.get("/assets", **query)) == []
        assert set(ids(owner.get("/assets", **query))) == {private, shared}
        assert ids(stranger.get("/assets", **query)) == [foreign]
    colleague = member_of(owner, database_url, "user", team)
    assert ids(colleague.get("/assets")) == [shared]
    assert ids(colleague.get("/assets", mine=True)) == []
    assert ids(inside.get("/assets", team_id=team)) == [shared]
    # What one sees and did not make, one does not change.
    assert problem(colleague.patch(f"/assets/{shared}", rating=1), 403)["permission"] == "asset:manage"
    problem(colleague.delete(f"/assets/{shared}"), 403)
    problem(colleague.patch(f"/assets/{private}", rating=1), 404)
    problem(stranger.get("/assets", team_id=team), 404)
    made(owner.patch(f"/assets/{shared}", rating=4))


@pytest.fixture
def many(api: httpx.Client, database_url: str) -> Person:
    """Somebody in an organisation of 5,000 assets, a tenth of them theirs."""
    owner = register(api)
    colleague = member_of(owner, database_url)
    new_asset(database_url, owner, "template")
    sql(
        database_url,
        "INSERT INTO assets (id, organisation_id, user_id, blob_id, kind, name, media_type, width, height, place, prompt, "
        "model, rating, temporary, created_at) SELECT gen_random_uuid(), organisation_id, "
        "CASE WHEN n % 10 = 0 THEN user_id ELSE $2::uuid END, blob_id, kind, 'asset ' || n, media_type, width, height, 0, "
        "'picture number' || n || ' of ' || n % 7, 'pocket', n % 6, false, now() "
        "FROM assets, generate_series(1, 5000) n WHERE organisation_id = $1",
        owner.organisation_id, colleague.id,
    )  # fmt: skip
    # As autovacuum does: statistics, and new words out of the index's waiting list.
    sql(database_url, "VACUUM ANALYZE assets")
    sql(
        database_url,
        "INSERT INTO asset_tags (id, organisation_id, asset_id, tag) SELECT gen_random_uuid(), organisation_id, id, "
        "'tag' || row_number() OVER () % 500 FROM assets WHERE organisation_id = $1",
        owner.organisation_id,
    )
    sql(database_url, "ANALYZE asset_tags")
    return owner


@pytest.mark.usefixtures("pool")
async def test_5000_assets_are_listed_and_searched_by_indexes(many: Person) -> None:
    """Not by reading all: what PostgreSQL plans."""
    who = Principal(
        user_id=UUID(many.id), email="", name="", organisation_id=UUID(many.organisation_id), tier="free",
        role="user", team_id=None, permissions=frozenset(PERMISSIONS) - {"asset:manage"},
    )  # fmt: skip
    admin = Principal(
        user_id=UUID(many.id), email="", name="", organisation_id=UUID(many.organisation_id), tier="free",
        role="admin", team_id=None, permissions=frozenset(PERMISSIONS),
    )  # fmt: skip
    indexes = {}
    for name, principal, filters in (
        ("mine", who, Filters()),
        ("all", admin, Filters()),
        ("search", who, Filters(text="number4321")),
        ("search all", admin, Filters(text="number4321 or number4322")),
        ("tag", admin, Filters(tags=["tag5"])),
        ("job", admin, Filters(job_id=uuid7())),
    ):
        query = await finding.ordered(principal, filters, None, None, 50)
        async with transaction():
            [row] = await query.table.raw(f"EXPLAIN (FORMAT JSON) {query.querystrings[0]}")
        plan = json.dumps(json.loads(row["QUERY PLAN"]))
        assert (
            '"Seq Scan", "Parallel Aware": false, "Async Capable": false, "Relation Name": "assets"'
            not in plan
        ), name
        indexes[name] = plan
    assert "assets_words" in indexes["search"]
    assert "assets_words" in indexes["search all"]
    assert "assets_of_organisation" in indexes["all"]
    assert "assets_of_user" in indexes["mine"]
    assert "asset_tags_words" in indexes["tag"]
    assert "assets_job_id" in indexes["job"]
