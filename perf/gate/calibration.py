"""A fixed piece of work in ONNX Runtime, timed beside what is measured: how fast is this machine now?

Convolutions and matrix products of a UNet's kind, with the served networks' session options. It never
touches our serving code, so a ratio to it moves when the code does, not when the machine does.
"""

import statistics
import time

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

KERNEL = "conv-matmul-1"
"""Name of the work: ratios to another are not comparable, so it changes when the graph below does."""
CHANNELS, SIDE, BATCH, WIDTH = 64, 32, 2, 512
LAYERS = 4
RUNS = 200
"""About half a second: long enough that what others do in bursts shows in the median."""


def _graph() -> bytes:
    """`image` [2,64,32,32], `rows` [256,512] → 4 × (3×3 convolution, ReLU) and 4 × (matrix product, ReLU)."""
    rng = np.random.default_rng(0)
    nodes, weights = [], []
    convolved, multiplied = "image", "rows"
    for layer in range(LAYERS):
        kernel = rng.standard_normal((CHANNELS, CHANNELS, 3, 3), np.float32) / (3 * CHANNELS**0.5)
        matrix = rng.standard_normal((WIDTH, WIDTH), np.float32) / WIDTH**0.5
        weights += [
            numpy_helper.from_array(kernel, f"kernel{layer}"),
            numpy_helper.from_array(matrix, f"matrix{layer}"),
        ]
        nodes += [
            helper.make_node("Conv", [convolved, f"kernel{layer}"], [f"c{layer}"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [f"c{layer}"], [f"cr{layer}"]),
            helper.make_node("MatMul", [multiplied, f"matrix{layer}"], [f"m{layer}"]),
            helper.make_node("Relu", [f"m{layer}"], [f"mr{layer}"]),
        ]
        convolved, multiplied = f"cr{layer}", f"mr{layer}"
    floats = TensorProto.FLOAT
    shapes = [BATCH, CHANNELS, SIDE, SIDE], [256, WIDTH]
    ends = zip(("image", "rows"), (convolved, multiplied), shapes, strict=True)
    inputs, outputs = zip(
        *(
            (helper.make_tensor_value_info(first, floats, s), helper.make_tensor_value_info(last, floats, s))
            for first, last, s in ends
        ),
        strict=True,
    )
    graph = helper.make_graph(nodes, KERNEL, inputs, outputs, weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    data: bytes = made.SerializeToString()
    return data


class Calibration:
    """The work, ready to be timed with `threads` threads."""

    def __init__(self, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(_graph(), options, providers=["CPUExecutionProvider"])
        rng = np.random.default_rng(1)
        self._inputs = {
            "image": rng.standard_normal((BATCH, CHANNELS, SIDE, SIDE), np.float32),
            "rows": rng.standard_normal((256, WIDTH), np.float32),
        }
        self.measure(10)  # the first runs allocate

    def measure(self, runs: int = RUNS) -> float:
        """Median milliseconds of one run."""
        times = []
        for _ in range(runs):
            started = time.perf_counter()
            self._session.run(None, self._inputs)
            times.append(time.perf_counter() - started)
        return statistics.median(times) * 1000
