"""Files and what is known of them."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")
_TEAM = LazyTableReference("Team", module_path="control.tenancy.tables")


class Blob(Owned, tablename="blobs"):
    """Bytes in object storage, once an organisation however many assets have them."""

    sha256 = Varchar(64)
    """Hexadecimal, of the bytes."""
    key = Varchar(300)
    """In the bucket."""
    size = BigInt()
    """Bytes."""
    media_type = Varchar(100)
    tier = Varchar(10, default="hot")
    """hot, archived or restoring"""
    created_at = Timestamptz()
    used_at = Timestamptz()
    """When it was last handed out, to within a day."""
    rendered_at = Timestamptz(null=True, default=None)
    """When its renditions were made, or turned out to be impossible; null: not yet."""
    blobs_one = Unique([Owned.organisation_id, sha256])


class BlobIntent(Owned, tablename="blob_intents"):
    """That bytes are being written which no row may ever come to refer to; written before they are."""

    key = Varchar(300)
    created_at = Timestamptz(index=True)


class Asset(Owned, tablename="assets"):
    """A picture (or another file) of somebody's."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    team_id: ForeignKey[Any] = ForeignKey(_TEAM, null=True, default=None, on_delete=OnDelete.set_null)
    blob_id = ForeignKey(Blob, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(10)
    """output or upload"""
    name = Varchar(200, default="")
    media_type = Varchar(100)
    width = Integer()
    """Pixels."""
    height = Integer()
    job_id = UUID(null=True, default=None, index=True)
    place = Integer(default=0)
    """Among the job's pictures."""
    prompt = Text(default="")
    model = Varchar(200, default="")
    """The checkpoint that painted it."""
    metadata = JSONB(null=True, default=None)
    """control.assets.schemas.Metadata: parameters, hashes of models, seed, versions."""
    rating = Integer(default=0)
    """0 (none) to 5"""
    temporary = Boolean(default=False)
    """Removed after 24 hours."""
    created_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)


class Rendition(Owned, tablename="renditions"):
    """A smaller or differently encoded form of a blob."""

    blob_id = ForeignKey(Blob, null=False, on_delete=OnDelete.cascade)
    form = Varchar(20)
    """As `256.webp`: longest side in pixels and format; `plain`: the whole picture without what its file says."""
    key = Varchar(300)
    size = BigInt()
    width = Integer()
    height = Integer()
    created_at = Timestamptz()
    renditions_one = Unique([blob_id, form])


class Lineage(Owned, tablename="lineage"):
    """That an asset was made of another."""

    asset_id = ForeignKey(Asset, null=False, index=True, on_delete=OnDelete.cascade)
    parent_id = UUID(index=True)
    relation = Varchar(20)
    """img2img, upscale, …"""
    lineage_one = Unique([asset_id, parent_id, relation])


class AssetTag(Owned, tablename="asset_tags"):
    """A word that an asset is found by."""

    asset_id = ForeignKey(Asset, null=False, on_delete=OnDelete.cascade)
    tag = Varchar(50)
    asset_tags_one = Unique([asset_id, tag])


class Board(Owned, tablename="boards"):
    """A collection of assets."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    team_id: ForeignKey[Any] = ForeignKey(_TEAM, null=True, default=None, on_delete=OnDelete.set_null)
    """Whose members see it."""
    name = Varchar(200)
    created_at = Timestamptz()


class BoardAsset(Owned, tablename="board_assets"):
    """That an asset is on a board."""

    board_id = ForeignKey(Board, null=False, on_delete=OnDelete.cascade)
    asset_id = ForeignKey(Asset, null=False, index=True, on_delete=OnDelete.cascade)
    created_at = Timestamptz()
    board_assets_one = Unique([board_id, asset_id])


class Upload(Owned, tablename="uploads"):
    """An upload under way, in parts, straight to object storage."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    team_id = UUID(null=True, default=None)
    name = Varchar(200, default="")
    media_type = Varchar(100)
    """As its sender says; what it is is looked at when it is complete."""
    size = BigInt()
    """Bytes, as its sender says and is held to."""
    key = Varchar(300)
    storage_id = Varchar(1000)
    """The storage's own id of the multipart upload."""
    part_size = BigInt()
    temporary = Boolean(default=False)
    tags = Array(base_column=Varchar(50))
    created_at = Timestamptz()
    expires_at = Timestamptz(default=None)


class AssetLink(Owned, tablename="asset_links"):
    """A link that shows a picture to whoever has it, until it expires or is revoked."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    """Who made it."""
    asset_id = ForeignKey(Asset, null=False, index=True, on_delete=OnDelete.cascade)
    token_hash = Bytea(unique=True)
    """SHA-256 of 32 random bytes."""
    name = Varchar(200, default="")
    """Whom it was made for, as its maker says."""
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None, index=True)
    """Null: never."""


class AssetArchive(Owned, tablename="asset_archives"):
    """Assets that somebody wants in one ZIP; it is packed whenever it is fetched."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    asset_ids = Array(base_column=UUID())
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)


class FileName(Owned, tablename="file_names"):
    """What somebody calls a file of theirs, where clients speak of folders and file names."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    folder = Varchar(10)
    """input, output or temp"""
    subfolder = Varchar(400, default="")
    """Without a slash at its ends; empty: the folder itself."""
    filename = Varchar(255)
    asset_id = ForeignKey(Asset, null=False, index=True, on_delete=OnDelete.cascade)
    created_at = Timestamptz()
    file_names_one = Unique([Owned.organisation_id, user_id, folder, subfolder, filename])


class FileNumber(Owned, tablename="file_numbers"):
    """The last number that a prefix of file names was given."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    folder = Varchar(10)
    prefix = Varchar(655)
    """With its subfolder."""
    number = Integer(default=0)
    file_numbers_one = Unique([Owned.organisation_id, user_id, folder, prefix])
