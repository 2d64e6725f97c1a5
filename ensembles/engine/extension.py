"""The UNet's graph with more inputs: where ControlNets add, image prompts are attended to, FreeU and PAG change it.

Done to the traced graph before it is bound, as `ensembles.engine.fusion` is: an architecture's one graph serves both.
"""

import onnx


def extend(model: onnx.ModelProto) -> None:
    """Give `model`, a traced UNet without data and not fused yet, the extended UNet's inputs, in place.

    Raises `EngineError` for a graph that is not a UNet as `export` traces it.
    """
    raise NotImplementedError
