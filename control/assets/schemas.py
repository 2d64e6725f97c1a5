"""What is known of a file beside its row, and what uploads send and are answered."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from control.assets.asset_schemas import AssetName, Tags


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a picture was made of: what the studio knows of its own, or what an uploaded file said of itself."""

    kind: str = ""
    """txt2img, img2img or workflow; empty for an upload."""
    parameters: dict[str, Any] = {}
    """The request, with every default filled in."""
    recipe: dict[str, Any] = {}
    """ensembles.imaging.provenance.Recipe: all that this one picture depends on."""
    model: str = ""
    model_hashes: dict[str, str] = {}
    """network → sha256 of its weights."""
    seed: int | None = None
    versions: dict[str, str] = {}
    """What made it, by name."""
    text: dict[str, str] = {}
    """What an uploaded file said of itself: parameters, prompt, workflow."""


class UploadFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a form may say of its file."""

    name: AssetName | None = None
    """Instead of the file's own name."""
    team_id: UUID | None = None
    """A team of the caller's, whose members see it then."""
    temporary: bool = False
    """Is it removed after 24 hours?"""
    tags: Tags = []


class NewMultipart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A file that is going to be sent in parts, straight to the storage."""

    name: Annotated[AssetName, Meta(examples=["sketch.png"])]
    size: Annotated[int, Meta(ge=1, le=2**40, examples=[20_000_000])]
    """Bytes; just as many must come."""
    media_type: Annotated[
        str, Meta(max_length=100, pattern=r"^[\w.+-]*/?[\w.+-]*$(?!\n)", examples=["image/png"])
    ] = ""
    """What it is thought to be; what it is is looked at when it is complete."""
    team_id: UUID | None = None
    """A team of the caller's, whose members see it then."""
    temporary: bool = False
    """Is it removed after 24 hours?"""
    tags: Tags = []


class MultipartPart(msgspec.Struct, kw_only=True):
    """A part of a file."""

    number: int
    """1 is the first."""
    size: int
    """Bytes: just as many must be sent."""
    arrived: bool
    url: str | None
    """Where to PUT its bytes, without any other proof; null once it has arrived."""


class Multipart(msgspec.Struct, kw_only=True):
    """An upload in parts that is under way."""

    id: UUID
    name: str
    size: int
    """Bytes."""
    part_size: int
    """Bytes of every part but the last."""
    parts: list[MultipartPart]
    urls_expire_at: datetime
    """Ask for the upload again then: it comes with new addresses."""
    expires_at: datetime
    """What has arrived is removed then."""


class Link(msgspec.Struct, kw_only=True):
    """An address that opens a file without any other proof."""

    url: str
    expires_at: datetime
