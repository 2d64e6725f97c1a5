"""Mails: put in line by what they tell of, sent later by `control.identity.postman`."""

import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from control.errors import ControlError
from control.identity.secrets import encrypt
from control.identity.tables import Mail
from control.ids import uuid7
from control.settings import ControlSettings

PURPOSE = b"mail"
LETTER = "letter"
"""What a row is of that holds a `Letter`."""
POSTED = asyncio.Event()
"""Set where this process has put a mail in line, so that its postman need not wait until it looks again."""
TIMEOUT = 20.0
"""Seconds that a mail server may take for each step."""


class Letter(msgspec.Struct, frozen=True):
    """A mail of plain text."""

    to: str
    subject: str
    text: str


async def post(letter: Letter, settings: ControlSettings) -> None:
    """Puts a mail in line. In a transaction, it is sent once that is committed, and never if it is not."""
    await post_kind(LETTER, letter, settings)


async def post_kind(kind: str, data: msgspec.Struct, settings: ControlSettings) -> None:
    """Puts in line what one of `control.identity.postman.WRITERS` writes a mail of, if any."""
    now = datetime.now(UTC)
    sealed = encrypt(msgspec.json.encode(data), settings.secret_key, PURPOSE)
    await Mail.insert(Mail(kind=kind, sealed=sealed, next_at=now, created_at=now))
    POSTED.set()


async def deliver(letter: Letter, settings: ControlSettings) -> None:
    """Sends it by SMTP, or writes it to `home`/mail; raises `aiosmtplib.SMTPException` or `OSError`."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to
    # One line, whatever names are in it.
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2] or "studio")
    # RFC 3834: nobody's holiday notice answers.
    message["Auto-Submitted"] = "auto-generated"
    # Links in one piece, for who reads the files; RFC 5322's longest line is 998.
    plain = letter.text.isascii() and max(map(len, letter.text.splitlines()), default=0) < 900
    message.set_content(letter.text, cte="7bit" if plain else "quoted-printable")
    if settings.smtp_url:
        await _send(message, settings.smtp_url)
    else:
        await asyncio.to_thread(_write, message, settings.home / "mail")


def _write(message: EmailMessage, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = str(uuid7())
    part = folder / f".{name}.part"
    part.touch(mode=0o600)
    part.write_bytes(message.as_bytes())
    part.rename(folder / f"{name}.eml")


async def _send(message: EmailMessage, url: str) -> None:
    server = urlsplit(url)
    host = server.hostname
    if server.scheme not in {"smtp", "smtps"} or not host:
        raise ControlError(
            "STUDIO_SMTP_URL must look like smtp://user:password@host:587 or smtps://host:465."
        )
    tls = server.scheme == "smtps"
    await aiosmtplib.send(
        message,
        hostname=host,
        port=server.port or (465 if tls else 587),
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=tls,
        # Nobody between may talk us out of it; a relay on this machine may do without.
        start_tls=None if _is_loopback(host) else not tls,
        timeout=TIMEOUT,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
