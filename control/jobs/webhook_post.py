"""Sending one message to an address that somebody gave us, and to none that we should not reach.

The name is resolved here, every address that it stands for is looked at, and the connection goes to one of those very
addresses: a name that stands for another one a moment later leads nowhere else. No redirects, no proxies.
"""

import asyncio
import ipaddress
import socket
import time
from datetime import UTC, datetime

import httpx
import msgspec
from standardwebhooks import Webhook

from control.errors import ControlError

SECONDS = 10.0
"""For one attempt, from resolving the name to the answer's end."""
ANSWER = 1000
"""Characters of the answer that are kept."""
USER_AGENT = "studio-webhooks/1"


class Refused(ControlError):
    """We do not connect to there."""


class Answer(msgspec.Struct, frozen=True):
    """What came of an attempt."""

    status: int | None
    milliseconds: int
    error: str = ""
    text: str = ""

    @property
    def taken(self) -> bool:
        """Was the message accepted?"""
        return self.status is not None and 200 <= self.status < 300


async def post(url: str, message_id: str, payload: str, secrets: list[str], *, private: bool) -> Answer:
    """Signs and sends a message; raises nothing: what went wrong stands in the answer."""
    started = time.monotonic()

    def spent() -> int:
        return round((time.monotonic() - started) * 1000)

    try:
        async with asyncio.timeout(SECONDS):
            status, text = await _send(httpx.URL(url), message_id, payload, secrets, private)
        return Answer(status, spent(), "" if 200 <= status < 300 else f"It answered {status}.", text)
    except TimeoutError:
        return Answer(None, spent(), f"No answer came within {SECONDS:g} s.")
    except Refused as error:
        return Answer(None, spent(), str(error)[:400])
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Answer(None, spent(), _plain(f"{type(error).__name__}: {error}")[:400])


def signed(message_id: str, payload: str, secrets: list[str], at: datetime) -> dict[str, str]:
    """The headers of a message, with a signature of each secret."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, at, payload) for secret in secrets),
    }


async def _send(
    url: httpx.URL, message_id: str, payload: str, secrets: list[str], private: bool
) -> tuple[int, str]:
    address = await reachable(url.host, url.port or (443 if url.scheme == "https" else 80), private=private)
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        **signed(message_id, payload, secrets, datetime.now(UTC)),
    }
    async with (
        httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", url.copy_with(host=address), content=payload.encode(), headers=headers,
            # The certificate must be the name's.
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as answer,
    ):  # fmt: skip
        return answer.status_code, await _beginning(answer)


async def reachable(host: str, port: int, *, private: bool) -> str:
    """One of the addresses that a name stands for; raises `Refused` where one of them is not a public one."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Refused(f"The name {host} cannot be resolved: {error.strerror or error}.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not private and not is_public(address):
            raise Refused(
                f"{host} is an address of this machine or of a private network. Webhooks go to public ones only, "
                "unless STUDIO_WEBHOOK_PRIVATE is set."
            )
    if not addresses:
        raise Refused(f"The name {host} stands for no address.")
    # IPv4 first: many machines have IPv6 addresses and no way out.
    return min(addresses, key=lambda address: ":" in address)


def is_public(address: str) -> bool:
    """May anybody be sent there? Not to loopback, private, link-local, multicast or reserved addresses."""
    found = ipaddress.ip_address(address.partition("%")[0])
    # Tunnels lead to whichever IPv4 address stands in theirs. Mapped ones and NAT64 are reserved.
    if isinstance(found, ipaddress.IPv6Address) and (found.is_site_local or found.sixtofour or found.teredo):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


async def _beginning(answer: httpx.Response) -> str:
    # Undecoded: a compressed answer could grow without end.
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= ANSWER:
            break
    return _plain(read[:ANSWER].decode("utf-8", "replace"))


def _plain(text: str) -> str:
    """PostgreSQL keeps no zero byte."""
    return text.replace("\0", "")
