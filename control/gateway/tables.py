"""What was submitted through the API of another program, as its clients know it."""

from typing import Any

from piccolo.columns import Boolean, DoublePrecision, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")
_JOB = LazyTableReference("Job", module_path="control.jobs.tables")


class ComfyPrompt(Owned, tablename="comfy_prompts"):
    """A job that came through ComfyUI's API, and what its client knows it by."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=False, on_delete=OnDelete.cascade)
    prompt_id = Varchar(200)
    """The client's own name of it, or the job's id."""
    job_id: ForeignKey[Any] = ForeignKey(
        _JOB, null=True, default=None, index=True, on_delete=OnDelete.cascade
    )
    """Null only inside the transaction that submits it."""
    counter = Integer(default=0)
    """How many its owner had submitted before."""
    number = DoublePrecision(default=0.0)
    """Its place among its owner's own, smallest first, as clients are told it."""
    client_id = Varchar(200, default="")
    """Whose WebSockets are told of it."""
    extra_data = Text(default="{}")
    """What came along beside the graph and its document, JSON."""
    outputs = Text(default="[]")
    """Ids of the output nodes that run, JSON."""
    node_errors = Text(default="{}")
    """What was wrong with others, as it was answered, JSON."""
    hidden = Boolean(default=False)
    """Did its owner remove it from the history?"""
    created_at = Timestamptz()
    comfy_prompts_one = Unique([Owned.organisation_id, user_id, prompt_id])
