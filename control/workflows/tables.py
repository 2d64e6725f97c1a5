"""Results of nodes that are kept, to be used again inside their organisation."""

from piccolo.columns import BigInt, Timestamptz, Varchar
from piccolo.constraints import Unique

from control.database.owned import Owned


class NodeResult(Owned, tablename="node_results"):
    """A result in object storage."""

    key = Varchar(64)
    """control.workflows.plan.PlanNode.key"""
    size = BigInt()
    """Bytes."""
    created_at = Timestamptz()
    used_at = Timestamptz(index=True)
    """When it was last used, to within an hour; the longest unused go first."""
    node_results_one = Unique([Owned.organisation_id, key])
