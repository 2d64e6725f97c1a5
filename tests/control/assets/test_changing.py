"""Naming, tagging, rating, sharing, the bin, removal for good; boards; lineage; what all of it takes."""

import httpx
import pytest

from control.ids import uuid7
from tests.control.assets.files import ids, new_asset, upload
from tests.control.people import Person, made, member_of, problem, register, sql


@pytest.fixture(scope="module")
def owner(api: httpx.Client) -> Person:
    return register(api)


def link(database_url: str, owner: Person, child: str, parent: str, relation: str = "img2img") -> None:
    sql(
        database_url,
        "INSERT INTO lineage (id, organisation_id, asset_id, parent_id, relation) VALUES ($1, $2, $3, $4, $5)",
        uuid7(), owner.organisation_id, child, parent, relation,
    )  # fmt: skip


def test_what_people_say_of_it(owner: Person, database_url: str) -> None:
    asset = new_asset(database_url, owner)
    changed = made(owner.patch(f"/assets/{asset}", name="Circle", rating=5, tags=["b", "a", "b"]))
    assert (changed["name"], changed["rating"], changed["tags"]) == ("Circle", 5, ["a", "b"])
    # What is left out stays; tags are all of them.
    changed = made(owner.patch(f"/assets/{asset}", tags=["c", "a"]))
    assert (changed["name"], changed["rating"], changed["tags"]) == ("Circle", 5, ["a", "c"])
    assert made(owner.patch(f"/assets/{asset}", tags=[]))["tags"] == []
    events = made(owner.get("/audit/events", subject_id=asset))["items"]
    assert [event["act"] for event in events] == ["asset.update"] * 3
    assert events[-1]["before"] == {"name": "test", "rating": 0, "tags": []}
    # Nothing changes, nothing is told.
    made(owner.patch(f"/assets/{asset}", name="Circle"))
    assert len(made(owner.get("/audit/events", subject_id=asset))["items"]) == 3


@pytest.mark.parametrize(
    "patch",
    [
        {"rating": 6}, {"rating": -1}, {"rating": 2.5}, {"name": ""}, {"name": " x"}, {"name": "a\nb"},
        {"tags": ["a,b"]}, {"tags": [""]}, {"tags": ["x" * 51]}, {"tags": ["x\x00"]},
        {"tags": [str(n) for n in range(51)]}, {"tags": None}, {"prompt": "another"}, {"team_id": "x"},
    ],
)  # fmt: skip
def test_nonsense_is_refused(owner: Person, database_url: str, patch: dict[str, object]) -> None:
    problem(owner.patch(f"/assets/{new_asset(database_url, owner)}", **patch), 400)


def test_it_is_shared_with_ones_own_teams(owner: Person, database_url: str) -> None:
    asset = new_asset(database_url, owner)
    team = made(owner.post("/teams", name="Ours"))["id"]
    user = member_of(owner, database_url)
    mine = new_asset(database_url, user)
    problem(user.patch(f"/assets/{mine}", team_id=team), 403, "teams that you are in")
    problem(user.post("/boards", name="x", team_id=team), 403)
    assert made(owner.patch(f"/assets/{asset}", team_id=team))["team_id"] == team
    assert made(owner.patch(f"/assets/{asset}", team_id=None))["team_id"] is None
    problem(owner.patch(f"/assets/{asset}", team_id=str(uuid7())), 404, "team")


def test_the_bin(owner: Person, database_url: str) -> None:
    asset, other = new_asset(database_url, owner), new_asset(database_url, owner)
    assert owner.delete(f"/assets/{asset}").status_code == 204
    for answer in (
        owner.get(f"/assets/{asset}"),
        owner.delete(f"/assets/{asset}"),
        owner.patch(f"/assets/{asset}"),
    ):
        problem(answer, 404)
    assert asset not in ids(owner.get("/assets"))
    [binned] = made(owner.get("/assets", deleted=True))["items"]
    assert binned["id"] == asset
    assert binned["deleted_at"]
    assert made(owner.post(f"/assets/{asset}/undelete"))["deleted_at"] is None
    assert made(owner.post(f"/assets/{asset}/undelete"))["deleted_at"] is None
    assert ids(owner.get("/assets", deleted=True)) == []
    assert {asset, other} <= set(ids(owner.get("/assets")))


def test_many_at_once_all_or_none(owner: Person, database_url: str) -> None:
    mine = [new_asset(database_url, owner) for _ in range(3)]
    user = member_of(owner, database_url)
    theirs = new_asset(database_url, user)
    missing = problem(user.post("/assets/delete", asset_ids=[theirs, *mine]), 404, "3 of these")
    assert missing["asset_ids"] == sorted(mine)
    assert made(user.get(f"/assets/{theirs}"))["deleted_at"] is None
    # Twice the same is once; who manages may do it to everybody's.
    assert made(owner.post("/assets/delete", asset_ids=[theirs, *mine, *mine])) == {"changed": 4}
    assert made(owner.post("/assets/delete", asset_ids=mine)) == {"changed": 0}
    assert set(ids(owner.get("/assets", deleted=True))) == {theirs, *mine}
    problem(owner.post("/assets/delete", asset_ids=[]), 400)
    problem(owner.post("/assets/delete", asset_ids=[str(uuid7())] * 101), 400)


def test_removed_for_good(owner: Person, database_url: str) -> None:
    kept, binned, *several = [new_asset(database_url, owner) for _ in range(4)]
    made(owner.delete(f"/assets/{binned}"))
    for asset in (kept, binned):
        assert owner.request("DELETE", f"/assets/{asset}", params={"forever": True}).status_code == 204
        problem(owner.post(f"/assets/{asset}/undelete"), 404)
    assert made(owner.post("/assets/delete", asset_ids=several, forever=True)) == {"changed": 2}
    assert not {kept, binned, *several} & set(ids(owner.get("/assets", deleted=True)))
    user = member_of(owner, database_url)
    problem(
        user.request("DELETE", f"/assets/{new_asset(database_url, owner)}", params={"forever": True}), 404
    )
    [event, *_] = made(owner.get("/audit/events", act="asset.purge"))["items"]
    assert {file["id"] for file in event["before"]["files"]} == set(several)


def test_tags_of_many(owner: Person, database_url: str) -> None:
    first, second = (new_asset(database_url, owner) for _ in range(2))
    made(owner.patch(f"/assets/{first}", tags=["old", "both"]))
    both = [first, second]
    assert made(owner.post("/assets/tag", asset_ids=both, add=["new", "both"], remove=["old"])) == {
        "changed": 2
    }
    assert [made(owner.get(f"/assets/{a}"))["tags"] for a in both] == [["both", "new"]] * 2
    assert made(owner.post("/assets/tag", asset_ids=both, add=["new"])) == {"changed": 0}
    problem(owner.post("/assets/tag", asset_ids=both, add=["x"], remove=["x"]), 409, "x")
    many = [f"tag {n}" for n in range(48)]
    made(owner.post("/assets/tag", asset_ids=[first], add=many))
    refused = problem(owner.post("/assets/tag", asset_ids=both, add=["one more"]), 409, "50 tags")
    assert refused["asset_ids"] == [first]
    # None, not half of them.
    assert made(owner.get(f"/assets/{second}"))["tags"] == ["both", "new"]


def test_boards(owner: Person, database_url: str) -> None:
    board = made(owner.post("/boards", name="Mood"))
    path = f"/boards/{board['id']}"
    assets = [new_asset(database_url, owner) for _ in range(3)]
    assert made(owner.post(f"{path}/assets", asset_ids=assets[1:])) == {"changed": 2}
    assert made(owner.post(f"{path}/assets", asset_ids=assets)) == {"changed": 1}
    # In the order in which they came there.
    assert set(ids(owner.get(f"{path}/assets", limit=2))) == {*assets[1:]}
    assert ids(owner.get(f"{path}/assets"))[2:] == assets[:1]
    page = made(owner.get(f"{path}/assets", limit=1))
    assert len(page["items"]) == 1
    rest = made(owner.get(f"{path}/assets", limit=5, cursor=page["next_cursor"]))
    assert {a["id"] for a in page["items"] + rest["items"]} == set(assets)
    assert owner.delete(f"{path}/assets/{assets[0]}").status_code == 204
    problem(owner.delete(f"{path}/assets/{assets[0]}"), 404, "not on the board")
    made(owner.delete(f"/assets/{assets[1]}"))
    assert ids(owner.get(f"{path}/assets")) == [assets[2]]
    assert made(owner.get(f"/assets/{assets[2]}"))["board_ids"] == [board["id"]]
    assert made(owner.patch(path, name="Moods"))["name"] == "Moods"
    assert made(owner.delete(path)) is None
    problem(owner.get(path), 404)
    assert made(owner.get(f"/assets/{assets[2]}"))["board_ids"] == []


def test_a_teams_board(owner: Person, database_url: str) -> None:
    team = made(owner.post("/teams", name="Together"))["id"]
    first, second = (member_of(owner, database_url, "user", team) for _ in range(2))
    outside, viewer = member_of(owner, database_url), member_of(owner, database_url, "viewer", team)
    board = made(first.post("/boards", name="Team", team_id=team))["id"]
    private = made(first.post("/boards", name="Private"))["id"]
    assert ids(second.get("/boards")) == ids(viewer.get("/boards")) == [board]
    assert set(ids(first.get("/boards"))) == {board, private}
    assert ids(outside.get("/boards")) == []
    problem(outside.get(f"/boards/{board}"), 404)
    problem(outside.get("/assets", board_id=board), 404)
    # Its members put their assets on it, which each of them sees as far as the assets are shared.
    hidden = new_asset(database_url, second)
    shown = new_asset(database_url, second, team_id=team)
    assert made(second.post(f"/boards/{board}/assets", asset_ids=[hidden, shown])) == {"changed": 2}
    assert set(ids(second.get(f"/boards/{board}/assets"))) == {hidden, shown}
    assert ids(first.get(f"/boards/{board}/assets")) == [shown]
    assert ids(first.get("/assets", board_id=board)) == [shown]
    problem(first.put(f"/boards/{board}/assets/{hidden}"), 404)
    problem(viewer.put(f"/boards/{board}/assets/{shown}"), 403)
    # The board itself is its maker's.
    problem(second.patch(f"/boards/{board}", name="Mine"), 403)
    problem(second.delete(f"/boards/{board}"), 403)
    made(owner.patch(f"/boards/{board}", name="The admin's"))


def test_lineage(owner: Person, database_url: str) -> None:
    user = member_of(owner, database_url)
    grandparent, parent, asset, child, other_child, grandchild = [
        new_asset(database_url, user) for _ in range(6)
    ]
    hidden, beyond = new_asset(database_url, owner), new_asset(database_url, user)
    for below, above in (
        (parent, grandparent), (asset, parent), (child, asset), (other_child, asset), (grandchild, child),
        (hidden, asset), (beyond, hidden),
        # Two ways to the same one: the shorter one is shown.
        (grandchild, asset),
    ):  # fmt: skip
        link(database_url, owner, below, above)
    made(user.delete(f"/assets/{other_child}"))
    family = made(user.get(f"/assets/{asset}/lineage"))
    seen = {
        way: [(r["asset"]["id"], r["nearer_id"], r["distance"]) for r in family[way]]
        for way in ("ancestors", "descendants")
    }
    assert seen["ancestors"] == [(parent, asset, 1), (grandparent, parent, 2)]
    # What is somebody else's, or in the bin, is not shown; what comes after it is.
    assert sorted(seen["descendants"]) == sorted(
        [(child, asset, 1), (grandchild, asset, 1), (beyond, hidden, 2)]
    )
    assert family["complete"] is True
    assert {relative["relation"] for relative in family["ancestors"]} == {"img2img"}
    assert made(user.get(f"/assets/{asset}"))["parents"] == [parent]
    # Of one that is gone, nothing is told.
    sql(database_url, "DELETE FROM assets WHERE id = $1", parent)
    assert made(user.get(f"/assets/{asset}"))["parents"] == []
    assert made(user.get(f"/assets/{asset}/lineage"))["ancestors"] == []


def test_lineage_has_an_end(owner: Person, database_url: str) -> None:
    line = [new_asset(database_url, owner) for _ in range(14)]
    for child, parent in zip(line[1:], line, strict=False):
        link(database_url, owner, child, parent)
    # And a circle, which nothing we do makes.
    link(database_url, owner, line[0], line[3])
    family = made(owner.get(f"/assets/{line[-1]}/lineage"))
    assert [relative["distance"] for relative in family["ancestors"]] == [*range(1, 11)]
    assert family["complete"] is False
    assert made(owner.get(f"/assets/{line[8]}/lineage"))["complete"] is True


def test_usage(api: httpx.Client, database_url: str) -> None:
    person = register(api)
    empty = made(person.get("/assets/usage"))
    assert empty == {"bytes": 0, "archived_bytes": 0, "assets": 0, "deleted": 0, "quota_bytes": 1024**3}
    first = upload(person)
    second = upload(person)
    made(person.delete(f"/assets/{second['id']}"))
    usage = made(person.get("/assets/usage"))
    assert usage == empty | {"bytes": first["size"] + second["size"], "assets": 1, "deleted": 1}
    thumbnail = person.get(f"/assets/{first['id']}/content", form="256.webp")
    assert made(person.get("/assets/usage"))["bytes"] == usage["bytes"] + len(thumbnail.content)
