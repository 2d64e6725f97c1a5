"""A ControlNet's graphs, cut out of the UNet's that it steers: Zhang et al. 2023, "Adding Conditional Control".

A ControlNet is a copy of the UNet's way down and its middle, with a small network that looks at the hint before it
and a convolution of one cell behind each place. So the UNet's traced graph holds all of it but those convolutions:
nothing is traced when a ControlNet is added, and one of another architecture shows by its parameters.
"""

import re
from collections.abc import Mapping, Sequence

import onnx
from onnx import helper

from ensembles.engine.errors import EngineError
from ensembles.engine.extension import RESIDUAL, joins_of, parameters_of
from ensembles.engine.fusion import needed
from ensembles.engine.places import optional_modules, places
from ensembles.engine.rewriting import Rewriter

Shapes = Mapping[str, Sequence[int]]

HINT, EMBEDDED, WEIGHTS = "hint", "embedded", "control_weights"
_HINT = "controlnet_cond_embedding"
_OPSET = 17
_SCOPE = re.compile(r"\.(?=[a-z])")
"""Where torch's exporter puts a slash into the names of modules."""
_BLOCK = re.compile(rf"^{_HINT}\.blocks\.(\d+)\.weight$")


def control_branch(model: onnx.ModelProto, parameters: Shapes) -> onnx.ModelProto:
    """The ControlNet with these `parameters` (diffusers' names → shapes), cut out of `model`, which is changed.

    `model` is the UNet as it was traced. Inputs: those of the UNet, `sample` with as many channels as the ControlNet
    takes; `embedded` fp32 [B,c,h,w], what `hint_graph` gives; `control_weights` fp32 [B,R]. Outputs: `residual_0` …,
    times the weights. Raises `EngineError` for parameters that are not those of the UNet's way down.
    """
    own = parameters_of(model)
    found = places(own)
    there = set(optional_modules(parameters))
    for module in optional_modules(own):
        if module not in there:
            _pass_by(model, module)
    joins = joins_of(model, found)
    last = len(found.residuals) - 1
    values = [join.skip for join in reversed(joins)] + [joins[0].hidden]
    first = values[0]
    rewriter = Rewriter(model, "/control")
    rewriter.input(EMBEDDED, ["batch", found.width, "height", "width"])
    weights = rewriter.input(WEIGHTS, ["batch", last + 1])
    rewriter.after(first)
    steered = rewriter.make("Add", first, EMBEDDED)
    rewriter.read_instead(first, steered)
    values[0] = steered
    outputs = []
    for place, (value, channels) in enumerate(zip(values, found.residuals, strict=True)):
        module = f"controlnet_down_blocks.{place}" if place < last else "controlnet_mid_block"
        rewriter.after(value if place else first)
        kernel = rewriter.parameter(f"{module}.weight", [channels, channels, 1, 1])
        added = rewriter.make("Conv", value, kernel, rewriter.parameter(f"{module}.bias", [channels]))
        column = rewriter.make("Slice", weights, *(rewriter.constant([n]) for n in (place, place + 1, 1)))
        weight = rewriter.make("Unsqueeze", column, rewriter.constant([2, 3]))
        outputs.append(rewriter.make("Mul", added, weight))
    rewriter.finish()
    _keep(model, outputs)
    _take(model, parameters)
    return model


def _pass_by(model: onnx.ModelProto, module: str) -> None:
    """What `module` gave is from here on what it was given: each of them adds to what passes through."""
    path = f"/{_SCOPE.sub('/', module)}/"
    nodes = [node for node in model.graph.node if node.name.startswith(path) and node.op_type != "Constant"]
    if not nodes:
        raise EngineError(f"The UNet's graph has no {module}: export the checkpoint again.")
    given, made = nodes[0].input[0], nodes[-1].output[0]
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            if name == made:
                node.input[place] = given


def _keep(model: onnx.ModelProto, outputs: list[str]) -> None:
    """Leave in `model` what `outputs` depend on, and call them residual_0, residual_1, …"""
    graph = model.graph
    named = [RESIDUAL.format(place) for place in range(len(outputs))]
    ends = [helper.make_node("Identity", [value], [name]) for value, name in zip(outputs, named, strict=True)]
    nodes = needed([*graph.node, *ends], named)
    read = {name for node in nodes for name in node.input}
    tensors = [tensor for tensor in graph.initializer if tensor.name in read]
    for field, kept in ((graph.node, nodes), (graph.initializer, tensors)):
        del field[:]
        field.extend(kept)
    del graph.output[:], graph.value_info[:]
    float32 = onnx.TensorProto.FLOAT
    graph.output.extend(helper.make_tensor_value_info(name, float32, None) for name in named)


def _take(model: onnx.ModelProto, parameters: Shapes) -> None:
    """Give the first convolution the ControlNet's channels, and refuse parameters that are not the graph's."""
    external = onnx.TensorProto.EXTERNAL
    # What is passed by is not in the graph any more.
    wanted = {t.name: t for t in model.graph.initializer if t.data_location == external}
    first = wanted["conv_in.weight"]
    first.dims[1] = parameters.get("conv_in.weight", first.dims)[1]
    sample = next(value for value in model.graph.input if value.name == "sample")
    sample.type.tensor_type.shape.dim[1].dim_value = first.dims[1]
    own = {name: tuple(shape) for name, shape in parameters.items() if not name.startswith(_HINT)}
    for name in sorted(own.keys() | wanted.keys()):
        shape = tuple(wanted[name].dims) if name in wanted else None
        if own.get(name) != shape:
            raise EngineError(
                f"The ControlNet is of another architecture than the checkpoint: its {name} is "
                f"{_shown(own.get(name))}, the checkpoint's {_shown(shape)}."
            )


def _shown(shape: Sequence[int] | None) -> str:
    return "missing" if shape is None else "×".join(map(str, shape))


def hint_graph(parameters: Shapes) -> onnx.ModelProto:
    """`hint` fp32 [B,3,8h,8w] in 0..1 → `embedded` fp32 [B,c,h,w]: convolutions with SiLU, every other one halves.

    Its parameters are those of `parameters` that begin with controlnet_cond_embedding.
    """
    free = helper.make_tensor_value_info(HINT, onnx.TensorProto.FLOAT, ["batch", 3, "tall", "wide"])
    width = parameters[f"{_HINT}.conv_out.weight"][0]
    made = helper.make_tensor_value_info(
        EMBEDDED, onnx.TensorProto.FLOAT, ["batch", width, "height", "width"]
    )
    graph = helper.make_graph([], "hint", [free], [made])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    rewriter = Rewriter(model, "/hint")
    rewriter.at_start()
    blocks = sum(1 for name in parameters if _BLOCK.match(name))
    modules = [("conv_in", 1), *((f"blocks.{n}", 1 + n % 2) for n in range(blocks)), ("conv_out", 1)]
    value = HINT
    for number, (module, stride) in enumerate(modules):
        if number:
            value = rewriter.make("Mul", value, rewriter.make("Sigmoid", value))
        kernel, bias = (f"{_HINT}.{module}.{leaf}" for leaf in ("weight", "bias"))
        names = [rewriter.parameter(name, list(parameters[name])) for name in (kernel, bias)]
        value = rewriter.make("Conv", value, *names, strides=[stride, stride], pads=[1, 1, 1, 1])
    rewriter.finish()
    model.graph.node.append(helper.make_node("Identity", [value], [EMBEDDED]))
    return model
