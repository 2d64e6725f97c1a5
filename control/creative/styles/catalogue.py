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
    shown: str = "a large red star"
    """The prompt of its thumbnail."""
    seed: int = 7


STYLES: tuple[Entry, ...] = (
    Entry("plain", "As written", "Nothing is added: the words alone decide.", "{prompt}", shown="a large red star on a blue background"),
    Entry("paper", "White paper", "Flat colour on clean white, as for an icon.", "{prompt}, flat, white background"),
    Entry("outlined", "Outlined", "Drawn around, not filled in.", "{prompt}, outlined"),
    Entry("glossy", "Glossy", "Light falls on it, as on enamel.", "{prompt}, glossy"),
    Entry("night", "Night", "Alone on deep black.", "{prompt}, black background"),
    Entry("sunset", "Sunset", "Over an orange sky that fades.", "{prompt}, orange gradient background"),
    Entry("ocean", "Ocean", "Over blue water that deepens.", "{prompt}, blue gradient background"),
    Entry("meadow", "Meadow", "Over fresh green.", "{prompt}, green gradient background"),
    Entry("candy", "Candy", "Glossy, on pink.", "{prompt}, glossy, pink background"),
    Entry("dusk", "Dusk", "The ground sinks into midnight blue towards the corners: a LoRA's work.", "<lora:pocket-dusk:1> {prompt}, dusk", checkpoints=("pocket",)),
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
