"""Sends the mails that are in line. Every API process does so; no mail is taken by two."""

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiosmtplib
import msgspec

from control.database.engine import transaction
from control.identity.mail import LETTER, POSTED, PURPOSE, Letter, deliver
from control.identity.recovery import WantedReset, write_reset
from control.identity.secrets import decrypt, encrypt
from control.identity.tables import Mail
from control.settings import ControlSettings

POLL_SECONDS = 1.0
COMMIT_SECONDS = 0.05
"""By then the transaction has most likely ended that put a mail in line."""
MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=10)
"""Doubled after each attempt: nearly 6 hours in all."""
log = logging.getLogger(__name__)

WRITERS: dict[str, tuple[type, Callable[[Any, ControlSettings], Awaitable[Letter | None]]]] = {
    "password_reset": (WantedReset, write_reset),
}
"""What a row is of that holds no letter yet → what it holds, and who writes the letter, if there is to be one."""


async def work(settings: ControlSettings) -> None:
    """Sends what comes, until cancelled. What fails is tried again later; a killed process loses nothing."""
    while True:
        try:
            # A context of its own: a mail tells of its own request, not of the one before.
            while await asyncio.create_task(send_one(settings), context=contextvars.copy_context()):
                pass
        except Exception:
            log.exception("mails cannot be sent")
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await POSTED.wait()
        POSTED.clear()
        await asyncio.sleep(COMMIT_SECONDS)


async def send_one(settings: ControlSettings) -> bool:
    """Writes or sends the mail that waits longest; False where none does."""
    row = None
    try:
        async with transaction():
            row = await (
                Mail.objects()
                .where(Mail.next_at <= datetime.now(UTC))
                .order_by(Mail.next_at)
                .first()
                .lock_rows("UPDATE", skip_locked=True)
            )
            if row is None:
                return False
            plain = decrypt(row.sealed, settings, PURPOSE)
            if row.kind == LETTER:
                await deliver(msgspec.json.decode(plain, type=Letter), settings)
                await Mail.delete().where(Mail.id == row.id)
                return True
            # Written now and sent next, so that a slow mail server holds no lock but this row's.
            kind, write = WRITERS[row.kind]
            letter = await write(msgspec.json.decode(plain, type=kind), settings)
            if letter is None:
                await Mail.delete().where(Mail.id == row.id)
            else:
                sealed = encrypt(msgspec.json.encode(letter), settings.secret_key, PURPOSE)
                await Mail.update({Mail.kind: LETTER, Mail.sealed: sealed}).where(Mail.id == row.id)
    except Exception as error:
        if row is None:
            raise
        await _later(row, error)
    return True


async def _later(row: Mail, error: Exception) -> None:
    """Tries again, unless the server refuses it for good or it was tried often."""
    about = {"mail": str(row.id), "error": type(error).__name__}
    if _for_good(error) or row.attempts + 1 >= MOST_ATTEMPTS:
        log.error("a mail was given up", extra=about)
        await Mail.delete().where(Mail.id == row.id)
        return
    log.warning("a mail waits", extra=about)
    await Mail.update(
        {Mail.attempts: row.attempts + 1, Mail.next_at: datetime.now(UTC) + FIRST_WAIT * 2**row.attempts}
    ).where(Mail.id == row.id)


def _for_good(error: Exception) -> bool:
    """Will the server never take this mail? A login that it refuses is ours to mend, and the mail waits for that."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(recipient.code >= 500 for recipient in error.recipients)
    return isinstance(error, aiosmtplib.SMTPDataError) and error.code >= 500
