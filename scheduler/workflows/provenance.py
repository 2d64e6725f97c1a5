"""What a finished file of a workflow says of itself, in the chunks that the field's tools read."""

from control.workflows.editor.draw import drawn
from control.workflows.graph import Workflow
from control.workflows.plan import Plan
from ensembles.imaging.provenance import Recipe, to_json, to_parameters
from scheduler.provenance import text, with_text
from scheduler.workflows.files import Png


def documents(work: Workflow) -> dict[str, str]:
    """`prompt`, the graph as it was submitted, and `workflow`, the same as an editor keeps it: JSON in ASCII."""
    return {"prompt": text(work.graph), "workflow": text(work.document or drawn(work.graph))}


def png_with(picture: Png, texts: dict[str, str], plan: Plan, recipe: Recipe | None) -> bytes:
    """The file with all that it says of itself. Its pixels are not touched."""
    if recipe is not None:
        texts = {**texts, "parameters": to_parameters(recipe), "studio": to_json(recipe)}
    else:
        texts = {**texts, "studio": text({"checkpoints": plan.checkpoints})}
    data = picture.data
    for keyword, value in reversed(texts.items()):
        data = with_text(data, keyword, value)
    return data
