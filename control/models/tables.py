"""Files of the registry that belong to an organisation. Everybody's are folders (ensembles/adapters/store.py)."""

from typing import Any

from piccolo.columns import JSONB, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.constraints import Unique

from control.database.owned import Owned

_USER = LazyTableReference("User", module_path="control.identity.tables")


class ModelFile(Owned, tablename="model_files"):
    """A LoRA, an embedding, a ControlNet or an IP-Adapter by the name that an organisation calls it."""

    user_id: ForeignKey[Any] = ForeignKey(_USER, null=True, default=None, on_delete=OnDelete.set_null)
    """Who added it; null: who runs the studio."""
    type = Varchar(12)
    """ensembles.adapters.about.Kind"""
    name = Varchar(100)
    sha256 = Varchar(64, index=True)
    """Its folder in the store, which may be others' as well."""
    about = JSONB()
    """ensembles.adapters.about.About"""
    created_at = Timestamptz()
    model_files_one = Unique([Owned.organisation_id, type, name])
