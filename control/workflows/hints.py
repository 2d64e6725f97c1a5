"""The workflow that making one hint is, for whoever wants it without a graph."""

from typing import Any

from control.workflows.graph import Node
from control.workflows.nodes.preprocessors import CLASSES
from ensembles.preprocessor import Preprocessor


def graph_of_hint(said: Preprocessor, image: str, resolution: int = 512, **inputs: Any) -> dict[str, Node]:
    """What a picture's hint by the preprocessor `said` (control.models.preprocessors) is: three nodes.

    `image` is a file of who submits, by name or id; `resolution` the hint's shorter side in pixels; `inputs` are those
    that the class has besides (`safe`, `coarse`). The hint is what node 3 saves.
    """
    given = {"image": ["1", 0], "model": said.name, "resolution": resolution, **inputs}
    return {
        "1": Node("LoadImage", {"image": image}),
        "2": Node(CLASSES[said.type], given),
        "3": Node("SaveImage", {"images": ["2", 0], "filename_prefix": said.type}),
    }
