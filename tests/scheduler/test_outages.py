"""PostgreSQL, Redis and the storage end while a picture is painted, and come back: it is in hand all the while."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from control.database.migrate import migrate
from studio.stack import postgres, seaweedfs, valkey
from studio.stack.process import free_port, kill, running, spawn, stop, wait_ready
from studio.stack.secret import secret
from tests.conftest import SOAK
from tests.control.conftest import api_service
from tests.control.people import register
from tests.scheduler.conftest import Workers, ended, job_of, submit, wait_for
from tests.scheduler.fake_triton import FakeTriton
from tests.scheduler.test_worker import effects, events


@pytest.fixture
def services(control_home: Path, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Services of this test's own, by name: (service, process)."""
    home = tmp_path
    (home / "models").symlink_to(control_home / "models")
    ports = {flag: free_port() for flag in seaweedfs.PORTS}
    database, cache = free_port(), free_port()
    made = {
        "database": postgres.postgres(home, database),
        "cache": valkey.valkey(home, cache),
        "storage": seaweedfs.seaweedfs(home, "studio", ports),
    }
    found: dict[str, Any] = {name: [service, spawn(service)] for name, service in made.items()}
    try:
        for service, process in found.values():
            wait_ready(service, process)
        url = postgres.database_url(home, database)
        migrate(url)
        yield found | {
            "environment": {
                "STUDIO_HOME": str(home),
                "STUDIO_DATABASE_URL": url,
                "STUDIO_REDIS_URL": valkey.redis_url(home, cache),
                "STUDIO_S3_URL": seaweedfs.s3_url(ports["s3.port"]),
                "STUDIO_S3_ACCESS_KEY": seaweedfs.ACCESS_KEY,
                "STUDIO_S3_SECRET_KEY": secret(home, "s3"),
                "STUDIO_SECRET_KEY": secret(home, "key"),
                "STUDIO_PASSWORD_MEMORY_MB": "8",
            }
        }
    finally:
        for service, process in found.values():
            stop(service, process)


# Its short form is tests/studio/stack's chaos.
@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="`make soak` runs it")
def test_a_painted_picture_outlives_them(services: dict[str, Any], control_home: Path) -> None:
    downs = ("database", "cache", "storage")
    environment = services.pop("environment")
    url = environment["STUDIO_DATABASE_URL"]
    fake = FakeTriton([path.name for path in (control_home / "models/pocket/repository").iterdir()])
    fake.behaviour, fake.seconds = "paints", 1.0
    home = Path(environment["STUDIO_HOME"])
    service, base = api_service(environment, home / "log" / "api.log")
    workers = Workers(environment)
    with running(service), httpx.Client(base_url=base, timeout=30) as api:
        person = register(api)
        try:
            workers.start("one", STUDIO_TRITON_URL=fake.url)
            for down in downs:
                job_id = submit(person)
                wait_for(lambda job_id=job_id: job_of(person, job_id)["state"] == "PROCESSING")
                kill(services[down][1])
                # The picture is done meanwhile.
                time.sleep(1.5)
                services[down][1] = spawn(services[down][0])
                wait_ready(*services[down])
                wait_for(lambda: api.get("/readyz").status_code == httpx.codes.OK)
                job = ended(person, job_id)
                assert (job["state"], job["attempt"]) == ("COMPLETED", 1), down
                assert effects(url, job_id) | {"spent": 0} == {
                    "outputs": 1,
                    "assets": 1,
                    "ends": 1,
                    "spent": 0,
                }
                assert [state for _, state, *_ in events(url, job_id)][-2:] == ["PROCESSING", "COMPLETED"]
            assert fake.requests == len(downs)
        finally:
            workers.end()
            fake.close()
