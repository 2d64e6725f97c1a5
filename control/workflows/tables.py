"""Workflows that are kept, with their versions; results of nodes that are used again inside their organisation."""

from typing import Any

from piccolo.columns import UUID, Array, BigInt, Bytea, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")
_TEAM = LazyTableReference("Team", module_path="control.tenancy.tables")
_ASSET = LazyTableReference("Asset", module_path="control.assets.tables")


class WorkflowDocument(Owned, tablename="workflow_documents"):
    """A workflow that somebody keeps. What it is stands in its versions."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    team_id: ForeignKey[Any] = ForeignKey(
        _TEAM, null=True, default=None, index=True, on_delete=OnDelete.set_null
    )
    """Whose members see it, unless it is private."""
    name = Varchar(200)
    description = Text(default="")
    tags = Array(base_column=Varchar(50))
    visibility = Varchar(10, default="private")
    """private, team, link or public"""
    thumbnail_id: ForeignKey[Any] = ForeignKey(_ASSET, null=True, default=None, on_delete=OnDelete.set_null)
    forked_from = UUID(null=True, default=None)
    """The workflow that it was made of, whosoever that is, while that is there or not."""
    version = Integer(default=1)
    """The number of the newest one."""
    stars = Integer(default=0)
    """How many people have marked it."""
    created_at = Timestamptz()
    updated_at = Timestamptz()
    """When it was last saved or changed."""
    published_at = Timestamptz(null=True, default=None)
    """Since when it is public."""


class WorkflowVersion(Owned, tablename="workflow_versions"):
    """A workflow as it was saved; never changed."""

    workflow_id = ForeignKey(WorkflowDocument, null=False, on_delete=OnDelete.cascade)
    number = Integer()
    """1 is the first."""
    graph = Text()
    """JSON of control.workflows.graph.Graph. Text, for a JSONB would put nodes into another order."""
    document = Text(default="")
    """JSON as an editor keeps it; empty where none was saved."""
    message = Varchar(400, default="")
    author_id: ForeignKey[Any] = ForeignKey(_USER, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    workflow_versions_one = Unique([workflow_id, number])


class WorkflowStar(Owned, tablename="workflow_stars"):
    """That somebody has marked a workflow, of their organisation or a public one; the row is of who has marked it."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, index=True, on_delete=OnDelete.cascade)
    workflow_id = ForeignKey(WorkflowDocument, null=False, on_delete=OnDelete.cascade)
    created_at = Timestamptz()
    workflow_stars_one = Unique([workflow_id, user_id])


class WorkflowLink(Owned, tablename="workflow_links"):
    """A link that opens a workflow for whoever has it, until it is revoked."""

    workflow_id = ForeignKey(WorkflowDocument, null=False, index=True, on_delete=OnDelete.cascade)
    token_hash = Bytea(unique=True)
    """SHA-256 of 32 random bytes."""
    name = Varchar(200, default="")
    """Whom it was made for, as its maker says."""
    created_at = Timestamptz()


class NodeResult(Owned, tablename="node_results"):
    """A result: in object storage, or here where it is small (scheduler/workflows/cache.py)."""

    key = Varchar(64)
    """control.workflows.plan.PlanNode.key"""
    size = BigInt()
    """Bytes."""
    value = Bytea(null=True, default=None)
    """Itself, where it is small; null: it is in object storage."""
    created_at = Timestamptz()
    used_at = Timestamptz(index=True)
    """When it was last used, to within an hour; the longest unused go first."""
    node_results_one = Unique([Owned.organisation_id, key])
