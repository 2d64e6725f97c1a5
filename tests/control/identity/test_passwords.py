"""Passwords: signing in, guessing, forgetting, changing."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import redis
from argon2 import PasswordHasher

from tests.control.identity.conftest import client, somewhere
from tests.control.people import PASSWORD, Person, address, made, mails_to, problem, register, sql, token_in

NEW = "an entirely new password"


def login(api: httpx.Client, email: str, password: str = PASSWORD) -> httpx.Response:
    return api.post("/api/v1/auth/login", json={"email": email, "password": password})


def forgot(api: httpx.Client, email: str) -> httpx.Response:
    return api.post("/api/v1/auth/forgot-password", json={"email": email})


def reset(api: httpx.Client, token: str, password: str = NEW) -> httpx.Response:
    return api.post("/api/v1/auth/reset-password", json={"token": token, "password": password})


def reset_token(studio: httpx.Client, home: Path, email: str) -> str:
    """The token of a new mail."""
    asked = forgot(studio, email)
    assert asked.status_code == 202
    found = [m for m in mails_to(home, email, 2) if m["Subject"] == "A new password"]
    return token_in(found[-1])


def test_an_address_is_one_account_however_it_is_written(studio: httpx.Client, ada: Person) -> None:
    made(login(studio, ada.email.upper()))
    body = {"email": ada.email.upper(), "password": PASSWORD, "name": "Eve"}
    problem(studio.post("/api/v1/auth/register", json=body), 409)
    # The KELVIN SIGN is not our k: folding it would make one account of two mailboxes.
    register(studio, "K", address("\u212aelvin").replace("k", "\u212a"))


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("no address", PASSWORD), ("a@b c", PASSWORD), ("a\x00@b.example", PASSWORD), ("@", PASSWORD),
        ("a@b.example\nBcc: x@y.example", PASSWORD), ("a@b.example", "too short"), ("a@b.example", "x" * 257),
    ],
)  # fmt: skip
def test_bad_accounts_are_refused(studio: httpx.Client, email: str, password: str) -> None:
    body = {"email": email, "password": password, "name": "Ada"}
    problem(studio.post("/api/v1/auth/register", json=body), 400)


def test_wrong_logins_are_audited_where_they_belong(
    studio: httpx.Client, ada: Person, database_url: str
) -> None:
    unknown = address("nobody")
    answers = [login(studio, ada.email, "wrong password"), login(studio, unknown, "wrong password")]
    first, second = (problem(a, 401) for a in answers)
    assert first["detail"] == second["detail"]
    assert {n for n in answers[0].headers if n != "x-request-id"} == {
        n for n in answers[1].headers if n != "x-request-id"
    }
    rows = sql(
        database_url,
        "SELECT actor, organisation_id::text FROM audit_events WHERE act = 'auth.login_failed' AND actor = ANY($1)",
        [ada.email, unknown],
    )
    assert dict(rows) == {ada.email: ada.organisation_id, unknown: "00000000-0000-0000-0000-000000000000"}


def test_a_login_takes_as_long_for_accounts_that_are_not_there(studio_url: str) -> None:
    """Medians of alternating logins; Argon2id takes so long that its absence would show many times over."""
    with client(studio_url, somewhere()) as api:
        known = [register(api).email for _ in range(4)]

    def seconds(email: str) -> float:
        # From a new address each time, or guessing would be slowed down.
        with client(studio_url, somewhere()) as stranger:
            stranger.get("/healthz")
            start = time.perf_counter()
            assert login(stranger, email, "wrong password").status_code == 401
            return time.perf_counter() - start

    pairs = [(seconds(known[i % 4]), seconds(address("nobody"))) for i in range(20)]
    there, not_there = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.75 < not_there / there < 1.33, (there, not_there)
    # The difference within a pair has no direction either.
    longer = sum(a > b for a, b in pairs)
    assert 2 <= longer <= 18, pairs


def test_a_login_renews_a_hash_of_another_cost(studio: httpx.Client, ada: Person, database_url: str) -> None:
    before = PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1).hash(PASSWORD)
    sql(database_url, "UPDATE users SET password_hash = $1 WHERE id = $2", before, ada.id)
    problem(login(studio, ada.email, "wrong password"), 401)
    kept = "SELECT password_hash FROM users WHERE id = $1"
    assert sql(database_url, kept, ada.id) == [(before,)]
    made(login(studio, ada.email))
    assert "$argon2id$v=19$m=8192,t=1,p=1$" in sql(database_url, kept, ada.id)[0][0]
    made(login(studio, ada.email))


def test_guessing_is_slowed_down_and_nobody_is_locked_out(
    studio_url: str, studio: httpx.Client, ada: Person
) -> None:
    with client(studio_url, somewhere()) as thief:
        for _ in range(10):
            problem(login(thief, ada.email, "wrong password"), 401)
        answer = login(thief, ada.email, "wrong password")
        assert "account" not in problem(answer, 429)["detail"]
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        # Not even the right one, now.
        problem(login(thief, ada.email), 429)
    # The owner, where she has signed in before, notices nothing; nor do others at the thief's address.
    made(login(studio, ada.email))


def test_an_account_that_many_addresses_guess_at_opens_for_its_owner_still(
    studio_url: str, studio: httpx.Client, ada: Person, redis_url: str
) -> None:
    for _ in range(50):
        charge(redis_url, ada.email)
    with client(studio_url, somewhere()) as stranger:
        problem(login(stranger, ada.email), 429)
    made(login(studio, ada.email))


def charge(redis_url: str, account: str) -> None:
    """A wrong password from somewhere, without the time that Argon2id takes."""
    from control.identity.throttle import _TAKE, ACCOUNT, _name

    with redis.Redis.from_url(redis_url) as server:
        server.eval(
            _TAKE, 2, "{login}:none", _name("account", account), 1, ACCOUNT.burst, ACCOUNT.seconds * 1000
        )


def test_right_passwords_count_for_nothing(studio: httpx.Client, ada: Person) -> None:
    for _ in range(12):
        made(login(studio, ada.email))
    for _ in range(9):
        problem(login(studio, ada.email, "wrong password"), 401)
    made(login(studio, ada.email))
    problem(login(studio, ada.email, "wrong password"), 401)
    problem(login(studio, ada.email, "wrong password"), 429)


def test_guesses_at_the_same_moment_get_no_more(studio_url: str, ada: Person) -> None:
    with client(studio_url, somewhere()) as thief, ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: login(thief, ada.email, "wrong password"), range(20)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == 10
    assert statuses.count(429) == 10


def test_one_address_guesses_at_few_accounts(studio_url: str, redis_url: str) -> None:
    from control.identity.throttle import _TAKE, ADDRESS, _name

    where = somewhere()
    with redis.Redis.from_url(redis_url) as server:
        for _ in range(ADDRESS.burst):
            server.eval(
                _TAKE, 2, "{login}:none", _name("address", where), 1, ADDRESS.burst, ADDRESS.seconds * 1000
            )
    with client(studio_url, where) as thief:
        problem(login(thief, address("nobody"), "wrong password"), 429)


def test_forgetting_tells_nobody_who_has_an_account(
    studio: httpx.Client, ada: Person, control_home: Path
) -> None:
    unknown = address("nobody")
    answers = [forgot(studio, unknown), forgot(studio, ada.email)]
    assert answers[0].status_code == answers[1].status_code == 202
    assert answers[0].json() == answers[1].json()
    found = [m for m in mails_to(control_home, ada.email, 2) if m["Subject"] == "A new password"]
    assert len(found) == 1
    assert found[0]["Auto-Submitted"] == "auto-generated"
    every = b"".join(path.read_bytes() for path in (control_home / "mail").glob("*.eml"))
    assert unknown.encode() not in every


def test_forgetting_takes_as_long_for_accounts_that_are_not_there(studio_url: str) -> None:
    """Whether there is one is looked up later, by the postman; the requests do the same work."""
    with client(studio_url, somewhere()) as api:
        known = [register(api).email for _ in range(5)] * 3

    def seconds(email: str) -> float:
        with client(studio_url, somewhere()) as stranger:
            stranger.get("/healthz")
            start = time.perf_counter()
            assert forgot(stranger, email).status_code == 202
            return time.perf_counter() - start

    pairs = [(seconds(email), seconds(address("nobody"))) for email in known]
    there, not_there = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert 0.5 < not_there / there < 2, (there, not_there)


def test_a_reset_sets_the_password_once_and_ends_all_sessions(
    studio: httpx.Client, ada: Person, control_home: Path, database_url: str
) -> None:
    before = reset_token(studio, control_home, ada.email)
    assert reset(studio, before).status_code == 204
    problem(ada.get("/me"), 401)
    problem(studio.post("/api/v1/auth/refresh", json={"refresh_token": ada.refresh_token}), 401)
    problem(login(studio, ada.email), 401)
    made(login(studio, ada.email, NEW))
    # Replay.
    problem(reset(studio, before, "yet another password"), 400, "used")
    made(login(studio, ada.email, NEW))
    assert "Your password was changed" in [m["Subject"] for m in mails_to(control_home, ada.email, 3)]
    acts = sql(database_url, "SELECT act FROM audit_events WHERE actor = $1", ada.email)
    assert {("auth.password_forgotten",), ("auth.password_reset",)} <= set(acts)


def test_a_reset_at_the_same_moment_works_once(studio: httpx.Client, ada: Person, control_home: Path) -> None:
    token = reset_token(studio, control_home, ada.email)
    passwords = [f"new password number {n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda password: reset(studio, token, password), passwords))
    assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400]
    right = passwords[[a.status_code for a in answers].index(204)]
    made(login(studio, ada.email, right))


def test_a_reset_takes_the_place_of_those_before_and_ends(
    studio: httpx.Client, ada: Person, control_home: Path, database_url: str
) -> None:
    first = reset_token(studio, control_home, ada.email)
    made(forgot(studio, ada.email))
    resets = [m for m in mails_to(control_home, ada.email, 3) if m["Subject"] == "A new password"]
    second = next(t for t in map(token_in, resets) if t != first)
    assert reset(studio, second).status_code == 204
    problem(reset(studio, first), 400)
    rows = sql(database_url, "SELECT expires_at - created_at FROM password_resets WHERE user_id = $1", ada.id)
    assert {row[0].total_seconds() for row in rows} == {1800}


def test_an_ended_reset_is_refused(
    studio: httpx.Client, ada: Person, control_home: Path, database_url: str
) -> None:
    token = reset_token(studio, control_home, ada.email)
    sql(database_url, "UPDATE password_resets SET expires_at = now() WHERE user_id = $1", ada.id)
    problem(reset(studio, token), 400, "ended")
    problem(reset(studio, "pr_x"), 400)
    made(login(studio, ada.email))


def test_mails_are_sent_so_often_and_no_more(studio: httpx.Client) -> None:
    unknown = address("nobody")
    assert [forgot(studio, unknown).status_code for _ in range(4)] == [202, 202, 202, 429]


def test_changing_the_password_needs_it_and_ends_other_sessions(
    studio: httpx.Client, ada: Person, database_url: str
) -> None:
    old = ada.token
    ada.login()
    problem(ada.post("/me/password", current_password="not it at all", new_password=NEW), 403, "wrong")
    assert ada.post("/me/password", current_password=PASSWORD, new_password=NEW).status_code == 204
    made(ada.get("/me"))
    problem(studio.get("/api/v1/me", headers={"Authorization": f"Bearer {old}"}), 401)
    problem(login(studio, ada.email), 401)
    made(login(studio, ada.email, NEW))
    acts = [row[0] for row in sql(database_url, "SELECT act FROM audit_events WHERE actor = $1", ada.email)]
    assert "auth.password_changed" in acts
    assert "auth.password_change_failed" in acts


def test_an_address_is_confirmed_by_its_mail(
    studio: httpx.Client, ada: Person, control_home: Path, database_url: str
) -> None:
    confirmed = "SELECT email_verified_at IS NOT NULL FROM users WHERE id = $1"
    token = token_in(mails_to(control_home, ada.email)[0])
    verify = "/api/v1/auth/verify-email"
    problem(ada.post("/auth/verify-email", token=token[:-4] + "AAAA"), 400)
    # By a click alone somebody would confirm what another made in their name.
    problem(studio.post(verify, json={"token": token}), 401)
    problem(register(studio).post("/auth/verify-email", token=token), 400)
    assert sql(database_url, confirmed, ada.id) == [(False,)]
    assert ada.post("/auth/verify-email", token=token).status_code == 204
    assert sql(database_url, confirmed, ada.id) == [(True,)]
    # Again changes nothing.
    assert ada.post("/auth/verify-email", token=token).status_code == 204
    problem(ada.post("/me/verify-email"), 409)
