"""Templates can run as they are, and are what the list says."""

import io

import msgspec
import pytest
from PIL import Image

from control.workflows.catalogue import CATALOGUE
from control.workflows.compiling import compile_graph
from control.workflows.documents.exchange import plain
from control.workflows.editor.convert import graph_of_document
from control.workflows.known import Known
from control.workflows.templates.catalogue import FOLDER, TEMPLATES, details, graph_of, thumbnail
from ensembles.adapters.about import About
from export.upscalers.publish import bundled
from perf.templates import SIDE
from tests.control.workflows.graphs import manifest

NAMES = [entry.name for entry in TEMPLATES]
KNOWN = Known(
    checkpoints={"pocket": manifest("pocket")},
    lists={"upscale_models": bundled()},
    hashes={f"upscale_models/{name}": "0" * 64 for name in bundled()},
    adapters={
        f"{folder}/{name}": About(type=kind, name=name, sha256="ed" * 32, bytes=1, layout="", width=128)
        for folder, kind, name in (
            ("controlnet", "controlnet", "pocket-edges"),
            ("loras", "lora", "pocket-dusk"),
        )
    },
)


def test_there_are_nineteen_and_no_file_is_left_over() -> None:
    assert len(set(NAMES)) == 19
    assert (
        {path.stem for path in FOLDER.glob("*.json")}
        == {path.stem for path in FOLDER.glob("*.webp")}
        == set(NAMES)
    )
    assert len({entry.title for entry in TEMPLATES}) == 19


@pytest.mark.parametrize("name", NAMES)
def test_it_can_run_and_nothing_of_it_is_in_vain(name: str) -> None:
    compiled = compile_graph(plain(graph_of(name)), KNOWN)
    assert compiled.plan is not None, compiled.errors
    assert not list(compiled.errors)
    assert compiled.plan.dropped == []
    # On the embedded checkpoint, and with files of nobody's.
    assert compiled.plan.checkpoints.keys() == {"pocket"}
    assert compiled.plan.files == {}
    assert compiled.plan.amount > 0


@pytest.mark.parametrize("name", NAMES)
def test_its_document_opens_as_the_same_graph(name: str) -> None:
    found = details(name)
    again = graph_of_document(msgspec.json.decode(msgspec.json.encode(found.document))).graph
    for node, given in graph_of(name).items():
        # What the graph leaves out, an editor writes down.
        defaults = {
            slot: wanted.default
            for slot, wanted in CATALOGUE[given.class_type].inputs.items()
            if wanted.default is not None
        }
        assert again[node].inputs == defaults | given.inputs
        assert again[node].meta == given.meta


@pytest.mark.parametrize("name", NAMES)
def test_its_thumbnail_is_a_small_webp(name: str) -> None:
    data = thumbnail(name)
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "WEBP"
    assert max(picture.size) == SIDE
    assert len(data) < 60_000
    # Painted, and not of one colour.
    assert max(high - low for low, high in picture.convert("RGB").getextrema()) > 100


def test_together_they_use_much_of_what_there_is() -> None:
    used = {node.class_type for name in NAMES for node in graph_of(name).values()}
    assert used <= CATALOGUE.keys()
    assert len(used) >= 40
