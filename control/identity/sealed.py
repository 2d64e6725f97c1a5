"""What others carry for us and may neither read nor change: links in mails, cookies."""

import base64
import binascii
import time
from typing import TypeVar

import msgspec

from control.errors import ControlError
from control.identity.secrets import decrypt, encrypt
from control.settings import ControlSettings

T = TypeVar("T")


class _Envelope(msgspec.Struct, array_like=True):
    expires: float
    content: msgspec.Raw


def seal(content: msgspec.Struct, seconds: float, settings: ControlSettings, purpose: bytes) -> str:
    """`content` as text for URLs and cookies, good for `seconds` and for `purpose` alone."""
    plain = msgspec.json.encode(_Envelope(time.time() + seconds, msgspec.Raw(msgspec.json.encode(content))))
    return base64.urlsafe_b64encode(encrypt(plain, settings.secret_key, purpose)).decode().rstrip("=")


def unseal(text: str, kind: type[T], settings: ControlSettings, purpose: bytes) -> T | None:
    """What was sealed; None for what is not ours, has ended, or was for another purpose."""
    try:
        sealed = base64.urlsafe_b64decode(text.encode("ascii") + b"==")
        envelope = msgspec.json.decode(decrypt(sealed, settings, purpose), type=_Envelope)
        content = msgspec.json.decode(envelope.content, type=kind)
    except (binascii.Error, ValueError, ControlError):
        return None
    return content if envelope.expires > time.time() else None
