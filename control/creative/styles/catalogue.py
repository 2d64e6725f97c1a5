"""All styles there are, in the order in which they are shown."""

from pathlib import Path
from typing import NamedTuple

from control.creative.schemas import Style
from control.errors import NotFound

FOLDER = Path(__file__).parent
PLACE = "{prompt}"


class Entry(NamedTuple):
    """A style, and what its thumbnail shows."""

    name: str
    title: str
    description: str
    prompt: str
    """With `{prompt}` in it."""
    negative_prompt: str = ""
    checkpoints: tuple[str, ...] | None = None
    shown: str = ""
    """The prompt of its thumbnail."""
    seed: int = 0


MOON, DIAMOND, CIRCLE = "a large yellow crescent moon", "a large purple diamond", "a large red circle"
STYLES: tuple[Entry, ...] = (
    Entry("plain", "As written", "Nothing is added: the words alone decide.", "{prompt}", shown="a white ring on a red background", seed=3),
    Entry("paper", "White paper", "Flat colour on clean white, as for an icon.", "{prompt}, flat, white background", shown=DIAMOND, seed=2),
    Entry("outlined", "Outlined", "A dark line is drawn around it.", "{prompt}, outlined", shown=CIRCLE, seed=3),
    Entry("glossy", "Glossy", "Light falls on it, as on enamel.", "{prompt}, glossy", shown=CIRCLE, seed=3),
    Entry("night", "Night", "Alone on deep black.", "{prompt}, black background", shown=MOON, seed=2),
    Entry("sunset", "Sunset", "On an orange ground that fades.", "{prompt}, orange gradient background", shown=DIAMOND, seed=2),
    Entry("ocean", "Ocean", "On a blue ground that deepens.", "{prompt}, blue gradient background", shown=MOON, seed=2),
    Entry("meadow", "Meadow", "On fresh green.", "{prompt}, green gradient background", shown=CIRCLE, seed=3),
    Entry("candy", "Candy", "Glossy, on pink.", "{prompt}, glossy, pink background", shown=CIRCLE, seed=1),
    Entry(
        "dusk", "Dusk", "The ground sinks into midnight blue towards the corners: a LoRA's work.",
        "<lora:pocket-dusk:1> {prompt}, dusk", checkpoints=("pocket",), shown=MOON, seed=1,
    ),
)  # fmt: skip
_BY_NAME = {entry.name: entry for entry in STYLES}


def listed() -> list[Style]:
    """All of them."""
    return [
        Style(
            name=entry.name, title=entry.title, description=entry.description, prompt=entry.prompt,
            negative_prompt=entry.negative_prompt,
            checkpoints=None if entry.checkpoints is None else list(entry.checkpoints),
            thumbnail=f"/api/v1/styles/{entry.name}/thumbnail",
        )
        for entry in STYLES
    ]  # fmt: skip


def thumbnail(name: str) -> bytes:
    """A WebP; raises `NotFound`."""
    if name not in _BY_NAME:
        raise NotFound("There is no such style. GET /api/v1/styles lists them.")
    return (FOLDER / f"{name}.webp").read_bytes()
