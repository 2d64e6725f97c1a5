import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ensembles.text.errors import PromptError
from ensembles.text.syntax import MAX_WEIGHT, Reference, escape, parse, pieces

PROMPTS = st.text(st.sampled_from("ab :.1-\\()e,") | st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("", []),
        ("a cat", [("a cat", 1.0)]),
        ("a (red) cat", [("a ", 1.0), ("red", 1.1), (" cat", 1.0)]),
        ("((a))", [("a", 1.21)]),
        ("(a (b) c)", [("a ", 1.1), ("b", 1.21), (" c", 1.1)]),
        ("(a:1.3)", [("a", 1.3)]),
        ("((a:1.3))", [("a", 1.3)]),
        ("((a):1.5)", [("a", 1.65)]),
        ("(a (b:0.5) c:2)", [("a ", 2.0), ("b", 0.5), (" c", 2.0)]),
        ("(a: 1.3 )", [("a", 1.3)]),
        ("(a:-.5)", [("a", -0.5)]),
        ("(a:b)", [("a:b", 1.1)]),
        ("(a:1:2)", [("a:1", 2.0)]),
        ("(ratio 16:9 (b))", [("ratio 16:9 ", 1.1), ("b", 1.21)]),
        ("(:3)", [(":3", 1.1)]),
        ("a:1.3", [("a:1.3", 1.0)]),
        (r"\(a\)", [("(a)", 1.0)]),
        (r"(a \(b\):1.2)", [("a (b)", 1.2)]),
        (r"a\b \\", [(r"a\b \\", 1.0)]),
        ("()", []),
        ("(a:nan)", [("a:nan", 1.1)]),
        ("(a:1e400)", [("a", MAX_WEIGHT)]),
    ],
)
def test_spans(prompt, spans):
    found = parse(prompt)
    assert [span.text for span in found] == [text for text, _ in spans]
    assert [span.weight for span in found] == pytest.approx([weight for _, weight in spans])


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("a (b", [("a (b", 1.0)]),
        ("a) b", [("a) b", 1.0)]),
        ("a (b (c) d", [("a (b ", 1.0), ("c", 1.1), (" d", 1.0)]),
        ("(a)) b:)", [("a", 1.1), (") b:)", 1.0)]),
        (")(", [(")(", 1.0)]),
        (r"(a\)", [("(a)", 1.0)]),
    ],
)
def test_parentheses_without_a_partner_are_text(prompt, spans):
    assert [span.text for span in parse(prompt)] == [text for text, _ in spans]
    assert [span.weight for span in parse(prompt)] == pytest.approx([weight for _, weight in spans])


@given(PROMPTS)
def test_any_text_gives_finite_weights_and_no_empty_span(prompt):
    for span in parse(prompt):
        assert span.text
        assert math.isfinite(span.weight)
        assert abs(span.weight) <= MAX_WEIGHT


@given(PROMPTS)
def test_no_letter_is_lost(prompt):
    kept = [character for character in "".join(span.text for span in parse(prompt)) if character.isalpha()]
    # "e" may be part of a weight such as 1e1
    assert [c for c in kept if c != "e"] == [c for c in prompt if c.isalpha() and c != "e"]


@given(PROMPTS)
def test_escaped_text_comes_back_as_written(text):
    assert parse(escape(text)) == ([(text, 1.0)] if text else [])


@given(st.text(st.characters(exclude_characters="()\\")))
def test_text_without_syntax_is_one_span(text):
    assert parse(text) == ([(text, 1.0)] if text else [])


def test_deep_nesting_is_neither_slow_nor_infinite():
    (span,) = parse("(" * 4999 + "a" + ")" * 4999)
    assert span == ("a", MAX_WEIGHT)
    assert parse("(a:1" * 1000 + ":2)" * 1000) == [("a:1", 2.0)] * 1000


def test_references_stand_at_a_words_start():
    assert pieces("a embedding:dusk b") == ["a ", Reference("dusk"), " b"]
    assert pieces("embedding:dusk.safetensors, b") == [Reference("dusk.safetensors"), ", b"]
    assert pieces("noembedding:dusk embedding: x") == ["noembedding:dusk embedding: x"]
    assert [pieces(span.text) for span in parse("(embedding:dusk:1.2)")] == [[Reference("dusk")]]


@given(st.text(st.sampled_from("embedding: x,;\n"), max_size=60))
def test_pieces_hold_the_whole_text(text):
    assert "".join(p if isinstance(p, str) else f"embedding:{p.name}" for p in pieces(text)) == text


def test_what_is_no_prompt_is_refused():
    with pytest.raises(PromptError, match="send it as text"):
        parse(3)  # type: ignore[arg-type]
    with pytest.raises(PromptError, match="shorten"):
        parse("a" * 10_001)
