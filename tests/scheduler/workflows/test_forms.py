"""Image operations in plain fields, from the REST door to the picture: painted, paid for, and made again of what they say."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from ensembles.imaging.provenance import from_json, from_parameters
from export import adapters
from export.bundled import ALL, Bundled
from tests.control.jobs.painter import embedding, lora
from tests.control.people import Person, made, register, sql
from tests.scheduler.conftest import Workers, ended
from tests.scheduler.workflows.graphs import content, run

SECONDS = 90
FEW: dict[str, Any] = {"prompt": "a large red circle on a blue background", "steps": 6, "seed": 9}


@pytest.fixture(scope="module")
def painter(
    api: Any, control_home: Path, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Person:
    """Somebody whose organisation has a LoRA, an embedding and, where this checkout brings it, a ControlNet of its own."""
    who, scratch = register(api), tmp_path_factory.mktemp("files")
    [edges] = [one for one in ALL if one.kind == "controlnet"]
    for path, kind, name in (
        Bundled(lora(scratch / "ink.safetensors", 192, 192), "lora", "ink"),
        Bundled(embedding(scratch / "dusk.safetensors", 128), "embedding", "dusk"),
        *([edges] if edges.path.exists() else []),
    ):
        about = adapters.add(path, kind, control_home, name, everybody=False)
        sql(
            database_url,
            "INSERT INTO model_files (id, organisation_id, type, name, sha256, about, created_at) "
            "VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, now())",
            who.organisation_id, kind, name, about.sha256,
            json.dumps({"type": kind, "name": name, "sha256": about.sha256, "bytes": about.bytes, "layout": about.layout,
                        "base": about.base, "architecture": about.architecture, "width": about.width,
                        "details": about.details}),
        )  # fmt: skip
    return who


def painted(person: Person, kind: str, **body: Any) -> dict[str, Any]:
    job = made(person.post(f"/generate/{kind}", **body))
    found = ended(person, job["id"], SECONDS)
    assert found["state"] == "COMPLETED", found["error"]
    return found


def picture(person: Person, job: dict[str, Any]) -> PngImageFile:
    found = Image.open(io.BytesIO(content(person, job)))
    assert isinstance(found, PngImageFile)
    return found


def pixels(person: Person, job: dict[str, Any]) -> Any:
    return np.asarray(picture(person, job).convert("RGB")).astype(int)


def uploaded(person: Person, image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return str(
        made(person.request("POST", "/uploads", files={"file": ("a.png", file.getvalue(), "image/png")}))[
            "id"
        ]
    )


def test_a_lora_changes_the_picture_is_paid_for_and_stands_in_the_file(
    painter: Person, worker: Workers
) -> None:
    plain = painted(painter, "txt2img", **FEW)
    inked = painted(painter, "txt2img", **FEW, loras=[{"name": "ink", "strength": 0.8}])
    assert np.abs(pixels(painter, plain) - pixels(painter, inked)).mean() > 1
    assert inked["charged_microcredits"] == plain["charged_microcredits"] + 500_000
    assert inked["outputs"][0]["filename"] == "studio_00001_.png"
    said = picture(painter, inked).text
    recipe = from_json(said["studio"])
    assert (recipe.prompt, recipe.seed) == (f"{FEW['prompt']} <lora:ink:0.8>", 9)
    assert from_parameters(said["parameters"]).extra["Lora hashes"] == recipe.extra["Lora hashes"]
    assert recipe.extra["Lora hashes"].startswith("ink: ")
    # By its words alone, as AUTOMATIC1111's form gives them back, and as the graph that the file carries.
    again = painted(
        painter, "txt2img", prompt=recipe.prompt, steps=recipe.steps, seed=recipe.seed, cfg=recipe.cfg,
        sampler=recipe.sampler, scheduler=recipe.scheduler, width=recipe.width, height=recipe.height,
    )  # fmt: skip
    assert (pixels(painter, again) == pixels(painter, inked)).all()
    # Nothing was computed twice.
    assert again["charged_microcredits"] == 0
    as_graph = run(painter, json.loads(said["prompt"]))
    assert (pixels(painter, as_graph) == pixels(painter, inked)).all()
    # What such a graph's file says of itself is the same: its LoRAs stand in the text.
    assert from_json(picture(painter, as_graph).text["studio"]) == recipe
    asset = made(painter.get(f"/assets/{inked['outputs'][0]['asset_id']}"))
    assert asset["metadata"]["parameters"]["loras"][0]["name"] == "ink"
    assert (asset["metadata"]["kind"], asset["prompt"]) == ("txt2img", recipe.prompt)


def test_inpainting_changes_nothing_outside_the_feathered_mask(painter: Person, worker: Workers) -> None:
    before = painted(painter, "txt2img", **FEW)
    side = picture(painter, before).width
    mask = Image.new("L", (side, side))
    mask.paste(255, (side // 4, side // 4, side // 2, side // 2))
    for only_masked in (False, True):
        job = painted(
            painter, "inpaint", **FEW | {"prompt": "a green square", "seed": 3}, image=before["outputs"][0]["asset_id"],
            mask=uploaded(painter, mask), feather=4, fill="noise", only_masked=only_masked, width=128, height=128,
        )  # fmt: skip
        difference = np.abs(pixels(painter, job) - pixels(painter, before)).max(-1)
        inside = np.zeros((side, side), bool)
        inside[side // 4 - 5 : side // 2 + 5, side // 4 - 5 : side // 2 + 5] = True
        assert difference[~inside].max() <= 1
        assert difference[inside].mean() > 5
        parents = made(painter.get(f"/assets/{job['outputs'][0]['asset_id']}/lineage"))
        assert before["outputs"][0]["asset_id"] in json.dumps(parents)


def test_the_other_operations(painter: Person, worker: Workers) -> None:
    before = painted(painter, "txt2img", **FEW)
    asset, side = before["outputs"][0]["asset_id"], picture(painter, before).width
    wider = painted(painter, "outpaint", **FEW, image=asset, right=32, bottom=16, feather=8)
    assert picture(painter, wider).size == (side + 32, side + 16)
    kept = side - 9
    assert (
        np.abs(
            (pixels(painter, wider) - np.pad(pixels(painter, before), ((0, 16), (0, 32), (0, 0))))[
                :kept, :kept
            ]
        ).max()
        <= 1
    )
    edges = painted(painter, "preprocess", image=asset, preprocessor="canny", resolution=side)
    assert set(np.unique(pixels(painter, edges))) <= {0, 255}
    hired = painted(painter, "txt2img", **FEW, hires={"scale": 1.5, "denoise": 0.5})
    assert picture(painter, hired).width == round(side * 1.5)
    assert "Hires upscaler: Latent" in picture(painter, hired).text["parameters"]
    varied = painted(painter, "txt2img", **FEW, variation_seed=10, variation_strength=0.2)
    assert 0 < np.abs(pixels(painter, varied) - pixels(painter, before)).mean() < 60
    named = painted(painter, "txt2img", **FEW | {"prompt": "a large red dusk circle"})
    assert "TI hashes" in picture(painter, named).text["parameters"]


def test_a_controlnet_and_ways_to_guide(painter: Person, worker: Workers) -> None:
    before = painted(painter, "txt2img", **FEW)
    guided = painted(
        painter, "txt2img", **FEW, pag=2, cfg_rescale=0.3, freeu={}, thresholding={"mimic": 5, "percentile": 0.95}, tiling="xy",
    )  # fmt: skip
    assert np.abs(pixels(painter, guided) - pixels(painter, before)).mean() > 0.5
    control = {"name": "pocket-edges", "image": before["outputs"][0]["asset_id"], "preprocessor": "canny"}
    job = painted(painter, "txt2img", **FEW | {"seed": 77}, controls=[control])
    free = painted(painter, "txt2img", **FEW | {"seed": 77})
    assert np.abs(pixels(painter, job) - pixels(painter, free)).mean() > 1
    assert job["charged_microcredits"] == free["charged_microcredits"] + 1_000_000
    assert "Module: canny, Model: pocket-edges" in picture(painter, job).text["parameters"]
