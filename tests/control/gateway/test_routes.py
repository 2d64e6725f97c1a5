"""What everybody may ask: shapes, ways to say who one is, twins below /api, parameters that nobody knows."""

import base64
from pathlib import Path
from typing import Any

import pytest

from control.workflows.catalogue import CATALOGUE
from tests.control.gateway.conftest import Artist
from tests.control.people import made

GETS = [
    "", "/system_stats", "/features", "/extensions", "/embeddings", "/models", "/models/checkpoints", "/object_info",
    "/object_info/KSampler", "/prompt", "/queue", "/history", "/history/unknown",
]  # fmt: skip


@pytest.mark.parametrize("path", GETS)
def test_each_answers_below_api_too_and_to_parameters_that_it_does_not_know(ada: Artist, path: str) -> None:
    plain = made(ada.get(path, clientId="x", rand="0.1"))
    if path != "/system_stats":
        assert made(ada.get(f"/api{path}")) == plain


def test_the_whole_catalogue_is_described(ada: Artist) -> None:
    found: dict[str, dict[str, Any]] = made(ada.get("/object_info"))
    assert list(found) == list(CATALOGUE)
    for name, kind in CATALOGUE.items():
        said = found[name]
        assert said["name"] == name
        assert said["display_name"] == kind.title
        assert said["output"] == [output.type for output in kind.outputs]
        assert len(said["output_name"]) == len(said["output_is_list"]) == len(said["output"])
        assert said["output_node"] is kind.output
        names = [name for group in said["input_order"].values() for name in group]
        assert sorted(names) == sorted(kind.inputs)
        for group, inputs in said["input"].items():
            assert list(inputs) == said["input_order"][group]
            for kind_or_choices, options in inputs.values():
                assert isinstance(kind_or_choices, str | list)
                assert isinstance(options, dict)


def test_a_node_type_as_clients_read_it(ada: Artist) -> None:
    sampler = made(ada.get("/object_info/KSampler"))["KSampler"]
    required = sampler["input"]["required"]
    assert required["model"][0] == "MODEL"
    assert required["seed"][0] == "INT"
    assert required["seed"][1]["min"] == 0
    assert required["seed"][1]["max"] == 2**64 - 1
    assert "dpmpp_2m" in required["sampler_name"][0]
    assert "karras" in required["scheduler"][0]
    assert {"default", "min", "max", "step"} <= required["cfg"][1].keys()
    assert sampler["output"] == ["LATENT"]
    loader = made(ada.get("/object_info/CheckpointLoaderSimple"))["CheckpointLoaderSimple"]
    assert loader["input"]["required"]["ckpt_name"][0] == ["pocket"]
    assert loader["output"] == ["MODEL", "CLIP", "VAE"]
    assert made(ada.get("/object_info/NoSuchNode")) == {}


def test_models(ada: Artist) -> None:
    assert "checkpoints" in made(ada.get("/models"))
    assert made(ada.get("/models/checkpoints")) == ["pocket"]
    refused = ada.get("/models/secrets")
    assert refused.status_code == 404
    assert refused.json()["error"]["message"].startswith("There is no such folder")


def test_stats_have_the_shape_that_clients_read(ada: Artist) -> None:
    stats = made(ada.get("/system_stats"))
    assert {"os", "ram_total", "ram_free", "comfyui_version", "python_version", "argv"} <= stats[
        "system"
    ].keys()
    assert {"name", "type", "index", "vram_total", "vram_free"} <= stats["devices"][0].keys()
    assert made(ada.get("/features"))["supports_preview_metadata"] is True


def test_all_ways_to_say_who_one_is(ada: Artist, control_home: Path) -> None:
    api = ada.api
    key = made(ada.person.post("/api-keys", name="comfy", scopes=["job:read", "job:create"]))["key"]
    for credential in (ada.token, key):
        basic = base64.b64encode(f"anybody:{credential}".encode()).decode()
        ways: list[dict[str, Any]] = [
            {"headers": {"Authorization": f"Bearer {credential}"}},
            {"headers": {"X-API-Key": credential}},
            {"headers": {"Authorization": f"Basic {basic}"}},
            {"params": {"token": credential}},
        ]
        for way in ways:
            assert api.get("/comfy/queue", **way).status_code == 200, way
    for way in (
        {}, {"params": {"token": "sk_" + "x" * 43}}, {"headers": {"Authorization": "Basic eDo="}},
        {"headers": {"Authorization": "Basic ÿ".encode("latin1")}}, {"headers": {"X-API-Key": "nonsense"}},
    ):  # fmt: skip
        refused = api.get("/comfy/queue", **way)  # type: ignore[arg-type]
        assert refused.status_code == 401, way
        body = refused.json()
        assert body["error"] == {
            "type": "unauthenticated",
            "message": body["detail"],
            "details": "",
            "extra_info": {},
        } | ({"extra_info": body["error"]["extra_info"]})
        assert body["node_errors"] == {}
    assert "STUDIO_COMFY_ACCOUNT" in api.get("/comfy/queue").json()["detail"]
    log = (control_home / "log" / "comfy-api.log").read_text()
    assert "/comfy/queue" in log
    assert key not in log
    assert ada.token not in log


def test_elsewhere_a_token_in_the_address_is_refused_as_before(ada: Artist) -> None:
    assert ada.api.get("/api/v1/me", params={"token": ada.token}).status_code in {400, 401}
    assert ada.api.get("/api/v1/me", headers={"X-API-Key": ada.token}).status_code == 401


def test_a_door_says_what_it_is(ada: Artist) -> None:
    assert ada.api.get("/comfy").json()["api"] == "ComfyUI"
    assert ada.api.get("/comfy/").json()["api"] == "ComfyUI"


def test_a_browser_that_knows_the_password_is_not_made_to_ask_by_other_pages(ada: Artist) -> None:
    basic = base64.b64encode(f"me:{ada.token}".encode()).decode()
    for origin, status in (
        ("https://evil.example", 403),
        ("https://app.example", 200),
        (str(ada.api.base_url).rstrip("/"), 200),
    ):
        headers = {"Authorization": f"Basic {basic}", "Origin": origin}
        assert ada.api.get("/comfy/queue", headers=headers).status_code == status, origin
