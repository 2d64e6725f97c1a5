"""Teams, and what a team_admin may do with whose."""

import httpx
import pytest

from tests.control.people import Person, made, member_of, problem, register


@pytest.fixture
def admin(api: httpx.Client) -> Person:
    return register(api)


def test_a_team_from_beginning_to_end(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url)
    team = made(admin.post("/teams", name="Animation"))
    path = f"/teams/{team['id']}"
    problem(admin.post("/teams", name="Animation"), 409, "Choose another name")
    assert made(admin.patch(path, name="Stills"))["name"] == "Stills"
    assert made(grace.get(path)) == {**team, "name": "Stills"}
    assert made(grace.get("/teams"))["items"] == [{**team, "name": "Stills"}]
    made(admin.put(f"{path}/members/{grace.id}"))
    made(admin.put(f"{path}/members/{grace.id}"))
    assert [m["user_id"] for m in made(grace.get(f"{path}/members"))["items"]] == [admin.id, grace.id]
    made(admin.delete(f"{path}/members/{grace.id}"))
    problem(admin.delete(f"{path}/members/{grace.id}"), 404, "not in the team")
    made(admin.delete(path))
    problem(admin.get(path), 404)
    acts = [e["act"] for e in reversed(made(admin.get("/audit/events", act="team."))["items"])]
    assert acts == ["team.create", "team.update", "team.add_member", "team.remove_member", "team.delete"]


def test_a_team_that_goes_takes_nobody_with_it(admin: Person, database_url: str) -> None:
    team = made(admin.post("/teams", name="Animation"))["id"]
    grace = member_of(admin, database_url, team_id=team)
    assert made(grace.get("/me"))["team_id"] == team
    made(admin.post("/invitations", email="x@example.com", team_id=team))
    made(admin.delete(f"/teams/{team}"))
    # Its name was in the token.
    assert problem(grace.get("/me"), 401)["reason"] == "stale"
    assert made(admin.get(f"/members/{grace.id}"))["team_id"] is None
    assert made(admin.get("/invitations"))["items"] == []


def test_who_leaves_the_team_they_work_in_works_in_none(admin: Person, database_url: str) -> None:
    team = made(admin.post("/teams", name="Animation"))["id"]
    grace = member_of(admin, database_url, team_id=team)
    made(admin.delete(f"/teams/{team}/members/{grace.id}"))
    assert problem(grace.get("/me"), 401)["reason"] == "stale"
    assert made(admin.get(f"/members/{grace.id}"))["team_id"] is None


def test_a_team_admin_manages_the_teams_they_are_in(admin: Person, database_url: str) -> None:
    own, other = (made(admin.post("/teams", name=name))["id"] for name in ("Own", "Other"))
    lead = member_of(admin, database_url, "team_admin", own)
    grace = member_of(admin, database_url)

    made(lead.patch(f"/teams/{own}", name="Ours"))
    made(lead.put(f"/teams/{own}/members/{grace.id}"))
    made(lead.delete(f"/teams/{own}/members/{grace.id}"))
    for answer in (
        lead.patch(f"/teams/{other}", name="Ours too"),
        lead.put(f"/teams/{other}/members/{lead.id}"),
        lead.delete(f"/teams/{other}/members/{admin.id}"),
    ):
        assert problem(answer, 403)["permission"] == "team:manage"
    problem(lead.post("/teams", name="New"), 403, "team:create")
    problem(lead.delete(f"/teams/{own}"), 403, "team:delete")

    # The same goes for invitations: to own teams, to roles that may do no more.
    made(lead.post("/invitations", email="a@example.com", team_id=own))
    problem(lead.post("/invitations", email="b@example.com", team_id=other), 403)
    problem(lead.post("/invitations", email="c@example.com"), 403, "Name a team")
    problem(
        lead.post("/invitations", email="d@example.com", team_id=own, role="admin"), 403, "invite to a role"
    )
    made(admin.post("/invitations", email="e@example.com", team_id=other))
    made(admin.post("/invitations", email="f@example.com"))
    assert [i["email"] for i in made(lead.get("/invitations"))["items"]] == ["a@example.com"]
    seen = {i["email"]: i["id"] for i in made(admin.get("/invitations"))["items"]}
    assert set(seen) == {"a@example.com", "e@example.com", "f@example.com"}
    problem(lead.delete(f"/invitations/{seen['e@example.com']}"), 403)
    problem(lead.delete(f"/invitations/{seen['f@example.com']}"), 403)
    made(lead.delete(f"/invitations/{seen['a@example.com']}"))


def test_a_team_admin_of_no_team_sees_no_invitation(admin: Person, database_url: str) -> None:
    made(admin.post("/invitations", email="a@example.com"))
    assert made(member_of(admin, database_url, "team_admin").get("/invitations"))["items"] == []
