"""`studio doctor` on the services of the stack."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from studio.cli import main
from studio.settings import Settings
from studio.stack import checks


def test_services_that_have_no_address_are_there_to_be_started(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, port=0)
    found = [check(settings) for check in (checks.database, checks.cache, checks.storage, checks.address)]
    assert [finding.level for finding in found] == ["ok"] * 4, found


@pytest.mark.parametrize(
    ("check", "field", "url"),
    [
        ("database", "database_url", "postgresql://studio:hush@127.0.0.1:1/studio"),
        ("cache", "redis_url", "redis://:hush@127.0.0.1:1/0"),
        ("storage", "s3_url", "http://127.0.0.1:1"),
    ],
)
def test_an_address_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, check: str, field: str, url: str
) -> None:
    settings = Settings(home=tmp_path, s3_access_key="me", s3_secret_key="hush", **{field: url})
    finding = getattr(checks, check)(settings)
    assert finding.level == "bad"
    assert "127.0.0.1:1" in finding.says
    assert f"STUDIO_{field.upper()}" in finding.mend
    assert "hush" not in finding.says + finding.mend


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        finding = checks.address(Settings(home=tmp_path, port=other.getsockname()[1]))
    assert finding.level == "bad"
    assert "STUDIO_PORT" in finding.mend


def test_a_host_without_triton_is_not_asked_for_it(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["doctor", "--no-triton"], env={"STUDIO_HOME": str(tmp_path), "STUDIO_PORT": "0"}
    )
    assert done.exit_code == 0, done.output
    assert "packages of the API" in done.output
    assert "tritonserver" not in done.output
