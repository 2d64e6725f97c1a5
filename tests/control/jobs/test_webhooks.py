"""Webhooks: who is told what, signed so that the reference library verifies it, and until it is taken."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from control.database.engine import transaction
from control.jobs import webhook_post, webhook_secrets, webhooks
from control.jobs.states import Detail, transition
from control.jobs.tables import WebhookEndpoint
from control.realtime.events import JobError, OutputLink
from control.settings import ControlSettings
from scheduler import housekeeping
from scheduler.housekeeping import House
from tests.control.jobs.conftest import advance, submitted, within
from tests.control.jobs.receiver import Receiver
from tests.control.people import Person, made, member_of, problem, register, sql


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


def hook(person: Person, receiver: Receiver, **body: Any) -> dict[str, Any]:
    webhook: dict[str, Any] = made(person.post("/webhooks", **{"url": receiver.url, **body}))
    return webhook


def deliver_due(database_url: str, settings: ControlSettings, webhook: dict[str, Any]) -> list[bool]:
    """One attempt at each message that waits for the webhook, due or not."""
    waiting = sql(
        database_url,
        "UPDATE webhook_deliveries SET next_at = now() WHERE endpoint_id = $1 AND state = 'waiting' RETURNING id",
        webhook["id"],
    )

    async def work() -> list[bool]:
        found = {one.id for one in await webhooks.due(10_000)}
        assert {key for (key,) in waiting} <= found
        return [await webhooks.deliver(key, settings) for (key,) in sorted(waiting)]

    return within(database_url, work)


def log(person: Person, webhook: dict[str, Any], **filters: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made(person.get(f"/webhooks/{webhook['id']}/deliveries", **filters))[
        "items"
    ]
    return found


def test_a_completed_job_is_told_and_verified(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    job = submitted(ada)["id"]
    asset = UUID("0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de")
    output = OutputLink(asset_id=asset, place=0, url=f"/api/v1/assets/{asset}/content")
    advance(
        database_url,
        job,
        "ASSIGNED",
        "PROCESSING",
        "COMPLETED",
        detail=Detail(outputs=[output], charged=62_500),
    )
    assert deliver_due(database_url, settings, webhook) == [True, True]
    started, completed = (receiver.verified(webhook["secret"], number) for number in (0, 1))
    assert (started["type"], completed["type"]) == ("job.started", "job.completed")
    assert completed["data"] == {
        "job_id": job, "sequence": 5, "state": "COMPLETED", "attempt": 0, "error": None,
        "outputs": [msgspec.to_builtins(output)], "charged_microcredits": 62_500,
    }  # fmt: skip
    assert completed["timestamp"].endswith("Z")
    headers = receiver.requests[1][0]
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    latest = log(ada, webhook)[0]
    assert (latest["event_type"], latest["state"], latest["message_id"]) == (
        "job.completed", "delivered", headers["webhook-id"],
    )  # fmt: skip
    assert [attempt["status"] for attempt in latest["attempts"]] == [204]
    assert latest["payload"].encode() == receiver.requests[1][1]
    # What was changed on its way, or signed with another secret, is not verified.
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook["secret"]).verify(receiver.requests[1][1] + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        receiver.verified(webhook_secrets.new_secret())


def test_failures_and_cancellations_are_told_to_who_wants_them(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    all_of_them = hook(ada, receiver)
    failures = hook(ada, receiver, events=["job.failed", "job.failed"])
    assert failures["events"] == ["job.failed"]
    off = hook(ada, receiver)
    made(ada.patch(f"/webhooks/{off['id']}", enabled=False))
    stranger = register(ada.api, "Eve")
    theirs = hook(stranger, receiver)
    failed, cancelled = submitted(ada)["id"], submitted(ada)["id"]
    error = JobError(kind="timeout", detail="It took too long.", retryable=True)
    advance(database_url, failed, "ASSIGNED", "PROCESSING", "FAILED", detail=Detail(error=error, charged=0))
    made(ada.delete(f"/jobs/{cancelled}"))
    told = [d["event_type"] for d in log(ada, all_of_them)]
    assert told == ["job.cancelled", "job.failed", "job.started"]
    [only] = log(ada, failures)
    assert only["event_type"] == "job.failed"
    # One message, whoever is told of it.
    assert only["message_id"] == log(ada, all_of_them)[1]["message_id"]
    assert log(ada, off) == log(stranger, theirs) == []
    assert deliver_due(database_url, settings, failures) == [True]
    data = receiver.verified(failures["secret"])["data"]
    assert data["error"] == {
        "kind": "timeout", "detail": "It took too long.", "retryable": True, "node": None, "class_type": None,
    }  # fmt: skip


def test_what_did_not_happen_is_not_told(ada: Person, database_url: str, receiver: Receiver) -> None:
    """The message stands in the transaction of the event."""
    webhook = hook(ada, receiver)
    job = submitted(ada)["id"]

    async def work() -> None:
        async with transaction():
            assert await transition(UUID(job), "FAILED") is not None
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        within(database_url, work)
    assert log(ada, webhook) == []
    assert made(ada.get(f"/jobs/{job}"))["state"] == "QUEUED"


def test_it_is_tried_again_ever_later_and_then_given_up(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    made(ada.post(f"/webhooks/{webhook['id']}/test"))
    receiver.status, receiver.answer = 503, b"not \x00 now" + b"x" * 5000
    waits = []
    for number in range(len(webhooks.WAITS) + 1):
        [before] = log(ada, webhook)
        assert (before["state"], len(before["attempts"])) == ("waiting", number)
        assert deliver_due(database_url, settings, webhook) == [False]
        [(wait,)] = sql(
            database_url,
            "SELECT extract(epoch FROM next_at - now())::float FROM webhook_deliveries WHERE endpoint_id = $1",
            webhook["id"],
        )
        waits.append(wait)
    for wait, planned in zip(waits, webhooks.WAITS, strict=False):
        assert planned * (1 - webhooks.JITTER) - 3 <= wait <= planned * (1 + webhooks.JITTER)
    assert 20 * 3600 < sum(webhooks.WAITS) < 28 * 3600
    [delivery] = log(ada, webhook, state="failed")
    assert len(delivery["attempts"]) == len(receiver.requests) == 10
    last = delivery["attempts"][0]
    assert (last["status"], last["error"]) == (503, "It answered 503.")
    assert last["answer"].startswith("not  now")
    assert len(last["answer"]) < 1001
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    shown = made(ada.get(f"/webhooks/{webhook['id']}"))
    assert shown["enabled"] is True
    assert shown["failing_since"] is not None
    # Sent once more, it comes under the same id, and all is well again.
    receiver.status = 200
    path = f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}"
    assert made(ada.post(f"{path}/replay"))["state"] == "waiting"
    assert deliver_due(database_url, settings, webhook) == [True]
    assert receiver.requests[-1][0]["webhook-id"] == delivery["message_id"]
    assert receiver.requests[-1][1] == delivery["payload"].encode()
    assert made(ada.get(path))["state"] == "delivered"
    assert made(ada.get(f"/webhooks/{webhook['id']}"))["failing_since"] is None


def test_410_disables_it(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    for _ in range(2):
        made(ada.post(f"/webhooks/{webhook['id']}/test"))
    receiver.status = 410
    assert deliver_due(database_url, settings, webhook) == [False, False]
    assert len(receiver.requests) == 1
    shown = made(ada.get(f"/webhooks/{webhook['id']}"))
    assert (shown["enabled"], shown["disabled_why"]) == (
        False,
        "It answered 410 Gone: it wants no more messages.",
    )
    assert [d["state"] for d in log(ada, webhook)] == ["failed", "failed"]
    problem(ada.post(f"/webhooks/{webhook['id']}/test"), 409, "Enable it first")
    delivery = log(ada, webhook)[0]["id"]
    problem(ada.post(f"/webhooks/{webhook['id']}/deliveries/{delivery}/replay"), 409, "Enable it first")
    enabled = made(ada.patch(f"/webhooks/{webhook['id']}", enabled=True))
    assert (enabled["enabled"], enabled["disabled_why"]) == (True, "")
    made(ada.post(f"/webhooks/{webhook['id']}/test"))


def test_days_of_failure_disable_it(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    receiver.status = 500
    for since in ("4 days", "6 days"):
        assert made(ada.get(f"/webhooks/{webhook['id']}"))["enabled"] is True
        made(ada.post(f"/webhooks/{webhook['id']}/test"))
        sql(
            database_url,
            f"UPDATE webhook_endpoints SET failing_since = now() - interval '{since}' WHERE id = $1",
            webhook["id"],
        )
        assert not any(deliver_due(database_url, settings, webhook))
    shown = made(ada.get(f"/webhooks/{webhook['id']}"))
    assert shown["enabled"] is False
    assert "has failed" in shown["disabled_why"]
    acts = sql(
        database_url,
        "SELECT act FROM audit_events WHERE subject_id = $1 ORDER BY sequence",
        webhook["id"],
    )
    assert [act for (act,) in acts] == ["webhook.create", "webhook.disable"]


def test_both_secrets_sign_for_a_day(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    rotated = made(ada.post(f"/webhooks/{webhook['id']}/rotate-secret"))
    assert rotated["secret"] != webhook["secret"]
    assert rotated["old_secret_until"] is not None
    made(ada.post(f"/webhooks/{webhook['id']}/test"))
    deliver_due(database_url, settings, webhook)
    for secret in (webhook["secret"], rotated["secret"]):
        assert receiver.verified(secret)["type"] == "webhook.test"
    sql(database_url, "UPDATE webhook_endpoints SET old_until = now() WHERE id = $1", webhook["id"])
    made(ada.post(f"/webhooks/{webhook['id']}/test"))
    deliver_due(database_url, settings, webhook)
    receiver.verified(rotated["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.verified(webhook["secret"])


def test_secrets_are_shown_once_and_sealed(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    assert webhook["secret"].startswith("whsec_")
    made(ada.patch(f"/webhooks/{webhook['id']}", description="renders", events=["job.completed"]))
    for answer in (ada.get("/webhooks"), ada.get(f"/webhooks/{webhook['id']}")):
        assert 'secret"' not in answer.text.replace("old_secret_until", "")
    [(sealed,)] = sql(database_url, "SELECT secret FROM webhook_endpoints WHERE id = $1", webhook["id"])
    assert webhook["secret"].encode() not in sealed
    [(rows,)] = sql(
        database_url,
        "SELECT string_agg(concat(act, before, after), ' ' ORDER BY sequence) FROM audit_events WHERE subject_id = $1",
        webhook["id"],
    )
    assert "webhook.create" in rows
    assert "renders" in rows
    assert webhook["secret"] not in rows

    async def another_key() -> None:
        changed = msgspec.structs.replace(settings, secret_key="k" * 40, secret_key_old=settings.secret_key)
        async with transaction():
            assert await webhook_secrets.reencrypt(changed) >= 1
        alone = msgspec.structs.replace(changed, secret_key_old="")
        row = (await _endpoint(webhook["id"]))[0]
        assert webhook_secrets.secrets_of(row, alone, row["created_at"]) == [webhook["secret"]]
        # Back again, for the tests after this one.
        back = msgspec.structs.replace(settings, secret_key_old="k" * 40)
        async with transaction():
            await webhook_secrets.reencrypt(back)

    within(database_url, another_key)


async def _endpoint(webhook_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await WebhookEndpoint.raw(
        "SELECT * FROM webhook_endpoints WHERE id = {}", UUID(webhook_id)
    )
    return found


def test_many_messages_to_one_hold_up_nobody_else_s(
    ada: Person, database_url: str, receiver: Receiver
) -> None:
    slow, other = hook(ada, receiver), hook(ada, receiver)
    for _ in range(5):
        made(ada.post(f"/webhooks/{slow['id']}/test"))
    last = made(ada.post(f"/webhooks/{other['id']}/test"))["id"]
    mine = {d["id"] for webhook in (slow, other) for d in log(ada, webhook)}

    async def work() -> list[str]:
        return [str(one.id) for one in await webhooks.due(10_000) if str(one.id) in mine]

    found = within(database_url, work)
    assert set(found) == mine
    assert found.index(last) <= 1


def test_one_organisation_s_slow_endpoints_hold_up_nobody_else(
    ada: Person,
    database_url: str,
    settings: ControlSettings,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(housekeeping, "SENDING_SECONDS", 4.0)
    slow = [hook(ada, receiver)["id"] for _ in range(webhooks.MOST)]
    for webhook_id in slow:
        made(ada.post(f"/webhooks/{webhook_id}/test"))
    # What other tests left is not of this one.
    sql(
        database_url,
        "UPDATE webhook_deliveries SET state = 'failed' WHERE state = 'waiting' AND NOT endpoint_id = ANY($1)",
        [UUID(webhook_id) for webhook_id in slow],
    )
    receiver.wait.clear()
    stranger = register(ada.api, "Eve")
    with Receiver() as quick:
        made(stranger.post(f"/webhooks/{hook(stranger, quick)['id']}/test"))

        async def work() -> float:
            began = time.monotonic()
            sending = asyncio.create_task(housekeeping.send_webhooks(House(settings, None)))  # type: ignore[arg-type]
            while not quick.requests:
                await asyncio.sleep(0.05)
                assert time.monotonic() - began < 3, "it waits for a stranger's endpoints"
            took = time.monotonic() - began
            await asyncio.sleep(0.5)
            assert len(receiver.requests) == webhooks.AT_ONCE
            receiver.wait.set()
            assert await sending == webhooks.MOST + 1
            return took

        assert within(database_url, work) < 2
    assert len(receiver.requests) == webhooks.MOST


def test_an_endpoint_that_fails_is_asked_for_one_message_at_a_time(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    failing, well = hook(ada, receiver), hook(ada, receiver)
    receiver.status = 500
    made(ada.post(f"/webhooks/{failing['id']}/test"))
    assert deliver_due(database_url, settings, failing) == [False]
    for webhook in (failing, failing, well, well):
        made(ada.post(f"/webhooks/{webhook['id']}/test"))

    async def work() -> list[webhooks.Due]:
        return await webhooks.due(10_000)

    found = within(database_url, work)
    bad = [one for one in found if str(one.endpoint_id) == failing["id"]]
    good = [one for one in found if str(one.endpoint_id) == well["id"]]
    assert [one.failing for one in bad + good] == [True, True, False, False]
    assert webhooks.may(bad[0], [])
    assert not webhooks.may(bad[1], [bad[0]])
    assert webhooks.may(good[0], [bad[0]])
    assert webhooks.may(good[1], [good[0]])
    assert not webhooks.may(good[1], [good[0], bad[0]]), "two of an organisation are enough"


def test_two_who_deliver_send_it_once(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    delivery = UUID(made(ada.post(f"/webhooks/{webhook['id']}/test"))["id"])
    receiver.wait.clear()
    threading.Timer(0.5, receiver.wait.set).start()

    async def both() -> list[bool]:
        return list(await asyncio.gather(*(webhooks.deliver(delivery, settings) for _ in range(4))))

    assert sorted(within(database_url, both)) == [False, False, False, True]
    assert len(receiver.requests) == 1


def test_nobody_waits_for_a_slow_one_for_ever(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_post, "SECONDS", 0.3)
    receiver.wait.clear()
    began = time.monotonic()
    answer = asyncio.run(
        webhook_post.post(receiver.url, "id", "{}", [webhook_secrets.new_secret()], private=True)
    )
    assert time.monotonic() - began < 3
    assert (answer.status, answer.taken) == (None, False)
    assert answer.error


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    answer = asyncio.run(
        webhook_post.post(receiver.url, "id", "{}", [webhook_secrets.new_secret()], private=True)
    )
    assert (answer.status, answer.taken, len(receiver.requests)) == (302, False, 1)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0"],
)  # fmt: skip
def test_this_machine_is_not_reached(receiver: Receiver, host: str) -> None:
    """Whatever it is called, also where the name was fine when the webhook was made."""
    url = f"http://{host}:{receiver.port}/hook"
    answer = asyncio.run(webhook_post.post(url, "id", "{}", [webhook_secrets.new_secret()], private=False))
    assert answer.status is None
    assert "private network" in answer.error or "cannot be resolved" in answer.error
    assert receiver.requests == []


def test_a_name_is_looked_up_once(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was checked is what is connected to: a name that changes its mind a moment later leads nowhere else."""
    asked = []
    real = socket.getaddrinfo

    def rebinding(host: Any, *arguments: Any, **options: Any) -> Any:
        if host != "rebinding.example":
            return real(host, *arguments, **options)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, receiver.port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    url = f"http://rebinding.example:{receiver.port}/hook"
    answer = asyncio.run(webhook_post.post(url, "id", "{}", [webhook_secrets.new_secret()], private=True))
    assert (answer.status, len(asked)) == (204, 1)
    assert receiver.requests[0][0]["host"] == f"rebinding.example:{receiver.port}"
    asked.clear()
    answer = asyncio.run(webhook_post.post(url, "id", "{}", [webhook_secrets.new_secret()], private=False))
    assert answer.status is None
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("10.1.2.3", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("127.0.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("fec0::1", False), ("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False), ("2001:0:0:0:0:0:0:1", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert webhook_post.is_public(address) is public


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.com/", "url"),
        ("https://", "url"),
        ("https://user:pw@example.com/", "without a user"),
        ("https://example.com/#part", "without #"),
        ("https://exa mple.com/", "url"),
        ("https://example.com:99999/", "without a user"),
        ("https://example.com:0/", "without a user"),
        ("https://example.com:port/", "no address"),
    ],
)
def test_an_address_must_be_one(ada: Person, url: str, says: str) -> None:
    problem(ada.post("/webhooks", url=url), 400, says)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://example.com/", "HTTPS alone"),
        ("https://127.0.0.1/", "not a public one"),
        ("https://[::1]/", "not a public one"),
        ("https://169.254.169.254/latest", "not a public one"),
        ("https://localhost/", "not a public one"),
        ("https://studio.localhost/", "not a public one"),
    ],
)
def test_addresses_of_this_machine_are_refused_unless_they_are_allowed(
    api: httpx.Client, url: str, says: str
) -> None:
    """By the API process whose settings allow none."""
    person = _eve(api)
    problem(person.post("/webhooks", url=url), 400, says)
    webhook = made(person.post("/webhooks", url="https://example.com/hook"))
    problem(person.patch(f"/webhooks/{webhook['id']}", url=url), 400, says)
    made(person.delete(f"/webhooks/{webhook['id']}"))


def _eve(api: httpx.Client) -> Person:
    if not hasattr(_eve, "person"):
        _eve.person = register(api, "Eve")  # type: ignore[attr-defined]
    found: Person = _eve.person  # type: ignore[attr-defined]
    return found


def test_only_so_many_and_only_for_who_may(ada: Person, database_url: str, receiver: Receiver) -> None:
    user = member_of(ada, database_url)
    problem(user.post("/webhooks", url=receiver.url), 403)
    problem(user.get("/webhooks"), 403)
    hooks = [hook(ada, receiver) for _ in range(webhooks.MOST)]
    problem(ada.post("/webhooks", url=receiver.url), 409, "which is the most")
    assert [w["id"] for w in made(ada.get("/webhooks"))["items"]] == [w["id"] for w in hooks]
    made(ada.delete(f"/webhooks/{hooks[0]['id']}"))
    problem(ada.get(f"/webhooks/{hooks[0]['id']}"), 404)
    hook(ada, receiver)


def test_old_deliveries_are_forgotten(
    ada: Person, database_url: str, settings: ControlSettings, receiver: Receiver
) -> None:
    webhook = hook(ada, receiver)
    old, waiting = (made(ada.post(f"/webhooks/{webhook['id']}/test"))["id"] for _ in range(2))

    async def first() -> bool:
        return await webhooks.deliver(UUID(old), settings)

    assert within(database_url, first)
    sql(
        database_url,
        "UPDATE webhook_deliveries SET created_at = now() - interval '31 days' WHERE endpoint_id = $1",
        webhook["id"],
    )
    assert within(database_url, webhooks.forget_old) >= 1
    assert [d["id"] for d in log(ada, webhook)] == [waiting]
