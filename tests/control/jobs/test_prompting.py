"""Tags of LoRAs and bare names of embeddings in prompts of short forms."""

import pytest

from control.jobs.additions import Lora
from control.jobs.prompting import Wrong, read, with_embeddings
from ensembles.text.syntax import references, spellings


@pytest.mark.parametrize(
    ("tag", "strength", "strength_clip"),
    [
        ("<lora:ink>", 1.0, 1.0),
        ("<lora:ink:0.8>", 0.8, 0.8),
        ("<lora:ink:-1:0.5>", 0.5, -1.0),
        ("<lora:ink:0.8:unet=0.2>", 0.2, 0.8),
        ("<lora:ink:te=0:unet=1>", 1.0, 0.0),
    ],
)
def test_tags(tag: str, strength: float, strength_clip: float) -> None:
    found = read(f"a circle, {tag}blue")
    assert found.words == "a circle, blue"
    assert found.loras == [Lora(name="ink", strength=strength, strength_clip=strength_clip)]


def test_several_tags_and_block_weights() -> None:
    vector = ",".join(["0.5"] * 17)
    found = read(f"<lora:a:1><lora:b c:0.5:lbw={vector}> a circle")
    assert found.words == "a circle"
    assert [one.name for one in found.loras] == ["a", "b c"]
    assert found.loras[1].blocks == [0.5] * 17


@pytest.mark.parametrize(
    "tag",
    ["<lora:ink:much>", "<lora:ink:nan>", "<lora:ink:inf>", "<lora:ink:11>", "<lora:ink:1:1:1>", "<lora:ink:x=1>",
     f"<lora:ink:lbw={','.join('1' * 65)}>", "<lora:ink:lbw=>"],
)  # fmt: skip
def test_tags_that_say_nothing(tag: str) -> None:
    with pytest.raises(Wrong, match="ink"):
        read(tag)


@pytest.mark.parametrize("text", ["a < b", "<lora>", "<lora:>", "(a:1.2), [b], <hypernet:c:1>", ""])
def test_what_is_no_tag_stays(text: str) -> None:
    assert read(text) == (text, [])


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a Dusk sky", "a embedding:dusk sky"),
        ("(dusk:1.2), dusk.", "(embedding:dusk:1.2), embedding:dusk."),
        ("embedding:dusk dusky", "embedding:dusk dusky"),
        ("<lora:dusk:1> dusk", "<lora:dusk:1> embedding:dusk"),
        ("bad-hands-5,dusk", "embedding:bad-hands-5, embedding:dusk"),
        ("[dusk] a,(Dusk)", "[ embedding:dusk] a,(embedding:dusk)"),
    ],
)
def test_embeddings_by_bare_names(text: str, made: str) -> None:
    assert with_embeddings(text, ["dusk", "bad-hands-5"]) == made
    assert with_embeddings(text, []) == text
    # Once is enough.
    assert with_embeddings(made, ["dusk", "bad-hands-5"]) == made
    # And what is written out is what the text encoder reads.
    assert {one for name in references(made) for one in spellings(name)} >= {"dusk"}
