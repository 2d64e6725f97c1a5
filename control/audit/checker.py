"""Checks an export of the audit log without the studio: copy this file, it needs nothing but Python 3.

    python checker.py audit.jsonl            (or audit.csv)
    python checker.py audit.jsonl --anchor 120:3f5a…

Exit code 0 and the last row's sequence and hash where the chain is unbroken; 1 and the first bad row where it is
not; 2 where the file cannot be read. An export that begins later than with row 1 is taken to begin rightly: give an
anchor to check that too.
"""

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]
HASHED = (
    "id", "organisation_id", "sequence", "at", "actor_id", "actor", "via", "act", "subject_type", "subject_id",
    "address", "request_id", "before", "after",
)  # fmt: skip
NULLABLE = ("actor_id", "before", "after")
START = "00" * 32


def row_hash(row: Row) -> str:
    """SHA-256 over the hash before and the fields as JSON: keys sorted, no spaces, UTF-8 unescaped."""
    fields = {name: row[name] for name in HASHED}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(row["previous_hash"]) + text.encode()).hexdigest()


def from_csv(file: Iterable[str]) -> Iterator[Row]:
    """Rows of the CSV form: empty where null, a quote before what a spreadsheet would take for a formula."""
    for cells in csv.DictReader(file):
        row: Row = {name: cell[1:] if cell.startswith("'") else cell for name, cell in cells.items()}
        row.update({name: row[name] or None for name in NULLABLE})
        row["sequence"] = int(row["sequence"])
        yield row


def check(rows: Iterable[Row], anchors: dict[int, str] | None = None) -> tuple[int, str]:
    """(sequence, hash) of the last row; raises `ValueError` naming the first bad one."""
    anchors = dict(anchors or {})
    sequence: int | None = None
    last = START
    for row in rows:
        here = row["sequence"]
        if sequence is None and here != 1:
            sequence, last = here - 1, row["previous_hash"]
        expected = (sequence or 0) + 1
        if here != expected:
            raise ValueError(f"row {expected} is missing: row {here} follows")
        if row["previous_hash"] != last:
            raise ValueError(f"row {here} does not continue the row before it")
        if row_hash(row) != row["hash"]:
            raise ValueError(f"row {here} was changed: its fields do not give its hash")
        if anchors.pop(here, row["hash"]) != row["hash"]:
            raise ValueError(f"row {here} is not the one of the anchor")
        sequence, last = here, row["hash"]
    if anchors:
        raise ValueError(f"row {min(anchors)} of the anchor is not in the file")
    return sequence or 0, last


def main(arguments: list[str]) -> int:
    """The command."""
    anchors: dict[int, str] = {}
    if "--anchor" in arguments:
        at = arguments.index("--anchor")
        place, _, value = arguments[at + 1].partition(":")
        anchors[int(place)] = value
        del arguments[at : at + 2]
    path = arguments[0]
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
        lines = (line for line in file if line.strip())
        rows = from_csv(file) if path.endswith(".csv") else map(json.loads, lines)
        try:
            sequence, last = check(rows, anchors)
        except ValueError as error:
            print(f"broken: {error}")
            return 1
    print(f"unbroken up to {sequence}:{last}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, IndexError, KeyError) as error:
        print(f"usage: checker.py FILE.jsonl|FILE.csv [--anchor SEQUENCE:HASH] ({error!r})", file=sys.stderr)
        sys.exit(2)
