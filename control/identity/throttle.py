"""How often passwords may be guessed, and mails asked for.

Buckets that refill (GCRA), in Redis, changed by one script, so that no number of requests at the same moment gets
more than a bucket holds. A password that is right gives its drop back: only wrong ones count, and nobody who knows
their password is slowed down by themselves. Strangers cannot lock anybody out: where the person has signed in from
before, only wrong passwords for this account *from there* count.

Without Redis nobody signs in with a password (503): else, to bring Redis down would be to guess without limit.
Sessions and API keys go on.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from control.errors import TooManyRequests, Unavailable
from control.http.context import current

KNOWN_SECONDS = 30 * 24 * 3600
"""How long an address from which somebody signed in stays known."""
TIMEOUT = 2.0


class Bucket(msgspec.Struct, frozen=True):
    """So many at once, and one more every so many seconds."""

    burst: int
    seconds: int


PAIR = Bucket(burst=10, seconds=60)
"""Wrong passwords for one account from one address."""
ADDRESS = Bucket(burst=30, seconds=10)
"""Wrong passwords from one address, for accounts never signed in to from there."""
ACCOUNT = Bucket(burst=50, seconds=30)
"""Wrong passwords for one account from all addresses that it was never signed in to from."""
MAILS = Bucket(burst=3, seconds=600)
"""Mails that one mail address may be sent on request, whoever asks."""
MAILS_FROM = Bucket(burst=20, seconds=30)
"""Mails that may be asked for from one address."""

# KEYS: the mark of a known address, then the buckets. ARGV: how many of them count where it is there, then burst
# and milliseconds of each. Answers milliseconds to wait (0: taken), and from how many it was taken. Where one is
# empty, nothing is taken from any.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = #KEYS
if redis.call('EXISTS', KEYS[1]) == 1 then last = 1 + tonumber(ARGV[1]) end
local wait, full = 0, {}
for i = 2, last do
  local burst, each = tonumber(ARGV[2 * i - 2]), tonumber(ARGV[2 * i - 1])
  full[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or '0'), now) + each
  wait = math.max(wait, full[i] - burst * each - now)
end
if wait > 0 then return {wait, 0} end
for i = 2, last do
  redis.call('SET', KEYS[i], string.format('%.0f', full[i]), 'PX', full[i] - now)
end
return {0, last - 1}
"""
# KEYS: the mark, then the buckets that were taken from. ARGV: how long the mark stays, then milliseconds of each.
_GIVE_BACK = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 2, #KEYS do
  local full = tonumber(redis.call('GET', KEYS[i]) or '0') - tonumber(ARGV[i])
  if full > now then redis.call('SET', KEYS[i], string.format('%.0f', full), 'PX', full - now)
  else redis.call('DEL', KEYS[i]) end
end
redis.call('SET', KEYS[1], '1', 'EX', ARGV[1])
"""


class Guess(msgspec.Struct, frozen=True):
    """What a guess at a password has been charged to."""

    mark: str
    taken: list[tuple[str, Bucket]]


def _name(*parts: str) -> str:
    # Hashed: Redis need not know who signs in. One hash tag: a cluster keeps them together.
    hashed = hashlib.sha256("\0".join(parts[1:]).encode()).hexdigest()[:32]
    return f"{{login}}:{parts[0]}:{hashed}"


@asynccontextmanager
async def _redis() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(TIMEOUT):
            yield
    except (RedisError, OSError, TimeoutError):
        raise Unavailable(
            "Nobody can sign in with a password at this moment, as Redis does not answer. Try again soon.", 5
        ) from None


async def _take(redis: Redis, mark: str, buckets: list[tuple[str, Bucket]], known: int) -> int:
    numbers = [number for _, bucket in buckets for number in (bucket.burst, bucket.seconds * 1000)]
    keys = [mark, *(key for key, _ in buckets)]
    async with _redis():
        wait, taken = await redis.register_script(_TAKE)(keys, [known, *numbers])
    if wait:
        seconds = -(-int(wait) // 1000)
        raise TooManyRequests(f"Too many attempts. Try again in {seconds} seconds.", seconds)
    return int(taken)


async def before_password(redis: Redis, account: str) -> Guess:
    """Counts one guess at the password of `account`, a mail address there may be or not.

    Raises `TooManyRequests`; `Unavailable` where Redis does not answer.
    """
    address = current().network
    mark = _name("known", account, address)
    buckets = [
        (_name("pair", account, address), PAIR),
        (_name("address", address), ADDRESS),
        (_name("account", account), ACCOUNT),
    ]
    taken = await _take(redis, mark, buckets, known=1)
    return Guess(mark, buckets[:taken])


async def password_was_right(redis: Redis, guess: Guess) -> None:
    """Takes the guess back, and knows the address from now on."""
    keys = [guess.mark, *(key for key, _ in guess.taken)]
    spans = [bucket.seconds * 1000 for _, bucket in guess.taken]
    async with _redis():
        await redis.register_script(_GIVE_BACK)(keys, [KNOWN_SECONDS, *spans])


async def know_address(redis: Redis, account: str) -> None:
    """The person who has just made this account is here."""
    await password_was_right(redis, Guess(_name("known", account, current().network), []))


async def before_mail(redis: Redis, to: str) -> None:
    """Counts one mail to `to`, whether it is sent or not; raises as `before_password` does."""
    buckets = [(_name("mail", to), MAILS), (_name("mails", current().network), MAILS_FROM)]
    await _take(redis, _name("nothing"), buckets, known=2)
