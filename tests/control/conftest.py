"""A real database, a real Valkey and a real API process, for all tests of the control plane."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import pytest

from control.billing.tiers import USUAL
from control.database.migrate import migrate
from ensembles.manifest import Manifest
from ensembles.upscaler import FILE, FOLDER, Upscaler
from studio.embedded import SOURCE
from studio.stack import postgres, seaweedfs, valkey
from studio.stack.process import Service, free_port, running
from studio.stack.secret import secret
from tests.control.secrets_seen import leaks, undocumented, watching


@pytest.fixture(scope="session")
def control_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """STUDIO_HOME of the services and of the API; mails are in its `mail`, logs in its `log`.

    When all that runs in it has ended, its logs are searched: for every secret that a test sent or was given, and
    for answers that the OpenAPI document does not know.
    """
    home = tmp_path_factory.mktemp("control")
    publish(home)
    with watching() as seen:
        yield home
    seen.mails(home)
    seen.kept(home)
    assert leaks(home, seen) == []
    assert undocumented(home) == []


def publish(home: Path) -> None:
    """Pocket and an upscaler, as far as the control plane looks at them."""
    manifest = Manifest(
        name="pocket", architecture="sd15-test", context_dim=128, text_layers=3, default_size=128,
        weights={"unet": "0" * 64},
    )  # fmt: skip
    path = home / "models" / "pocket" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(msgspec.json.encode(manifest))
    shutil.copytree(SOURCE / "tokenizer", path.parent / "tokenizer")
    twice = Upscaler(
        name="twice", scale=2, tile=64, overlap=8, weights="1" * 64, source="a test", licence="MIT"
    )
    path = home / FOLDER / twice.name / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(msgspec.json.encode(twice))


@pytest.fixture(scope="session")
def database_url(control_home: Path) -> Iterator[str]:
    """A migrated database."""
    port = free_port()
    service = postgres.postgres(control_home, port)
    # The tests' database may be lost with the machine.
    service.command += ["-c", "fsync=off", "-c", "synchronous_commit=off"]
    with running(service):
        url = postgres.database_url(control_home, port)
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def redis_url(control_home: Path) -> Iterator[str]:
    """An empty Valkey."""
    port = free_port()
    with running(valkey.valkey(control_home, port)):
        yield valkey.redis_url(control_home, port)


@pytest.fixture(scope="session")
def s3_environment(control_home: Path) -> Iterator[dict[str, str]]:
    """A real object storage with an empty bucket: the settings of whoever uses it (`STUDIO_S3_*`)."""
    ports = {flag: free_port() for flag in seaweedfs.PORTS}
    with running(seaweedfs.seaweedfs(control_home, "studio", ports)):
        yield {
            "STUDIO_S3_URL": seaweedfs.s3_url(ports["s3.port"]),
            "STUDIO_S3_ACCESS_KEY": seaweedfs.ACCESS_KEY,
            "STUDIO_S3_SECRET_KEY": secret(control_home, "s3"),
        }


@pytest.fixture(scope="session")
def api_environment(
    control_home: Path, database_url: str, redis_url: str, s3_environment: dict[str, str]
) -> dict[str, str]:
    """Settings of an API process over these services: `STUDIO_*` variables, without a port."""
    return {
        "STUDIO_HOME": str(control_home),
        "STUDIO_DATABASE_URL": database_url,
        "STUDIO_REDIS_URL": redis_url,
        **s3_environment,
        "STUDIO_SECRET_KEY": secret(control_home, "key"),
        # Hundreds of people sign up in the tests.
        "STUDIO_PASSWORD_MEMORY_MB": "8",
        "STUDIO_PASSWORD_PASSES": "1",
        # Tests ask from one address, all at once; those of the limits set their own.
        "STUDIO_ANONYMOUS_REQUESTS_PER_MINUTE": "1000000",
        # Whole crowds join organisations of the tier free.
        "STUDIO_TIERS": msgspec.json.encode(
            {"free": msgspec.structs.replace(USUAL["free"], seats=None)}
        ).decode(),
        "STUDIO_LIMITS": '{"free": {"requests_per_minute": null, "generations_per_hour": 10, "uploads_per_hour": 20}}',
    }


def api_service(environment: dict[str, str], log: Path, **settings: str) -> tuple[Service, str]:
    """An API process as a service of `studio.stack.process.running`, and its address."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{base}/readyz", timeout=2).status_code == httpx.codes.OK
        return False

    service = Service(
        name="the API",
        command=[sys.executable, "-m", "control.serve"],
        env={**environment, "STUDIO_PORT": str(port), **settings},
        log=log,
        ready=ready,
        stop_seconds=10,
    )
    return service, base


@pytest.fixture(scope="session")
def api_log(control_home: Path) -> Path:
    """All that the API process says; one test looks for secrets in it when the others are through."""
    return control_home / "log" / "api.log"


@pytest.fixture(scope="session")
def api(api_environment: dict[str, str], api_log: Path) -> Iterator[httpx.Client]:
    """A client of a real API process."""
    service, base = api_service(api_environment, api_log)
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client
