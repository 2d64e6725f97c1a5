"""API keys: what they may do, when they end, and who sees them."""

import hashlib

import httpx
import pytest

from tests.control.people import Person, made, member_of, problem, register, sql


def with_key(
    studio: httpx.Client, key: str, path: str, method: str = "GET", **options: object
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return studio.request(method, f"/api/v1{path}", headers=headers, **options)  # type: ignore[arg-type]


def test_a_key_is_shown_once_and_kept_as_a_hash(ada: Person, database_url: str) -> None:
    created = made(ada.post("/api-keys", name="renders", scopes=["member:read"], expires_in_days=30.0))
    key = created["key"]
    assert key.startswith("sk_")
    assert len(key) == 46
    assert created["prefix"] == key[:11]
    listed = made(ada.get("/api-keys"))["items"][0]
    assert listed == {n: v for n, v in created.items() if n != "key"}
    rows = sql(
        database_url, "SELECT key_hash, row_to_json(k)::text FROM api_keys k WHERE user_id = $1", ada.id
    )
    assert rows[0][0] == hashlib.sha256(key.encode()).digest()
    assert key[11:] not in rows[0][1]
    logged = sql(
        database_url, "SELECT after::text FROM audit_events WHERE subject_id = $1", str(created["id"])
    )
    assert "member:read" in logged[0][0]
    assert key[11:] not in logged[0][0]


def test_a_key_does_what_its_scopes_allow_and_no_more(studio: httpx.Client, ada: Person) -> None:
    key = made(ada.post("/api-keys", name="k", scopes=["member:read", "api_key:create"]))["key"]
    assert made(with_key(studio, key, "/me"))["permissions"] == ["api_key:create", "member:read"]
    made(with_key(studio, key, "/members"))
    assert problem(with_key(studio, key, "/teams"), 403)["permission"] == "team:read"
    # Nothing that belongs to the person rather than to a program.
    for method, path in [("GET", "/me/sessions"), ("POST", "/auth/logout"), ("DELETE", "/me/sessions")]:
        problem(with_key(studio, key, path, method), 403, "API keys may not")
    body = {"current_password": "x", "new_password": "a new password, long"}
    problem(with_key(studio, key, "/me/password", "POST", json=body), 403)
    # A leaked one makes no others.
    body = {"name": "k", "scopes": ["member:read"]}  # type: ignore[dict-item]
    problem(with_key(studio, key, "/api-keys", "POST", json=body), 403, "may not make API keys")


def test_nobody_makes_a_key_that_may_do_more(ada: Person, database_url: str) -> None:
    user = member_of(ada, database_url)
    answer = problem(user.post("/api-keys", name="k", scopes=["member:read", "audit:read"]), 403)
    assert answer["permissions"] == ["audit:read"]
    problem(user.post("/api-keys", name="k", scopes=["everything"]), 400)
    problem(user.post("/api-keys", name="k", scopes=[]), 400)
    viewer = member_of(ada, database_url, "viewer")
    problem(viewer.post("/api-keys", name="k", scopes=["member:read"]), 403)


def test_a_key_loses_what_its_owner_loses(studio: httpx.Client, ada: Person, database_url: str) -> None:
    other = member_of(ada, database_url, "admin")
    key = made(other.post("/api-keys", name="k", scopes=["audit:read", "member:read"]))["key"]
    made(with_key(studio, key, "/audit/events"))
    made(ada.patch(f"/members/{other.id}", role="user"))
    problem(with_key(studio, key, "/audit/events"), 403)
    made(with_key(studio, key, "/members"))
    made(ada.delete(f"/members/{other.id}"))
    problem(with_key(studio, key, "/members"), 401)


def test_a_key_ends(studio: httpx.Client, ada: Person, database_url: str) -> None:
    created = made(ada.post("/api-keys", name="k", scopes=["member:read"], expires_in_days=1))
    made(with_key(studio, created["key"], "/members"))
    sql(database_url, "UPDATE api_keys SET expires_at = now() WHERE id = $1", created["id"])
    assert problem(with_key(studio, created["key"], "/members"), 401)["reason"] == "expired"


@pytest.mark.parametrize("days", [0, -1, 3651, "30", 1.5])
def test_an_end_makes_sense(ada: Person, days: object) -> None:
    problem(
        ada.post("/api-keys", name="k", scopes=["member:read"], expires_in_days=days), 400, "expires_in_days"
    )


def test_a_revoked_key_is_refused_at_once(studio: httpx.Client, ada: Person) -> None:
    created = made(ada.post("/api-keys", name="k", scopes=["member:read"]))
    assert ada.delete(f"/api-keys/{created['id']}").status_code == 204
    problem(with_key(studio, created["key"], "/members"), 401)
    problem(ada.delete(f"/api-keys/{created['id']}"), 404)
    assert made(ada.get("/api-keys"))["items"] == []
    for wrong in ("sk_", "sk_x", created["key"][:-1], created["key"] + "x", created["key"].upper()):
        problem(with_key(studio, wrong, "/members"), 401)


def test_admins_see_and_revoke_everybody_s_others_their_own(
    studio: httpx.Client, ada: Person, database_url: str
) -> None:
    user, other = member_of(ada, database_url), member_of(ada, database_url)
    eve = register(studio, "Eve")
    keys = {
        p.email: made(p.post("/api-keys", name="k", scopes=["member:read"])) for p in (ada, user, other, eve)
    }
    assert {k["email"] for k in made(ada.get("/api-keys"))["items"]} == {ada.email, user.email, other.email}
    assert [k["email"] for k in made(ada.get("/api-keys", user_id=user.id))["items"]] == [user.email]
    assert [k["email"] for k in made(user.get("/api-keys"))["items"]] == [user.email]
    assert made(user.get("/api-keys", user_id=other.id))["items"] == []
    for who, whose in [(user, other), (user, ada), (ada, eve), (eve, ada)]:
        problem(who.delete(f"/api-keys/{keys[whose.email]['id']}"), 404)
    assert ada.delete(f"/api-keys/{keys[user.email]['id']}").status_code == 204
    problem(with_key(studio, keys[user.email]["key"], "/members"), 401)
    made(with_key(studio, keys[other.email]["key"], "/members"))


def test_keys_come_in_pages(ada: Person) -> None:
    names = [made(ada.post("/api-keys", name=f"k{n}", scopes=["member:read"]))["name"] for n in range(3)]
    first = made(ada.get("/api-keys", limit=2))
    second = made(ada.get("/api-keys", limit=2, cursor=first["next_cursor"]))
    assert [k["name"] for k in first["items"] + second["items"]] == names
    assert second["next_cursor"] is None


def test_last_use_is_written_at_most_once_a_minute(
    studio: httpx.Client, ada: Person, database_url: str
) -> None:
    key = made(ada.post("/api-keys", name="k", scopes=["member:read"]))["key"]
    assert made(ada.get("/api-keys"))["items"][0]["last_used_at"] is None
    made(with_key(studio, key, "/members"))
    first = made(ada.get("/api-keys"))["items"][0]["last_used_at"]
    made(with_key(studio, key, "/members"))
    assert made(ada.get("/api-keys"))["items"][0]["last_used_at"] == first
    sql(database_url, "UPDATE api_keys SET last_used_at = last_used_at - interval '2 minutes'")
    made(with_key(studio, key, "/members"))
    assert made(ada.get("/api-keys"))["items"][0]["last_used_at"] > first
