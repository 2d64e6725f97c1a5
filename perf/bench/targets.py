"""What is to be reached, as a table over samples."""

from collections.abc import Callable
from dataclasses import dataclass

from perf.bench.samples import Samples, Spread, spread


@dataclass(frozen=True)
class Target:
    """One promise, and how the samples answer it."""

    title: str
    measure: Callable[[Samples], Spread | None]
    limit: float
    unit: str = "times"
    at_least: bool = False
    """Whether the limit is a floor rather than a ceiling."""
    digits: int = 2

    def wanted(self) -> str:
        """The limit in words."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"

    def met(self, measured: Spread) -> bool:
        """By the median, without rounding."""
        return measured.median >= self.limit if self.at_least else measured.median <= self.limit


def ratio(part: str, over: str, under: str) -> Callable[[Samples], Spread | None]:
    """Median and quartiles of `over` / `under`, round by round."""
    return lambda samples: samples.ratio(part, over, under)


def value(part: str, side: str) -> Callable[[Samples], Spread | None]:
    """Median and quartiles of one side."""
    return lambda samples: samples.spread(part, side)


def over_weights(part: str, side: str) -> Callable[[Samples], Spread | None]:
    """A memory figure over the bytes of the weights in fp32."""

    def measure(samples: Samples) -> Spread | None:
        weights = samples.spread("memory", "fp32 weights")
        rows = samples.of(part, side)
        return spread([row.value / weights.median for row in rows]) if rows and weights else None

    return measure


def total(*figures: tuple[str, str]) -> Callable[[Samples], Spread | None]:
    """Medians added up."""

    def measure(samples: Samples) -> Spread | None:
        found = [samples.spread(*figure) for figure in figures]
        medians = [each.median for each in found if each is not None]
        return spread([sum(medians)]) if len(medians) == len(figures) else None

    return measure


POCKET = (
    Target("one picture, Triton over diffusers", ratio("picture", "Triton", "diffusers"), 0.8),
    Target(
        "8 jobs at once, pictures a second over one by one",
        ratio("together", "one by one", "all at once"),
        1.4,
        at_least=True,
    ),
    Target("time inside engines, one picture", value("engine share", "one picture"), 85, "%", True, 1),
    Target("time inside engines, 8 at once", value("engine share", "8 at once"), 85, "%", True, 1),
    Target("parity with diffusers, 256×256", value("parity", "pocket"), 50, "dB", True, 1),
)

LDM = "single file: "
"""How the parts of the LDM layout begin."""

FULL = (
    Target("diffusers folder: `studio serve` to ready", value("start", "ready"), 30, "s", digits=1),
    Target("single file: `studio serve` to ready", value(f"{LDM}start", "ready"), 30, "s", digits=1),
    Target(
        "diffusers folder: export without comparison, and serve to ready",
        total(("export", "not compared"), ("start", "ready")),
        30,
        "s",
        digits=1,
    ),
    Target(
        "single file: export without comparison, and serve to ready",
        total((f"{LDM}export", "not compared"), (f"{LDM}start", "ready")),
        30,
        "s",
        digits=1,
    ),
    Target("diffusers folder: steady memory over fp32 weights", over_weights("memory", "steady"), 1.35),
    Target("single file: steady memory over fp32 weights", over_weights(f"{LDM}memory", "steady"), 1.35),
    Target("diffusers folder: peak while loading", over_weights("memory", "peak while loading"), 1.8),
    Target("single file: peak while loading", over_weights(f"{LDM}memory", "peak while loading"), 1.8),
    Target("compiled: `studio serve` to ready", value("compiled: start", "ready"), 30, "s", digits=1),
    Target("compiled: steady memory over fp32 weights", over_weights("compiled: memory", "steady"), 1.35),
    Target("compiled: peak while loading", over_weights("compiled: memory", "peak while loading"), 1.8),
    Target("UNet step at 256×256, Triton over torch SDPA", ratio("UNet step, 256", "Triton", "torch"), 1.0),
    Target("UNet step at 512×512, Triton over torch SDPA", ratio("UNet step, 512", "Triton", "torch"), 1.0),
    Target(
        "time inside engines, one picture at 256×256", value("engine share", "one picture"), 97, "%", True, 1
    ),
    Target(
        "diffusers folder: parity with diffusers, 256×256, 4 steps",
        value("parity", "sd15"),
        50,
        "dB",
        True,
        1,
    ),
    Target(
        "single file: parity with diffusers, 256×256, 4 steps",
        value(f"{LDM}parity", "sd15"),
        50,
        "dB",
        True,
        1,
    ),
    Target(
        "graphs on disk of two checkpoints over those of one",
        ratio("graphs on disk", "two checkpoints", "one checkpoint"),
        1.0,
    ),
)
