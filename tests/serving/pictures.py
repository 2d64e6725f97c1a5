"""Asking the server under test for pictures, and its own counters."""

import queue
import re
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import tritonclient.grpc as grpcclient
from tritonclient.utils import np_to_triton_dtype

from studio.triton.client import Pictures, Step, parameter, stream

RED = {"PROMPT": "a large red circle on a blue background", "SEED": 7, "STEPS": 6, "SAMPLER": "euler"}


def paint(url: str, model: str = "pocket", **parameters: Any) -> Pictures:
    """The pictures of one streaming request."""
    *_, last = stream(url, model, RED | parameters)
    assert isinstance(last, Pictures)
    return last


def steps(url: str, **parameters: Any) -> list[Step]:
    """The progress responses of one streaming request."""
    return [part for part in stream(url, "pocket", RED | parameters) if isinstance(part, Step)]


def infer(url: str, model: str, tensors: dict[str, np.ndarray], outputs: list[str]) -> list[np.ndarray]:
    """One unary request with whole tensors."""
    result = grpcclient.InferenceServerClient(url).infer(model, as_inputs(tensors))
    return [result.as_numpy(name) for name in outputs]


def infer_stream(url: str, model: str, tensors: dict[str, np.ndarray]) -> list[grpcclient.InferResult]:
    """Every response of one streaming request with whole tensors."""
    answers: queue.Queue = queue.Queue()
    client = grpcclient.InferenceServerClient(url)
    client.start_stream(lambda result, error: answers.put(error or result))
    client.async_stream_infer(model, as_inputs(tensors), enable_empty_final_response=True)
    found = []
    while True:
        answer = answers.get(timeout=60)
        if isinstance(answer, Exception):
            raise answer
        if answer.get_response().parameters["triton_final_response"].bool_param:
            client.stop_stream()
            return found
        found.append(answer)


def as_inputs(tensors: dict[str, np.ndarray]) -> list[grpcclient.InferInput]:
    """Arrays by name as the client wants them."""
    inputs = []
    for name, value in tensors.items():
        made = grpcclient.InferInput(name, list(value.shape), np_to_triton_dtype(value.dtype))
        made.set_data_from_numpy(value)
        inputs.append(made)
    return inputs


def unary(url: str, **parameters: Any) -> grpcclient.InferResult:
    """One request to the ensemble."""
    client = grpcclient.InferenceServerClient(url)
    return client.infer(
        "pocket-txt2img", [parameter(k, v) for k, v in (RED | parameters).items() if v is not None]
    )


def counters(metrics: str, model: str) -> dict[str, float]:
    """Triton's Prometheus counters of one model, without the `nv_inference_` prefix."""
    text = urllib.request.urlopen(metrics, timeout=10).read().decode()
    rows = re.findall(rf'^nv_(?:inference_)?(\w+){{model="{model}",version="1"}} (\S+)$', text, re.MULTILINE)
    return {name: float(value) for name, value in rows}


def eventually(is_so: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether `is_so` becomes true within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.02)
    return is_so()
