"""GET /nodes: what a form or an editor is made of."""

from typing import Any

import httpx

from control.workflows.catalogue import CATALOGUE
from control.workflows.types import WIDGETS
from tests.control.people import problem, register


def kinds(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return {kind["class_type"]: kind for kind in answer.json()["items"]}


def test_all_of_them_with_ranges_defaults_and_choices(api: httpx.Client) -> None:
    found = kinds(register(api).get("/nodes"))
    assert found.keys() == CATALOGUE.keys()
    sampler = {given["name"]: given for given in found["KSampler"]["inputs"]}
    assert list(sampler) == list(CATALOGUE["KSampler"].inputs)
    assert (sampler["steps"]["min"], sampler["steps"]["max"], sampler["steps"]["default"]) == (1, 150, 20)
    assert "euler" in sampler["sampler_name"]["choices"]
    assert found["SaveImage"]["output_node"]
    # A list that is empty says that nothing is published; one of the caller's files is none at all.
    for name, kind in CATALOGUE.items():
        for given in found[name]["inputs"]:
            own = kind.inputs[given["name"]].folder in {"input", "latents"}
            assert (given["choices"] is None) == (given["type"] != "COMBO" or own)
            assert given["type"] in WIDGETS or given["default"] is None
    [picture] = found["LoadImage"]["inputs"]
    assert picture["folder"] == "input"


def test_only_some(api: httpx.Client) -> None:
    who = register(api)
    asked = who.get("/nodes", class_type=["VAEDecode", "NoSuchNode", "KSampler", "KSampler"])
    assert kinds(asked).keys() == {"KSampler", "VAEDecode"}
    problem(httpx.get(f"{api.base_url}/api/v1/nodes"), 401)
