import numpy as np
import pytest
import torch
from transformers import CLIPTextConfig, CLIPTextModel

from ensembles.text.conditioning import encode
from ensembles.text.errors import PromptError
from ensembles.text.tokens import chunks, words

WIDTH = 32
LONG = "a red circle and a blue square in the rain, " * 12


@pytest.fixture(scope="module")
def model(tokenizer):
    torch.manual_seed(0)
    config = CLIPTextConfig(
        vocab_size=len(tokenizer.backend.get_vocab()),
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=2,
        bos_token_id=tokenizer.bos,
        eos_token_id=tokenizer.eos,
        pad_token_id=tokenizer.pad,
    )
    return CLIPTextModel(config).eval()


def layer(model, ids, clip_skip=1):
    """Hidden state of the chosen layer under the final LayerNorm, and pooled, by transformers alone."""
    with torch.no_grad():
        out = model(torch.as_tensor(np.asarray(ids)), output_hidden_states=True)
        hidden = model.text_model.final_layer_norm(out.hidden_states[-clip_skip])
    return hidden.numpy(), out.pooler_output.numpy()


@pytest.fixture
def encoder(model):
    """The contract's text encoder around transformers, counting its calls."""

    async def call(input_ids, clip_skip, replace_mask, replace_values):
        assert input_ids.dtype == clip_skip.dtype == np.int64
        assert replace_mask.dtype == replace_values.dtype == np.float32
        assert input_ids.shape == replace_mask.shape == replace_values.shape[:2]
        assert clip_skip.shape == (len(input_ids), 1)
        call.batches.append(input_ids)
        keep = torch.as_tensor(1 - replace_mask)[..., None]
        handle = model.text_model.embeddings.token_embedding.register_forward_hook(
            lambda _module, _args, out: out * keep + torch.as_tensor(replace_values)
        )
        try:
            return layer(model, input_ids, int(clip_skip[0, 0]))
        finally:
            handle.remove()

    call.batches = []
    return call


def rows(tokenizer, text):
    return [chunk.ids for chunk in chunks(tokenizer, words(tokenizer, text))]


async def test_without_weights_it_is_what_transformers_gives(tokenizer, encoder, model):
    prompt = "a red circle above a blue square"
    got = await encode(prompt, tokenizer, encoder, width=WIDTH)
    hidden, pooled = layer(model, rows(tokenizer, prompt))
    np.testing.assert_allclose(got.context, hidden[0], atol=1e-6)
    np.testing.assert_allclose(got.pooled, pooled[0], atol=1e-6)
    assert got.context.dtype == got.pooled.dtype == np.float32
    assert got.warnings == []
    assert len(encoder.batches) == 1
    assert len(encoder.batches[0]) == 1


async def test_weights_pull_away_from_the_empty_prompt(tokenizer, encoder, model):
    got = await encode("a (red:1.4) (circle)", tokenizer, encoder, width=WIDTH)
    hidden, pooled = layer(model, rows(tokenizer, "a red circle") + rows(tokenizer, ""))
    red, circle = (len(words(tokenizer, word)[0].ids) for word in ("red", "circle"))
    weights = np.ones((77, 1), np.float32)
    weights[2 : 2 + red] = 1.4
    weights[2 + red : 2 + red + circle] = 1.1
    np.testing.assert_allclose(got.context, hidden[1] + (hidden[0] - hidden[1]) * weights, atol=1e-5)
    np.testing.assert_allclose(got.pooled, pooled[0], atol=1e-6)
    assert len(encoder.batches) == 1


async def test_chunks_are_joined_on_the_token_axis(tokenizer, encoder, model):
    got = await encode(LONG, tokenizer, encoder, width=WIDTH)
    hidden, pooled = layer(model, rows(tokenizer, LONG))
    assert len(hidden) == len(got.tokens) >= 2
    assert got.context.shape == (77 * len(hidden), WIDTH)
    np.testing.assert_allclose(got.context, np.concatenate(hidden), atol=1e-5)
    np.testing.assert_allclose(got.pooled, pooled[0], atol=1e-6)


async def test_weights_reach_every_chunk(tokenizer, encoder, model):
    got = await encode(f"{LONG} (moon:0.5)", tokenizer, encoder, width=WIDTH)
    hidden, _ = layer(model, rows(tokenizer, f"{LONG} moon") + rows(tokenizer, ""))
    last = got.context.reshape(-1, 77, WIDTH)[-1]
    end = got.tokens[-1]
    np.testing.assert_allclose(last[end], (hidden[-1] + hidden[-2])[end] / 2, atol=1e-5)
    np.testing.assert_allclose(last[: end - 5], hidden[-2][: end - 5], atol=1e-5)


async def test_clip_skip_two_takes_the_layer_before_under_the_final_norm(tokenizer, encoder, model):
    got = await encode("a red circle", tokenizer, encoder, width=WIDTH, clip_skip=2)
    hidden, _ = layer(model, rows(tokenizer, "a red circle"), clip_skip=2)
    np.testing.assert_allclose(got.context, hidden[0], atol=1e-6)
    last = await encode("a red circle", tokenizer, encoder, width=WIDTH)
    assert np.abs(got.context - last.context).max() > 0.01


async def test_the_empty_prompt_is_one_chunk(tokenizer, encoder, model):
    got = await encode("", tokenizer, encoder, width=WIDTH)
    np.testing.assert_allclose(got.context, layer(model, rows(tokenizer, ""))[0][0], atol=1e-6)
    assert got.tokens == [0]


async def test_an_embedding_of_a_words_own_vectors_is_that_word(tokenizer, encoder, model):
    (red,) = words(tokenizer, "red")
    table = model.text_model.embeddings.token_embedding.weight.detach().numpy()
    found = {"crimson": table[red.ids]}
    got = await encode("a (embedding:crimson:1.2), b", tokenizer, encoder, width=WIDTH, embeddings=found.get)
    want = await encode("a (red:1.2), b", tokenizer, encoder, width=WIDTH)
    np.testing.assert_allclose(got.context, want.context, atol=1e-5)
    np.testing.assert_allclose(got.pooled, want.pooled, atol=1e-5)
    assert got.tokens == want.tokens
    assert got.warnings == []


async def test_an_unknown_embedding_leaves_nothing_but_a_warning(tokenizer, encoder):
    got = await encode("a embedding:nowhere, b", tokenizer, encoder, width=WIDTH)
    want = await encode("a , b", tokenizer, encoder, width=WIDTH)
    np.testing.assert_array_equal(got.context, want.context)
    assert len(got.warnings) == 1
    assert "'nowhere'" in got.warnings[0]


async def test_an_embedding_may_end_a_sentence(tokenizer, encoder):
    vectors = {"dusk": np.ones((2, WIDTH), np.float32)}
    got = await encode("a embedding:dusk.", tokenizer, encoder, width=WIDTH, embeddings=vectors.get)
    assert got.warnings == []
    assert got.tokens == [4]


async def test_an_embedding_of_another_width_is_refused_by_name(tokenizer, encoder):
    vectors = {"wide": np.ones((2, 768), np.float32)}
    with pytest.raises(PromptError, match=r"'wide' holds 2×768 numbers .* vectors of 32"):
        await encode("embedding:wide", tokenizer, encoder, width=WIDTH, embeddings=vectors.get)
    assert encoder.batches == []


async def test_a_clip_skip_below_one_is_refused(tokenizer, encoder):
    with pytest.raises(PromptError, match="clip_skip is 0"):
        await encode("a", tokenizer, encoder, width=WIDTH, clip_skip=0)
