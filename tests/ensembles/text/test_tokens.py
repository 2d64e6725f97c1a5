import json
import re
import shutil
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import CLIPTokenizer, CLIPTokenizerFast

from ensembles.text.errors import PromptError
from ensembles.text.tokens import CHUNK, ROOM, Word, chunks, load_tokenizer, words

STRINGS = [
    "",
    " ",
    "a red circle above a blue square",
    "A Photo of an ASTRONAUT riding a horse, 8k, f/1.8 (sharp)",
    "it's the dog's; they'll we've I'm he'd you're can't",
    "naïve café Ångström e\u0301 ﬁ ǅ İstanbul ΟΔΥΣΣΕΥΣ Straße ẞ",
    "日本語のプロンプト, 一匹の猫 and 豈 𠀀 한국어 ไทย عربي हिन्दी",
    "emoji 🎨🖼️ 👩‍🚀 🏳️‍🌈 ❤️‍🔥 1️⃣",
    "zero\u200bwidth\u200djoin \ufeffbom soft\u00adhyphen \u2060 \u200e",
    "tabs\tand\nnew\r\nlines\u00a0nbsp\u3000wide\u2028sep\u2029para\x1c\x85end",
    "1234 ½ ² Ⅷ ४ 3.14 1,000",
    "!!! ... --- ___ $%^ <lora:x:1> \\ / | `~ “quotes” ‘single’ …",
    "<|startoftext|> a <|endoftext|> b",
    "control\x00\x07\x7fchars \ufffd end",
    "a" * 400,
    "supercalifragilisticexpialidocious " * 30,
]


def ids(tokenizer, text):
    return [token for word in words(tokenizer, text) for token in word.ids]


@pytest.fixture(scope="module")
def slow(tokenizer_folder):
    reference = CLIPTokenizer.from_pretrained(tokenizer_folder)
    reference.fix_text = None  # as where ftfy is not installed, even if a test machine has it
    from transformers.models.clip.tokenization_clip import BasicTokenizer

    reference.nlp = BasicTokenizer(strip_accents=False, do_split_on_punc=False)
    return reference


@pytest.fixture(scope="module")
def fast(tokenizer_folder):
    return CLIPTokenizerFast.from_pretrained(tokenizer_folder)


@pytest.mark.parametrize("text", STRINGS)
def test_equals_the_slow_tokenizer_of_transformers(tokenizer, slow, text):
    assert ids(tokenizer, text) == slow(text, add_special_tokens=False).input_ids


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60))
def test_equals_the_slow_tokenizer_on_any_text(tokenizer, slow, text):
    # Our regular expressions and the reference's follow different Unicode versions for unassigned characters;
    # both drop those.
    assert ids(tokenizer, text) == slow(text, add_special_tokens=False).input_ids


# Where the two of transformers differ from each other: ideographs, what the slow one drops, and how
# Python and Rust write some capitals small.
DIFFERENT = re.compile("[\u4e00-\u9fff\u200b-\u200f\u2060\x00\x1cİ❤]")


@pytest.mark.parametrize("text", [text for text in STRINGS if not DIFFERENT.search(text)])
def test_equals_the_fast_tokenizer_elsewhere(tokenizer, fast, text):
    assert ids(tokenizer, text) == fast(text, add_special_tokens=False).input_ids


def test_ideographs_are_words(tokenizer):
    assert ids(tokenizer, "一匹") == ids(tokenizer, "一 匹")
    assert ids(tokenizer, "zero\u200bwidth") == ids(tokenizer, "zerowidth")


def test_tokenizer_json_alone_gives_the_same(tokenizer, tokenizer_folder, tmp_path):
    shutil.copy(tokenizer_folder / "tokenizer.json", tmp_path)
    alone = load_tokenizer(tmp_path)
    assert alone[1:] == tokenizer[1:]
    for text in STRINGS:
        assert ids(alone, text) == ids(tokenizer, text)


def test_the_pad_id_comes_from_the_argument_the_config_or_eos(tokenizer, tokenizer_folder, tmp_path):
    shutil.copytree(tokenizer_folder, tmp_path / "t")
    (tmp_path / "t/tokenizer_config.json").write_text(json.dumps({"pad_token": {"content": "!"}}))
    exclamation = json.loads((tokenizer_folder / "vocab.json").read_text())["!"]
    assert tokenizer.pad == tokenizer.eos
    assert load_tokenizer(tmp_path / "t").pad == exclamation
    assert load_tokenizer(tmp_path / "t", pad=7).pad == 7


def test_a_folder_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_tokenizer(tmp_path)
    (tmp_path / "vocab.json").write_text('{"a": 0}')
    (tmp_path / "merges.txt").write_text("#version: 0.2\n")
    with pytest.raises(ValueError, match="not CLIP"):
        load_tokenizer(tmp_path)


def test_a_chunk_is_framed_as_transformers_frames_it(tokenizer, slow):
    text = "a red circle above a blue square"
    (chunk,) = chunks(tokenizer, words(tokenizer, text))
    reference = slow(text, padding="max_length", max_length=CHUNK).input_ids
    assert chunk.ids.tolist() == reference
    assert chunk.used == len(ids(tokenizer, text))
    (empty,) = chunks(tokenizer, [])
    assert empty.ids.tolist() == slow("", padding="max_length", max_length=CHUNK).input_ids
    assert empty.used == 0


def test_seventy_five_tokens_fill_one_chunk(tokenizer):
    assert [chunk.used for chunk in chunks(tokenizer, [Word([5], 1.0)] * ROOM)] == [75]
    assert [chunk.used for chunk in chunks(tokenizer, [Word([5], 1.0)] * (ROOM + 1))] == [75, 1]


def test_a_short_word_moves_whole_and_a_long_one_is_cut(tokenizer):
    start = [Word([5], 1.0)] * 70
    short, long = Word([6] * 7, 1.2), Word([6] * 8, 1.2)
    assert [chunk.used for chunk in chunks(tokenizer, [*start, short])] == [70, 7]
    assert [chunk.used for chunk in chunks(tokenizer, [*start, long])] == [75, 3]
    first, second = chunks(tokenizer, [*start, short])
    assert first.ids[71] == tokenizer.eos
    assert first.weights[71:].tolist() == [1.0] * 6
    assert second.weights[1:9].tolist() == pytest.approx([1.2] * 7 + [1.0])


def test_padding_follows_eos(tokenizer):
    padded = tokenizer._replace(pad=3)
    (chunk,) = chunks(padded, [Word([5], 1.0)])
    assert chunk.ids[:4].tolist() == [tokenizer.bos, 5, tokenizer.eos, 3]


def test_vectors_keep_their_places(tokenizer):
    vectors = np.arange(8, dtype=np.float32).reshape(2, 4)
    (chunk,) = chunks(tokenizer, [Word([5], 1.0), Word([0, 0], 1.5, vectors)])
    assert sorted(chunk.vectors) == [2, 3]
    assert chunk.vectors[3].tolist() == [4, 5, 6, 7]
    assert chunk.weights[2:4].tolist() == [1.5, 1.5]


def test_too_many_chunks_are_refused(tokenizer):
    with pytest.raises(PromptError, match="17 chunks"):
        chunks(tokenizer, [Word([5], 1.0)] * (ROOM * 16 + 1))


def test_the_stand_in_is_an_ordinary_token(tokenizer):
    assert tokenizer.stand_in not in (tokenizer.bos, tokenizer.eos)


def test_unassigned_characters_are_dropped(tokenizer):
    assert unicodedata.category("\u0378") == "Cn"
    assert ids(tokenizer, "a\u0378b") == ids(tokenizer, "ab")
