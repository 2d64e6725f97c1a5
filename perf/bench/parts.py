"""The comparisons, one function each: a subject's checkpoint is served, asked, and set beside torch."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import tritonclient.grpc as grpcclient
from tritonclient.utils import np_to_triton_dtype

from ensembles.arrays import Array
from ensembles.engine.compiled import FOLDER
from ensembles.manifest import read_manifest
from perf.bench import reference
from perf.bench.disk import stored
from perf.bench.engines import account, average_batch, read_runs, time_engines, union
from perf.bench.memory import pss_by_name, watching
from perf.bench.reference import Painting
from perf.bench.samples import Samples, alternate, seconds
from perf.bench.serving import paint, paint_at_once, studio_serve
from perf.machine import settle
from studio.triton.server import Running

TOKENS = 77
JOBS = 8
LARGEST = 4
"""Processes whose memory is listed by name."""
STEADY_SECONDS = 3.0
"""How long after its first picture a server's memory is called steady."""
SUBJECTS = ("circle", "star", "square", "heart", "triangle", "ring")
COLOURS = ("red", "yellow", "green", "white", "orange", "black", "blue")


@dataclass(frozen=True)
class Subject:
    """What is measured: one checkpoint, and how large."""

    name: str
    """It is served as `NAME`; beside it NAME-timed, the same with its engines timed, for the share."""
    torch: Path
    """The diffusers folder with the same weights."""
    size: int
    """Pixels of a picture's side."""
    steps: int
    step_sizes: tuple[int, ...]
    """Pixels at which single UNet steps are compared."""
    parity_steps: int
    """Steps of the parity picture: one less divides 999."""
    rounds: dict[str, int] = field(default_factory=dict)
    """part → rounds"""

    def painting(self, number: int, steps: int = 0, size: int = 0) -> Painting:
        """A picture of round `number`: no two rounds' prompts are alike, so no encoding comes from a cache."""
        colour, subject = COLOURS[number % len(COLOURS)], SUBJECTS[number % len(SUBJECTS)]
        prompt = f"a large {colour} {subject} on a purple background, number {number + 1}"
        return Painting(prompt, seed=1000 + number, steps=steps or self.steps, size=size or self.size)


@dataclass
class Bench:
    """What the parts share: the subject, where it is published, what was measured."""

    subject: Subject
    publish: Callable[[Path, str], None]
    """Publishes the subject under a home and a name."""
    plain: Path
    """A home that serves the subject as a user has it."""
    timed: Path
    """A home that serves the subject with timed engines."""
    threads: int
    samples: Samples
    tag: str = ""
    """What the names of its parts begin with, where a report holds more than one subject."""

    @cached_property
    def pipeline(self) -> Any:
        """diffusers' pipeline, loaded once."""
        return reference.load_pipeline(self.subject.torch, self.threads)

    def rounds(self, part: str) -> int:
        """How often `part` is measured; 0: not at all."""
        return self.subject.rounds.get(part, 0)

    def add(self, part: str, side: str, number: int, value: float, unit: str, others: float = 0.0) -> None:
        """Keeps one sample of this subject."""
        self.samples.add(self.tag + part, side, number, value, unit, others)

    def alternate(self, part: str, sides: dict[str, Callable[[int], float]], rounds: int) -> None:
        """Keeps the seconds of each side, round by round."""
        alternate(self.samples, self.tag + part, sides, rounds)


def picture(bench: Bench) -> None:
    """One picture, from the request to the picture in hand, against diffusers' pipeline."""
    subject = bench.subject
    pipeline = bench.pipeline

    with studio_serve(bench.plain, bench.threads) as serving:
        url = serving.ready().grpc_url

        def ours(number: int) -> None:
            paint(url, subject.name, **subject.painting(number).ours("speed"))

        def theirs(number: int) -> None:
            reference.paint(pipeline, subject.painting(number), "speed")

        sides = {"Triton": seconds(ours), "diffusers": seconds(theirs)}
        bench.alternate("picture", sides, bench.rounds("picture"))


def together(bench: Bench) -> None:
    """`JOBS` pictures one after the other against the same pictures all at once."""
    name = bench.subject.name
    with studio_serve(bench.plain, bench.threads) as serving:
        url = serving.ready().grpc_url
        batches: dict[str, list[float]] = {"one by one": [], "all at once": []}

        def asked(number: int) -> list[dict[str, Any]]:
            return [bench.subject.painting(number * JOBS + job).ours("speed") for job in range(JOBS)]

        def in_turn(number: int) -> None:
            for given in asked(number):
                paint(url, name, **given)

        def at_once(number: int) -> None:
            paint_at_once(url, name, asked(number))

        def counted(side: str, work: Callable[[int], None]) -> Callable[[int], None]:
            def run(number: int) -> None:
                _, before = average_batch(url, name)
                work(number)
                batches[side].append(average_batch(url, name, before)[0])

            return run

        sides = {
            side: seconds(counted(side, work)) for side, work in zip(batches, (in_turn, at_once), strict=True)
        }
        bench.alternate("together", sides, bench.rounds("together"))
    for side, sizes in batches.items():
        for number, size in enumerate(sizes[1:]):
            bench.add("together, UNet batch", side, number, size, "samples")


def share(bench: Bench) -> None:
    """The share of the wall time in which at least one network runs inside ONNX Runtime.

    Beside it Triton's own account of one picture, whose stages follow each other, as shares of its wall time.
    """
    subject = bench.subject
    name = f"{subject.name}-timed"
    with studio_serve(bench.timed, bench.threads) as serving:
        url = serving.ready().grpc_url
        files = list((bench.timed / "models" / name / "repository").glob("*/1/runs.bin"))
        works: dict[str, Callable[[int], object]] = {
            "one picture": lambda number: paint(url, name, **subject.painting(number).ours("speed")),
            f"{JOBS} at once": lambda number: paint_at_once(
                url, name, [subject.painting(number * JOBS + job).ours("speed") for job in range(JOBS)]
            ),
        }
        if not bench.rounds("together"):
            works.popitem()
        for work in works.values():
            work(-1)
        for number in range(bench.rounds("share")):
            for side, work in works.items():
                others = settle()
                before = account(url, name)
                began = time.perf_counter_ns()
                work(number)
                ended = time.perf_counter_ns()
                wall = ended - began
                inside = union(read_runs(files), began, ended) / wall
                bench.add("engine share", side, number, 100 * inside, "%", others)
                if side == "one picture":
                    after = account(url, name)
                    counted = {
                        "compute_infer": after.compute - before.compute,
                        "UNet queue": after.queue - before.queue,
                    }
                    for what, spent in counted.items():
                        bench.add("Triton's account", what, number, spent * 1e11 / wall, "%", others)


def step(bench: Bench) -> None:
    """One UNet step of a guided picture (batch 2) through Triton, gRPC and all, against the UNet in torch."""
    subject, pipeline = bench.subject, bench.pipeline
    manifest = read_manifest(bench.plain / "models" / subject.name / "manifest.json")
    with studio_serve(bench.plain, bench.threads) as serving:
        client = grpcclient.InferenceServerClient(serving.ready().grpc_url)
        for size in subject.step_sizes:
            rng = np.random.default_rng(size)
            cells = size // manifest.vae_factor
            inputs: dict[str, Array] = {
                "sample": rng.standard_normal((2, manifest.latent_channels, cells, cells), np.float32),
                "timestep": np.full((2, 1), 500, np.float32),
                "encoder_hidden_states": rng.standard_normal((2, TOKENS, manifest.context_dim), np.float32),
            }
            model = f"{subject.name}-unet"
            made, wanted = _infer(client, model, inputs), reference.step(pipeline, inputs)
            off = float(np.abs(made - wanted).max() / np.abs(wanted).max())
            bench.add(f"UNet step, {size}, difference", "Triton from torch", 0, off, "of the largest value")
            works = {"Triton": partial(_infer, client, model), "torch": partial(reference.step, pipeline)}
            sides = {side: seconds(_asked(work, inputs)) for side, work in works.items()}
            bench.alternate(f"UNet step, {size}", sides, bench.rounds(f"step {size}"))
        client.close()


def _asked(work: Callable[[dict[str, Array]], Array], inputs: dict[str, Array]) -> Callable[[int], Array]:
    return lambda _: work(inputs)


def _infer(client: grpcclient.InferenceServerClient, model: str, inputs: dict[str, Array]) -> Array:
    tensors = []
    for name, array in inputs.items():
        tensor = grpcclient.InferInput(name, list(array.shape), np_to_triton_dtype(array.dtype))
        tensor.set_data_from_numpy(array)
        tensors.append(tensor)
    made: Array = client.infer(model, tensors).as_numpy("noise_pred")
    return made


def start(bench: Bench, part: str = "start") -> None:
    """`studio serve` from its first instruction to ready, and to the first picture in hand."""
    for number in range(bench.rounds("start")):
        others = settle()
        with studio_serve(bench.plain, bench.threads) as serving:
            state = serving.ready()
            ready = time.perf_counter() - serving.started
            _first(bench, state)
            painted = time.perf_counter() - serving.started
        bench.add(part, "ready", number, ready, "s", others)
        bench.add(part, "first picture", number, painted, "s", others)


def memory(bench: Bench, part: str = "memory") -> None:
    """Proportional set size of the server and its stubs: steady, and at its highest while loading."""
    for number in range(bench.rounds("memory")):
        others = settle()
        with ExitStack() as stack:
            serving = stack.enter_context(studio_serve(bench.plain, bench.threads))
            with watching(serving.process.pid) as loading:
                state = serving.ready()
            with watching(serving.process.pid) as painting:
                _first(bench, state)
            time.sleep(STEADY_SECONDS)
            by_name = pss_by_name(serving.process.pid)
        sizes = {
            "steady": sum(by_name.values()),
            "peak while loading": loading.peak,
            "peak while painting": painting.peak,
        }
        for side, size in sizes.items():
            bench.add(part, side, number, size / 1e6, "MB", others)
        for name, size in sorted(by_name.items(), key=lambda each: -each[1])[:LARGEST]:
            bench.add(f"{part}, steady, the largest", name, number, size / 1e6, "MB", others)
        bench.add(part, "sampled while loading", number, loading.hertz, "Hz", others)
    bench.add(part, "fp32 weights", 0, weight_bytes(bench.subject.torch) / 1e6, "MB")


def compiled(bench: Bench) -> None:
    """The same two once `studio compile` kept the checkpoint's sessions, and what those cost."""
    others, started = settle(), time.perf_counter()
    studio = Path(sys.executable).with_name("studio")
    environment = os.environ | {"STUDIO_HOME": str(bench.plain), "STUDIO_ENGINE_THREADS": str(bench.threads)}
    subprocess.run([str(studio), "compile", bench.subject.name], env=environment, check=True)
    bench.add("compile", "studio compile", 0, time.perf_counter() - started, "s", others)
    size = stored([bench.plain / "models" / bench.subject.name / FOLDER], "**/*")
    bench.add("compile", "on disk", 0, size / 1e6, "MB")
    start(bench, "compiled: start")
    memory(bench, "compiled: memory")


def _first(bench: Bench, state: Running) -> None:
    paint(state.grpc_url, bench.subject.name, **bench.subject.painting(0).ours("speed"))


def parity(bench: Bench) -> None:
    """The same picture by both, in dB; and how far the picture is from one flat colour."""
    asked = bench.subject.painting(0, bench.subject.parity_steps, 256)
    with studio_serve(bench.plain, bench.threads) as serving:
        ours = paint(serving.ready().grpc_url, bench.subject.name, **asked.ours("parity")).images[0]
    theirs = reference.paint(bench.pipeline, asked, "parity")
    bench.add("parity", bench.subject.name, 0, reference.psnr(ours, theirs), "dB")
    bench.add("parity, contrast", bench.subject.name, 0, float(theirs.std()), "of 255")


def weight_bytes(folder: Path) -> int:
    """Bytes of every parameter of a diffusers folder's text encoder, UNet and VAE in fp32."""
    from safetensors import safe_open

    total = 0
    for part in ("text_encoder", "unet", "vae"):
        for file in sorted((folder / part).glob("*.safetensors")):
            with safe_open(file, framework="numpy") as tensors:
                total += sum(int(np.prod(tensors.get_slice(n).get_shape())) * 4 for n in tensors.keys())  # noqa: SIM118
    return total


PARTS: dict[str, Callable[[Bench], None]] = {
    "picture": picture,
    "together": together,
    "share": share,
    "step": step,
    "start": start,
    "memory": memory,
    "compiled": compiled,
    "parity": parity,
}


def publish_timed(bench: Bench) -> None:
    """Publishes the subject with timed engines as NAME-timed in the timed home."""
    name = f"{bench.subject.name}-timed"
    bench.publish(bench.timed, name)
    time_engines(bench.timed / "models" / name)
