"""Files of the registry in graphs: what they cost, what they do not go with, what a result is addressed by."""

from dataclasses import replace

import pytest

from control.billing.tiers import CREDIT
from ensembles.adapters.about import About
from tests.control.workflows.graphs import KNOWN, compiled, graph, node, plan_of, wrong


def about(kind: str, name: str, **more: object) -> About:
    return About(
        type=kind, name=name, sha256=name.encode().hex().ljust(64, "0"), bytes=1, layout="kohya", **more
    )


FILES = {
    "loras/ink": about("lora", "ink", base="sd15"),
    "loras/oil": about("lora", "oil", base="sd15"),
    "loras/large": about("lora", "large", base="sdxl"),
    "controlnet/edges": about("controlnet", "edges", base="sd15"),
    "controlnet/edges-large": about("controlnet", "edges-large", base="sdxl"),
    "ipadapter/look": about("ip_adapter", "look", base="sd15"),
    "embeddings/dusk": about("embedding", "dusk", width=128),
    "embeddings/wide": about("embedding", "wide", width=1024),
}
KNOWING = replace(
    KNOWN, adapters=FILES, hashes={**KNOWN.hashes, **{name: one.sha256 for name, one in FILES.items()}}
)
PLAIN = plan_of(graph(), KNOWING).amount


def lora(name: str, model: list, clip: list, **more: object) -> dict:
    return node(
        "LoraLoader",
        model=model,
        clip=clip,
        lora_name=name,
        **{"strength_model": 1, "strength_clip": 1} | more,
    )


def control(net: list, positive: list, negative: list, **more: object) -> dict:
    given = {"strength": 1, "start_percent": 0, "end_percent": 1} | more
    return node(
        "ControlNetApplyAdvanced",
        positive=positive,
        negative=negative,
        control_net=net,
        image=["20", 0],
        **given,
    )


def with_loras(*names: str, batch: int = 1, **more: object) -> dict:
    """The default graph, one LoRA after another."""
    at, added = "4", {}
    for place, name in enumerate(names):
        added[f"1{place}"] = lora(name, [at, 0], [at, 1], **more)
        at = f"1{place}"
    changes = {
        "3": {"model": [at, 0]}, "6": {"clip": [at, 1]}, "7": {"clip": [at, 1]}, "5": {"batch_size": batch},
    }  # fmt: skip
    return graph(changes, **added)


def with_controls(*names: str, **more: object) -> dict:
    positive, negative, added = ["6", 0], ["7", 0], {"20": node("LoadImage", image="cat.png")}
    for place, name in enumerate(names):
        added[f"3{place}"] = node("ControlNetLoader", control_net_name=name)
        added[f"4{place}"] = control([f"3{place}", 0], positive, negative, **more)
        positive, negative = [f"4{place}", 0], [f"4{place}", 1]
    return graph({"3": {"positive": positive, "negative": negative}}, **added)


def with_picture(name: str, **more: object) -> dict:
    return graph(
        {"3": {"model": ["22", 0]}},
        _20=node("LoadImage", image="cat.png"),
        _21=node("IPAdapterModelLoader", ipadapter_file=name),
        _22=node("IPAdapter", model=["4", 0], ipadapter=["21", 0], image=["20", 0], **{"weight": 1} | more),
    )


@pytest.mark.parametrize(
    ("given", "more"),
    [
        (with_loras("ink"), CREDIT // 2),
        (with_loras("ink", "oil"), CREDIT),
        # The same one twice is one.
        (with_loras("ink", "ink"), CREDIT // 2),
        (with_loras("ink", strength_model=0, strength_clip=0), 0),
        (with_loras("ink", strength_model=0), CREDIT // 2),
        (with_controls("edges"), CREDIT),
        # Two hints, two branches.
        (with_controls("edges", "edges"), 2 * CREDIT),
        (with_controls("edges", strength=0), 0),
        (with_picture("look"), CREDIT),
        (with_picture("look", weight=0), 0),
        (graph({"6": {"text": "embedding:dusk"}}), 0),
    ],
)
def test_what_files_at_work_cost(given, more):
    made = compiled(given, KNOWING)
    assert made.plan.amount == PLAIN + more
    assert sum(line.amount_microcredits for line in made.lines) == made.plan.amount


def test_each_picture_of_a_batch_is_charged():
    four = plan_of(graph({"5": {"batch_size": 4}}), KNOWING).amount
    assert plan_of(with_loras("ink", batch=4), KNOWING).amount == four + 4 * CREDIT // 2


def unsampled(given: dict) -> dict:
    """The same, but nothing is sampled."""
    given["3"]["inputs"]["denoise"] = 0
    return given


@pytest.mark.parametrize(
    ("given", "most"),
    [
        # Both texts are encoded by one changed network.
        (with_loras("ink"), CREDIT // 2),
        (with_loras("ink", "oil"), CREDIT),
        (with_loras("ink", strength_clip=0), 0),
        (with_picture("look"), CREDIT),
        (with_picture("look", weight=0), 0),
        (with_controls("edges"), 0),
    ],
)
def test_what_networks_do_where_nothing_is_sampled_is_charged(given, most):
    lines = compiled(unsampled(given), KNOWING).lines
    assert sum(line.amount_microcredits for line in lines if line.item in ("lora", "controlnet")) == most


def test_a_part_of_the_steps_costs_a_part_and_a_changed_network_as_a_whole():
    steps = {"steps": 20, "cfg": 8, "sampler_name": "euler", "scheduler": "normal", "noise_seed": 1}
    given = with_loras("ink")
    links = {name: given["3"]["inputs"][name] for name in ("model", "positive", "negative", "latent_image")}
    part = {**steps, **links, "add_noise": "enable", "return_with_leftover_noise": "disable"}
    given["3"] = node("KSamplerAdvanced", **part, start_at_step=0, end_at_step=5)
    given["30"] = node(
        "KSamplerAdvanced", **part | {"latent_image": ["3", 0]}, start_at_step=5, end_at_step=10
    )
    given["8"]["inputs"]["samples"] = ["30", 0]
    lines = [line for line in compiled(given, KNOWING).lines if line.item == "lora"]
    assert [line.amount_microcredits for line in lines] == [CREDIT // 2, CREDIT // 8]


@pytest.mark.parametrize(
    ("given", "place", "said"),
    [
        (with_loras("large"), ("10", "lora_name"), "is made for SDXL, and pocket is of SD 1.x"),
        (with_controls("edges-large"), ("3", "positive"), "the ControlNet edges-large is made for SDXL"),
        (
            with_controls("edges", "edges-large"),
            ("3", "positive"),
            "the ControlNet edges-large is made for SDXL",
        ),
        (
            graph({"6": {"text": "embedding:wide, a cat"}}),
            ("6", "text"),
            "vectors of 1024 numbers, and pocket takes",
        ),
        (with_loras("inc"), ("10", "lora_name"), "there is no 'inc' in loras"),
    ],
)
def test_what_does_not_fit_is_refused_before_it_is_charged(given, place, said):
    found = wrong(given, KNOWING)
    assert place in found
    assert said in found[place][1]
    assert compiled(given, KNOWING).plan is None


def test_a_picture_prompt_of_another_kind_is_refused_where_it_is_applied():
    files = {**FILES, "ipadapter/look": about("ip_adapter", "look", base="sdxl")}
    found = wrong(with_picture("look"), replace(KNOWING, adapters=files))
    assert "IP-Adapter look is made for SDXL" in found["22", "ipadapter"][1]


def test_other_bytes_under_the_same_name_give_other_keys():
    plan = plan_of(with_loras("ink"), KNOWING)
    assert plan.adapters == {"loras/ink": FILES["loras/ink"]}
    other = plan_of(with_loras("ink"), replace(KNOWING, hashes={**KNOWING.hashes, "loras/ink": "12" * 32}))
    same = plan_of(with_loras("ink"), KNOWING)
    changed = {name for name in plan.nodes if plan.nodes[name].key != other.nodes[name].key}
    assert changed == {"10", "6", "7", "3", "8", "9"}
    assert {name: one.key for name, one in same.nodes.items()} == {
        name: one.key for name, one in plan.nodes.items()
    }


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"strength_model": float("nan")}, "strength_model", "give a number"),
        ({"strength_model": 1000}, "strength_model", "give -20 to 20"),
        ({"lora_name": "ink.safetensor"}, "lora_name", "there is no"),
    ],
)
def test_bad_numbers(changes, place, said):
    given = with_loras("ink")
    given["10"]["inputs"] |= changes
    assert said in wrong(given, KNOWING)["10", place][1]


def test_a_mask_of_other_proportions_is_refused_before_it_is_charged():
    crop = node("StudioInpaintCrop", image=["20", 0], mask=["21", 0], width=128, height=128)
    save = node("PreviewImage", images=["22", 1])
    pictures = {
        "_20": node("LoadImage", image="cat.png"),
        "_21": node("SolidMask", width=200, height=300, value=1),
    }
    found = wrong(graph(**pictures, _22=crop, _23=save), KNOWING)
    assert found["22", "mask"][1] == (
        "mask: the mask has 200 x 300 pixels and the picture 300 x 200: give one of the same size, or of the same "
        "proportions."
    )
    pictures["_21"] = node("SolidMask", width=600, height=400, value=1)
    assert wrong(graph(**pictures, _22=crop, _23=save), KNOWING) == {}


def side(node_id: str, given: dict, *, nodes: int) -> None:
    """Puts `nodes` ConditioningCombine between both sides' texts and the first ControlNet: twice as many texts each."""
    at = node_id
    for place in range(nodes):
        given[f"9{place}{node_id}"] = node(
            "ConditioningCombine", conditioning_1=[at, 0], conditioning_2=[at, 0]
        )
        at = f"9{place}{node_id}"
    for one in ("positive", "negative"):
        if given["40"]["inputs"][one] == [node_id, 0]:
            given["40"]["inputs"][one] = [at, 0]


def test_hints_that_are_too_much_together_are_refused_before_anything_is_charged():
    large = {"width": 1024, "height": 1024, "batch_size": 8}
    for count, texts, fits in ((5, 0, True), (6, 0, False), (1, 2, True), (2, 2, False), (1, 40, False)):
        given = with_controls(*["edges"] * count)
        given["5"]["inputs"] |= large
        for one in ("6", "7"):
            side(one, given, nodes=texts)
        if fits:
            assert plan_of(given, KNOWING).amount > 0, (count, texts)
            continue
        made = compiled(given, KNOWING)
        assert made.plan is None
        (error,) = made.errors.node_errors["3"].errors
        assert f"are {count} x " in error.details
        assert "x 8 x 1024x1024" in error.details
        assert "100 million are the most; use fewer" in error.details
