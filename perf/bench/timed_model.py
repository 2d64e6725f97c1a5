"""A served network whose every run in ONNX Runtime is written down: when it began and when it ended.

`perf.wrap` puts this file beside the network's own model.py. It runs inside Triton and so stands alone.
Sixteen bytes are appended a run, which costs microseconds; the clock is the machine's monotonic one, which
every process reads alike.
"""

import importlib.util
import struct
import time
from pathlib import Path
from typing import Any

import onnxruntime as ort

_HERE = Path(__file__)
_RUNS = _HERE.with_name("runs.bin").open("ab", buffering=0)


def _timed(run: Any) -> Any:
    def measured(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter_ns()
        try:
            return run(*args, **kwargs)
        finally:
            _RUNS.write(struct.pack("<QQ", began, time.perf_counter_ns()))

    return measured


for _name in ("run", "run_with_iobinding", "run_with_ort_values"):
    setattr(ort.InferenceSession, _name, _timed(getattr(ort.InferenceSession, _name)))

_spec = importlib.util.spec_from_file_location("served", _HERE.with_name("served.py"))
assert _spec is not None
assert _spec.loader is not None
_served = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_served)
TritonPythonModel = _served.TritonPythonModel
