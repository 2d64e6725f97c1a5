"""The chain tells of every row that is not as it was written."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from control.audit.chain import START, chain_hash
from control.ids import uuid7
from tests.control.people import Person, made, problem, register, sql

ROWS = 9
OFF = "ALTER TABLE audit_events DISABLE TRIGGER append_only"
ON = "ALTER TABLE audit_events ENABLE ALWAYS TRIGGER append_only"
COLUMNS = (
    "organisation_id, at, actor_id, actor, via, act, subject_type, subject_id, address, request_id, before, after, "
    "previous_hash, hash"
)
MINE = "WHERE organisation_id = $1"


@pytest.fixture
def ada(api: httpx.Client, database_url: str) -> Person:
    """Somebody whose organisation has a chain of ROWS events."""
    person = register(api)
    [(count,)] = sql(database_url, f"SELECT count(*) FROM audit_events {MINE}", person.organisation_id)
    for number in range(ROWS - count):
        made(person.patch(f"/organisations/{person.organisation_id}", name=f"Name {number}"))
    return person


def tamper(database_url: str, organisation_id: str, *queries: str) -> None:
    """As who rules the database would: the trigger taken off, and put back."""

    async def run() -> None:
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute(OFF)
            for query in queries:
                values = [UUID(organisation_id)] if "$1" in query else []
                await connection.execute(query, *values)
            await connection.execute(ON)
        await connection.close()

    asyncio.run(run())


def shift(first: int, by: int) -> str:
    """Renumbers the rows from `first` on. In one statement, by way of numbers that nobody has."""
    return (
        f"UPDATE audit_events SET sequence = -(sequence + {by}) {MINE} AND sequence >= {first}; "
        f"UPDATE audit_events SET sequence = -sequence {MINE} AND sequence < 0"
    )


def steps(queries: str) -> list[str]:
    return queries.split("; ")


def copy_to(place: int, of: int = 2) -> str:
    return f"""INSERT INTO audit_events ({COLUMNS}, id, sequence) SELECT {COLUMNS}, gen_random_uuid(), {place}
        FROM audit_events {MINE} AND sequence = {of}"""


DAMAGE: dict[str, tuple[list[str], str, int]] = {
    "actor": ([f"UPDATE audit_events SET actor = 'mallory' {MINE} AND sequence = 3"], "edited", 3),
    "who": ([f"UPDATE audit_events SET actor_id = NULL {MINE} AND sequence = 1"], "edited", 1),
    "time": ([f"UPDATE audit_events SET at = at + interval '1 us' {MINE} AND sequence = 3"], "edited", 3),
    "after": ([f"UPDATE audit_events SET after = '{{}}' {MINE} AND sequence = {ROWS}"], "edited", ROWS),
    "its spaces": (
        [f"UPDATE audit_events SET after = (after::text || ' ')::json {MINE} AND sequence = {ROWS}"], "edited", ROWS,
    ),
    "address": ([f"UPDATE audit_events SET address = '' {MINE} AND sequence = 3"], "edited", 3),
    "id": ([f"UPDATE audit_events SET id = gen_random_uuid() {MINE} AND sequence = 3"], "edited", 3),
    "hash": ([f"UPDATE audit_events SET hash = sha256('') {MINE} AND sequence = 3"], "edited", 3),
    "previous hash": ([f"UPDATE audit_events SET previous_hash = '' {MINE} AND sequence = 3"], "edited", 3),
    "head": ([f"UPDATE audit_heads SET hash = sha256('') {MINE}"], "edited", ROWS),
    "the first removed": ([f"DELETE FROM audit_events {MINE} AND sequence = 1"], "removed", 1),
    "one removed": ([f"DELETE FROM audit_events {MINE} AND sequence = 4"], "removed", 4),
    "some removed": ([f"DELETE FROM audit_events {MINE} AND sequence BETWEEN 4 AND 6"], "removed", 4),
    "one removed, the others renumbered": (
        [f"DELETE FROM audit_events {MINE} AND sequence = 4", *steps(shift(5, -1)),
         f"UPDATE audit_heads SET sequence = sequence - 1 {MINE}"], "removed", 4,
    ),
    "the last removed": ([f"DELETE FROM audit_events {MINE} AND sequence = {ROWS}"], "missing_end", ROWS),
    "the last three removed": ([f"DELETE FROM audit_events {MINE} AND sequence > 6"], "missing_end", 7),
    "the last removed, the head renumbered": (
        [f"DELETE FROM audit_events {MINE} AND sequence = {ROWS}",
         f"UPDATE audit_heads SET sequence = sequence - 1 {MINE}"], "edited", ROWS - 1,
    ),
    "all removed": ([f"DELETE FROM audit_events {MINE}", f"DELETE FROM audit_heads {MINE}"], "missing_end", 1),
    "head removed": ([f"DELETE FROM audit_heads {MINE}"], "missing_head", ROWS),
    "two swapped": (
        [f"UPDATE audit_events SET sequence = -5 {MINE} AND sequence = 4",
         f"UPDATE audit_events SET sequence = 4 {MINE} AND sequence = 5",
         f"UPDATE audit_events SET sequence = 5 {MINE} AND sequence = -5"], "reordered", 4,
    ),
    "one moved forward": (
        [f"UPDATE audit_events SET sequence = -100 {MINE} AND sequence = 6",
         f"UPDATE audit_events SET sequence = -(sequence + 1) {MINE} AND sequence BETWEEN 3 AND 5",
         f"UPDATE audit_events SET sequence = -sequence {MINE} AND sequence BETWEEN -6 AND -4",
         f"UPDATE audit_events SET sequence = 3 {MINE} AND sequence = -100"], "reordered", 3,
    ),
    "one put in": ([*steps(shift(5, 1)), copy_to(5), f"UPDATE audit_heads SET sequence = sequence + 1 {MINE}"], "inserted", 5),
    "one put at the end": ([copy_to(ROWS + 1)], "inserted", ROWS + 1),
    "one put before": ([copy_to(-3)], "inserted", -3),
}  # fmt: skip


def test_an_untouched_chain_is_intact(ada: Person, database_url: str) -> None:
    report = made(ada.get("/audit/verify"))
    [(head,)] = sql(database_url, f"SELECT hash FROM audit_heads {MINE}", ada.organisation_id)
    assert report == {
        "organisation_id": ada.organisation_id,
        "intact": True,
        "rows": ROWS,
        "head": head.hex(),
        "first_bad": None,
        "what": None,
        "detail": "",
    }


@pytest.mark.parametrize("case", DAMAGE)
def test_damage_is_found_and_named(ada: Person, database_url: str, case: str) -> None:
    queries, what, first_bad = DAMAGE[case]
    tamper(database_url, ada.organisation_id, *queries)
    report = made(ada.get("/audit/verify"))
    assert (report["intact"], report["what"], report["first_bad"]) == (False, what, first_bad)
    assert str(first_bad) in report["detail"]


def rows_of(database_url: str, organisation_id: str) -> list[dict[str, Any]]:
    async def ask() -> list[dict[str, Any]]:
        connection = await asyncpg.connect(database_url)
        rows = await connection.fetch(
            f"SELECT * FROM audit_events {MINE} ORDER BY sequence", UUID(organisation_id)
        )
        await connection.close()
        return [dict(row) for row in rows]

    return asyncio.run(ask())


def rewrite(database_url: str, organisation_id: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """What the cleverest could do: all rows and the head made anew, with hashes that agree."""
    rows = rows_of(database_url, organisation_id)
    change(rows)
    last = START
    for place, row in enumerate(rows, 1):
        row["sequence"] = place
        row["previous_hash"], row["hash"] = last, chain_hash(last, row)
        last = row["hash"]

    async def put() -> None:
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute(OFF)
            await connection.execute(f"DELETE FROM audit_events {MINE}", UUID(organisation_id))
            for row in rows:
                names = ", ".join(row)
                places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
                await connection.execute(
                    f"INSERT INTO audit_events ({names}) VALUES ({places})", *row.values()
                )
            await connection.execute(
                f"UPDATE audit_heads SET sequence = $2, hash = $3 {MINE}",
                UUID(organisation_id),
                len(rows),
                last,
            )
            await connection.execute(ON)
        await connection.close()

    asyncio.run(put())


def test_a_rewritten_chain_is_found_by_an_anchor_alone(ada: Person, database_url: str) -> None:
    before = made(ada.get("/audit/verify"))
    anchor = {"anchor_sequence": before["rows"], "anchor_hash": before["head"]}
    assert made(ada.get("/audit/verify", **anchor))["intact"]
    rewrite(database_url, ada.organisation_id, lambda rows: rows[2].update(actor="mallory"))
    assert made(ada.get("/audit/verify"))["intact"]
    report = made(ada.get("/audit/verify", **anchor))
    assert (report["what"], report["first_bad"]) == ("rewritten", ROWS)
    rewrite(database_url, ada.organisation_id, lambda rows: rows.pop())
    assert made(ada.get("/audit/verify", **anchor))["what"] == "missing_end"
    problem(ada.get("/audit/verify", anchor_sequence=3), 400, "together")


def test_one_put_in_with_a_hash_that_fits(ada: Person, database_url: str) -> None:
    rows = rows_of(database_url, ada.organisation_id)
    row = {**rows[4], "id": uuid7(), "actor": "mallory", "previous_hash": rows[3]["hash"]}
    row["hash"] = chain_hash(row["previous_hash"], row)
    tamper(
        database_url,
        ada.organisation_id,
        *steps(shift(5, 1)),
        copy_to(5),
        f"UPDATE audit_events SET id = '{row['id']}', actor = 'mallory', actor_id = '{row['actor_id']}',"
        f" at = '{row['at'].isoformat()}', act = '{row['act']}', subject_type = '{row['subject_type']}',"
        f" subject_id = '{row['subject_id']}', request_id = '{row['request_id']}', address = '{row['address']}',"
        f" before = {literal(row['before'])}, after = {literal(row['after'])},"
        f" previous_hash = '\\x{row['previous_hash'].hex()}', hash = '\\x{row['hash'].hex()}' {MINE} AND sequence = 5",
    )
    report = made(ada.get("/audit/verify"))
    assert (report["what"], report["first_bad"]) == ("inserted", 5)


def literal(text: str | None) -> str:
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'::json"


def test_rows_beyond_one_batch(api: httpx.Client, database_url: str) -> None:
    ada = register(api)
    rewrite(
        database_url,
        ada.organisation_id,
        lambda rows: rows.extend({**rows[-1], "id": uuid7()} for _ in range(1203)),
    )
    count = made(ada.get("/audit/verify"))["rows"]
    assert count > 1203
    tamper(database_url, ada.organisation_id, f"DELETE FROM audit_events {MINE} AND sequence = 1000")
    report = made(ada.get("/audit/verify"))
    assert (report["what"], report["first_bad"]) == ("removed", 1000)


def test_fifty_at_once_make_one_chain(api: httpx.Client, ada: Person) -> None:
    other = register(api)
    before = made(other.get("/audit/verify"))["rows"]
    with ThreadPoolExecutor(50) as pool:
        answers = pool.map(
            lambda n: (ada, other)[n % 2].get("/audit/export", until=0).status_code, range(100)
        )
        assert set(answers) == {200}
    for person, count in ((ada, ROWS), (other, before)):
        report = made(person.get("/audit/verify"))
        assert (report["intact"], report["rows"]) == (True, count + 50)


def test_what_fails_leaves_no_event(ada: Person) -> None:
    made(ada.post("/teams", name="Animation"))
    before = made(ada.get("/audit/verify"))
    problem(ada.post("/teams", name="Animation"), 409)
    assert made(ada.get("/audit/verify")) == before


def test_the_hash_is_what_the_documentation_says() -> None:
    row = {
        "id": UUID(int=1),
        "organisation_id": UUID(int=2),
        "sequence": 1,
        "at": datetime.fromisoformat("2026-01-31T13:00:00.000001+01:00"),
        "actor_id": None,
        "actor": 'Zoë "\\ \u2028\x1f\x7f😀',
        "via": "",
        "act": "a.b",
        "subject_type": "",
        "subject_id": "",
        "address": "",
        "request_id": "",
        "before": None,
        "after": '{"a":1}',
    }
    plain = {**row, "id": str(row["id"]), "organisation_id": str(row["organisation_id"])}
    plain["at"] = "2026-01-31T12:00:00.000001+00:00"
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert chain_hash(START, row) == hashlib.sha256(START + text.encode()).digest()
