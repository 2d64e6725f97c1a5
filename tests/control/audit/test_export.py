"""Exports, and the checker that needs nothing of ours."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from control.audit import checker
from tests.control.people import Person, made, problem, register

# What might break a line, a cell, a spreadsheet or a hash.
NAMES = ["=1+1", "@x", "-x", "'quoted", 'a "b" c', "a,b;c", "Zoë 😀 \u2028 \u00a0x", "\\u0000 \\n", "x" * 200]


@pytest.fixture(scope="module")
def ada(api: httpx.Client) -> Person:
    person = register(api)
    for name in NAMES:
        made(person.patch(f"/organisations/{person.organisation_id}", name=name))
    return person


def exported(person: Person, form: str, **options: object) -> httpx.Response:
    answer = person.get("/audit/export", format=form, **options)
    assert answer.status_code == 200, answer.text
    return answer


def check(path: Path, *arguments: str) -> tuple[int, str]:
    """The checker on its own: `-I` lets it see no package and no checkout."""
    done = subprocess.run(
        [sys.executable, "-I", checker.__file__, str(path), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip() or done.stderr.strip()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_an_export_can_be_checked_by_a_third_party(ada: Person, tmp_path: Path, form: str) -> None:
    before = made(ada.get("/audit/verify"))
    answer = exported(ada, form)
    path = tmp_path / f"audit.{form}"
    path.write_bytes(answer.content)
    after = made(ada.get("/audit/verify"))
    # The export is an event itself, and the last one in it.
    assert after["rows"] == before["rows"] + 1
    assert check(path) == (0, f"unbroken up to {after['rows']}:{after['head']}")
    assert check(path, "--anchor", f"{before['rows']}:{before['head']}")[0] == 0
    assert check(path, "--anchor", f"3:{before['head']}") == (1, "broken: row 3 is not the one of the anchor")
    assert check(path, "--anchor", f"999:{before['head']}") == (
        1,
        "broken: row 999 of the anchor is not in the file",
    )


def test_headers(ada: Person) -> None:
    answer = exported(ada, "jsonl", after=2, until=4)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-3-4.jsonl"'
    assert exported(ada, "csv").headers["content-type"] == "text/csv; charset=utf-8"
    problem(ada.get("/audit/export", format="pdf"), 400)
    problem(ada.get("/audit/export", after=-1), 400)


def test_a_part_of_the_chain(ada: Person, tmp_path: Path) -> None:
    lines = exported(ada, "jsonl", after=2, until=5).text.strip().split("\n")
    assert [json.loads(line)["sequence"] for line in lines] == [3, 4, 5]
    path = tmp_path / "part.jsonl"
    path.write_text("\n".join(lines))
    code, says = check(path)
    assert (code, says.partition(":")[0]) == (0, "unbroken up to 5")
    assert exported(ada, "jsonl", until=0).text == ""
    assert exported(ada, "csv", until=0).text.count("\n") == 1


def test_json_lines_and_csv_say_the_same(ada: Person) -> None:
    as_json = [json.loads(line) for line in exported(ada, "jsonl", until=12).text.strip().split("\n")]
    as_csv = list(checker.from_csv(io.StringIO(exported(ada, "csv", until=12).text, newline="")))
    assert as_json == as_csv
    names = [json.loads(row["after"])["name"] for row in as_json if row["act"] == "organisation.update"]
    assert names == NAMES[: len(names)]


def test_no_cell_is_a_formula(ada: Person) -> None:
    for row in csv.reader(io.StringIO(exported(ada, "csv").text, newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[3].update(actor="mallory"), "row 4 was changed"),
        (lambda rows: rows.pop(3), "row 4 is missing"),
        (lambda rows: rows.insert(3, rows.pop(4)), "row 4 is missing"),
        (lambda rows: rows[3].update(hash="00" * 32), "row 4 was changed"),
        (lambda rows: rows[3].update(previous_hash="00" * 32), "row 4 does not continue"),
        (lambda rows: rows[3].update(after=None), "row 4 was changed"),
    ],
)
def test_the_checker_finds_what_was_done_to_a_file(ada: Person, tmp_path: Path, change, says: str) -> None:
    rows = [json.loads(line) for line in exported(ada, "jsonl").text.strip().split("\n")]
    change(rows)
    path = tmp_path / "audit.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, said = check(path)
    assert code == 1
    assert says in said


def test_the_checker_says_what_it_cannot_read(tmp_path: Path) -> None:
    assert check(tmp_path / "none.jsonl")[0] == 2
    path = tmp_path / "audit.jsonl"
    path.write_text("{}\n")
    assert check(path)[0] == 2
