"""Templates through a real worker and real Triton: they paint what their thumbnails show."""

import io

import msgspec
import numpy as np
import pytest
from PIL import Image

from control.workflows.templates.catalogue import graph_of, thumbnail
from perf.templates import thumbnail as sheet_of
from tests.control.people import Person, made
from tests.scheduler.conftest import Workers, ended


@pytest.mark.parametrize("name", ["text-to-image", "cut-out", "edges", "style-lora", "inpaint-detail"])
def test_a_template_paints_what_its_thumbnail_shows(name: str, person: Person, worker: Workers) -> None:
    request = {"kind": "workflow", "graph": msgspec.to_builtins(graph_of(name))}
    job = ended(person, made(person.post("/jobs", request=request))["id"], 60)
    assert (job["state"], job["error"], job["node_errors"]) == ("COMPLETED", None, {})
    headers = {"Authorization": f"Bearer {person.token}"}
    pictures = [
        Image.open(io.BytesIO(person.api.get(output["url"], headers=headers).content))
        for output in job["outputs"]
    ]
    painted, shown = (
        np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32)
        for data in (sheet_of(pictures), thumbnail(name))
    )
    assert painted.shape == shown.shape
    # Both went through WebP; another machine's arithmetic moves edges a little.
    assert np.abs(painted - shown).mean() < 3
