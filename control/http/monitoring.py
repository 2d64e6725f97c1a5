"""/metrics: for Prometheus, and not for the public."""

import asyncio
import secrets
from itertools import chain
from urllib.parse import urlsplit

import httpx
import structlog
from litestar import Request, Response, get
from litestar.datastructures import State
from prometheus_client.parser import text_string_to_metric_families

from control.access.declare import public
from control.errors import Forbidden, Unauthenticated
from control.http import metrics
from control.http.context import current
from control.http.limits import unlimited
from control.settings import ControlSettings

LOOPBACK = ("127.", "::1")
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
FORWARDED = ("x-forwarded-for", "forwarded", "via")
SECONDS = 1.0
"""How long Triton may take before its figures are left out."""
_TRITON = {
    "nv_inference_compute_infer_duration_us": ("studio_engine_seconds_total", 1e-6),
    "nv_inference_request_success": ("studio_engine_requests_total", 1.0),
    "nv_inference_queue_duration_us": ("studio_engine_queue_seconds_total", 1e-6),
}
"""Triton's counter → ours, and what ours is one unit of it."""
_HELP = {
    "studio_engine_seconds_total": "Time that Triton's engines computed, by model",
    "studio_engine_requests_total": "Inference requests that Triton answered, by model",
    "studio_engine_queue_seconds_total": "Time that requests waited inside Triton, by model",
}


def may_read(request: Request[None, None, State], settings: ControlSettings) -> None:
    """Raises `Unauthenticated` or `Forbidden` for who may not."""
    if settings.metrics_token:
        sent = request.headers.get("authorization", "")
        if not secrets.compare_digest(
            sent.encode("latin1", "replace"), f"Bearer {settings.metrics_token}".encode()
        ):
            raise Unauthenticated("Send the studio's STUDIO_METRICS_TOKEN: Authorization: Bearer …")
        return
    # A proxy on this machine is no reader on this machine.
    forwarded = not settings.trusted_proxies and any(name in request.headers for name in FORWARDED)
    # Where people come by another address there is a proxy, and it need not say so in its requests.
    published = bool(settings.public_url) and urlsplit(settings.url).hostname not in HERE
    if forwarded or published or not current().address.startswith(LOOPBACK):
        raise Forbidden(
            "Only this machine may read /metrics. Set STUDIO_METRICS_TOKEN to read it from elsewhere."
        )


@get(
    "/metrics",
    opt=public("it asks for a token of its own, or for this machine") | unlimited(),
    tags=["Operations"],
    media_type=metrics.CONTENT_TYPE,
)
async def prometheus(request: Request[None, None, State], state: State) -> Response[bytes]:
    """Figures in Prometheus's text format: of all API processes, and Triton's engine time where its address is set."""
    may_read(request, state.settings)
    body = metrics.text()
    if urls := state.settings.triton_metrics_urls:
        body += await engine_figures(urls)
    return Response(body, media_type=metrics.CONTENT_TYPE)


async def engine_figures(urls: list[str]) -> bytes:
    """The figures of all Triton servers under our names, without those of one that does not answer."""
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        return translate(*await asyncio.gather(*(_figures(client, url) for url in urls))).encode()


async def _figures(client: httpx.AsyncClient, url: str) -> str:
    try:
        return (await client.get(url)).raise_for_status().text
    except httpx.HTTPError as error:
        structlog.get_logger("control.metrics").warning("triton_metrics_missing", error=type(error).__name__)
        return ""


def translate(*texts: str) -> str:
    """Triton's metrics → ours, summed over servers, instances and versions."""
    sums: dict[str, dict[str, float]] = {name: {} for name in _HELP}
    for family in chain.from_iterable(map(text_string_to_metric_families, texts)):
        for sample in family.samples:
            name, unit = _TRITON.get(sample.name.removesuffix("_total"), ("", 0.0))
            if name:
                model = sample.labels.get("model", "")
                sums[name][model] = sums[name].get(model, 0.0) + sample.value * unit
    lines = []
    for name, by_model in sums.items():
        if by_model:
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} counter"]
            lines += [f'{name}{{model="{model}"}} {value!r}' for model, value in sorted(by_model.items())]
    return "\n".join([*lines, ""])
