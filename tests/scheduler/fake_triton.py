"""A fake of Triton, for faults that a real one does not have on demand: a gRPC server that behaves as it is told."""

import asyncio
import io
import struct
import threading
from collections.abc import AsyncIterator
from typing import Any

import grpc
import numpy as np
from PIL import Image
from tritonclient.grpc import service_pb2 as pb
from tritonclient.grpc import service_pb2_grpc


class FakeTriton(service_pb2_grpc.GRPCInferenceServiceServicer):
    """Says that it serves pocket; of what is painted there becomes what `behaviour` says.

    `lost`: the stream breaks after a step; `silent`: nothing comes after a step; `paints`: a red picture, after
    `seconds`; else the error with that text.
    """

    def __init__(self, models: list[str]) -> None:
        self.models = models
        self.behaviour = "lost"
        self.seconds = 0.0
        self.requests = 0
        self.cancelled = 0
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def ServerLive(self, request: Any, context: Any) -> Any:  # noqa: N802
        return pb.ServerLiveResponse(live=True)

    async def RepositoryIndex(self, request: Any, context: Any) -> Any:  # noqa: N802
        one = pb.RepositoryIndexResponse.ModelIndex
        return pb.RepositoryIndexResponse(
            models=[one(name=name, version="1", state="READY") for name in self.models]
        )

    async def ModelStreamInfer(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:  # noqa: N802
        async for _ in requests:
            self.requests += 1
            break
        yield pb.ModelStreamInferResponse(infer_response=_step())
        if self.behaviour == "silent":
            try:
                await asyncio.sleep(3600)
            finally:
                self.cancelled += 1
        elif self.behaviour == "paints":
            await asyncio.sleep(self.seconds)
            yield pb.ModelStreamInferResponse(infer_response=_picture())
        elif self.behaviour == "lost":
            await context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        else:
            yield pb.ModelStreamInferResponse(error_message=self.behaviour)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_forever()

    async def _serve(self) -> None:
        self._server = grpc.aio.server()
        service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(self, self._server)
        self.url = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        await self._server.start()
        self._started.set()


def _step() -> Any:
    answer = pb.ModelInferResponse(model_name="pocket-txt2img-stream")
    for name, kind, value in (
        ("STEP", "INT32", np.int32(1)),
        ("STEPS", "INT32", np.int32(4)),
        ("STEP_MS", "FP32", np.float32(1)),
    ):
        answer.outputs.add(name=name, datatype=kind, shape=[1])
        answer.raw_output_contents.append(value.tobytes())
    return answer


def _picture() -> Any:
    file = io.BytesIO()
    Image.new("RGB", (128, 128), "red").save(file, "PNG")
    answer = pb.ModelInferResponse(model_name="pocket-txt2img-stream")
    answer.outputs.add(name="ENCODED", datatype="BYTES", shape=[1])
    answer.raw_output_contents.append(struct.pack("<I", file.tell()) + file.getvalue())
    answer.outputs.add(name="SEED", datatype="UINT64", shape=[1])
    answer.raw_output_contents.append(np.uint64(1).tobytes())
    return answer
