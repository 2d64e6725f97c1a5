"""What the report says of live events."""

import numpy as np

from perf.load.live import CLIENTS, JOBS, LIMIT_MS, STEP_SECONDS, STEPS, Live
from perf.load.report import Section
from perf.machine import QUIET


def section(live: Live) -> Section:
    """The part of the report, and what is slower than it may be."""
    failed = []
    if live.p95 > LIMIT_MS:
        failed.append(f"Live events: p95 is {live.p95:.0f} ms, and may be {LIMIT_MS:.0f} ms")
    missing = len(live.states_missing)
    if missing or live.lost:
        failed.append(f"Live events: {missing} states did not arrive, {live.lost} connections were lost")
    lines = [
        "## Live events",
        "",
        f"{CLIENTS} WebSocket clients of one organisation in a process of their own, all told of the same job: its "
        f"states, {STEPS} steps {STEP_SECONDS * 1000:.0f} ms apart, previews. From just before an event is published "
        "(a state: after its transaction) to its arrival at each client, by one clock.",
        "",
        "| event | deliveries | p50, ms | p90 | p95 | p99 | max |",
        "|---|---|---|---|---|---|---|",
    ]
    everything = sorted(value for values in live.latencies.values() for value in values)
    for kind, values in [*live.latencies.items(), ("**all**", everything)]:
        cells = " | ".join(f"{value:.1f}" for value in np.percentile(values, (50, 90, 95, 99, 100)))
        lines.append(f"| {kind} | {len(values)} | {cells} |")
    noisy = ": the machine was noisy." if float(np.median(live.others)) > QUIET else "."
    lines += [
        "",
        f"p95 by job ({JOBS} of them): {min(live.p95_by_job):.0f}–{max(live.p95_by_job):.0f} ms; limit {LIMIT_MS:.0f} ms. "
        f"{live.received} of {live.sent} deliveries came; what did not is progress that a later step overtook on a slow "
        f"connection. The API process took {live.api_cores:.2f} cores, the clients {live.client_cores:.2f}. Others used "
        f"{min(live.others):.0%} to {max(live.others):.0%} of the cores just before a job{noisy}",
        "",
    ]
    return Section(lines, failed)
