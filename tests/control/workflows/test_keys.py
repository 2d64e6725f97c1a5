"""What a result is addressed by: what changes it changes the key, and nothing else does."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from control.workflows import gathering
from control.workflows.catalogue import CATALOGUE
from control.workflows.gathering import gather, published
from control.workflows.keys import embeddings_named, links_prompts
from control.workflows.known import Known
from control.workflows.plan import File
from control.workflows.types import Input, NodeType
from ensembles.adapters.about import About
from tests.control.workflows.graphs import DEFAULT, KNOWN, graph, manifest, node, plan_of

AFTER = {
    "3": {"3", "8", "9"}, "4": set(DEFAULT) - {"5"}, "5": {"5", "3", "8", "9"}, "6": {"6", "3", "8", "9"},
    "7": {"7", "3", "8", "9"}, "9": {"9"},
}  # fmt: skip
"""Node of the first graph → those whose results depend on it."""


def changed(
    given: dict[str, Any], known: Known = KNOWN, before: Known = KNOWN, begin: object = DEFAULT
) -> set[str]:
    """Nodes whose key is another than in the first graph."""
    old, new = plan_of(begin, before).nodes, plan_of(given, known).nodes
    return {name for name in old if name not in new or old[name].key != new[name].key}


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("3", {"seed": 8}), ("3", {"steps": 21}), ("3", {"cfg": 8.5}), ("3", {"sampler_name": "heun"}),
        ("4", {"ckpt_name": "other"}), ("5", {"width": 520}), ("6", {"text": "a blue circle"}), ("7", {"text": ""}),
        ("9", {"filename_prefix": "other"}),
    ],
)  # fmt: skip
def test_what_depends_on_a_change_is_computed_again(name: str, inputs: dict[str, Any]) -> None:
    assert changed(graph({name: inputs})) == AFTER[name]


def test_only_what_is_said_counts() -> None:
    # Defaults, ways to write a value, and inputs that nobody knows.
    less = graph({"3": {"cfg": "8", "steps": 20.0, "seed": "7", "more": 1}})
    del less["3"]["inputs"]["denoise"]
    assert changed(less) == set()
    assert changed(graph({"4": {"ckpt_name": "pocket"}})) == set()
    # Other outputs and nodes beside.
    assert changed(graph(_10=node("PreviewImage", images=["8", 0]), _11=node("EmptyImage"))) == set()
    # Another output of the same node is another thing.
    one, two = (
        {"1": node("LoadImage", image="cat.png"), "2": node("PreviewAny", source=["1", n])} for n in (0, 1)
    )
    assert plan_of(one).nodes["2"].key != plan_of(two).nodes["2"].key


def test_the_keys_of_today_are_those_of_yesterday() -> None:
    # Whoever changes this makes all kept results unknown: raise control.workflows.keys.VERSION, and say so.
    kind = NodeType(
        "Fixed", "", "", {"a": Input("FLOAT", 1.5), "b": Input("STRING", "x"), "c": Input("IMAGE", optional=True)}, (),
        lambda **_: None, output=True, version=3,
    )  # fmt: skip
    known = replace(KNOWN, catalogue={"Fixed": kind})
    assert plan_of({"1": node("Fixed")}, known).nodes["1"].key == (
        "e36597a63a7718cfb4ab47a569bb8beba96b103ef7fdbbbe5165747d4c034120"
    )


def test_weights_count_and_names_of_networks_alone_do_not() -> None:
    def with_pocket(**fields: Any) -> Known:
        made = msgspec.structs.replace(KNOWN.checkpoints["pocket"], **fields)
        return replace(KNOWN, checkpoints={**KNOWN.checkpoints, "pocket": made})

    assert changed(DEFAULT, with_pocket(weights={"unet": "f" * 64})) == AFTER["4"]
    assert changed(DEFAULT, with_pocket(prediction="v_prediction")) == AFTER["4"]
    # What is said of how it is served changes no picture.
    assert changed(DEFAULT, with_pocket(max_batch={"512": 8}, default_size=64)) == set()


def test_files_count_by_their_bytes() -> None:
    one = {"1": node("LoadImage", image="cat.png"), "2": node("SaveImage", images=["1", 0])}
    two = {"1": node("LoadImage", image="kitten.png"), "2": node("SaveImage", images=["1", 0])}
    same = File(UUID(int=9), KNOWN.files["cat.png"].sha256, 300, 200)
    known = replace(KNOWN, files={**KNOWN.files, "kitten.png": same})
    assert changed(two, known, begin=one) == set()
    known = replace(KNOWN, files={"kitten.png": KNOWN.files["dog.png"]})
    assert changed(two, known, begin=one) == {"1", "2"}


def test_embeddings_and_upscalers_count_by_their_weights() -> None:
    given = graph({"6": {"text": "in the style of embedding:dusk."}})
    assert embeddings_named(given) == {"dusk", "dusk."}
    one = replace(KNOWN, hashes={**KNOWN.hashes, "embeddings/dusk": "1" * 64})
    two = replace(KNOWN, hashes={**KNOWN.hashes, "embeddings/dusk": "2" * 64})
    assert changed(given, two, one, given) == AFTER["6"]
    larger = {
        "1": node("UpscaleModelLoader", model_name="realesrgan-x4"),
        "2": node("PreviewAny", source=["1", 0]),
    }
    other = replace(KNOWN, hashes={"upscale_models/realesrgan-x4": "0" * 64})
    assert changed(larger, other, begin=larger) == {"1", "2"}


def _dusk(digit: str) -> About:
    return About(type="embedding", name="dusk", sha256=digit * 64, bytes=1, layout="a1111", width=128)


@pytest.mark.parametrize(
    "text",
    ["(embedding:dusk:1.2)", "((embedding:dusk)).", "embedding:dusk;soft", "[ embedding:dusk.safetensors]"],
)
def test_embeddings_count_however_they_are_written(text: str) -> None:
    given = graph({"6": {"text": text}})
    one, two = (
        replace(
            KNOWN,
            hashes={**KNOWN.hashes, "embeddings/dusk": digit * 64},
            adapters={"embeddings/dusk": _dusk(digit)},
        )
        for digit in "12"
    )
    assert "dusk" in embeddings_named(given)
    assert changed(given, two, one, given) == AFTER["6"]
    assert set(plan_of(given, one).adapters) == {"embeddings/dusk"}


@pytest.mark.parametrize(
    "concatenated",
    [
        {"20": node("StringConcatenate", string_a="a cat embedding:du", string_b="sk", delimiter="")},
        # Known when it runs alone: what a picture's size is.
        {
            "20": node("StringConcatenate", string_a="a cat embedding:", string_b=["21", 0], delimiter=""),
            "21": node("StudioToString", value=["22", 0]),
            "22": node("GetImageSize", image=["23", 0]),
            "23": node("LoadImage", image="cat.png"),
        },
    ],
)
def test_embeddings_count_in_texts_that_are_put_together(concatenated: dict[str, Any]) -> None:
    given = graph({"6": {"text": ["20", 0]}}, **{f"_{name}": one for name, one in concatenated.items()})
    one, two = (
        replace(
            KNOWN,
            hashes={**KNOWN.hashes, "embeddings/dusk": digit * 64},
            adapters={"embeddings/dusk": _dusk(digit)},
        )
        for digit in "12"
    )
    assert links_prompts(given)
    assert not links_prompts(graph())
    assert changed(given, two, one, given) == AFTER["6"]
    assert set(plan_of(given, one).adapters) == {"embeddings/dusk"}


async def test_texts_that_are_put_together_may_name_every_embedding(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "embeddings").mkdir()
    (tmp_path / "embeddings" / "dawn.safetensors").write_bytes(b"vectors")
    own = _dusk("d")

    async def names(*_: object) -> dict[str, list[str]]:
        return {"embedding": ["dusk"]}

    async def find(_who: object, _home: object, wanted: dict[Any, set[str]]) -> dict[Any, About]:
        return {("embedding", name): own for name in wanted["embedding"] if name == "dusk"}

    monkeypatch.setattr(gathering.registry, "names", names)
    monkeypatch.setattr(gathering.registry, "find", find)
    monkeypatch.setattr(gathering._Kept, "speeds", names)
    who: Any = SimpleNamespace(user_id=UUID(int=1), organisation_id=UUID(int=2), tier="free")
    settings: Any = SimpleNamespace(home=tmp_path, tiers={"free": SimpleNamespace(max_pixels=1)})
    monkeypatch.setattr(gathering, "entitlements", lambda tier, given: given.tiers[tier])
    joined = node("StringConcatenate", string_a="embedding:du", string_b="sk", delimiter="")
    known = await gather(who, graph({"6": {"text": ["20", 0]}}, _20=joined), settings)
    assert set(known.adapters) == {"embeddings/dusk"}
    assert {"embeddings/dusk", "embeddings/dawn"} <= set(known.hashes)


def test_a_node_type_s_version_counts() -> None:
    newer = {
        **CATALOGUE,
        "VAEDecode": replace(CATALOGUE["VAEDecode"], version=CATALOGUE["VAEDecode"].version + 1),
    }
    assert changed(DEFAULT, replace(KNOWN, catalogue=newer)) == {"8", "9"}


def test_what_is_published_is_found(tmp_path: Any) -> None:
    (tmp_path / "models" / "mine").mkdir(parents=True)
    (tmp_path / "models" / "mine" / "manifest.json").write_bytes(msgspec.json.encode(manifest("mine")))
    (tmp_path / "embeddings").mkdir()
    (tmp_path / "embeddings" / "dusk.safetensors").write_bytes(b"vectors")
    given = graph({"6": {"text": "embedding:dusk, embedding:dawn, embedding:../models/mine/manifest"}})
    known = published(tmp_path, given)
    assert list(known.names("checkpoints")) == list(known.names("vae")) == ["mine"]
    assert list(known.hashes) == ["embeddings/dusk"]
    (tmp_path / "embeddings" / "dusk.safetensors").write_bytes(b"other vectors")
    assert published(tmp_path, given).hashes != known.hashes


def test_embeddings_that_there_are_not_are_not_looked_for_one_by_one(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "embeddings" / "mine").mkdir(parents=True)
    (tmp_path / "embeddings" / "mine" / "dusk.safetensors").write_bytes(b"vectors")
    looked: list[str] = []
    plain = gathering._embedding
    monkeypatch.setattr(gathering, "_embedding", lambda home, name: looked.append(name) or plain(home, name))
    text = "embedding:mine/dusk. " + " ".join(f"embedding:{n}" for n in range(500))
    assert list(published(tmp_path, graph({"6": {"text": text}})).hashes) == ["embeddings/mine/dusk"]
    assert looked == ["mine/dusk"]


async def test_files_of_a_graph_that_is_too_large_are_not_asked_for(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def files(*_: object) -> dict[str, Any]:
        raise AssertionError("the database was asked")

    async def speeds() -> None:
        return None

    monkeypatch.setattr(gathering, "_files", files)
    monkeypatch.setattr(gathering._Kept, "speeds", speeds)
    who: Any = SimpleNamespace(tier="free", organisation_id=None)
    large = {str(n): node("LoadImage", image=f"{n}.png") for n in range(1001)}
    settings: Any = SimpleNamespace(home=tmp_path, tiers={})
    assert (await gather(who, large, settings)).files == {}
    with pytest.raises(AssertionError):
        await gather(who, dict(list(large.items())[:1000]), settings)
