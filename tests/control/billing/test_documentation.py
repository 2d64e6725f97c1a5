"""docs/credits.md says what the code does."""

import re
from pathlib import Path

from control.billing.prices import RATES
from control.billing.tiers import CREDIT, USUAL

PAGE = (Path(__file__).parents[3] / "docs" / "credits.md").read_text()


def cells(row: str) -> list[str]:
    found = re.search(rf"^\| ?{row} ?\|(.*)\|$", PAGE, re.MULTILINE)
    assert found, row
    return [cell.strip().replace(",", "") for cell in found[1].split("|")]


def test_the_tiers() -> None:
    tiers = USUAL.values()
    assert cells("") == list(USUAL)
    assert cells("credits a month") == [str(t.monthly_credits or "what is needed") for t in tiers]
    assert cells("members") == [str(t.seats or "any number") for t in tiers]
    assert cells("jobs at a time") == [str(t.concurrent_jobs or "any number") for t in tiers]
    assert cells("jobs in line, each member") == [str(t.queued_jobs or "any number") for t in tiers]
    assert cells("storage") == [f"{t.storage_gib} GiB" if t.storage_gib else "any" for t in tiers]
    models = ["any number" if t.own_models is None else str(t.own_models) for t in tiers]
    assert cells("models of one's own") == models
    assert cells("API keys may submit jobs") == ["yes" if t.api_keys_generate else "no" for t in tiers]
    pixels = [pixels_of(cell) for cell in cells("largest picture")]
    assert pixels == [t.max_pixels for t in tiers]


def pixels_of(cell: str) -> int:
    width, height = cell.split("x")
    return int(width) * int(height)


def test_the_prices() -> None:
    assert cells("`txt2img`, `img2img`")[0].startswith(
        f"{RATES['txt2img'].amount // CREDIT} for each 512x512"
    )
    assert RATES["txt2img"].amount == RATES["img2img"].amount
    assert cells("each ControlNet") == [f"{RATES['controlnet'].amount // CREDIT} for each picture"]
    assert cells("each LoRA") == [f"{RATES['lora'].amount / CREDIT} for each picture"]
    assert cells("upscaling four times") == [f"{RATES['upscale'].amount // CREDIT} for each picture"]
    hint = cells("a hint for a ControlNet, made by a network")
    assert hint == [f"{RATES['preprocess'].amount / CREDIT} for each 512x512 pixels"]
    vae = cells("a VAE's work beyond one encoding and one decoding of what a workflow samples")
    assert vae == [f"{RATES['vae'].amount / CREDIT} for each 512x512 pixels"]
    assert cells("video") == [f"{RATES['video'].amount // CREDIT} for 25 frames"]
    assert (RATES["sdxl"].unit, RATES["sdxl"].amount) == ("times", 2)
