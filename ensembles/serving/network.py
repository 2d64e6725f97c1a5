"""`NAME-unet` and its like: one network of a checkpoint, its weights bound to a shared graph."""

import json
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import triton_python_backend_utils as pb

from ensembles.engine.errors import EngineError, NotYet
from ensembles.engine.network import Network
from ensembles.engine.sessions import WAIT
from ensembles.serving.busy import BUSY
from ensembles.serving.checkpoints import own_folder
from ensembles.serving.progress import waiting, working
from ensembles.serving.tensors import error_response, tensor

AT_ONCE = 16
"""Batches that may wait for a variant; one of them makes it, and large ones take turns."""

ROOM = 1.0
"""Seconds for which the UNet's requests wait for room in the memory: a sampler that holds a turn asks again aside."""


class TritonPythonModel:
    """Requests that Triton's dynamic batcher brings together run as one batch.

    Those whose variant has to be made first are answered later, from a thread: the next batch need not wait.
    """

    def initialize(self, args: dict[str, str]) -> None:
        """Binds the weights; a failure leaves the model not ready, with the reason in the log."""
        config = json.loads(args["model_config"])
        name = config["parameters"]["network"]["string_value"]
        wait = ROOM if name == "unet" else WAIT
        self.network = Network(own_folder(args), name, wait=wait)
        self.makers = ThreadPoolExecutor(AT_ONCE, "variant")

    def execute(self, requests: list[Any]) -> list[Any]:
        """One response per request, each with its own rows of the joint batch; None for what is answered later."""
        inputs = [{t.name(): t.as_numpy() for t in request.inputs()} for request in requests]
        groups: dict[Hashable, list[int]] = {}
        for place, one in enumerate(inputs):
            groups.setdefault(self.network.missing(one), []).append(place)
        ready = groups.pop(None, [])
        # One task for each: nobody waits for another's variant, or fails with it.
        for later in groups.values():
            senders = [requests[place].get_response_sender() for place in later]
            # Their arrays lie in memory that Triton takes back when this call ends.
            copies = [{name: array.copy() for name, array in inputs[place].items()} for place in later]
            self.makers.submit(self._answer, senders, copies)
        responses: list[Any] = [None] * len(requests)
        if ready:
            with working():
                made = self.network.run_many([inputs[place] for place in ready])
            for place, answer in zip(ready, made, strict=True):
                responses[place] = self._response(answer)
        return responses

    def finalize(self) -> None:
        """Nobody waits any more when Triton calls this: it answers what it has before it unloads."""
        self.makers.shutdown()

    def _answer(self, senders: Sequence[Any], inputs: Sequence[dict[str, Any]]) -> None:
        with waiting():
            try:
                responses = [self._response(made) for made in self.network.run_many(inputs)]
            except Exception as error:
                responses = [error_response(error)] * len(senders)
            for sender, response in zip(senders, responses, strict=True):
                sender.send(response, flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)

    @staticmethod
    def _response(made: dict[str, Any] | EngineError) -> Any:
        if isinstance(made, NotYet):
            return pb.InferenceResponse(error=pb.TritonError(f"{BUSY}: {made}", pb.TritonError.UNAVAILABLE))
        if isinstance(made, EngineError):
            return error_response(made)
        return pb.InferenceResponse([tensor(name, value) for name, value in made.items()])
