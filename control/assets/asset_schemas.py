"""What travels over the wire of assets and boards."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from control.wire import PRINTABLE, Name

MANY = 100
"""Assets that one request may change."""
Tag = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=50,
        pattern=r"^[^\s\x00-\x1f\x7f,]([^\x00-\x1f\x7f,]*[^\s\x00-\x1f\x7f,])?$(?!\n)",
        examples=["landscape"],
    ),
]
"""One line without commas, and without spaces around it."""
Tags = Annotated[list[Tag], Meta(max_length=50, examples=[["landscape", "blue"]])]
AssetName = Annotated[Name, Meta(examples=["Circle, third try"])]
BoardName = Annotated[Name, Meta(examples=["Moodboard"])]
AssetIds = Annotated[
    list[UUID], Meta(min_length=1, max_length=MANY, examples=[["0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"]])
]
Rating = Annotated[int, Meta(ge=0, le=5)]
StorageTier = Literal["hot", "archived", "restoring"]


class Asset(msgspec.Struct, kw_only=True):
    """A picture, or another file."""

    id: UUID
    kind: Annotated[str, Meta(examples=["output"])]
    """output or upload"""
    name: str
    media_type: Annotated[str, Meta(examples=["image/png"])]
    size: int
    """Bytes."""
    sha256: Annotated[
        str, Meta(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    ]
    """Of its bytes."""
    width: int
    """Pixels."""
    height: int
    prompt: str
    model: str
    """The checkpoint that painted it; empty for uploads."""
    job_id: UUID | None
    place: int
    """Among the job's pictures, from 0."""
    user_id: UUID
    """Whose it is."""
    team_id: UUID | None
    """The team that sees it too."""
    rating: Rating
    """0 is none."""
    tags: list[str]
    temporary: bool
    """Is it removed 24 hours after it was made?"""
    storage: StorageTier
    """archived: its bytes must be asked back (`/restore`) before they can be read."""
    created_at: datetime
    deleted_at: datetime | None
    """When it was put into the bin; it is removed 30 days later."""
    url: Annotated[str, Meta(examples=["/api/v1/assets/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de/content"])]
    """Its bytes."""
    thumbnail_url: str | None
    """A small WebP of it; null for what is no picture."""


class Rendition(msgspec.Struct, kw_only=True):
    """A smaller form of a picture."""

    form: Annotated[str, Meta(examples=["256.webp"])]
    """Longest side in pixels, and format."""
    made: bool
    """Is it there? If not, it is made when it is asked for."""
    size: int | None
    """Bytes."""
    width: int
    height: int
    url: str


class AssetDetails(Asset, kw_only=True):
    """All that is known of an asset."""

    metadata: dict[str, Any] | None
    """How it was made: parameters, hashes of the model's files, seed, versions."""
    renditions: list[Rendition]
    parents: list[UUID]
    """What it was made of, as far as the caller may see it."""
    board_ids: list[UUID]
    """Boards that it is on, as far as the caller may see them."""


class AssetPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What shall change; what is left out stays."""

    name: AssetName | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    """All of them: those that it had go."""
    rating: Rating | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    """A team of the caller's, whose members see it then; null: none."""


class SelectedAssets(msgspec.Struct, forbid_unknown_fields=True):
    """Several at once: all of them, or none where one is not there."""

    asset_ids: AssetIds


class UnwantedAssets(SelectedAssets, forbid_unknown_fields=True):
    """Several at once: all of them, or none where one is not there."""

    forever: bool = False
    """Shall they be removed at once, in the bin or not, and for good?"""


class TagChange(msgspec.Struct, forbid_unknown_fields=True):
    """Tags to put on several assets and to take off them."""

    asset_ids: AssetIds
    add: Tags = []
    remove: Annotated[list[Tag], Meta(max_length=50, examples=[["draft"]])] = []


class Changed(msgspec.Struct):
    """How many it was done to."""

    changed: int
    """Without those that were so already."""


class Relative(msgspec.Struct, kw_only=True):
    """An asset that another was made of, or that was made of it."""

    asset: Asset
    relation: Annotated[str, Meta(examples=["img2img"])]
    """How the younger one was made of the older one."""
    nearer_id: UUID
    """The one that it stands in this relation to, on the way to the asset that was asked for."""
    distance: int
    """1: parents and children."""


class Family(msgspec.Struct, kw_only=True):
    """What an asset was made of, and what was made of it, as far as the caller may see it."""

    ancestors: list[Relative]
    descendants: list[Relative]
    complete: bool
    """Is that all? No more than 10 generations and 200 assets each way are followed."""


class Usage(msgspec.Struct, kw_only=True):
    """What the organisation's files take."""

    bytes: int
    """What counts: each different file once, with its renditions, those in the bin among them."""
    archived_bytes: int
    """Of those, in the archive."""
    assets: int
    deleted: int
    """In the bin, beside those."""
    quota_bytes: int | None
    """What the tier allows; null: without limit."""


class Board(msgspec.Struct, kw_only=True):
    """A collection of assets."""

    id: UUID
    name: BoardName
    user_id: UUID
    """Whose it is."""
    team_id: UUID | None
    """The team whose members see it, and put assets on it."""
    created_at: datetime


class NewBoard(msgspec.Struct, forbid_unknown_fields=True):
    """A board to make."""

    name: BoardName
    team_id: UUID | None = None
    """A team of the caller's, whose members see it then."""


class BoardPatch(msgspec.Struct, forbid_unknown_fields=True):
    """What shall change; what is left out stays."""

    name: BoardName | UnsetType = UNSET
    team_id: UUID | UnsetType | None = UNSET
    """A team of the caller's, whose members see it then; null: none."""


class TagCount(msgspec.Struct, kw_only=True):
    """A word, and how many assets it finds."""

    name: str
    count: int


class Facets(msgspec.Struct, kw_only=True):
    """What one's assets can be filtered by."""

    tags: list[TagCount]
    """The most frequent first, 200 at most."""
    models: list[TagCount]
    """Checkpoints that painted them, likewise."""
    first_at: datetime | None
    """When the oldest was made; null where there is none."""
    last_at: datetime | None


Moment = Annotated[
    str,
    Meta(max_length=40, examples=["2026-01-31T12:00:00Z"], extra_json_schema={"format": "date-time"}),
]
"""A time (RFC 3339), which is looked at as what it means, not as how it is written."""


class ArchiveFilter(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which assets: as parameters of `GET /assets`."""

    text: Annotated[str, Meta(min_length=1, max_length=400, pattern=PRINTABLE)] | None = None
    model: Annotated[str, Meta(max_length=200, pattern=PRINTABLE)] | None = None
    kind: Literal["output", "upload"] | None = None
    job_id: UUID | None = None
    board_id: UUID | None = None
    team_id: UUID | None = None
    tags: Annotated[list[Tag], Meta(max_length=10, examples=[[]])] = []
    rating_min: Rating | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    mine: bool = False


class NewArchive(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What shall be in one ZIP: `asset_ids` or `filter`."""

    asset_ids: Annotated[list[UUID], Meta(max_length=1000)] = []
    """1,000 at most."""
    filter: Annotated[ArchiveFilter | None, Meta(examples=[None])] = None
    """All that it finds, 1,000 at most."""


class Archive(msgspec.Struct, kw_only=True):
    """A ZIP that can be fetched."""

    id: UUID
    url: Annotated[str, Meta(examples=["/api/v1/assets/archives/0199c2f4-7d3c-7c6c-9a34-c0ffee00c0de"])]
    """Needs the same authorization as this."""
    files: int
    """That are in it, beside manifest.json."""
    left_out: int
    """Whose bytes lie in the archive of the storage: restore them first."""
    bytes_estimated: int
    """Of the ZIP, but for its manifest."""
    expires_at: datetime


class NewAssetLink(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A link to make."""

    name: Annotated[str, Meta(max_length=200, pattern=PRINTABLE, examples=["For grandmother"])] = ""
    """Whom it is for, to tell it from others."""
    days: Annotated[int, Meta(ge=1, le=3650)] | None = 30
    """After so many days it ends; null: only when it is revoked."""


class AssetLink(msgspec.Struct, kw_only=True):
    """A link that shows a picture to whoever has it."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    """Null: it ends only when it is revoked."""


class MadeAssetLink(AssetLink, kw_only=True):
    """A new link, with what is shown this once."""

    token: str
    url: Annotated[str, Meta(examples=["http://127.0.0.1:8080/shared/pic_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7u"])]
    """The page to send to somebody: it needs no account."""


class SharedAsset(msgspec.Struct, kw_only=True):
    """What a link shows of a picture: not who made it, nor how."""

    name: str
    media_type: str
    width: int
    """Pixels."""
    height: int
    size: int
    """Bytes of the file as it was made; handed out without what it says of that, it is a little smaller."""
    url: Annotated[str, Meta(examples=["/api/v1/shared/pic_Zr1xW0VhYtq3mO4n8s5cJ2dKfLgPbA7u/content"])]
    """Its bytes, for whoever has the link; `?download=true` to save them, `?form=1024.webp` for a smaller form."""
    expires_at: datetime | None
