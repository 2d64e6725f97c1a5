"""Texts in LIKE patterns."""


def literal(text: str) -> str:
    """`text` as LIKE takes it word for word."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
