"""Image operations over the REST door: compiled, priced and quoted by kind, refused with the field before they cost anything."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from control.models.sweeping import sweep
from studio.stack.process import running
from tests.control.conftest import api_service
from tests.control.jobs.conftest import within
from tests.control.jobs.painter import embedding, furnish, lora
from tests.control.people import Person, made, problem, register, sql

WORDS: dict[str, Any] = {"prompt": "a large red circle", "width": 128, "height": 128, "seed": 7}
CREDIT = 1_000_000
SHARE = CREDIT // 16
"""Of 128x128 pixels."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made_home = tmp_path_factory.mktemp("painting")
    furnish(made_home, tmp_path_factory.mktemp("files"))
    return made_home


@pytest.fixture(scope="module")
def painting(home: Path, jobs_environment: dict[str, str]) -> Iterator[httpx.Client]:
    tiers = json.loads(jobs_environment["STUDIO_TIERS"])
    tiers["free"] |= {"queued_jobs": 1000, "monthly_credits": 10_000}
    environment = {**jobs_environment, "STUDIO_HOME": str(home), "STUDIO_TIERS": json.dumps(tiers)}
    service, base = api_service(environment, home / "log" / "api.log")
    with running(service), httpx.Client(base_url=base, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def ada(painting: httpx.Client) -> Person:
    return register(painting)


def uploaded(person: Person, width: int = 128, height: int = 128, colour: str = "white") -> str:
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    answer = person.request("POST", "/uploads", files={"file": ("a.png", file.getvalue(), "image/png")})
    return str(made(answer)["id"])


@pytest.fixture(scope="module")
def files(ada: Person, database_url: str) -> dict[str, str]:
    """Pictures of ada's, by what they are for."""
    found = {
        "picture": uploaded(ada, colour="navy"),
        "mask": uploaded(ada, 64, 64),
        "long": uploaded(ada, 256, 64),
        "hint": uploaded(ada, colour="black"),
    }
    # As a latent is kept.
    found["latent"] = uploaded(ada, colour="grey")
    sql(
        database_url,
        "UPDATE assets SET media_type = 'application/octet-stream', width = 0, height = 0 WHERE id = $1",
        found["latent"],
    )
    return found


def held(database_url: str, person: Person) -> int:
    [(amount,)] = sql(
        database_url,
        "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_entries WHERE organisation_id = $1 AND account = 'held'",
        person.organisation_id,
    )
    return int(amount)


def row_of(database_url: str, job: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    [(plan, model)] = sql(database_url, "SELECT plan, model FROM jobs WHERE id = $1", job["id"])
    return None if plan is None else json.loads(plan), model


Body = Callable[[dict[str, str]], dict[str, Any]]
# kind, body, expected micro-credits, classes that must be in the plan.
GOOD: dict[str, tuple[str, Body, float, set[str]]] = {
    "plain": ("txt2img", lambda f: WORDS, SHARE, set()),
    "plain img2img": ("img2img", lambda f: WORDS | {"image": f["picture"]}, SHARE, set()),
    "lora": ("txt2img", lambda f: WORDS | {"loras": [{"name": "ink", "strength": 0.8}]}, SHARE + CREDIT / 2, {"LoraLoader"}),
    "lora in the prompt": (
        "txt2img", lambda f: WORDS | {"prompt": "a circle <lora:ink:0.8>"}, SHARE + CREDIT / 2, {"LoraLoader"},
    ),
    "lora blocks": (
        "img2img", lambda f: WORDS | {"image": f["picture"], "loras": [{"name": "ink.safetensors", "blocks": [1] * 5}]},
        SHARE + CREDIT / 2, {"StudioLoraBlocks"},
    ),
    "embedding by its bare name": ("txt2img", lambda f: WORDS | {"prompt": "a circle, Dusk."}, SHARE, {"CLIPTextEncode"}),
    "control": (
        "txt2img", lambda f: WORDS | {"controls": [{"name": "pocket-edges", "image": f["hint"], "end": 0.8}]},
        SHARE + CREDIT, {"ControlNetApplyAdvanced"},
    ),
    "control with a mode and a preprocessor": (
        "txt2img",
        lambda f: WORDS
        | {"controls": [{"name": "pocket-edges", "image": f["picture"], "preprocessor": "canny", "mode": "prompt"}]},
        SHARE + CREDIT, {"StudioControlNetApply", "CannyEdgePreprocessor"},
    ),
    "control of inpainting": (
        "inpaint",
        lambda f: WORDS
        | {
            "image": f["picture"], "mask": f["mask"],
            "controls": [{"name": "pocket-edges", "image": f["picture"], "preprocessor": "inpaint"}],
        },
        SHARE + CREDIT, {"ControlNetApplyAdvanced", "InpaintPreprocessor"},
    ),
    "hires": (
        "txt2img", lambda f: WORDS | {"hires": {"scale": 2, "denoise": 0.5}}, SHARE * 5, {"LatentUpscale", "KSampler"},
    ),
    "hires by an upscaler": (
        "txt2img", lambda f: WORDS | {"hires": {"width": 192, "height": 192, "upscaler": "realesr-animevideov3-x2"}},
        0, {"ImageUpscaleWithModel"},
    ),
    "vae, tiling and guidance": (
        "txt2img",
        lambda f: WORDS
        | {
            "vae": "pocket", "tiling": "x", "freeu": {}, "pag": 3, "cfg_rescale": 0.5, "thresholding": {"mimic": 5},
            "variation_seed": 8, "variation_strength": 0.3,
        },
        SHARE,
        {
            "VAELoader", "SeamlessTile", "MakeCircularVAE", "FreeU_V2", "PerturbedAttentionGuidance", "RescaleCFG",
            "DynamicThresholdingSimple", "StudioKSamplerVariation",
        },
    ),
    "inpaint": (
        "inpaint", lambda f: WORDS | {"image": f["picture"], "mask": f["mask"], "grow": 4, "fill": "blur"}, SHARE,
        {"StudioInpaintCrop", "StudioInpaintStitch", "SetLatentNoiseMask"},
    ),
    "inpaint only masked, inverted": (
        "inpaint",
        lambda f: {"prompt": "a dot", "image": f["picture"], "mask": f["mask"], "only_masked": True, "invert": True, "batch": 2},
        2 * SHARE, {"InvertMask"},
    ),
    "outpaint": ("outpaint", lambda f: {"prompt": "more", "image": f["picture"], "right": 64, "top": 64}, 0, {"StudioOutpaintPad"}),
    "upscale": (
        "upscale", lambda f: {"image": f["picture"], "upscaler": "realesr-animevideov3-x2", "scale": 1.5}, 3 * CREDIT, {"ImageScale"},
    ),
    "preprocess": ("preprocess", lambda f: {"image": f["picture"], "preprocessor": "canny"}, 0, {"CannyEdgePreprocessor"}),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_it_is_put_in_line_for_what_a_quote_says(
    name: str, ada: Person, files: dict[str, str], database_url: str
) -> None:
    kind, body, price, classes = GOOD[name]
    request = body(files)
    quote = made(ada.post("/quotes", kind=kind, **request))
    before = held(database_url, ada)
    job = made(ada.post(f"/generate/{kind}", **request))
    assert (job["kind"], job["state"], job["request"]["kind"]) == (kind, "QUEUED", kind)
    assert job["reserved_microcredits"] == quote["amount_microcredits"] == held(database_url, ada) - before
    assert sum(line["amount_microcredits"] for line in quote["lines"]) == quote["amount_microcredits"]
    if price:
        assert job["reserved_microcredits"] == pytest.approx(price, abs=SHARE)
    plan, model = row_of(database_url, job)
    assert model == ("" if kind in {"upscale", "preprocess"} else "pocket")
    # What Triton's own stream can paint is painted there.
    assert (plan is None) == name.startswith("plain")
    if plan is not None:
        assert {node["class_type"] for node in plan["nodes"].values()} >= classes
        assert plan["amount"] == job["reserved_microcredits"]
        # The same request by its quote, and as a job in the long form.
        again = made(ada.post("/jobs", request={"kind": kind, **request}, quote_id=quote["id"]))
        assert again["reserved_microcredits"] == quote["amount_microcredits"]
        assert made(ada.delete(f"/jobs/{again['id']}"))["state"] == "CANCELLED"
    assert made(ada.delete(f"/jobs/{job['id']}"))["state"] == "CANCELLED"
    assert held(database_url, ada) == before


def test_all_that_is_named_is_in_the_plan(ada: Person, files: dict[str, str], database_url: str) -> None:
    body = WORDS | {"prompt": "dusk <lora:ink:0.5:0.25>", "loras": [{"name": "ink", "strength": -1}]}
    job = made(
        ada.post("/generate/txt2img", **body, controls=[{"name": "pocket-edges", "image": files["hint"]}])
    )
    plan, _ = row_of(database_url, job)
    assert plan is not None
    assert set(plan["adapters"]) == {"loras/ink", "embeddings/dusk", "controlnet/pocket-edges"}
    assert list(plan["files"]) == [files["hint"]]
    loras = [n["inputs"] for n in plan["nodes"].values() if n["class_type"] == "LoraLoader"]
    assert [(one["strength_model"], one["strength_clip"]) for one in loras] == [(-1, -1), (0.25, 0.5)]
    texts = [n["inputs"]["text"] for n in plan["nodes"].values() if n["class_type"] == "CLIPTextEncode"]
    assert texts == ["embedding:dusk", ""]
    # What was asked for is kept as it was said, names of embeddings written out.
    assert job["request"]["prompt"] == "embedding:dusk <lora:ink:0.5:0.25>"


NOTHING = "0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"
# kind, body, status, field, what it says.
BAD: dict[str, tuple[str, Body, int, str, str]] = {
    "mask of other proportions": (
        "inpaint", lambda f: WORDS | {"image": f["picture"], "mask": f["long"]}, 400, "mask", "256 x 64 pixels and the picture 128 x 128",
    ),
    "mask that is not there": ("inpaint", lambda f: WORDS | {"image": f["picture"], "mask": NOTHING}, 404, "", "no such file"),
    "hint that is no picture": (
        "txt2img", lambda f: WORDS | {"controls": [{"name": "pocket-edges", "image": f["latent"]}]}, 400, "controls[0].image",
        "no picture",
    ),
    "lora of another architecture": (
        "txt2img", lambda f: WORDS | {"loras": [{"name": "foreign"}]}, 400, "loras[0].name", "made for another architecture: pocket takes",
    ),
    "embedding of another width": (
        "txt2img", lambda f: WORDS | {"prompt": "a circle embedding:wide"}, 400, "prompt", "SD 1|768|128",
    ),
    "lora that is not there": ("txt2img", lambda f: WORDS | {"loras": [{"name": "inc"}]}, 404, "loras[0].name", "Did you mean ink"),
    "lora of a tag that is not there": ("txt2img", lambda f: WORDS | {"prompt": "a <lora:inc:1>"}, 404, "prompt", "Did you mean ink"),
    "tag without a number": ("txt2img", lambda f: WORDS | {"prompt": "a <lora:ink:much>"}, 400, "prompt", "no number"),
    "tag of NaN": ("txt2img", lambda f: WORDS | {"prompt": "a <lora:ink:nan>"}, 400, "prompt", "no number of -10 to 10"),
    "control that is not there": (
        "txt2img", lambda f: WORDS | {"controls": [{"name": "depth", "image": f["hint"]}]}, 404, "controls[0].name", "pocket-edges",
    ),
    "too many loras": ("txt2img", lambda f: WORDS | {"loras": [{"name": "ink"}] * 16, "prompt": "<lora:ink:1>"}, 400, "loras", "16 are the most"),
    "blocks": ("txt2img", lambda f: WORDS | {"loras": [{"name": "ink", "blocks": [1, 1]}]}, 400, "loras[0].blocks", "2 block weights .* takes 5"),
    "blocks of another architecture": (
        "txt2img", lambda f: WORDS | {"loras": [{"name": "ink", "blocks": [1] * 17}]}, 400, "loras[0].blocks", "17 block weights .* takes 5",
    ),
    "strength beyond all": ("txt2img", lambda f: WORDS | {"loras": [{"name": "ink", "strength": 1e30}]}, 400, "loras[0].strength", "<= 10"),
    "control that ends before it begins": (
        "txt2img", lambda f: WORDS | {"controls": [{"name": "pocket-edges", "image": f["hint"], "start": 0.9, "end": 0.1}]}, 400,
        "controls[0].end", "before start",
    ),
    "control of inpainting without a mask": (
        "txt2img", lambda f: WORDS | {"controls": [{"name": "pocket-edges", "image": f["picture"], "preprocessor": "inpaint"}]}, 400,
        "controls[0].preprocessor", "goes by a mask",
    ),
    "control of inpainting of another picture": (
        "inpaint",
        lambda f: WORDS
        | {
            "image": f["picture"], "mask": f["mask"],
            "controls": [{"name": "pocket-edges", "image": f["hint"], "preprocessor": "inpaint"}],
        },
        400, "controls[0].image", "the picture itself",
    ),
    "no pixels": ("txt2img", lambda f: WORDS | {"width": 0, "height": 0}, 400, "width", ">= 64"),
    "10,000 pixels": ("inpaint", lambda f: WORDS | {"image": f["picture"], "mask": f["mask"], "width": 10_000}, 400, "width", "<= 2048"),
    "hires beyond what is painted": (
        "txt2img", lambda f: WORDS | {"width": 1024, "height": 1024, "hires": {"scale": 4}}, 400, "hires", "2048 (pixels )?a side",
    ),
    "half a size for hires": ("txt2img", lambda f: WORDS | {"hires": {"width": 256}}, 400, "hires", "width and height together"),
    "upscaler that is not there": ("upscale", lambda f: {"image": f["picture"], "upscaler": "x4"}, 404, "upscaler", "upscale_models"),
    "vae that is not there": ("txt2img", lambda f: WORDS | {"vae": "pocked"}, 404, "vae", "Did you mean pocket"),
    "nothing to outpaint": ("outpaint", lambda f: {"prompt": "", "image": f["picture"]}, 400, "left", "left, top, right or bottom"),
    "outpainted beyond": ("outpaint", lambda f: {"prompt": "", "image": f["picture"], "left": 1024, "right": 1024}, 400, "", "2048"),
    "a preprocessor that nobody brought": (
        "preprocess", lambda f: {"image": f["picture"], "preprocessor": "depth"}, 404, "preprocessor", "studio preprocessors add",
    ),
    "another person's kind of kind": ("inpaint", lambda f: WORDS | {"image": f["picture"]}, 400, "", "mask"),
    "a seed beyond all": (
        "txt2img",
        lambda f: WORDS | {"variation_seed": 2**64},
        400,
        "variation_seed",
        "too large",
    ),
    "webp with more": ("txt2img", lambda f: WORDS | {"pag": 3, "format": "webp"}, 400, "format", "take png"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_before_it_costs_anything(
    name: str, ada: Person, files: dict[str, str], database_url: str
) -> None:
    kind, body, status, field, says = BAD[name]
    before = held(database_url, ada)
    for answer in (
        ada.post(f"/generate/{kind}", **body(files)),
        ada.post("/quotes", kind=kind, **body(files)),
    ):
        found = problem(answer, status, says)
        if field:
            assert field in found["detail"]
        if field and status == 400:
            # A quote's body is the request itself.
            assert field in {error["path"] for error in found["errors"]}
    assert held(database_url, ada) == before


def test_numbers_that_json_does_not_have(ada: Person) -> None:
    body = json.dumps(WORDS | {"loras": [{"name": "ink", "strength": float("nan")}]})
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    answer = ada.api.post("/api/v1/generate/txt2img", content=body, headers=headers)
    problem(answer, 400)


def test_another_organisations_files_do_not_exist(
    ada: Person, painting: httpx.Client, files: dict[str, str], database_url: str, home: Path, tmp_path: Path
) -> None:
    """Neither by name, in lists, in search, in prompts and in workflows, nor by id."""
    from export import adapters

    grace = register(painting, "Grace")
    path = lora(tmp_path / "secret.safetensors", 192, 192, seed=11)
    about = adapters.add(path, "lora", home, "secret", everybody=False)
    word = adapters.add(
        embedding(tmp_path / "hush.safetensors", 128), "embedding", home, "hush", everybody=False
    )
    for one in (about, word):
        sql(
            database_url,
            "INSERT INTO model_files (id, organisation_id, type, name, sha256, about, created_at) "
            "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, now())",
            grace.organisation_id, one.type, one.name, one.sha256,
            json.dumps({"type": one.type, "name": one.name, "sha256": one.sha256, "bytes": one.bytes, "layout": one.layout,
                        "base": one.base, "width": one.width}),
        )  # fmt: skip
    named = WORDS | {"loras": [{"name": "secret"}]}
    graph = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "pocket"}},
        "2": {"class_type": "LoraLoaderModelOnly", "inputs": {"model": ["1", 0], "lora_name": "secret", "strength_model": 1}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "hush", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 128, "height": 128}},
        "5": {"class_type": "KSampler", "inputs": {"model": ["2", 0], "seed": 1, "steps": 4, "cfg": 7, "sampler_name": "euler",
              "scheduler": "normal", "positive": ["3", 0], "negative": ["3", 0], "latent_image": ["4", 0], "denoise": 1}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "a"}},
    }  # fmt: skip
    own = made(grace.post("/generate/txt2img", **named))
    plan, _ = row_of(database_url, own)
    assert plan is not None
    assert plan["adapters"]["loras/secret"]["sha256"] == about.sha256
    job = made(grace.post("/jobs", request={"kind": "workflow", "graph": graph}))
    assert job["reserved_microcredits"] == SHARE + CREDIT // 2
    [item] = made(grace.get("/loras", checkpoint="pocket", limit=100))["items"][-1:]
    assert (item["name"], item["shared"]) == ("secret", False)
    # Not for ada.
    assert "secret" not in problem(ada.post("/generate/txt2img", **named), 404)["detail"].replace(
        "'secret'", ""
    )
    found = problem(ada.post("/jobs", request={"kind": "workflow", "graph": graph}), 400)
    assert found["errors"][0]["type"] == "value_not_in_list"
    assert made(ada.post("/generate/txt2img", **WORDS | {"prompt": "hush"}))["request"]["prompt"] == "hush"
    assert (
        made(grace.post("/generate/txt2img", **WORDS | {"prompt": "hush"}))["request"]["prompt"]
        == "embedding:hush"
    )
    # Nor their pictures, as hints, masks and guides.
    picture = uploaded(grace)
    for kind, body in (
        ("txt2img", {"controls": [{"name": "pocket-edges", "image": picture}]}),
        ("txt2img", {"image_prompt": {"name": "none", "images": [picture]}}),
        ("inpaint", {"image": files["picture"], "mask": picture}),
        ("upscale", {"image": picture, "upscaler": "realesr-animevideov3-x2"}),
    ):
        given = body if kind == "upscale" else WORDS | body
        problem(ada.post(f"/generate/{kind}", **given), 404, "no such file")
    for path in ("/models", "/loras", "/embeddings", "/models/search"):
        names = {one["name"] for one in made(ada.get(path, limit=100))["items"]}
        assert not names & {"secret", "hush"}
    assert made(ada.get("/models/search", q="secret"))["items"] == []
    problem(ada.get(f"/models/{item['id']}"), 404)
    problem(ada.delete(f"/models/{item['id']}"), 404)
    info = ada.api.get(
        "/comfy/object_info/LoraLoader", headers={"Authorization": f"Bearer {ada.token}"}
    ).json()
    choices = info["LoraLoader"]["input"]["required"]["lora_name"][0]
    assert "ink" in choices
    assert "secret" not in choices
    # Its owner takes it away, and jobs to come do not find it.
    assert grace.delete(f"/models/{item['id']}").status_code == 204
    problem(grace.post("/generate/txt2img", **named), 404, "loras")
    # The file goes a while after the last name for it, and others' stay.
    folders = {path.name for path in (home / "adapters").iterdir()}
    assert within(database_url, lambda: sweep(home)) == 0
    assert within(database_url, lambda: sweep(home, -1)) == 1
    assert folders - {path.name for path in (home / "adapters").iterdir()} == {about.sha256}


def test_the_registry_is_listed_in_pages_and_searched(ada: Person) -> None:
    every = made(ada.get("/models", limit=100))["items"]
    assert [(one["type"], one["name"]) for one in every][:1] == [("checkpoint", "pocket")]
    assert {"ink", "foreign", "dusk", "wide", "pocket-edges"} <= {one["name"] for one in every}
    paged: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = made(ada.get("/models", limit=2, **({"cursor": cursor} if cursor else {})))
        paged += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert paged == every
    fitting = made(ada.get("/models/search", type="lora", checkpoint="pocket"))["items"]
    assert "ink" in {one["name"] for one in fitting}
    assert "foreign" not in {one["name"] for one in fitting}
    assert {
        one["name"] for one in made(ada.get("/models/search", base="sd15", type="embedding"))["items"]
    } == {"wide"}
    [edges] = made(ada.get("/controlnets"))["items"]
    assert made(ada.get("/controlnets", checkpoint="pocket"))["items"] == [edges]
    assert made(ada.get(f"/models/{edges['id']}")) == edges
    problem(ada.delete(f"/models/{edges['id']}"), 403, "everybody")
    problem(ada.get("/models", cursor="nonsense"), 400)
    problem(ada.get("/models/search", checkpoint="nobody"), 404)
    problem(ada.get("/models", type="nonsense"), 400)
