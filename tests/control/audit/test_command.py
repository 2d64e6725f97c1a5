"""`studio audit verify`, for who runs the studio."""

import os
import subprocess
import sys

import httpx

from tests.control.audit.test_chain import MINE, tamper
from tests.control.people import made, register


def verify(database_url: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", "from studio.cli import main; main()", "audit", "verify", *arguments],
        env={**os.environ, "STUDIO_DATABASE_URL": database_url},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_one_chain_and_all(api: httpx.Client, database_url: str) -> None:
    ada = register(api)
    report = made(ada.get("/audit/verify"))
    anchor = f"{report['rows']}:{report['head']}"
    line = f"{ada.organisation_id}  {anchor}  "
    one = ("--organisation", ada.organisation_id)
    assert verify(database_url, *one, "--anchor", anchor) == (0, f"{line}unbroken\n")
    code, said = verify(database_url, *one, "--anchor", f"2:{report['head']}")
    assert code == 1
    assert "rewritten at 2" in said

    tamper(database_url, ada.organisation_id, f"DELETE FROM audit_events {MINE} AND sequence = 2")
    other = register(api)
    code, said = verify(database_url)
    assert code == 1
    assert f"{ada.organisation_id}  1:" in said
    assert "  removed at 2: Row 2 is missing.\n" in said
    # Of all chains, each with its state.
    assert f"{other.organisation_id}  {made(other.get('/audit/verify'))['rows']}:" in said


def test_what_cannot_be_checked_is_said(database_url: str) -> None:
    assert verify(database_url, "--anchor", "3:00") == (
        2, "studio: An anchor is of one chain: name it with --organisation.\n",
    )  # fmt: skip
    one = ("--organisation", "00000000-0000-0000-0000-000000000000")
    assert "SEQUENCE:HASH" in verify(database_url, *one, "--anchor", "3:00")[1]
    empty = database_url.rsplit("/", 1)[0] + "/postgres"
    assert verify(empty) == (
        2,
        "studio: This database is not up to date: `studio migrate` brings it there.\n",
    )
    code, said = verify("postgresql://studio:x@127.0.0.1:1/studio")
    assert code == 2
    assert "does not answer" in said
