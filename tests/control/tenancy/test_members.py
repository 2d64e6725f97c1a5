"""Members: who may change whom, and what ends when somebody is removed."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.control.people import Person, made, member_of, new_invitation, problem, register, sql


@pytest.fixture
def admin(api: httpx.Client) -> Person:
    return register(api)


def test_members_are_listed_page_by_page(admin: Person, database_url: str) -> None:
    others = [member_of(admin, database_url) for _ in range(3)]
    first = made(admin.get("/members", limit=2))
    second = made(admin.get("/members", limit=2, cursor=first["next_cursor"]))
    assert [m["user_id"] for m in first["items"] + second["items"]] == [admin.id, *(o.id for o in others)]
    assert second["next_cursor"] is None
    assert first["items"][0] == {
        "user_id": admin.id,
        "email": admin.email,
        "name": "Ada",
        "role": "admin",
        "team_id": None,
        "joined_at": first["items"][0]["joined_at"],
    }
    assert made(admin.get(f"/members/{others[0].id}")) == first["items"][1]


def test_a_change_of_role_makes_tokens_stale(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url, "viewer")
    problem(grace.post("/teams", name="Animation"), 403, "team:create")
    changed = made(admin.patch(f"/members/{grace.id}", role="admin"))
    assert changed["role"] == "admin"
    assert problem(grace.get("/me"), 401)["reason"] == "stale"
    grace.refresh()
    assert grace.role == "admin"
    made(grace.post("/teams", name="Animation"))


def test_a_patch_that_changes_nothing_ends_no_token(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url)
    for body in ({}, {"role": "user"}, {"team_id": None}):
        made(admin.patch(f"/members/{grace.id}", **body))
    made(grace.get("/me"))


def test_the_team_one_works_in(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url)
    team = made(admin.post("/teams", name="Animation"))["id"]
    made(admin.patch(f"/members/{grace.id}", team_id=team))
    grace.refresh()
    assert made(grace.get("/me"))["team_id"] == team
    assert grace.id in {m["user_id"] for m in made(admin.get(f"/teams/{team}/members"))["items"]}
    made(admin.patch(f"/members/{grace.id}", team_id=None))
    grace.refresh()
    assert made(grace.get("/me"))["team_id"] is None


def test_the_last_admin_stays(admin: Person, database_url: str) -> None:
    member_of(admin, database_url)
    for answer in (
        admin.patch(f"/members/{admin.id}", role="user"),
        admin.delete(f"/members/{admin.id}"),
        admin.post(f"/organisations/{admin.organisation_id}/leave"),
    ):
        problem(answer, 409, "last admin")
    # An admin whose account is disabled rules nothing.
    second = member_of(admin, database_url, "admin")
    sql(database_url, "UPDATE users SET disabled_at = now() WHERE id = $1", second.id)
    problem(admin.patch(f"/members/{admin.id}", role="user"), 409, "last admin")
    sql(database_url, "UPDATE users SET disabled_at = NULL WHERE id = $1", second.id)
    made(admin.patch(f"/members/{admin.id}", role="user"))


def test_two_admins_who_remove_each_other_leave_one(api: httpx.Client, database_url: str) -> None:
    for _ in range(5):
        first = register(api)
        second = member_of(first, database_url, "admin")
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(lambda p: p[0].delete(f"/members/{p[1].id}"), [(first, second), (second, first)])
            )
        assert sorted(a.status_code for a in answers) in ([204, 401], [204, 404], [204, 409])
        rows = sql(
            database_url,
            "SELECT count(*) FROM memberships WHERE organisation_id = $1 AND role = 'admin'",
            first.organisation_id,
        )
        assert rows == [(1,)]


def test_nobody_gives_or_takes_more_than_they_have(admin: Person, database_url: str) -> None:
    made(
        admin.post(
            "/roles",
            name="personnel",
            permissions=[
                "member:read",
                "member:update",
                "member:remove",
                "role:read",
                "role:create",
                "role:update",
            ],
        )
    )
    clerk = member_of(admin, database_url, "personnel")
    grace = member_of(admin, database_url, "viewer")
    assert "team:manage" in problem(clerk.patch(f"/members/{clerk.id}", role="admin"), 403)["permissions"]
    # A viewer sees the organisation and teams, which this clerk may not.
    problem(clerk.patch(f"/members/{grace.id}", role="personnel"), 403, "change a member")
    problem(clerk.patch(f"/members/{admin.id}", role="personnel"), 403, "change a member")
    problem(clerk.delete(f"/members/{admin.id}"), 403, "remove a member")
    problem(clerk.post("/roles", name="more", permissions=["audit:read"]), 403, "make a role")
    own = made(clerk.post("/roles", name="less", permissions=["member:read"]))
    problem(clerk.patch(f"/roles/{own['id']}", permissions=["member:read", "audit:read"]), 403, "put them")
    assert made(admin.get(f"/members/{admin.id}"))["role"] == "admin"


def test_an_api_key_gives_no_more_than_its_scopes(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url, "viewer")
    scopes = ["member:read", "member:update", "organisation:read"]
    key = made(admin.post("/api-keys", name="script", scopes=scopes))["key"]
    answer = admin.api.patch(
        f"/api/v1/members/{grace.id}", json={"role": "admin"}, headers={"Authorization": f"Bearer {key}"}
    )
    problem(answer, 403)


def test_removal_ends_sessions_and_api_keys_here_and_nowhere_else(
    admin: Person, api: httpx.Client, database_url: str
) -> None:
    grace = member_of(admin, database_url, "admin")
    key = made(grace.post("/api-keys", name="script", scopes=["member:read"]))["key"]
    with_key = {"Authorization": f"Bearer {key}"}
    assert api.get("/api/v1/members", headers=with_key).is_success
    # Another organisation of the same person.
    home = made(grace.post("/organisations", name="Elsewhere"))["id"]
    elsewhere = Person(api, grace.email, made(grace.post("/auth/switch", organisation_id=home)))
    grace.login()
    grace.take(made(grace.post("/auth/switch", organisation_id=admin.organisation_id)))

    made(admin.delete(f"/members/{grace.id}"))
    assert problem(grace.get("/me"), 401)["reason"] == "revoked"
    problem(api.get("/api/v1/members", headers=with_key), 401)
    problem(api.post("/api/v1/auth/refresh", json={"refresh_token": grace.refresh_token}), 401)
    problem(admin.get(f"/members/{grace.id}"), 404)
    made(elsewhere.get("/me"))
    # Back again, with none of what was.
    token = new_invitation(database_url, admin.organisation_id, grace.email)
    made(elsewhere.post("/invitations/accept", token=token))
    problem(grace.get("/me"), 401)
    problem(api.post("/api/v1/auth/refresh", json={"refresh_token": grace.refresh_token}), 401)
    problem(api.get("/api/v1/members", headers=with_key), 401)
    events = made(admin.get("/audit/events", act="member.remove"))["items"]
    assert events[0]["before"]["email"] == grace.email
    assert events[0]["after"] == {"sessions_ended": 1, "api_keys_revoked": 1, "jobs_cancelled": 0}


def test_who_loses_permissions_has_invited_nobody(admin: Person, database_url: str) -> None:
    """A fired admin who invited a second address of their own must not come back by it."""
    second = member_of(admin, database_url, "admin")
    made(second.post("/invitations", email="second@example.com", role="admin"))
    made(admin.patch(f"/members/{second.id}", role="viewer"))
    assert made(admin.get("/invitations"))["items"] == []
    third = member_of(admin, database_url, "admin")
    made(third.post("/invitations", email="third@example.com", role="admin"))
    made(admin.delete(f"/members/{third.id}"))
    assert made(admin.get("/invitations"))["items"] == []


def test_who_has_no_organisation_left_gets_one(admin: Person, database_url: str) -> None:
    """Else they could not sign in, and so could never accept another invitation."""
    grace = member_of(admin, database_url)
    made(admin.delete(f"/members/{grace.id}"))
    grace.login()
    assert (grace.role, [o["name"] for o in made(grace.get("/organisations"))["items"]]) == (
        "admin",
        ["Grace's organisation"],
    )
    token = new_invitation(database_url, admin.organisation_id, grace.email)
    made(grace.post("/invitations/accept", token=token))
    assert made(admin.get(f"/members/{grace.id}"))["role"] == "user"


def test_nobody_joins_a_team_by_way_of_their_membership(admin: Person, database_url: str) -> None:
    team = made(admin.post("/teams", name="Animation"))["id"]
    made(
        admin.post(
            "/roles", name="clerk", permissions=["member:read", "member:update", "team:update", "team:read"]
        )
    )
    clerk = member_of(admin, database_url, "clerk")
    problem(clerk.patch(f"/members/{clerk.id}", team_id=team), 403, "teams that you are in")
    problem(clerk.patch(f"/teams/{team}", name="Mine"), 403)


def test_leaving(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url, "viewer")
    made(grace.post(f"/organisations/{admin.organisation_id}/leave"))
    problem(grace.get("/me"), 401)
    problem(admin.get(f"/members/{grace.id}"), 404)
    assert made(admin.get("/audit/events", act="member.leave"))["items"][0]["actor"] == grace.email
