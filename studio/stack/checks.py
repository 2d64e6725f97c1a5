"""What `studio doctor` checks of the stack: each service answers at its address, or is there to be started."""

from collections.abc import Callable

from studio.errors import StudioError
from studio.findings import Finding
from studio.settings import Settings
from studio.stack import api, postgres, seaweedfs, valkey
from studio.stack.ports import listen, where
from studio.stack.state import State, running


def service(
    name: str,
    setting: str,
    given: str,
    stack: State | None,
    answers: Callable[[str], bool],
    installed: Callable[[], object],
) -> Finding:
    """One service: at the address that is set, at the running stack's, or installed."""
    if url := given or (stack.services.get(setting, "") if stack else ""):
        whose = f"{setting}" if given else "the running studio's"
        if answers(url):
            return Finding("ok", f"{name} answers at {where(url)} ({whose})")
        mend = (
            f"check {setting}, or unset it for one of the studio's own"
            if given
            else "see the logs in home/log"
        )
        return Finding("bad", f"{name} does not answer at {where(url)} ({whose})", mend)
    try:
        installed()
    except StudioError as error:
        return Finding("bad", str(error), postgres.INSTALL)
    return Finding("ok", f"{name} is installed; `studio up` starts it")


def database(settings: Settings) -> Finding:
    """PostgreSQL."""
    return service(
        "PostgreSQL", "STUDIO_DATABASE_URL", settings.database_url, running(settings.home),
        postgres.answers, postgres.installation,
    )  # fmt: skip


def cache(settings: Settings) -> Finding:
    """Redis, or Valkey, which speaks its language."""
    return service(
        "Redis" if settings.redis_url else "Valkey", "STUDIO_REDIS_URL", settings.redis_url, running(settings.home),
        valkey.answers, valkey.binary,
    )  # fmt: skip


def storage(settings: Settings) -> Finding:
    """Object storage."""
    stack = running(settings.home)
    access, secret = settings.s3_access_key, settings.s3_secret_key
    if not settings.s3_url and stack is not None:
        access = stack.services.get("STUDIO_S3_ACCESS_KEY", "")
        secret = stack.services.get("STUDIO_S3_SECRET_KEY", "")

    def answers(url: str) -> bool:
        return seaweedfs.answers(
            url, access, secret, bucket=settings.s3_bucket, region=settings.s3_region, make=False
        )

    name = "object storage" if settings.s3_url else "SeaweedFS"
    return service(name, "STUDIO_S3_URL", settings.s3_url, stack, answers, seaweedfs.binary)


def address(settings: Settings) -> Finding:
    """The API, or the port that it will listen on."""
    stack = running(settings.home)
    if stack is not None:
        if not stack.url:
            return Finding("note", f"the studio is just starting (process {stack.pid})")
        if api.answers(stack.url):
            return Finding("ok", f"the studio is running at {stack.url} (process {stack.pid})")
        return Finding("bad", f"the studio at {stack.url} does not answer", "see the logs in home/log")
    try:
        listen(settings.host, settings.port).close()
    except StudioError as error:
        return Finding("bad", str(error), "export STUDIO_PORT=0")
    return Finding("ok", f"port {settings.port} is free for the API")


def workers(settings: Settings) -> Finding:
    """Workers of the running stack."""
    stack = running(settings.home)
    if stack is None:
        return Finding("ok", f"`studio up` starts {_count(settings.workers, 'worker')}")
    living = stack.living()
    names = sorted(one.name for one in stack.processes.values() if one.name.startswith("Worker"))
    if dead := [name for name in names if name not in living]:
        return Finding(
            "bad", f"{', '.join(dead)} of {len(names)} does not run", "see the logs in home/log: worker-*.log"
        )
    if not names:
        return Finding("note", "the running studio has no workers: jobs wait", "set STUDIO_WORKERS")
    return Finding("ok", f"{_count(len(names), 'worker')} running")


def tritons(settings: Settings) -> Finding:
    """Triton servers that workers are sent to."""
    stack = running(settings.home)
    urls = settings.triton_urls
    if not urls and stack is not None:
        urls = stack.services.get("STUDIO_TRITON_URL", "").split(",")
    if not any(urls):
        return Finding("ok", f"`studio up` starts {_count(settings.tritons, 'Triton server')}")
    if silent := [url for url in urls if not _lives(url)]:
        mend = "check STUDIO_TRITON_URL" if settings.triton_url else "see home/log/stack.log"
        return Finding("bad", f"Triton does not answer at {', '.join(silent)}", mend)
    return Finding("ok", f"{_count(len(urls), 'Triton server')} answering at {', '.join(urls)}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _lives(url: str) -> bool:
    import tritonclient.grpc as grpcclient
    from tritonclient.utils import InferenceServerException

    client = grpcclient.InferenceServerClient(url, channel_args=[("grpc.use_local_subchannel_pool", 1)])
    try:
        return bool(client.is_server_live(client_timeout=2))
    except InferenceServerException:
        return False
    finally:
        client.close()
