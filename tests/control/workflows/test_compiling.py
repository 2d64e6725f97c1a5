"""Plans: what runs, in what order, what was computed before, what it costs."""

import math
import time
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from control.workflows.catalogue import CATALOGUE
from control.workflows.known import Known
from control.workflows.literals import bounded
from control.workflows.plan import Plan, PlanNode
from control.workflows.pricing import check_paid as check_what_was_paid
from control.workflows.types import Input, NodeType, Size, Unfit, outputs
from control.workflows.values import Latent
from tests.control.workflows.graphs import DEFAULT, KNOWN, compiled, graph, node, plan_of, wrong


def _repeat(text: str, times: int) -> tuple[str]:
    return (text * times,)


def _divide(a: float, b: float) -> tuple[float]:
    if b == 0:
        raise Unfit("b", "nothing can be divided by 0")
    return (a / b,)


def _fails(value: int) -> tuple[int]:
    raise RuntimeError(value)


NUMBER = Input("FLOAT", 0.0)
OWN = Known(
    KNOWN.checkpoints,
    KNOWN.lists,
    KNOWN.files,
    KNOWN.hashes,
    catalogue={
        **CATALOGUE,
        "Repeat": NodeType(
            "Repeat", "", "", {"text": Input("STRING", "ab"), "times": Input("INT", 1)}, outputs("STRING"), _repeat,
            constant=True,
        ),
        "Divide": NodeType("Divide", "", "", {"a": NUMBER, "b": NUMBER}, outputs("FLOAT"), _divide, constant=True),
        "Fails": NodeType("Fails", "", "", {"value": Input("INT", 1)}, outputs("INT"), _fails, constant=True),
        "Later": NodeType("Later", "", "", {"image": Input("IMAGE")}, outputs("BOOLEAN"), lambda image: (True,)),
        "Unread": NodeType("Unread", "", "", {"image": Input("IMAGE")}, outputs("STRING"), lambda image: ("pocket",)),
        "Unknown": NodeType(
            "Unknown", "", "", {"image": Input("IMAGE")}, outputs("LATENT"), lambda image: (image,),
            size=lambda **_: (None,),
        ),
    },
)  # fmt: skip
"""KNOWN with some nodes of the tests' own."""


def check_paid(paid: PlanNode, inputs: dict[str, Any]) -> None:
    check_what_was_paid(paid, CATALOGUE[paid.class_type], inputs)


def steps_of(plan: Plan) -> dict[tuple[str, ...], set[str]]:
    """Nodes of each step → nodes that it comes after."""
    return {
        tuple(step.nodes): {name for place in step.after for name in plan.steps[place].nodes}
        for step in plan.steps
    }


def test_the_first_graph() -> None:
    plan = plan_of(DEFAULT)
    assert steps_of(plan) == {
        ("4",): set(),
        ("6",): {"4"},
        ("7",): {"4"},
        ("5",): set(),
        # Nothing else takes the latent: one call samples and decodes.
        ("3", "8"): {"4", "5", "6", "7"},
        ("9",): {"3", "8"},
    }
    calls = {tuple(step.nodes): (step.call, step.checkpoint) for step in plan.steps}
    assert calls["6",] == ("text_encode", "pocket")
    assert calls["3", "8"] == ("sampler", "pocket")
    assert calls["9",] == ("", "")
    assert plan.outputs == ["9"]
    assert plan.checkpoints == {"pocket": KNOWN.checkpoints["pocket"].weights}
    # What 512x512 costs by /generate/txt2img.
    assert plan.amount == plan.nodes["3"].amount == 1_000_000
    assert plan.effort == pytest.approx(20 * 512 * 512 / 1e6)
    assert plan.seconds == pytest.approx(sum(step.seconds for step in plan.steps))
    assert plan.nodes["4"].inputs == {"ckpt_name": "pocket"}
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


def test_every_step_comes_after_what_it_needs() -> None:
    for given in (DEFAULT, graph(_10=node("PreviewImage", images=["8", 0]))):
        plan = plan_of(given)
        place = {name: number for number, step in enumerate(plan.steps) for name in step.nodes}
        assert set(place) == set(plan.nodes)
        for number, step in enumerate(plan.steps):
            assert all(before < number for before in step.after)
            needed = {
                place[value[0]]
                for name in step.nodes
                for value in plan.nodes[name].inputs.values()
                if isinstance(value, list)
            }
            assert needed - {number} == set(step.after)


@pytest.mark.parametrize(
    "more",
    [
        {"_10": node("SaveLatent", samples=["3", 0])},
        {
            "_10": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
            "_11": node("PreviewImage", images=["10", 0]),
        },
    ],
)
def test_a_latent_that_others_take_is_decoded_by_itself(more: dict[str, Any]) -> None:
    assert ("3",) in steps_of(plan_of(graph(**more)))
    assert ("8",) in steps_of(plan_of(graph(**more)))


def test_another_checkpoint_s_vae_decodes_by_itself() -> None:
    plan = plan_of(graph({"8": {"vae": ["10", 0]}}, _10=node("VAELoader", vae_name="other")))
    found = {tuple(step.nodes): step.checkpoint for step in plan.steps}
    assert (found["3",], found["8",]) == ("pocket", "other")
    assert list(plan.checkpoints) == ["pocket", "other"]


def test_dead_nodes_are_dropped() -> None:
    plan = plan_of(
        graph(_10=node("VAEEncode", pixels=["8", 0], vae=["4", 2]), _11=node("LatentFlip", samples=["10", 0]))
    )
    assert plan.dropped == ["10", "11"]
    assert set(plan.nodes) == set(DEFAULT)


def test_constants_are_computed() -> None:
    plan = plan_of(
        graph(
            {"3": {"seed": ["a", 0], "steps": ["b", 0]}, "6": {"text": ["c", 0]}},
            _a=node("PrimitiveInt", value=77),
            _b=node("Reroute", value=["d", 0]),
            _d=node("PrimitiveInt", value="12"),
            _c=node("StringConcatenate", string_a="a red", string_b=["e", 0], delimiter=" "),
            _e=node("PrimitiveString", value="circle"),
        )
    )
    assert plan.nodes["3"].inputs["seed"] == 77
    assert plan.nodes["3"].inputs["steps"] == 12
    assert plan.nodes["6"].inputs["text"] == "a red circle"
    assert plan.folded == {"a": 77, "d": 12, "b": 12, "e": "circle", "c": "a red circle"}
    assert set(plan.nodes) == set(DEFAULT)
    assert plan.dropped == []
    # The same as if they had been written there.
    assert (
        plan.nodes["9"].key
        == plan_of(graph({"3": {"seed": 77, "steps": 12}, "6": {"text": "a red circle"}})).nodes["9"].key
    )


def test_computed_values_are_held_to_their_input_s_range() -> None:
    found = wrong(graph({"3": {"steps": ["a", 0]}}, _a=node("PrimitiveInt", value=151)))
    assert found["3", "steps"][0] == "value_bigger_than_max"
    found = wrong(graph({"3": {"cfg": ["a", 0]}}, _a=node("Divide", a=1, b=0)), OWN)
    assert found["a", "b"] == ("custom_validation_failed", "b: nothing can be divided by 0.")
    [(kind, says)] = wrong(graph({"3": {"steps": ["a", 0]}}, _a=node("Fails")), OWN).values()
    assert kind == "exception_during_validation"
    assert "Fails cannot be computed" in says


def test_computing_has_an_end() -> None:
    doubled = graph({"6": {"text": ["t0", 0]}})
    for n in range(900):
        doubled[f"t{n}"] = node(
            "StringConcatenate", string_a=[f"t{n + 1}", 0], string_b=[f"t{n + 1}", 0], delimiter=""
        )
    doubled["t900"] = node("PrimitiveString", value="ab")
    began = time.perf_counter()
    found = compiled(doubled)
    assert time.perf_counter() - began < 1
    assert found.plan is None
    assert {error.type for _, error in found.errors} & {"custom_validation_failed", "value_bigger_than_max"}


def switched(condition: object, known: Known = KNOWN) -> Plan:
    return plan_of(
        graph(
            {"9": {"images": ["s", 0]}},
            _s=node("ComfySwitchNode", switch=condition, on_true=["8", 0], on_false=["i", 0]),
            _i=node("EmptyImage", width=64, height=64, batch_size=1, color=0),
            _b=node("PrimitiveBoolean", value=False),
            _l=node("Later", image=["8", 0]) if known is OWN else node("PrimitiveInt", value=1),
        ),
        known,
    )


def test_switches_take_their_branch() -> None:
    plan = switched(True)
    assert plan.nodes["9"].inputs["images"] == ["8", 0]
    assert {"s", "i"} <= set(plan.dropped)
    for off in (False, ["b", 0]):
        plan = switched(off)
        assert plan.nodes["9"].inputs["images"] == ["i", 0]
        assert set(plan.nodes) == {"i", "9"}
        assert plan.amount == 0
    # What only turns out later needs both.
    plan = switched(["l", 0], OWN)
    assert {"s", "i", "8", "l"} <= set(plan.nodes)
    assert plan.nodes["s"].inputs == {"switch": ["l", 0], "on_true": ["8", 0], "on_false": ["i", 0]}


def test_errors_of_a_branch_that_is_not_taken_stop_nothing() -> None:
    def asked(condition: bool) -> dict[str, Any]:
        return graph(
            {"9": {"images": ["s", 0]}},
            _s=node("ComfySwitchNode", switch=condition, on_true=["8", 0], on_false=["i", 0]),
            _i=node("ImageScaleBy", image=["8", 0], upscale_method="lanczos", scale_by=["q", 0]),
            _q=node("Divide", a=1, b=0),
        )

    assert plan_of(asked(True), OWN).outputs == ["9"]
    assert list(wrong(asked(False), OWN)) == [("q", "b")]
    # Another output that needs it is told, and stops nothing either.
    found = compiled(asked(True) | {"z": node("PreviewAny", source=["q", 0])}, OWN)
    assert found.plan is not None
    assert found.plan.outputs == ["9"]
    assert found.errors.node_errors["q"].dependent_outputs == ["z"]


def test_reroutes_vanish() -> None:
    plain = plan_of(graph())
    plan = plan_of(
        graph(
            {"3": {"model": ["r", 0]}}, _r=node("Reroute", value=["q", 0]), _q=node("Reroute", value=["4", 0])
        )
    )
    assert plan.nodes == plain.nodes
    assert plan.steps == plain.steps


def test_sizes_are_inferred_and_priced() -> None:
    # A second pass over the pictures, twice as wide and high.
    second = graph(
        {"8": {"samples": ["11", 0]}},
        _10=node("LatentUpscaleBy", samples=["3", 0], upscale_method="nearest-exact", scale_by=2.0),
        _11={
            "class_type": "KSampler",
            "inputs": {**DEFAULT["3"]["inputs"], "latent_image": ["10", 0], "denoise": 0.5},
        },
    )
    found = compiled(second)
    assert found.plan is not None
    assert (found.plan.nodes["3"].amount, found.plan.nodes["11"].amount) == (1_000_000, 4_000_000)
    assert found.largest == Size(1, 1024, 1024)
    assert found.plan.effort == pytest.approx(20 * 5 * 512 * 512 / 1e6)
    assert [line.text for line in found.lines] == [
        "KSampler of 512x512 (node 3)", "KSampler of 1024x1024 (node 11)",
    ]  # fmt: skip


def test_a_part_of_the_steps_costs_its_share() -> None:
    inputs = {
        name: value for name, value in DEFAULT["3"]["inputs"].items() if name not in {"seed", "denoise"}
    }
    plan = plan_of(graph(_3=node("KSamplerAdvanced", **inputs, noise_seed=1, start_at_step=0, end_at_step=5)))
    assert plan.nodes["3"].amount == 250_000
    assert plan.effort == pytest.approx(5 * 512 * 512 / 1e6)


def test_sdxl_costs_twice() -> None:
    found = compiled(graph({"4": {"ckpt_name": "grand"}}))
    assert found.plan is not None
    assert found.plan.amount == 2_000_000
    assert [line.item for line in found.lines] == ["txt2img", "sdxl"]


def test_the_guider_s_model_is_the_sampler_s() -> None:
    plan = plan_of(
        graph(
            {"4": {"ckpt_name": "grand"}},
            _3=node("SamplerCustomAdvanced", noise=["n", 0], guider=["g", 0], sampler=["k", 0], sigmas=["b", 0],
                    latent_image=["5", 0]),
            _n=node("RandomNoise", noise_seed=3),
            _g=node("CFGGuider", model=["4", 0], positive=["6", 0], negative=["7", 0], cfg=5),
            _k=node("KSamplerSelect", sampler_name="euler"),
            _b=node("BasicScheduler", model=["4", 0], scheduler="normal", steps=10, denoise=1),
        )
    )  # fmt: skip
    assert plan.amount == 2_000_000
    assert plan.effort == pytest.approx(10 * 512 * 512 / 1e6)
    [step] = [step for step in plan.steps if "3" in step.nodes]
    assert (step.nodes, step.checkpoint, step.call) == (["3", "8"], "grand", "sampler")


def test_files_bring_their_size_and_hash() -> None:
    painted = {
        "1": node("CheckpointLoaderSimple", ckpt_name="pocket"),
        "2": node("LoadImage", image="cat.png"),
        "3": node("ImageScaleBy", image=["2", 0], upscale_method="area", scale_by=2),
        "4": node("SaveImage", images=["3", 0]),
    }
    found = compiled(painted)
    assert found.plan is not None
    assert found.plan.files == {"cat.png": KNOWN.files["cat.png"]}
    assert found.largest == Size(1, 600, 400)
    assert found.plan.dropped == ["1"]
    assert found.plan.amount == 0
    assert found.plan.effort > 0


def test_a_size_that_is_not_known_is_one_megapixel() -> None:
    plan = plan_of(graph({"3": {"latent_image": ["u", 0]}}, _u=node("Unknown", image=["i", 0]),
                         _i=node("EmptyImage", width=64, height=64)), OWN)  # fmt: skip
    assert plan.amount == 4_000_000
    assert plan.nodes["3"].pixels == 1024 * 1024
    assert plan.nodes["8"].pixels == 1024 * 1024
    assert {entry.pixels for name, entry in plan.nodes.items() if name not in {"3", "8"}} == {0}


def test_what_is_larger_than_was_paid_for_is_refused_when_it_runs() -> None:
    latent = Latent(np.zeros((1, 4, 128, 128), np.float32))
    paid = PlanNode("KSampler", {}, "", pixels=1024 * 1024)
    check_paid(paid, {"latent_image": latent, "seed": 1})
    many = {"latent_image": Latent(np.zeros((8, 4, 256, 256), np.float32))}
    check_paid(PlanNode("KSampler", {}, ""), many)
    with pytest.raises(Unfit, match="8 x 2048 x 2048 pixels are more than the 1048576"):
        check_paid(paid, many)


def test_numbers_that_turn_out_later_are_held_to_their_range_too() -> None:
    # Known from the picture, though it is not read before: its width.
    sized = {"1": node("LoadImage", image="cat.png"), "2": node("GetImageSize", image=["1", 0])}
    found = wrong(graph({"3": {"steps": ["2", 0]}}, _1=sized["1"], _2=sized["2"]))
    assert found["3", "steps"] == ("value_bigger_than_max", "steps: 300 is too much; give 1 to 150.")
    # When it runs.
    wanted = CATALOGUE["KSampler"].inputs
    assert bounded("steps", wanted["steps"], 20) == 20
    assert bounded("cfg", wanted["cfg"], 7) == 7.0
    assert bounded("model", wanted["model"], KNOWN) is KNOWN
    with pytest.raises(Unfit, match="151 is too much; give 1 to 150"):
        bounded("steps", wanted["steps"], 151)


def test_many_outputs_of_a_long_chain_take_no_longer() -> None:
    many: dict[str, Any] = {"c0": node("EmptyImage", width=64, height=64)}
    for n in range(490):
        many[f"c{n + 1}"] = node("ImageInvert", image=[f"c{n}", 0])
        many[f"p{n}"] = node("PreviewImage", images=[f"c{n + 1}", 0])
    took = []
    for _ in range(3):
        began = time.perf_counter()
        assert len(plan_of(many).outputs) == 490
        took.append(time.perf_counter() - began)
    assert min(took) < 0.2


def test_measured_times_are_used() -> None:
    class Measured:
        def seconds(self, model: str, size: str, work: float) -> float | None:
            return 3 * work if (model, size) == ("pocket", "512x512") else None

    known = Known(KNOWN.checkpoints, speeds=Measured())
    [step] = [step for step in plan_of(DEFAULT, known).steps if "3" in step.nodes]
    [other] = [step for step in plan_of(graph({"5": {"width": 1024}}), known).steps if "3" in step.nodes]
    assert step.seconds > 3 * 20 * 512 * 512 / 1e6
    assert other.seconds < 3 * 20 * 512 * 512 / 1e6 * 2


def test_every_class_is_compiled_with_its_defaults() -> None:
    """Each with its links from nodes that give the right type: `size`, `check`, `pixels` and `needs` stand that."""
    sources = {
        "MODEL": ["4", 0], "CLIP": ["4", 1], "VAE": ["4", 2], "CONDITIONING": ["6", 0], "LATENT": ["5", 0],
        "IMAGE": ["8", 0], "MASK": ["m", 0], "UPSCALE_MODEL": ["u", 0], "SIGMAS": ["s", 0], "SAMPLER": ["k", 0],
        "NOISE": ["n", 0], "GUIDER": ["g", 0], "*": ["8", 0],
    }  # fmt: skip
    names = {"checkpoints": "pocket", "vae": "pocket", "clip": "pocket", "unet": "pocket", "input": "cat.png",
             "latents": "cat.png", "upscale_models": "realesrgan-x4"}  # fmt: skip
    base = graph(
        _m=node("SolidMask", value=1.0, width=512, height=512), _u=node("UpscaleModelLoader", model_name="realesrgan-x4"),
        _s=node("BasicScheduler", model=["4", 0], scheduler="normal", steps=10, denoise=1), _n=node("RandomNoise", noise_seed=3),
        _k=node("KSamplerSelect", sampler_name="euler"),
        _g=node("CFGGuider", model=["4", 0], positive=["6", 0], negative=["7", 0], cfg=5),
    )  # fmt: skip
    strange = {}
    for name, kind in CATALOGUE.items():
        inputs: dict[str, Any] = {}
        for slot, wanted in kind.inputs.items():
            if wanted.folder in names:
                inputs[slot] = names[wanted.folder]
            elif (source := sources.get(wanted.type.split(",")[0])) is not None:
                inputs[slot] = source
            elif wanted.default is None and not wanted.optional:
                inputs[slot] = {"INT": 1, "FLOAT": 1.0, "STRING": "1", "BOOLEAN": True}.get(wanted.type, "")
        given = base | {"x": node(name, **inputs)}
        if not kind.output:
            given["y"] = node("PreviewAny", source=["x", 0])
        found = compiled(given)
        errors = [(one, error.type) for one, error in found.errors]
        if any(kind == "exception_during_validation" for _, kind in errors) or found.plan is None:
            strange[name] = found.errors
            continue
        assert math.isfinite(found.plan.seconds)
        assert found.plan.amount >= 0
    assert strange == {}


def sized_later(**inputs: Any) -> dict[str, Any]:
    """Nodes `w` (a number that turns out while the workflow runs) and `x` (8 latents as large as it says)."""
    return {
        "t": node("Unread", image=["i", 0]),
        "i": node("EmptyImage", width=64, height=64),
        "w": node("ComfyNumberConvert", value=["t", 0]),
        "x": node("EmptyLatentImage", width=["w", 1], height=["w", 1], batch_size=8),
        **inputs,
    }


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("LatentBlend", "samples1", "samples2"),
        ("LatentAdd", "samples1", "samples2"),
        ("LatentComposite", "samples_to", "samples_from"),
        ("SetLatentNoiseMask", "samples", "mask"),
    ],
)
def test_a_known_second_input_does_not_make_the_first_one_known(name: str, first: str, second: str) -> None:
    small = ["m", 0] if second == "mask" else ["s", 0]
    values: dict[str, dict[str, Any]] = {
        "LatentBlend": {"blend_factor": 1.0},
        "LatentComposite": {"x": 0, "y": 0, "feather": 0},
    }
    later = sized_later(
        s=node("EmptyLatentImage", width=16, height=16, batch_size=1),
        m=node("SolidMask", value=1.0, width=16, height=16),
        b=node(name, **{first: ["x", 0], second: small}, **values.get(name, {})),
    )
    plan = plan_of(graph({"3": {"latent_image": ["b", 0]}}) | later, OWN)
    assert plan.nodes["3"].amount == 4_000_000
    with pytest.raises(Unfit, match="8 x 2048 x 2048 pixels are more"):
        check_paid(plan.nodes["3"], {"latent_image": Latent(np.zeros((8, 4, 256, 256), np.float32))})


def test_what_was_paid_for_is_kept_of_every_priced_node() -> None:
    plan = plan_of(graph())
    assert plan.nodes["3"].pixels == 512 * 512
    check_paid(plan.nodes["3"], {"latent_image": Latent(np.zeros((1, 4, 64, 64), np.float32))})
    with pytest.raises(Unfit, match="1 x 520 x 512 pixels are more than the 262144"):
        check_paid(plan.nodes["3"], {"latent_image": Latent(np.zeros((1, 4, 64, 65), np.float32))})
    # The first picture is what counts, whatever lies beside it.
    check_paid(
        plan.nodes["8"],
        {"samples": Latent(np.zeros((1, 4, 64, 64), np.float32)), "mask": np.zeros((9, 999, 999))},
    )


def test_what_is_chosen_from_a_list_is_known_when_it_is_submitted() -> None:
    def chosen(condition: object) -> dict[str, Any]:
        return graph(
            {"4": {"ckpt_name": ["s", 0]}},
            _s=node("ComfySwitchNode", switch=condition, on_true=["p", 0], on_false=["n", 0]),
            _p=node("PrimitiveString", value="grand"),
            _n=node("PrimitiveInt", value=1),
            _l=node("Later", image=["i", 0]),
            _i=node("EmptyImage", width=64, height=64),
        )

    kind, says = wrong(chosen(["l", 0]), OWN)["4", "ckpt_name"]
    assert kind == "custom_validation_failed"
    assert says.startswith("ckpt_name: it must be known when the workflow is submitted")
    # A constant is.
    plan = plan_of(chosen(True), OWN)
    assert list(plan.checkpoints) == ["grand"]


def test_pictures_to_be_made_larger_are_counted() -> None:
    later = sized_later(
        u=node("UpscaleModelLoader", model_name="realesrgan-x4"),
        y=node("EmptyImage", width=64, height=64, batch_size=["w", 1]),
        z=node("ImageUpscaleWithModel", upscale_model=["u", 0], image=["y", 0]),
        o=node("PreviewImage", images=["z", 0]),
    )
    plan = plan_of(later, OWN, outputs=["o"])
    assert plan.nodes["z"].amount == 3_000_000
    check_paid(plan.nodes["z"], {"image": np.zeros((1, 512, 512, 3), np.float32)})
    with pytest.raises(Unfit, match="4096 pictures are more than the 1"):
        check_paid(plan.nodes["z"], {"image": np.zeros((4096, 8, 8, 3), np.float32)})


def test_steps_of_a_long_schedule_cost_as_those_of_a_usual_one() -> None:
    plan = plan_of(
        graph(
            _3=node("SamplerCustom", model=["4", 0], add_noise=True, noise_seed=1, cfg=5, positive=["6", 0],
                    negative=["7", 0], sampler=["k", 0], sigmas=["c", 0], latent_image=["5", 0]),
            _k=node("KSamplerSelect", sampler_name="euler"),
            _p=node("PolyexponentialScheduler", steps=150, sigma_max=14.6, sigma_min=0.03, rho=30),
            _c=node("SplitSigmas", sigmas=["p", 0], step=20),
        )
    )  # fmt: skip
    assert plan.nodes["3"].amount == 1_000_000
    inputs = {
        name: value for name, value in DEFAULT["3"]["inputs"].items() if name not in {"seed", "denoise"}
    }
    part = node("KSamplerAdvanced", **inputs | {"steps": 150}, noise_seed=1, start_at_step=0, end_at_step=10)
    assert plan_of(graph(_3=part)).nodes["3"].amount == 500_000


def vae_chain(times: int, **size: int) -> dict[str, Any]:
    """So often decoded and encoded again."""
    found = {"4": DEFAULT["4"], "d0": node("EmptyLatentImage", **size)}
    for n in range(times):
        found[f"p{n}"] = node("VAEDecode", samples=[f"d{n}", 0], vae=["4", 2])
        found[f"d{n + 1}"] = node("VAEEncode", pixels=[f"p{n}", 0], vae=["4", 2])
    return found | {"o": node("SaveLatent", samples=[f"d{times}", 0])}


def test_vae_passes_beyond_one_of_what_is_sampled_cost_and_count() -> None:
    found = compiled(vae_chain(10, width=1024, height=1024, batch_size=2))
    assert found.plan is not None
    # Half a step of twenty, each.
    assert found.plan.amount == 20 * 2 * 4 * 25_000
    assert found.plan.effort == pytest.approx(20 * 2 * 1.048576 * 0.5)
    assert found.largest == Size(2, 1024, 1024)
    assert {line.item for line in found.lines} == {"vae"}
    # One each comes with a picture that is sampled; what is more is charged where it comes last.
    again = graph(
        _10=node("VAEEncode", pixels=["8", 0], vae=["4", 2]),
        _11=node("VAEDecode", samples=["10", 0], vae=["4", 2]),
        _12=node("PreviewImage", images=["11", 0]),
    )
    plan = plan_of(again)
    assert {name: one.amount for name, one in plan.nodes.items() if one.amount} == {
        "3": 1_000_000,
        "11": 25_000,
    }


def test_a_plan_that_would_take_hours_is_refused() -> None:
    found = compiled(vae_chain(490, width=2048, height=2048, batch_size=8))
    assert found.plan is None
    assert found.errors.error is not None
    assert found.errors.error.type == "invalid_prompt"
    assert "6000 are the most; make its pictures smaller or fewer" in found.errors.error.details
    assert "6000" in str(found.errors.as_bad_request())


def test_texts_do_not_make_a_plan_endless() -> None:
    text = "a" * 80_000
    long = graph(_p=node("PrimitiveString", value=text))
    for n in range(200):
        long[f"t{n}"] = node("CLIPTextEncode", clip=["4", 1], text=["p", 0])
        long[f"o{n}"] = node("PreviewAny", source=[f"c{n}", 0])
        long[f"c{n}"] = node("StringConcatenate", string_a=["p", 0], string_b="b", delimiter="")
    found = compiled(long)
    assert found.plan is None
    assert found.errors.error is not None
    assert "characters together" in found.errors.error.message
    plan = plan_of(graph({"6": {"text": ["c", 0]}},
                         _c=node("StringTrim", string=["p", 0], mode="Both"), _p=node("PrimitiveString", value=text[:10_000])))  # fmt: skip
    assert len(plan.nodes["6"].inputs["text"]) == 10_000
    assert len(plan.folded["p"]) < 300


def test_pictures_that_turn_out_larger_than_the_tier_s_are_not_handed_out() -> None:
    plan = plan_of(graph(), replace(KNOWN, max_pixels=1024 * 1024))
    check_paid(plan.nodes["9"], {"images": np.zeros((9, 1024, 1024, 3), np.float32)})
    with pytest.raises(
        Unfit, match="2048 x 1024 pixels are more than the 1048576 that a picture of your tier"
    ):
        check_paid(plan.nodes["9"], {"images": np.zeros((1, 1024, 2048, 3), np.float32)})
