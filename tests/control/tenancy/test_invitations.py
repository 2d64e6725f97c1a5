"""Invitations: by mail, once, in time, by the one who was invited."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.control.people import (
    PASSWORD,
    Person,
    address,
    made,
    mails_to,
    member_of,
    new_invitation,
    problem,
    register,
    sql,
    token_in,
)


@pytest.fixture
def admin(api: httpx.Client) -> Person:
    return register(api)


@pytest.fixture
def outsider(api: httpx.Client) -> Person:
    return register(api, "Mallory")


def invite(admin: Person, home: Path, email: str, **body: object) -> tuple[str, str]:
    """Id and token of an invitation, the latter out of its mail."""
    count = len(mails_to(home, email.lower(), 0, "Invitation"))
    invitation = made(admin.post("/invitations", email=email, **body))
    assert invitation["email"] == email.lower()
    return invitation["id"], token_in(mails_to(home, email.lower(), count + 1, "Invitation")[-1])


def register_with(api: httpx.Client, token: str) -> httpx.Response:
    return api.post(
        "/api/v1/invitations/register", json={"token": token, "password": PASSWORD, "name": "Grace"}
    )


def test_joining_with_a_new_account(
    admin: Person, api: httpx.Client, control_home: Path, database_url: str
) -> None:
    team = made(admin.post("/teams", name="Animation"))["id"]
    email = address("Grace")
    _, token = invite(admin, control_home, email.upper(), role="viewer", team_id=team)
    [mail] = mails_to(control_home, email)
    assert mail["Subject"] == "Invitation to Ada's organisation"
    assert admin.email in mail.get_content()
    assert "#token=" in mail.get_content()
    preview = made(api.post("/api/v1/invitations/preview", json={"token": token}))
    assert preview["organisation"] == "Ada's organisation"
    assert (preview["email"], preview["role"], preview["has_account"]) == (email, "viewer", False)
    grace = Person(api, email, made(register_with(api, token)))
    assert (grace.organisation_id, grace.role) == (admin.organisation_id, "viewer")
    assert made(grace.get("/me"))["team_id"] == team
    assert [o["id"] for o in made(grace.get("/organisations"))["items"]] == [admin.organisation_id]
    assert sql(database_url, "SELECT email_verified_at IS NOT NULL FROM users WHERE id = $1", grace.id) == [
        (True,)
    ]
    problem(register_with(api, token), 404, "no good")
    assert made(admin.get("/invitations"))["items"] == []
    acts = {e["act"]: e for e in made(admin.get("/audit/events", actor=email))["items"]}
    assert acts["invitation.accept"]["after"] == {"role": "viewer", "team_id": team, "user_id": grace.id}
    # The token is in the mail, and nowhere else.
    log = admin.api.get("/api/v1/audit/export", headers={"Authorization": f"Bearer {admin.token}"}).text
    assert token not in log
    assert sql(database_url, "SELECT count(*) FROM invitations WHERE token_hash = $1", token.encode()) == [
        (0,)
    ]


def test_joining_with_the_account_one_has(admin: Person, outsider: Person, control_home: Path) -> None:
    _, token = invite(admin, control_home, outsider.email)
    problem(register_with(outsider.api, token), 409, "Sign in with it")
    joined = made(outsider.post("/invitations/accept", token=token))
    assert (joined["id"], joined["role"], joined["current"]) == (admin.organisation_id, "user", False)
    problem(outsider.post("/invitations/accept", token=token), 404, "no good")
    assert made(outsider.get("/me"))["organisation_id"] == outsider.organisation_id
    outsider.take(made(outsider.post("/auth/switch", organisation_id=admin.organisation_id)))
    assert outsider.organisation_id == admin.organisation_id


def test_a_stolen_token_is_worth_nothing_to_another_account(
    admin: Person, outsider: Person, api: httpx.Client, control_home: Path
) -> None:
    grace = register(api, "Grace")
    invitation_id, token = invite(admin, control_home, grace.email, role="admin")
    problem(outsider.post("/invitations/accept", token=token), 403, "another mail address")
    assert made(admin.get("/members"))["items"][0]["user_id"] == admin.id
    assert len(made(admin.get("/members"))["items"]) == 1
    assert [i["id"] for i in made(admin.get("/invitations"))["items"]] == [invitation_id]
    # Nor does the answer say whose it is.
    assert grace.email not in outsider.post("/invitations/accept", token=token).text
    # It is still there for whom it is for.
    made(grace.post("/invitations/accept", token=token))


def test_an_api_key_accepts_nothing(outsider: Person, admin: Person, control_home: Path) -> None:
    _, token = invite(admin, control_home, outsider.email)
    key = made(outsider.post("/api-keys", name="script", scopes=["team:read"]))["key"]
    answer = outsider.api.post(
        "/api/v1/invitations/accept", json={"token": token}, headers={"Authorization": f"Bearer {key}"}
    )
    problem(answer, 403, "API keys")


def test_revoked_expired_and_replaced_ones_are_no_good(
    admin: Person, outsider: Person, control_home: Path, database_url: str
) -> None:
    first_id, first = invite(admin, control_home, outsider.email)
    _, second = invite(admin, control_home, outsider.email, role="viewer")
    problem(outsider.post("/invitations/accept", token=first), 404, "no good")
    problem(admin.delete(f"/invitations/{first_id}"), 404)
    [open_one] = made(admin.get("/invitations"))["items"]
    made(admin.delete(f"/invitations/{open_one['id']}"))
    problem(outsider.post("/invitations/accept", token=second), 404, "no good")
    problem(outsider.api.post("/api/v1/invitations/preview", json={"token": second}), 404, "no good")
    third_id, third = invite(admin, control_home, outsider.email)
    sql(database_url, "UPDATE invitations SET expires_at = now() WHERE id = $1", third_id)
    problem(outsider.post("/invitations/accept", token=third), 404, "no good")
    problem(register_with(outsider.api, third), 404, "no good")
    problem(outsider.post("/invitations/accept", token="inv_" + "x" * 43), 404, "no good")
    problem(outsider.post("/invitations/accept", token="../../"), 400)


def test_ten_at_once_join_once(
    admin: Person, api: httpx.Client, control_home: Path, database_url: str
) -> None:
    _, token = invite(admin, control_home, address("Grace"))
    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(lambda _: register_with(api, token).status_code, range(10)))
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {404, 409}
    assert len(made(admin.get("/members"))["items"]) == 2


def test_who_is_a_member_is_not_invited(admin: Person, database_url: str) -> None:
    grace = member_of(admin, database_url)
    problem(admin.post("/invitations", email=grace.email), 409, "is a member")
    problem(admin.post("/invitations", email="nobody"), 400, "email")
    problem(admin.post("/invitations", email="a@example.com", role="emperor"), 404, "emperor")
    problem(grace.post("/invitations", email="a@example.com"), 403, "invitation:create")


def test_one_revoked_while_it_is_accepted_is_no_good(
    admin: Person, outsider: Person, database_url: str
) -> None:
    """Who accepts waits for who is changing the organisation, holding nothing that the other needs, and looks again."""
    for path, body in (
        ("/api/v1/invitations/accept", {}),
        ("/api/v1/invitations/register", {"password": PASSWORD, "name": "Grace"}),
    ):
        email = address("Grace") if body else outsider.email
        token = new_invitation(database_url, admin.organisation_id, email)
        headers = {} if body else {"Authorization": f"Bearer {outsider.token}"}
        organisation = ("WHERE organisation_id = $1", admin.organisation_id)
        with ThreadPoolExecutor(1) as pool:
            sql(database_url, "BEGIN")
            sql(
                database_url,
                "SELECT 1 FROM organisations WHERE id = $1 FOR NO KEY UPDATE",
                admin.organisation_id,
            )
            answer = pool.submit(admin.api.post, path, json={"token": token, **body}, headers=headers)
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            deadline = time.monotonic() + 10
            while not sql(database_url, waiting):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            sql(database_url, "SET LOCAL lock_timeout = '2s'")
            sql(database_url, f"SELECT 1 FROM audit_heads {organisation[0]} FOR UPDATE", organisation[1])
            sql(database_url, f"UPDATE invitations SET revoked_at = now() {organisation[0]}", organisation[1])
            sql(database_url, "COMMIT")
            problem(answer.result(), 404, "no good")
        assert (
            sql(database_url, "SELECT 1 FROM users WHERE email = $1 AND id <> $2", email, outsider.id) == []
        )
    assert len(made(admin.get("/members"))["items"]) == 1


def test_one_demoted_while_they_wait_does_no_more(admin: Person, database_url: str) -> None:
    """Who waited for a change of their own role does not act with the role of before."""
    with ThreadPoolExecutor(1) as pool:
        sql(database_url, "BEGIN")
        sql(
            database_url, "SELECT 1 FROM organisations WHERE id = $1 FOR NO KEY UPDATE", admin.organisation_id
        )
        answer = pool.submit(admin.post, "/invitations", email=address("Grace"), role="admin")
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        deadline = time.monotonic() + 10
        while not sql(database_url, waiting):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        sql(
            database_url,
            "UPDATE memberships SET role = 'viewer', version = version + 1 WHERE organisation_id = $1",
            admin.organisation_id,
        )
        sql(database_url, "COMMIT")
        problem(answer.result(), 401, "Refresh the access token")
    assert (
        sql(database_url, "SELECT 1 FROM invitations WHERE organisation_id = $1", admin.organisation_id) == []
    )
