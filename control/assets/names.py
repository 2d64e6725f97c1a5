"""Names that files are saved under: whatever they are called, they end as what they are."""

ENDINGS = {
    "image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), "image/webp": ("webp",), "image/avif": ("avif",),
    "image/gif": ("gif",), "application/octet-stream": ("bin", "latent", "safetensors"),
}  # fmt: skip
"""Media type → endings of it, the usual one first."""
_PICTURES = {ending for kind, endings in ENDINGS.items() if kind.startswith("image/") for ending in endings}


def ending_of(media_type: str) -> str:
    """The usual ending of a file of this type."""
    return ENDINGS.get(media_type, ("bin",))[0]


def named(name: str, media_type: str) -> str:
    """`name` with an ending that its type has: a picture that is called holiday.html must not be opened as a page."""
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in ENDINGS.get(media_type, ("bin",)):
        return name
    if not (dot and stem and ending.lower() in _PICTURES):
        stem = name
    return f"{stem}.{ending_of(media_type)}"
