"""The integrators' entries of a checkpoint as Triton configs: NAME-request, NAME-txt2img, NAME-txt2img-stream.

Inputs come from the one table of parameters (`ensembles.serving.fields`), so that the entries agree.
"""

from ensembles.serving.fields import ARRAYS, PROMPTING, SAMPLING, STREAMING, Field

PARAMETERS = PROMPTING + SAMPLING


def _tensors(fields: tuple[Field, ...], *, inputs: bool) -> str:
    rows = []
    for field in fields:
        # PROMPT too: only then it is our own error that says it is missing, rather than Triton's about a deadlock.
        optional = " optional: true" if inputs else ""
        rows.append(f'  {{ name: "{field.name}" data_type: {field.kind} dims: [ 1 ]{optional} }}')
    return ",\n".join(rows)


def _arrays() -> str:
    rows = []
    for name, kind, dims in ARRAYS:
        extents = ", ".join(map(str, dims))
        rows.append(f'  {{ name: "{name}" data_type: {kind} dims: [ {extents} ] optional: true }}')
    return ",\n".join(rows)


def _step(model: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
    rows = [f'      input_map {{ key: "{key}" value: "{value}" }}' for key, value in inputs.items()]
    rows += [f'      output_map {{ key: "{key}" value: "{value}" }}' for key, value in outputs.items()]
    return f'    {{\n      model_name: "{model}"\n      model_version: -1\n' + "\n".join(rows) + "\n    }"


def request_config(name: str, pooled: bool = False) -> str:
    """config.pbtxt of NAME-request: defaults filled in, parameters checked. `pooled`: see `txt2img_config`."""
    wanted = ',\n  { name: "WANTED" data_type: TYPE_STRING dims: [ 1 ] }' if pooled else ""
    return f"""\
# First step of {name}-txt2img: fills in the checkpoint's name and every parameter that was not sent.
name: "{name}-request"
backend: "python"
max_batch_size: 0
input [
{_tensors(PARAMETERS, inputs=True)}
]
output [
  {{ name: "MODEL" data_type: TYPE_STRING dims: [ 1 ] }},
{_tensors(PARAMETERS, inputs=False)}{wanted}
]
instance_group [ {{ kind: KIND_CPU count: 1 }} ]
"""


def txt2img_config(name: str, pooled: bool = False) -> str:
    """config.pbtxt of the ensemble NAME-txt2img: a prompt → uint8 pictures [N,H,W,3] and the seed used.

    `pooled`: the UNet takes texts' pooled states as well, so both outputs of text_encode are wanted.
    """
    filled = {field.name: f"_{field.name}" for field in PARAMETERS} | {"MODEL": "_MODEL", "SEED": "USED_SEED"}
    text = {"MODEL": "_MODEL", "CLIP_SKIP": "_CLIP_SKIP"}
    positive, negative = {"CONDITIONING": "_POSITIVE"}, {"CONDITIONING": "_NEGATIVE"}
    states: dict[str, str] = {}
    if pooled:
        filled["WANTED"] = text["WANTED"] = "_WANTED"
        positive["POOLED"], negative["POOLED"] = "_POSITIVE_POOLED", "_NEGATIVE_POOLED"
        states = {"POSITIVE_POOLED": "_POSITIVE_POOLED", "NEGATIVE_POOLED": "_NEGATIVE_POOLED"}
    sampled = {field.name: filled[field.name] for field in SAMPLING}
    steps = ",\n".join(
        (
            _step(f"{name}-request", {field.name: field.name for field in PARAMETERS}, filled),
            _step("text_encode", text | {"PROMPT": "_PROMPT"}, positive),
            _step("text_encode", text | {"PROMPT": "_NEGATIVE_PROMPT"}, negative),
            _step(
                "sampler_unary",
                {"MODEL": "_MODEL", "POSITIVE": "_POSITIVE", "NEGATIVE": "_NEGATIVE"} | states | sampled,
                {"LATENT": "_LATENT"},
            ),
            _step("vae_decode", {"MODEL": "_MODEL", "LATENT": "_LATENT"}, {"IMAGE": "IMAGE"}),
        )
    )
    return f"""\
# A prompt in, pictures out: one request, one response, over HTTP or gRPC.
name: "{name}-txt2img"
platform: "ensemble"
max_batch_size: 0
input [
{_tensors(PARAMETERS, inputs=True)}
]
output [
  {{ name: "IMAGE" data_type: TYPE_UINT8 dims: [ -1, -1, -1, 3 ] }},
  {{ name: "USED_SEED" data_type: TYPE_UINT64 dims: [ 1 ] }}
]
ensemble_scheduling {{
  step [
{steps}
  ]
}}
"""


def stream_config(name: str) -> str:
    """config.pbtxt of NAME-txt2img-stream: a prompt (and a picture) → progress and previews, then pictures and files."""
    return f"""\
# A prompt in; STEP, STEPS, SIGMA, STEP_MS (and PREVIEW) per step; IMAGE, ENCODED and SEED at the end.
# Many requests run at once; a cancelled stream stops within one step.
name: "{name}-txt2img-stream"
backend: "python"
max_batch_size: 0
model_transaction_policy {{ decoupled: true }}
input [
{_tensors(PARAMETERS + STREAMING, inputs=True)},
{_arrays()}
]
output [
  {{ name: "STEP" data_type: TYPE_INT32 dims: [ 1 ] }},
  {{ name: "STEPS" data_type: TYPE_INT32 dims: [ 1 ] }},
  {{ name: "SIGMA" data_type: TYPE_FP32 dims: [ 1 ] }},
  {{ name: "STEP_MS" data_type: TYPE_FP32 dims: [ 1 ] }},
  {{ name: "PREVIEW" data_type: TYPE_STRING dims: [ -1 ] }},
  {{ name: "IMAGE" data_type: TYPE_UINT8 dims: [ -1, -1, -1, 3 ] }},
  {{ name: "ENCODED" data_type: TYPE_STRING dims: [ -1 ] }},
  {{ name: "SEED" data_type: TYPE_UINT64 dims: [ 1 ] }}
]
instance_group [ {{ kind: KIND_CPU count: 1 }} ]
"""
