"""Refresh tokens, logging out, switching organisation, and the list of sessions."""

from concurrent.futures import ThreadPoolExecutor

import asyncpg
import httpx
import pytest

from tests.control.identity.conftest import client
from tests.control.people import PASSWORD, Person, address, made, problem, register, sql


def refresh(api: httpx.Client, token: str) -> httpx.Response:
    return api.post("/api/v1/auth/refresh", json={"refresh_token": token})


def acts(database_url: str, organisation_id: str) -> list[str]:
    rows = sql(
        database_url,
        "SELECT act FROM audit_events WHERE organisation_id = $1 ORDER BY sequence",
        organisation_id,
    )
    return [row[0] for row in rows]


def test_a_refresh_token_is_good_once_and_brings_the_next(studio: httpx.Client, ada: Person) -> None:
    first, access = ada.refresh_token, ada.token
    ada.refresh()
    assert ada.refresh_token != first
    assert ada.token != access
    assert made(ada.get("/me"))["id"] == ada.id


def test_a_token_used_twice_ends_the_session_for_both(
    studio: httpx.Client, ada: Person, database_url: str
) -> None:
    stolen = ada.refresh_token
    thief = made(refresh(studio, stolen))
    problem(refresh(studio, stolen), 401, "used before")
    # What the first one got is worth nothing either.
    problem(refresh(studio, thief["refresh_token"]), 401, "has ended")
    headers = {"Authorization": f"Bearer {thief['access_token']}"}
    assert problem(studio.get("/api/v1/me", headers=headers), 401)["reason"] == "revoked"
    problem(ada.get("/me"), 401)
    assert acts(database_url, ada.organisation_id)[-1] == "auth.refresh_reused"


def test_reuse_leaves_other_sessions_alone(studio: httpx.Client, ada: Person) -> None:
    stolen = ada.refresh_token
    ada.login()
    made(refresh(studio, stolen))
    problem(refresh(studio, stolen), 401)
    assert made(ada.get("/me"))["id"] == ada.id


def test_two_tabs_at_the_same_instant_do_not_end_the_session(
    ada: Person, studio: httpx.Client, database_url: str
) -> None:
    """The first tab's request is under way: it holds the token's row."""
    token = ada.refresh_token

    async def both() -> httpx.Response:
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute(
                "SELECT 1 FROM refresh_tokens WHERE token_hash = sha256($1) FOR UPDATE", token.encode()
            )
            answer = refresh(studio, token)
        await connection.close()
        return answer

    import asyncio

    assert problem(asyncio.run(both()), 409)["reason"] == "concurrent"
    # Nothing has ended, and the token is still there for whoever held it.
    ada.refresh()


def test_however_many_use_a_token_at_once_it_is_good_once(studio: httpx.Client, ada: Person) -> None:
    for _ in range(5):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(refresh, [studio] * 8, [ada.refresh_token] * 8))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses.count(200) == 1, statuses
        assert set(statuses) <= {200, 401, 409}
        ada.login()


def test_logout_ends_both_tokens_at_once(studio: httpx.Client, ada: Person, database_url: str) -> None:
    assert ada.post("/auth/logout").status_code == 204
    problem(ada.get("/me"), 401)
    problem(refresh(studio, ada.refresh_token), 401)
    assert acts(database_url, ada.organisation_id)[-1] == "auth.logout"


def test_switching_changes_the_organisation_and_ends_the_tokens_before(
    studio: httpx.Client, ada: Person, database_url: str
) -> None:
    home, before, refresh_before = ada.organisation_id, ada.token, ada.refresh_token
    other = made(ada.post("/organisations", name="Other"))["id"]
    tokens = made(ada.post("/auth/switch", organisation_id=other))
    old = studio.get("/api/v1/me", headers={"Authorization": f"Bearer {before}"})
    assert problem(old, 401)["reason"] == "stale"
    ada.take(tokens)
    assert ada.organisation_id == other
    assert acts(database_url, other)[-1] == "auth.switch_organisation"
    # The next login goes on where the last one was.
    ada.login()
    assert ada.organisation_id == other
    problem(refresh(studio, refresh_before), 401)
    assert home != other


def test_nobody_switches_to_an_organisation_of_others(studio: httpx.Client, ada: Person) -> None:
    eve = register(studio, "Eve")
    problem(ada.post("/auth/switch", organisation_id=eve.organisation_id), 404)
    assert made(ada.get("/me"))["organisation_id"] == ada.organisation_id


def test_sessions_are_listed_and_revoked(studio_url: str, studio: httpx.Client, ada: Person) -> None:
    first = ada.token
    with client(studio_url, "203.0.113.7") as phone:
        phone.headers["User-Agent"] = "Phone 1"
        there = Person(phone, ada.email, made(login(phone, ada.email)))
    listed = made(ada.get("/me/sessions"))["items"]
    assert [s["current"] for s in listed] == [True, False]
    assert listed[1]["device"] == "Phone 1"
    assert listed[1]["address"] == "203.0.113.7"
    assert listed[1]["means"] == "password"
    assert listed[0]["created_at"] <= listed[0]["last_used_at"] < listed[0]["expires_at"]
    assert ada.delete(f"/me/sessions/{listed[1]['id']}").status_code == 204
    problem(ada.delete(f"/me/sessions/{listed[1]['id']}"), 404)
    there.api = studio
    problem(there.get("/me"), 401)
    assert [s["id"] for s in made(ada.get("/me/sessions"))["items"]] == [listed[0]["id"]]
    assert ada.token == first


def test_all_other_sessions_end_and_this_one_stays(studio: httpx.Client, ada: Person) -> None:
    old = [ada.token]
    ada.login()
    old.append(ada.token)
    ada.login()
    assert made(ada.delete("/me/sessions")) == {"revoked": 2}
    for token in old:
        problem(studio.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}), 401)
    assert len(made(ada.get("/me/sessions"))["items"]) == 1


def test_nobody_sees_or_ends_sessions_of_others(studio: httpx.Client, ada: Person) -> None:
    eve = register(studio, "Eve")
    own = made(ada.get("/me/sessions"))["items"][0]["id"]
    assert own not in {s["id"] for s in made(eve.get("/me/sessions"))["items"]}
    problem(eve.delete(f"/me/sessions/{own}"), 404)
    made(ada.get("/me"))


def test_last_use_is_written_at_most_once_a_minute(ada: Person, database_url: str) -> None:
    def last_use() -> object:
        return sql(database_url, "SELECT last_used_at FROM sessions WHERE user_id = $1", ada.id)[0][0]

    before = last_use()
    made(ada.get("/me"))
    assert last_use() == before
    sql(
        database_url,
        "UPDATE sessions SET last_used_at = now() - interval '2 minutes' WHERE user_id = $1",
        ada.id,
    )
    made(ada.get("/me"))
    assert last_use() > before  # type: ignore[operator]


def test_a_session_that_nobody_used_has_ended(ada: Person, studio: httpx.Client, database_url: str) -> None:
    sql(database_url, "UPDATE sessions SET expires_at = now() WHERE user_id = $1", ada.id)
    problem(ada.get("/me"), 401)
    problem(refresh(studio, ada.refresh_token), 401)


def test_a_disabled_person_is_out_at_once(ada: Person, studio: httpx.Client, database_url: str) -> None:
    key = made(ada.post("/api-keys", name="k", scopes=["member:read"]))["key"]
    sql(database_url, "UPDATE users SET disabled_at = now() WHERE id = $1", ada.id)
    problem(ada.get("/me"), 401)
    problem(studio.get("/api/v1/members", headers={"Authorization": f"Bearer {key}"}), 401)
    problem(refresh(studio, ada.refresh_token), 401)
    said = problem(login(studio, ada.email), 401)["detail"]
    assert said == problem(login(studio, address()), 401)["detail"]


def test_signing_in_makes_a_new_session_whatever_is_sent_along(studio: httpx.Client, ada: Person) -> None:
    """Session fixation: neither a token nor a cookie of before decides which session it is."""
    planted = {"Authorization": f"Bearer {ada.token}", "Cookie": "session=planted; studio_login=planted"}
    answer = studio.post(
        "/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD}, headers=planted
    )
    assert "set-cookie" not in answer.headers
    before = made(ada.get("/me/sessions"))["items"]
    ada.take(made(answer))
    current = [s["id"] for s in made(ada.get("/me/sessions"))["items"] if s["current"]]
    assert current[0] == before[1]["id"] != before[0]["id"]


def login(api: httpx.Client, email: str) -> httpx.Response:
    return api.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})


@pytest.mark.parametrize("where", ["cookie", "query", "form"])
def test_a_token_counts_in_its_header_alone(studio: httpx.Client, ada: Person, where: str) -> None:
    """CSRF: what a browser adds by itself, or another page can make it send, signs nobody in."""
    match where:
        case "cookie":
            cookies = f"access_token={ada.token}; Authorization=Bearer {ada.token}; session={ada.token}"
            answer = studio.get("/api/v1/me", headers={"Cookie": cookies})
        case "query":
            answer = studio.get("/api/v1/me/sessions", params={"access_token": ada.token})
            assert answer.status_code in {400, 401}
            answer = studio.get("/api/v1/me/sessions")
        case _:
            answer = studio.post("/api/v1/auth/logout", data={"access_token": ada.token})
    problem(answer, 401)
    made(ada.get("/me"))
