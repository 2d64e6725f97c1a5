from pathlib import Path

import pytest

from ensembles.text.tokens import ClipTokenizer, load_tokenizer

POCKET = Path(__file__).parents[3] / "export/pocket/weights/tokenizer"


@pytest.fixture(scope="session")
def tokenizer_folder() -> Path:
    return POCKET


@pytest.fixture(scope="session")
def tokenizer(tokenizer_folder: Path) -> ClipTokenizer:
    return load_tokenizer(tokenizer_folder)
