"""One worker process: `python -m scheduler.serve`. It says how it is in `home`/run/NAME.json (scheduler/status.py)."""

import asyncio
import os
import signal
import socket
import sys

import uvloop

from control.http import logs, metrics_folder
from scheduler.settings import SchedulerSettings, read_settings


async def serve(settings: SchedulerSettings) -> None:
    """Works until SIGTERM or SIGINT."""
    from redis.asyncio import Redis

    from control.assets.storage import Storage
    from control.database.engine import close_pool
    from control.http import tracing
    from scheduler.housekeeping import Housekeeping
    from scheduler.means import Means
    from scheduler.placement import Servers
    from scheduler.speeds import Speeds
    from scheduler.telling import Teller
    from scheduler.worker import Worker
    from scheduler.workflows.cache import Cache

    traces = tracing.set_up(settings, "studio-worker")
    redis_client = Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=5)

    name = settings.worker_name or f"worker-{os.getpid()}"
    storage, servers = Storage(settings), Servers(settings, redis_client, f"{socket.gethostname()}:{name}")
    speeds, house, teller = Speeds(), Housekeeping(settings, storage), Teller(redis_client)
    cache = Cache(settings, storage)
    means = Means(settings, redis_client, storage, servers, speeds, teller.tell, cache)
    worker = Worker(settings, means, name)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop.set)
    await teller.start()
    try:
        await opened(worker.stop)
        await servers.start()
        await speeds.start()
        await house.start()
        await cache.start()
        await worker.run()
    finally:
        await teller.stop()
        await cache.stop()
        means.pure.close()
        await house.stop()
        await speeds.stop()
        await servers.stop()
        storage.close()
        await redis_client.aclose()
        await close_pool()
        if traces is not None:
            await asyncio.to_thread(traces.shutdown)


async def opened(stop: asyncio.Event) -> None:
    """Opens the pool, as soon as PostgreSQL answers."""
    import structlog

    from control.database.engine import open_pool
    from scheduler.finishing import AGAIN

    while not stop.is_set():
        try:
            await open_pool()
            return
        except AGAIN as error:
            structlog.get_logger("scheduler").warning("database_away", error=type(error).__name__)
            await asyncio.sleep(0.5)


def main() -> None:
    """Works until SIGTERM, then hands back what it cannot finish; exit code 2 and one sentence where it cannot begin."""
    from control.errors import ControlError

    try:
        settings = read_settings()
        missing = [name for name in ("database_url", "redis_url", "s3_url") if not getattr(settings, name)]
        if missing:
            raise ControlError(f"Set STUDIO_{missing[0].upper()}, or use `studio up`, which brings its own.")
    except ControlError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    logs.set_up(settings.log_level)
    figures = settings.home / "metrics"
    metrics_folder.prepare(figures)
    try:
        uvloop.run(serve(settings))
    finally:
        metrics_folder.leave(figures)


if __name__ == "__main__":
    main()
