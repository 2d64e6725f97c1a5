"""The whole stack: what starts side by side, what waits for what, and the order in which it stops."""

import secrets
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import msgspec
from rich.console import Console

from control.errors import ControlError
from control.http.web_files import is_built
from studio.errors import StudioError
from studio.settings import Settings
from studio.stack import api, postgres, seaweedfs, valkey, worker
from studio.stack.keeper import Keeper, Part, Report, Spawned
from studio.stack.ports import listen, listen_if_free, own_ports, where
from studio.stack.secret import secret
from studio.stack.state import Stack, end_orphans

STOP_SECONDS = 8.5
"""How long stopping may take; longer where the API is told to take longer."""
LEAST_SECONDS = 1.5
"""What the later ones are given where the earlier ones took it all."""
COMFY_PORT = 8188
"""Where ComfyUI's clients look."""
NO_ADDRESS = (
    "links in mails and to pictures say {url}: set STUDIO_PUBLIC_URL to what other machines reach this one by"
)
NO_UI = "there is no web UI yet: make web builds it, then it is at the same address"
POLL_SECONDS = 0.05
WAKE_SECONDS = 0.5
"""How late the main thread may notice that it was told to stop."""


def up(settings: Settings, console: Console, stopping: threading.Event, *, triton: bool = True) -> None:
    """Runs all that has no address in the settings, until `stopping` is set.

    Raises `StudioError` when something stands in the way of the start; nothing is left running then.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    report = reporter(settings.home, console)
    with ExitStack() as held:
        stack = Stack(settings.home)
        held.callback(stack.close)
        if orphans := end_orphans(settings.home):
            report("stack", f"was killed the last time; {orphans} processes that it left have ended")
        shared = held.enter_context(listen(settings.host, settings.port))
        comfy = comfy_socket(settings, COMFY_PORT)
        if comfy is not None:
            held.enter_context(comfy)
        check_addresses(settings)
        ports = own_ports(settings.home, ["postgres", "valkey", *seaweedfs.PORTS])
        env, services = addresses(settings, ports)

        def spawned(name: str, pid: int) -> None:
            stack.change(process=(name, pid))

        tritons: list[Part] = []
        if triton and not settings.triton_url:
            tritons, env_of_triton = own_tritons(settings, report, spawned)
            # The API repeats Triton's figures, and starts beside it.
            env |= env_of_triton | _given("triton_metrics_url", settings)
            services |= env_of_triton
        stack.change(services=services)
        own = own_services(settings, ports, services, report, spawned)
        others: list[Part] = [keeper for name, keeper in own.items() if name != "PostgreSQL"]
        database: list[Part] = [own["PostgreSQL"]] if "PostgreSQL" in own else []
        apis: list[Part] = [*api.api_keepers(settings, shared, env, report, spawned, comfy)]
        seconds = min(worker.STOP_SECONDS, settings.stop_seconds)
        workers: list[Part] = (
            [*worker.worker_keepers(settings, env, report, spawned, seconds=seconds)] if triton else []
        )
        held.callback(
            stop,
            apis,
            [shared, *([comfy] if comfy else [])],
            workers,
            [*others, *tritons],
            database,
            api_seconds(settings),
        )
        start(
            [*database, *others, *tritons],
            [*apis, *workers],
            env["STUDIO_DATABASE_URL"],
            console,
            stopping,
        )
        if not stopping.is_set():
            url = address(settings, shared)
            stack.change(url=url)
            if comfy is not None:
                at = f"{settings.comfy_address}:{comfy.getsockname()[1]}"
                report("API", f"ComfyUI's clients find it at http://{at}, and at {url}/comfy")
            report("API", f"the web UI is at {url}" if is_built(settings.web) else NO_UI)
            if nobodys_address(settings):
                report("API", NO_ADDRESS.format(url=url))
            print(f"The studio is ready: {url}", flush=True)
        wait_for_end(stopping)
        console.print("stopping", style="dim")
    console.print("stopped", style="dim")


def api_alone(settings: Settings, console: Console, stopping: threading.Event) -> None:
    """Runs API processes against the services of the settings, until `stopping` is set."""
    api.check_settings(settings)
    check_addresses(settings)
    report = reporter(settings.home, console)
    with listen(settings.host, settings.port) as shared, ExitStack() as held:
        comfy = comfy_socket(settings)
        if comfy is not None:
            held.enter_context(comfy)
        apis: list[Part] = [*api.api_keepers(settings, shared, {}, report, comfy=comfy)]
        try:
            start([], apis, "", console, stopping)
            if not stopping.is_set():
                print(f"The API is ready: {address(settings, shared)}", flush=True)
            wait_for_end(stopping)
        finally:
            end(apis, api_seconds(settings))


def comfy_socket(settings: Settings, usual: int | None = None) -> socket.socket | None:
    """Where ComfyUI's API stands at the root: on the port of the settings, or on the `usual` one where that is free."""
    if isinstance(settings.comfy_port, int):
        return listen(settings.comfy_address, settings.comfy_port, "STUDIO_COMFY_PORT")
    if settings.comfy_port is None and usual is not None:
        return listen_if_free(settings.comfy_address, usual)
    return None


def workers_alone(settings: Settings, console: Console, stopping: threading.Event) -> None:
    """Runs workers against the services and the Triton servers of the settings, until `stopping` is set."""
    api.check_settings(settings, worker.NEEDED)
    check_addresses(settings)
    report = reporter(settings.home, console)
    workers: list[Part] = [*worker.worker_keepers(settings, {}, report, seconds=settings.stop_seconds)]
    try:
        start([], workers, "", console, stopping)
        if not stopping.is_set():
            print(f"Workers are ready: {len(workers)}", flush=True)
        wait_for_end(stopping)
    finally:
        end(workers, settings.stop_seconds + 1.5)


def wait_for_end(stopping: threading.Event) -> None:
    """Returns when `stopping` is set."""
    # Python handles a signal in its main thread, which only wakes for it if the kernel gave it to that one.
    while not stopping.wait(WAKE_SECONDS):
        pass


def own_tritons(settings: Settings, report: Report, spawned: Spawned) -> tuple[list[Part], dict[str, str]]:
    """The stack's Triton servers, and setting → value of what others must know of them."""
    from studio.stack import triton

    servers, key = triton.settings_of(settings), settings.triton_key or secrets.token_hex(16)
    parts: list[Part] = [
        triton.Triton(own, name, number, key, report, spawned)
        for number, (own, name) in enumerate(zip(servers, triton.names(len(servers)), strict=True), 1)
    ]
    return parts, triton.addresses(servers, key) | {"STUDIO_TRITON_METRICS_URL": triton.metrics_urls(servers)}


def _given(field: str, settings: Settings) -> dict[str, str]:
    """The environment of one setting, where it is set."""
    value = getattr(settings, field)
    return {f"STUDIO_{field.upper()}": value} if value else {}


def api_seconds(settings: Settings) -> float:
    """How long API processes may take to stop; a little longer than they give themselves."""
    return settings.drain_seconds + settings.stop_seconds + 1.0


def address(settings: Settings, shared: socket.socket) -> str:
    """What people type."""
    return msgspec.structs.replace(settings, port=shared.getsockname()[1]).url


def nobodys_address(settings: Settings) -> bool:
    """Would links in mails and to pictures name an address that no other machine reaches?"""
    return settings.host in {"0.0.0.0", "::"} and not settings.public_url


def check_addresses(settings: Settings) -> None:
    """Raises `StudioError` where the settings name a database or a Redis that does not answer."""
    for setting, answers in {"database_url": postgres.answers, "redis_url": valkey.answers}.items():
        url = getattr(settings, setting)
        if url and not answers(url):
            raise StudioError(
                f"Nothing answers at {where(url)} as it should; check STUDIO_{setting.upper()}."
            )


def addresses(settings: Settings, ports: dict[str, int]) -> tuple[dict[str, str], dict[str, str]]:
    """The environment that API processes need beside this one's; the part of it that this stack provides itself."""
    home = settings.home
    own = {}
    if not settings.database_url:
        own["STUDIO_DATABASE_URL"] = postgres.database_url(home, ports["postgres"])
    if not settings.redis_url:
        own["STUDIO_REDIS_URL"] = valkey.redis_url(home, ports["valkey"])
    if not settings.s3_url:
        own["STUDIO_S3_URL"] = seaweedfs.s3_url(ports["s3.port"])
        own["STUDIO_S3_ACCESS_KEY"] = seaweedfs.ACCESS_KEY
        own["STUDIO_S3_SECRET_KEY"] = secret(home, "s3")
    env = {
        "STUDIO_HOME": str(home),
        "STUDIO_DATABASE_URL": settings.database_url,
        "STUDIO_SECRET_KEY": settings.secret_key or secret(home, "key"),
        **own,
    }
    return env, own


def own_services(
    settings: Settings,
    ports: dict[str, int],
    own: dict[str, str],
    report: Report,
    spawned: Spawned,
) -> dict[str, Keeper]:
    """Name → keeper of each service whose address is in `own`."""
    home = settings.home
    # Each process has a pool; the rest is for migrations and people.
    connections = 50 + 20 * (settings.api_processes + settings.workers)
    table = {
        "STUDIO_DATABASE_URL": (
            "PostgreSQL",
            lambda: postgres.postgres(home, ports["postgres"], connections=connections),
        ),
        "STUDIO_REDIS_URL": ("Valkey", lambda: valkey.valkey(home, ports["valkey"])),
        "STUDIO_S3_URL": (
            "SeaweedFS",
            lambda: seaweedfs.seaweedfs(
                home, settings.s3_bucket, {flag: ports[flag] for flag in seaweedfs.PORTS}
            ),
        ),
    }
    return {
        name: Keeper(name, make, report, spawned) for setting, (name, make) in table.items() if setting in own
    }


def start(
    first: list[Part], after: list[Part], database_url: str, console: Console, stopping: threading.Event
) -> None:
    """Starts everything, `after` once the database is up to date; returns when all answers, or `stopping` is set.

    Raises why something does not start.
    """
    with console.status("starting") as status:

        def wait_for(parts: list[Part]) -> None:
            while waited := [part for part in parts if not part.started.is_set()]:
                if stopping.is_set():
                    return
                names = [
                    f"{part.name} ({done})" if (done := getattr(part, "loaded", "")) else part.name
                    for part in waited
                ]
                status.update(f"waiting for {', '.join(names)}")
                # Why one failed is not to wait for the others.
                raise_failure([*first, *after])
                time.sleep(POLL_SECONDS)
            raise_failure([*first, *after])

        for part in first:
            part.begin()
        # What the API and workers cannot do without: not Triton, nor the storage.
        wait_for([part for part in first if part.name in {"PostgreSQL", "Valkey"}])
        if database_url and not stopping.is_set():
            status.update("bringing the database up to date")
            migrate(database_url)
        if not stopping.is_set():
            for part in after:
                part.begin()
        wait_for([*first, *after])


def raise_failure(parts: Iterable[Part]) -> None:
    """Raises why the first start of one of the parts failed, if one did."""
    for part in parts:
        if part.failure is not None:
            raise part.failure


def migrate(database_url: str) -> None:
    """Brings the database up to date; raises `StudioError` with the reason why not."""
    from control.database.migrate import migrate as migrate_database

    try:
        migrate_database(database_url)
    except ControlError as error:
        raise StudioError(str(error)) from None


def stop(
    apis: list[Part],
    sockets: list[socket.socket],
    workers: list[Part],
    others: list[Part],
    database: list[Part],
    seconds: float,
) -> None:
    """Stops first what uses the others; `seconds`: how long API processes may take."""
    last = time.monotonic() + STOP_SECONDS
    end(apis, seconds)
    # Who comes now is refused, and does not wait for nobody.
    for listening in sockets:
        listening.close()
    # Which hand back their jobs: to the database, and no longer to Triton.
    end(
        workers,
        max(LEAST_SECONDS, min(worker.STOP_SECONDS + 1.5, last - 2 * LEAST_SECONDS - time.monotonic())),
    )
    end(others, max(LEAST_SECONDS, last - LEAST_SECONDS - time.monotonic()))
    end(database, max(LEAST_SECONDS, last - time.monotonic()))


def end(parts: list[Part], seconds: float) -> None:
    """Stops parts side by side; after that many seconds by force."""
    enders = [threading.Thread(target=part.end, args=(seconds,)) for part in parts]
    for ender in enders:
        ender.start()
    for ender in enders:
        ender.join()


def reporter(home: Path, console: Console) -> Report:
    """Says what becomes of a part, on the console and in `home`/log/stack.log."""
    log = home / "log" / "stack.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    # Addresses and names of people stand in logs.
    log.parent.chmod(0o700)

    def report(name: str, event: str) -> None:
        console.print(f"{datetime.now():%H:%M:%S} {name}: {event}", soft_wrap=True, highlight=False)
        with log.open("a") as file:
            file.write(f"{datetime.now().astimezone().isoformat(timespec='milliseconds')} {name}: {event}\n")

    return report
