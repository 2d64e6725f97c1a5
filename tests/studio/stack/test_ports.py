"""Ports that a home keeps."""

import socket
from pathlib import Path

import msgspec
import pytest

from studio.settings import Settings
from studio.stack.ports import own_ports, where
from studio.stack.up import nobodys_address


def test_ports_are_the_same_at_the_next_start_unless_taken(tmp_path: Path) -> None:
    first = own_ports(tmp_path, ["a", "b", "c"])
    assert len(set(first.values())) == 3
    assert own_ports(tmp_path, ["a", "b", "c", "d"]).items() >= first.items()
    with socket.create_server(("127.0.0.1", first["b"])):
        then = own_ports(tmp_path, ["a", "b", "c"])
    assert (then["a"], then["c"]) == (first["a"], first["c"])
    assert then["b"] != first["b"]


def test_a_damaged_file_means_other_ports(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    for text in ("", "[1]", '{"a": 70000}', '{"a": -1}', '{"a": 1}'):
        (tmp_path / "run" / "ports.json").write_text(text)
        assert 0 < own_ports(tmp_path, ["a"])["a"] < 65536


def test_an_address_is_shown_without_what_is_secret() -> None:
    assert where("postgresql://studio:hush@db:5432/studio?sslmode=require") == "db:5432"
    assert where("hush") == "no address at all"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "::"}, True),
        ({"host": "0.0.0.0", "public_url": "https://studio.example"}, False),
        ({"host": "192.0.2.7"}, False),
    ],
)
def test_links_to_an_address_that_nobody_reaches_are_told_of(
    given: dict[str, str], *, expected: bool
) -> None:
    assert nobodys_address(msgspec.structs.replace(Settings(), **given)) == expected
