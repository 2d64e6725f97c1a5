"""`studio up` as a whole: one home, started, hurt in every way, stopped, started again.

The tests of this file use one running stack one after the other, in the order in which they stand.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import boto3
import httpx
import msgspec
import psutil
import pytest
import redis
from botocore.config import Config

from tests.studio.stack.ups import ACCOUNT, ANY_PORT, STUDIO, Up, living


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("up")


@pytest.fixture(scope="module")
def up(home: Path) -> Iterator[Up]:
    running = Up(home, "--no-triton", STUDIO_API_PROCESSES="2", STUDIO_COMFY_PORT="0")
    assert running.url, running.said
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture(scope="module")
def token(up: Up) -> str:
    answer = httpx.post(f"{up.url}/api/v1/auth/register", json=ACCOUNT)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return str(answer.json()["access_token"])


def me(up: Up, token: str) -> httpx.Response:
    return httpx.get(f"{up.url}/api/v1/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)


def bucket(up: Up, **keys: str):
    services = up.state().services
    return boto3.client(
        "s3",
        endpoint_url=services["STUDIO_S3_URL"],
        region_name="us-east-1",
        aws_access_key_id=services["STUDIO_S3_ACCESS_KEY"],
        aws_secret_access_key=keys.get("secret", services["STUDIO_S3_SECRET_KEY"]),
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def test_one_line_says_where_it_is(up: Up) -> None:
    assert re.fullmatch(r"The studio is ready: http://127\.0\.0\.1:\d+\n", up.line)
    assert httpx.get(f"{up.url}/readyz").status_code == httpx.codes.OK


def test_comfyuis_api_has_a_port_of_its_own(up: Up, token: str) -> None:
    said = up.wait_said("ComfyUI's clients find it at")
    found = re.search(r"(http://127\.0\.0\.1:\d+), and at (\S+)/comfy", said)
    assert found, said
    assert found[2] == up.url
    assert httpx.get(found[1]).json()["api"] == "ComfyUI"
    assert httpx.get(f"{found[1]}/queue").status_code == httpx.codes.UNAUTHORIZED
    for _ in range(8):
        # Whichever process answers.
        answer = httpx.get(f"{found[1]}/prompt", headers={"X-API-Key": token})
        assert answer.json() == {"exec_info": {"queue_remaining": 0}}


def test_secrets_are_for_this_user_alone(up: Up) -> None:
    files = [
        *(up.home / "secrets").iterdir(),
        up.home / "run" / "stack.json",
        up.home / "valkey" / "valkey.conf",
    ]
    assert len(files) >= 7
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    arguments = " ".join(word for process in up.services() for word in process.cmdline())
    assert not [file for file in (up.home / "secrets").iterdir() if file.read_text() in arguments]


def test_services_do_not_see_the_settings(up: Up) -> None:
    seen = {
        process.name(): [n for n in process.environ() if n.startswith("STUDIO_")] for process in up.services()
    }
    assert seen["postgres"] == seen["valkey-server"] == seen["weed"] == []


def test_nobody_listens_beyond_this_machine(up: Up) -> None:
    listening = [
        connection.laddr.ip
        for process in up.services()
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) > 10
    assert set(listening) == {"127.0.0.1"}


def test_two_api_processes_share_the_load(up: Up) -> None:
    port = int(up.url.rsplit(":", 1)[1])
    with ExitStack() as held:
        clients = [held.enter_context(httpx.Client(base_url=up.url)) for _ in range(60)]
        for client in clients:
            client.get("/healthz").raise_for_status()
        share = {
            process.pid: sum(
                connection.laddr.port == port and connection.status == psutil.CONN_ESTABLISHED
                for connection in process.net_connections()
            )
            for process in up.named("control.serve")
        }
    assert len(share) == 2
    assert sum(share.values()) == 60
    assert min(share.values()) >= 3, share


def test_storage_refuses_who_has_no_key(up: Up) -> None:
    inner = msgspec.json.decode((up.home / "run" / "ports.json").read_bytes())
    filer = f"http://127.0.0.1:{inner['filer.port']}/buckets/studio/.ready"
    assert httpx.get(filer).status_code == httpx.codes.UNAUTHORIZED
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        bucket(up, secret="0" * 64).list_objects_v2(Bucket="studio")


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("control.serve", "API [12]"),
        ("valkey-server", "Valkey"),
        ("postgres", "PostgreSQL"),
        ("weed", "SeaweedFS"),
    ],
)
def test_a_killed_service_comes_back_with_its_data(up: Up, token: str, word: str, name: str) -> None:
    cache = redis.Redis.from_url(up.state().services["STUDIO_REDIS_URL"], retry_on_error=[ConnectionError])
    cache.set("kept", name)
    bucket(up).put_object(Bucket="studio", Key="kept", Body=name.encode() * 1000)
    victim, *others = up.named(word)
    victim.kill()
    said = up.wait_said(rf"{name}: ended \(killed by SIGKILL\); running again after")
    assert float(re.search(r"after ([\d.]+) s", said)[1]) < 10, said
    assert sum(bool(re.search(name, line)) for line in up.said) == 1, "one line for each"
    [replaced] = set(up.named(word)) - set(others)
    assert replaced.pid != victim.pid
    assert replaced.status() != psutil.STATUS_ZOMBIE
    # Connections that a pool still holds may fail once; then all is as before.
    answers = [me(up, token).status_code for _ in range(12)]
    assert answers[-8:] == [httpx.codes.OK] * 8, answers
    assert cache.get("kept") == name.encode()
    assert bucket(up).get_object(Bucket="studio", Key="kept")["Body"].read() == name.encode() * 1000


def test_no_request_is_refused_while_an_api_process_is_replaced(up: Up, token: str) -> None:
    answers: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answers.append(me(up, token).status_code)

    asking = threading.Thread(target=ask)
    asking.start()
    before = len(up.said)

    up.named("control.serve")[0].send_signal(signal.SIGTERM)
    while len(up.said) == before:
        time.sleep(0.05)
    stop.set()
    asking.join()
    assert len(answers) > 20
    assert set(answers) == {httpx.codes.OK}


def test_doctor_and_migrate_find_the_running_one(up: Up) -> None:
    environment = {**os.environ, "STUDIO_HOME": str(up.home), **ANY_PORT}
    said = subprocess.run(
        [STUDIO, "doctor"], env=environment, capture_output=True, text=True, check=False
    ).stdout
    for name in ("PostgreSQL", "Valkey", "SeaweedFS"):
        assert re.search(rf"ok +{name} answers at 127\.0\.0\.1:\d+", said), said
    assert f"the studio is running at {up.url}" in said
    assert not [file for file in (up.home / "secrets").iterdir() if file.read_text() in said]
    done = subprocess.run([STUDIO, "migrate"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "The database is up to date.\n"), done.stderr


def test_the_api_alone_serves_what_others_run(up: Up, token: str, tmp_path: Path) -> None:
    key = (up.home / "secrets" / "key").read_text()
    alone = Up(tmp_path, command="api", STUDIO_PORT="0", STUDIO_SECRET_KEY=key, **up.state().services)
    try:
        assert re.fullmatch(r"The API is ready: http://127\.0\.0\.1:\d+\n", alone.line), alone.said
        assert httpx.get(f"{alone.url}/readyz").status_code == httpx.codes.OK
        alone.process.send_signal(signal.SIGTERM)
        assert alone.process.wait(10) == 0
    finally:
        alone.process.kill()
        alone.process.wait()


@pytest.mark.parametrize(
    ("command", "settings", "sentence"),
    [
        ("api", {}, "Set STUDIO_DATABASE_URL .*`studio up` brings"),
        ("migrate", {}, "Set STUDIO_DATABASE_URL to the database"),
        (
            "migrate",
            {"STUDIO_DATABASE_URL": "postgresql://x:y@127.0.0.1:1/z"},
            "The database could not be migrated: .*",
        ),
        ("up", {"STUDIO_API_PROCESSES": "0"}, r"A STUDIO_\* variable .*api_processes"),
        ("up", {"STUDIO_PORT": "eighty"}, r"A STUDIO_\* variable .*port"),
        (
            "up",
            {
                "STUDIO_DATABASE_URL": "postgresql://x:y@127.0.0.1:1/z",
                "STUDIO_PORT": "0",
            },
            "Nothing answers at 127.0.0.1:1 as it should; check STUDIO_DATABASE_URL",
        ),
    ],
)
def test_wrong_settings_are_one_sentence(
    tmp_path: Path, command: str, settings: dict[str, str], sentence: str
) -> None:
    tried = Up(tmp_path, command=command, **settings)
    assert tried.process.wait(10) == 2
    assert re.fullmatch(rf"studio: {sentence}.*\n", "".join(tried.said))


def test_a_second_one_at_the_same_time_is_refused_in_one_sentence(up: Up) -> None:
    other = Up(up.home)
    assert other.process.wait(10) == 2
    said = "".join(other.said)
    assert re.fullmatch(
        rf"studio: The studio of {up.home} is already running \(process {up.process.pid}.*\n", said
    )
    assert up.url in said


def test_a_killed_stack_leaves_nothing_and_the_next_finds_everything(
    up: Up, token: str, published_pocket: Path
) -> None:
    shutil.copytree(published_pocket.parents[1], up.home, symlinks=True, dirs_exist_ok=True)
    services = up.services()
    assert len(services) == 5
    inner = [child for service in services for child in service.children(recursive=True)]
    up.process.kill()
    up.process.wait()
    # At once, while what was left behind is still ending.
    again = Up(up.home, STUDIO_API_PROCESSES="1")
    try:
        assert again.url, again.said
        assert not living([*services, *inner])
        again.wait_said("was killed the last time")
        # Other processes, and Triton with them; the same keys and rows.
        assert me(again, token).json()["email"] == ACCOUNT["email"]
        signed_in = httpx.post(
            f"{again.url}/api/v1/auth/login", json={k: ACCOUNT[k] for k in ("email", "password")}
        )
        assert signed_in.status_code == httpx.codes.OK
        assert bucket(again).get_object(Bucket="studio", Key="kept")["ContentLength"] > 0
        assert again.named("tritonserver")
        services = psutil.Process(again.process.pid).children(recursive=True)
        began = time.monotonic()
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(15) == 0
        assert time.monotonic() - began < 10
        assert not living(services)
        assert "stopped" in "".join(again.said)
        assert not (up.home / "run" / "stack.json").exists()
    finally:
        again.process.kill()
        again.process.wait()


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        tried = Up(tmp_path, STUDIO_PORT=str(other.getsockname()[1]))
    assert tried.process.wait(10) == 2
    assert re.fullmatch(
        r"studio: Port \d+ on 127\.0\.0\.1 cannot be used .*STUDIO_PORT.*\n", "".join(tried.said)
    )
