"""What 8-bit weights cost and bring, kept in a checkpoint's `report.json`."""

import msgspec

from ensembles.engine.tuned import Timing


class Int8Comparison(msgspec.Struct, frozen=True):
    """UNet steps at one size, in 8 bits and in fp32, over the same inputs in turn."""

    size: int
    """Pixels along each axis."""
    timesteps: list[int]
    relative: float
    """The largest of |int8 − fp32| / |fp32| (L2 norms over one sample's output)."""
    difference: float
    """max |int8 − fp32| over all outputs"""
    magnitude: float
    """max |fp32|"""
    fp32: Timing
    int8: Timing


class Int8Report(msgspec.Struct, frozen=True):
    """One run of `studio quantize`."""

    layers: int
    values: int
    """Numbers that are kept in 8 bits."""
    parameters: int
    """Numbers in the whole UNet."""
    bytes: int
    """Of the file in `weights/`."""
    comparisons: list[Int8Comparison]
    memory_fp32: int
    """Bytes of private memory that a process takes to load the UNet."""
    memory_int8: int
    threads: int
    onnxruntime: str

    @property
    def relative(self) -> float:
        """The largest relative difference of all sizes."""
        return max(found.relative for found in self.comparisons)

    def summary(self) -> str:
        """A few words for a list of checkpoints."""
        return f"int8, {self.relative:.2%} from fp32"

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Column titles and rows: two rows a size, fp32 and int8."""
        titles = ["UNet step", "", "median", "quartiles", "memory", "largest difference", "relative"]
        rows = []
        for one in self.comparisons:
            size = f"{one.size}², batch {one.fp32.batch}"
            rows += [
                [size, "fp32", *_times(one.fp32), _gigabytes(self.memory_fp32), "", ""],
                [
                    "",
                    "int8",
                    *_times(one.int8),
                    _gigabytes(self.memory_int8),
                    f"{one.difference:.2g} of {one.magnitude:.2g}",
                    f"{one.relative:.2%}",
                ],
            ]
        return titles, rows

    def text(self) -> str:
        """One line on what was rounded, for people."""
        share = self.values / self.parameters
        return (
            f"{self.layers} linear layers in 8 bits, {share:.0%} of the UNet's parameters, "
            f"{self.bytes / 1e6:.1f} MB; {self.threads} threads, onnxruntime {self.onnxruntime}"
        )


def _times(timing: Timing) -> list[str]:
    return [
        f"{timing.median * 1000:.1f} ms",
        f"{timing.lower * 1000:.1f} to {timing.upper * 1000:.1f}",
    ]


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
