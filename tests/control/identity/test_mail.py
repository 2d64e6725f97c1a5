"""Mails: sent by SMTP with TLS, tried again, given up, and never lost or sent by halves."""

import asyncio
import datetime
import ipaddress
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiosmtplib
import asyncpg
import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from control.database.migrate import migrate
from control.errors import ControlError
from control.identity import mail
from control.identity.mail import Letter, deliver
from control.settings import ControlSettings
from studio.stack.process import free_port, running
from tests.control.conftest import api_service
from tests.control.people import address, register, sql

PASSWORD = "p@ss/word"
LETTER = Letter("ada@example.com", "A subject\nBcc: eve@example.com", "Good day\n.\nand more — ünïcode\n")


class Inbox:
    """A mail server's memory."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.over_tls: list[bool] = []
        self.refuses = ""

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Envelope, to: str, _o: Any) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope)
        self.over_tls.append(session.ssl is not None)
        return "250 OK"

    def text(self, number: int = -1) -> str:
        content = self.mails[number].content
        assert isinstance(content, bytes)
        return content.decode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 and its key, in one file; nobody vouches for it but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


Start = Callable[..., Controller]


@pytest.fixture(scope="module")
def start(certificate: Path) -> Iterator[Start]:
    """Starts mail servers, with STARTTLS and a login unless `plain`."""
    servers: list[Controller] = []

    def begin(inbox: Inbox, port: int, *, plain: bool = False) -> Controller:
        def authenticate(_s: Any, _session: Any, _e: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
            return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

        options: dict[str, Any] = {}
        if not plain:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            options = {
                "tls_context": context, "require_starttls": True, "auth_required": True,
                "authenticator": authenticate,
            }  # fmt: skip
        server = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        server.start()
        servers.append(server)
        return server

    yield begin
    for server in servers:
        server.stop(no_assert=True)


def settings(url: str, **others: Any) -> ControlSettings:
    return ControlSettings(smtp_url=url, mail_from="studio@example.com", **others)


async def test_a_mail_goes_by_starttls_with_a_login(
    start: Start, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    inbox, port = Inbox(), free_port()
    start(inbox, port)
    await deliver(LETTER, settings(f"smtp://studio:p%40ss%2Fword@127.0.0.1:{port}"))
    assert inbox.over_tls == [True]
    assert inbox.mails[0].mail_from == "studio@example.com"
    assert inbox.mails[0].rcpt_tos == ["ada@example.com"]
    assert "Subject: A subject Bcc: eve@example.com\r\n" in inbox.text()
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await deliver(LETTER, settings(f"smtp://studio:wrong@127.0.0.1:{port}"))


async def test_nothing_is_sent_to_a_server_that_nobody_vouches_for(start: Start) -> None:
    inbox, port = Inbox(), free_port()
    start(inbox, port)
    with pytest.raises((aiosmtplib.SMTPException, ssl.SSLError)):
        await deliver(LETTER, settings(f"smtp://studio:p%40ss%2Fword@127.0.0.1:{port}"))
    assert inbox.mails == []


async def test_no_server_elsewhere_talks_us_out_of_tls(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, port = Inbox(), free_port()
    start(inbox, port, plain=True)
    await deliver(LETTER, settings(f"smtp://127.0.0.1:{port}"))
    assert inbox.over_tls == [False]
    monkeypatch.setattr(mail, "_is_loopback", lambda _host: False)
    with pytest.raises(aiosmtplib.SMTPException):
        await deliver(LETTER, settings(f"smtp://127.0.0.1:{port}"))
    assert len(inbox.mails) == 1


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail.example.com", "smtp://"])
async def test_a_wrong_setting_is_named(url: str) -> None:
    with pytest.raises(ControlError, match="STUDIO_SMTP_URL"):
        await deliver(LETTER, settings(url))


async def test_without_a_server_mails_are_files_for_this_user_alone(tmp_path: Path) -> None:
    await deliver(LETTER, settings("", home=tmp_path))
    [path] = (tmp_path / "mail").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "To: ada@example.com" in path.read_text()
    link = f"https://studio.example/reset-password#token={'x' * 300}"
    await deliver(Letter("grace@example.com", "A link", f"Here:\n\n{link}\n"), settings("", home=tmp_path))
    [with_link] = [p for p in (tmp_path / "mail").iterdir() if p != path]
    assert link in with_link.read_text().splitlines()


@pytest.fixture(scope="module")
def own_database(database_url: str) -> str:
    """A database whose mails nobody else sends."""

    async def make() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute("CREATE DATABASE mails")
        await connection.close()

    asyncio.run(make())
    url = database_url.rsplit("/", 1)[0] + "/mails"
    migrate(url)
    return url


@pytest.fixture(scope="module")
def smtp_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def postman(
    api_environment: dict[str, str], own_database: str, control_home: Path, certificate: Path, smtp_port: int
) -> Iterator[httpx.Client]:
    """An API process that sends its mails by SMTP."""
    service, base = api_service(
        api_environment,
        control_home / "log" / "mail-api.log",
        STUDIO_DATABASE_URL=own_database,
        STUDIO_SMTP_URL=f"smtp://studio:p%40ss%2Fword@127.0.0.1:{smtp_port}",
        SSL_CERT_FILE=str(certificate),
    )
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_mails_wait_for_a_server_and_are_sent_once(
    postman: httpx.Client, own_database: str, start: Start, smtp_port: int
) -> None:
    """The server is down: registering neither waits nor fails, and the mail is tried again."""
    ada = register(postman)
    line = "SELECT attempts, next_at > now() + interval '5 seconds', kind FROM mails"
    until(lambda: sql(own_database, line) == [(1, True, "letter")])
    [(sealed,)] = sql(own_database, "SELECT sealed FROM mails")
    assert ada.email.encode() not in sealed
    inbox = Inbox()
    start(inbox, smtp_port)
    sql(own_database, "UPDATE mails SET next_at = now()")
    until(lambda: len(inbox.mails) == 1)
    until(lambda: sql(own_database, line) == [])
    assert "/verify-email#token=" in inbox.text().replace("=\r\n", "").replace("=3D", "=")
    # Refused for good: given up, and the next one is sent.
    inbox.refuses = "550 no such mailbox"
    register(postman)
    until(lambda: sql(own_database, "SELECT 1 FROM mails") == [])
    # Refused for now: kept.
    inbox.refuses = "451 later"
    register(postman)
    until(lambda: sql(own_database, line) == [(1, True, "letter")])
    inbox.refuses = ""
    sql(own_database, "UPDATE mails SET next_at = now()")
    until(lambda: len(inbox.mails) == 2)


def test_what_cannot_be_read_does_not_hold_up_the_rest(postman: httpx.Client, own_database: str) -> None:
    sql(
        own_database,
        "INSERT INTO mails (id, kind, sealed, attempts, next_at, created_at)"
        " VALUES (gen_random_uuid(), 'letter', 'garbage', 11, now() - interval '1 day', now())",
    )
    until(lambda: sql(own_database, "SELECT 1 FROM mails WHERE sealed = 'garbage'") == [])


def test_who_gets_no_account_gets_no_mail(postman: httpx.Client, own_database: str) -> None:
    email = address()
    body = {"email": email, "password": "correct horse battery", "name": "Ada"}
    assert postman.post("/api/v1/auth/register", json=body).is_success
    before = sql(own_database, "SELECT count(*) FROM mails")
    assert postman.post("/api/v1/auth/register", json=body).status_code == 409
    assert sql(own_database, "SELECT count(*) FROM mails") <= before


def test_keys_grow_old_and_rows_are_forgotten(api_environment: dict[str, str], own_database: str) -> None:
    """What each API process does once an hour."""
    sql(own_database, "UPDATE signing_keys SET starts_at = now() - interval '91 days'")
    sql(own_database, "UPDATE sessions SET expires_at = now() - interval '31 days'")
    script = (
        "import asyncio\n"
        "from control.database.engine import open_pool, close_pool\n"
        "from control.identity.upkeep import upkeep\n"
        "from control.settings import read_settings\n"
        "async def main():\n"
        "    await open_pool()\n"
        "    await upkeep(read_settings())\n"
        "    await upkeep(read_settings())\n"
        "    await close_pool()\n"
        "asyncio.run(main())\n"
    )
    import os

    environment = {**os.environ, **api_environment, "STUDIO_DATABASE_URL": own_database}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    keys = sql(
        own_database,
        "SELECT starts_at > now() + interval '5 minutes', retired_at > now(), ends_at > retired_at"
        " FROM signing_keys ORDER BY starts_at",
    )
    # The old one signs until the new one starts, which others have had time to fetch by then.
    assert keys == [(False, True, True), (True, None, None)]
    assert sql(own_database, "SELECT count(*) FROM sessions") == [(0,)]
    assert sql(own_database, "SELECT count(*) FROM refresh_tokens") == [(0,)]
