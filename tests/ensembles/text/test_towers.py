"""Several text encoders side by side, served, beside diffusers' own pipelines."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from ensembles.engine.network import Network
from ensembles.manifest import TextTower, read_manifest
from ensembles.text.errors import PromptError
from ensembles.text.tokens import load_tokenizer
from ensembles.text.towers import Tower, encode_towers
from perf.parity.tiny import make, publish

PROMPT = "a large red circle on a blue background"


def towers(folder: Path) -> list[Tower]:
    """Those of the published `folder`, each run by its served network."""

    def tower(told: TextTower) -> Tower:
        network = Network(folder, told.network, threads=1)

        async def encoder(ids, skip, mask, values):
            inputs = {"input_ids": ids, "clip_skip": skip, "replace_mask": mask, "replace_values": values}
            made = network.run(inputs)
            return made["hidden_state"], made["pooled"]

        return Tower(told, load_tokenizer(folder / "tokenizer", told.pad), encoder)

    return [tower(told) for told in read_manifest(folder / "manifest.json").towers]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def sdxl(home: Path) -> list[Tower]:
    return towers(publish("sdxl", home))


def encode(asked, *arguments, **options):
    return asyncio.run(encode_towers(*arguments, towers=asked, **options))


@pytest.mark.parametrize("skip", [None, 1])
def test_as_diffusers_does_for_xl(sdxl: list[Tower], tmp_path: Path, skip: int | None) -> None:
    """Two widths side by side, paddings of their own, no last layer norm, the second one's pooled state.

    diffusers counts the layers that are skipped beyond the trained one, the field from the last: 1 is 3 there.
    """
    from diffusers import StableDiffusionXLPipeline

    pipeline = StableDiffusionXLPipeline.from_pretrained(make("sdxl", tmp_path))
    theirs, _, pooled, _ = pipeline.encode_prompt(PROMPT, clip_skip=skip, do_classifier_free_guidance=False)
    ours = encode(sdxl, PROMPT, clip_skip=1 if skip is None else 3)
    np.testing.assert_allclose(ours.context, theirs[0].detach().numpy(), atol=2e-5)
    np.testing.assert_allclose(ours.pooled, pooled[0].detach().numpy(), atol=2e-5)
    assert ours.context.shape == (77, 192)


def test_as_diffusers_does_for_2(home: Path, tmp_path: Path) -> None:
    """The last layer that a folder keeps is the last but one of the encoder, under the last norm; filled with 0."""
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(make("sd2-v", tmp_path), safety_checker=None)
    theirs, _ = pipeline.encode_prompt(PROMPT, "cpu", 1, False)
    asked = towers(publish("sd2-v", home))
    for skip in (1, 2):
        ours = encode(asked, PROMPT, clip_skip=skip)
        np.testing.assert_allclose(ours.context, theirs[0].detach().numpy(), atol=2e-5)
    theirs, _ = pipeline.encode_prompt(PROMPT, "cpu", 1, False, clip_skip=1)
    np.testing.assert_allclose(
        encode(asked, PROMPT, clip_skip=3).context, theirs[0].detach().numpy(), atol=2e-5
    )


def test_a_prompt_for_each(sdxl: list[Tower]) -> None:
    """The shorter one is filled up with an empty chunk."""
    long = f"{PROMPT}, " * 12
    both = encode(sdxl, {"text-encoder": PROMPT, "text-encoder-2": long})
    short, longer = encode(sdxl, PROMPT), encode(sdxl, long)
    empty = encode(sdxl, "")
    chunks = len(longer.context) // 77
    assert both.context.shape == longer.context.shape
    assert chunks > 1
    np.testing.assert_allclose(both.context[:77, :64], short.context[:, :64], atol=1e-5)
    np.testing.assert_allclose(both.context[77:154, :64], empty.context[:, :64], atol=1e-5)
    np.testing.assert_allclose(both.context[:, 64:], longer.context[:, 64:], atol=1e-5)
    np.testing.assert_allclose(both.pooled, longer.pooled, atol=1e-5)


def test_vectors_of_each_tower(sdxl: list[Tower], rng: np.random.Generator) -> None:
    vectors = {
        name: rng.standard_normal((2, width), np.float32) for name, width in (("clip_l", 64), ("clip_g", 128))
    }
    seen = []

    def look_up(name: str, told: TextTower):
        seen.append((name, told.embedding))
        return vectors[told.embedding]

    made = encode(sdxl, "embedding:dusk", embeddings=look_up)
    assert seen == [("dusk", "clip_l"), ("dusk", "clip_g")]
    plain = encode(sdxl, "")
    assert np.abs(made.context[1:3, :64] - plain.context[1:3, :64]).max() > 1e-2
    assert np.abs(made.context[1:3, 64:] - plain.context[1:3, 64:]).max() > 1e-2
    with pytest.raises(PromptError, match="needs vectors of 128"):
        encode(sdxl, "embedding:dusk", embeddings=lambda name, told: vectors["clip_l"])


def test_an_unknown_embedding_is_told_once(sdxl: list[Tower]) -> None:
    assert len(encode(sdxl, "embedding:none", embeddings=lambda name, told: None).warnings) == 1
