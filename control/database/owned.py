"""Tables that belong to an organisation, and the one way to read them.

A query on an `Owned` table that went around `scoped` would be a hole between tenants; such a query cannot even
be built: the table's own `select`, `objects`, `count`, `exists`, `update` and `delete` raise `Unscoped`.
"""

from typing import Any, Generic, NoReturn, Protocol, TypeVar, cast
from uuid import UUID

import msgspec
from piccolo import columns
from piccolo.columns import Column, ForeignKey, Where
from piccolo.columns.base import OnDelete
from piccolo.columns.reference import LazyTableReference
from piccolo.custom_types import Combinable
from piccolo.query.functions.aggregate import Count
from piccolo.query.methods.delete import Delete
from piccolo.query.methods.objects import Objects
from piccolo.query.methods.select import Select
from piccolo.query.methods.update import Update
from piccolo.table import Table

from control.ids import uuid7


class Unscoped(TypeError):
    """A table that belongs to an organisation was asked without saying whose rows are meant."""


class InOrganisation(Protocol):
    """Who has an organisation: a `Principal`, or anything that stands for one."""

    @property
    def organisation_id(self) -> UUID:
        """Whose rows are meant."""


class Inside(msgspec.Struct, frozen=True):
    """Stands for an organisation where nobody asks: work that is done for it."""

    organisation_id: UUID


class Owned(Table):
    """Base of every table that belongs to an organisation."""

    id = columns.UUID(primary_key=True, default=uuid7)
    organisation_id: ForeignKey[Any] = ForeignKey(
        LazyTableReference("Organisation", module_path="control.tenancy.tables"),
        null=False,
        index=True,
        on_delete=OnDelete.cascade,
    )

    @classmethod
    def _refuse(cls) -> NoReturn:
        raise Unscoped(
            f"{cls.__name__} belongs to an organisation: query it through scoped({cls.__name__}, who), "
            f"or unscoped({cls.__name__}, why) where nobody has signed in yet."
        )

    # The types are Piccolo's own, so that a wrong call is an error at run time and not before.
    @classmethod
    def select(cls, *columns: Any, **options: Any) -> Any:
        """Refused; see `scoped`."""
        cls._refuse()

    @classmethod
    def objects(cls, *prefetch: Any) -> Any:
        """Refused; see `scoped`."""
        cls._refuse()

    @classmethod
    def count(cls, *arguments: Any, **options: Any) -> Any:
        """Refused; see `scoped`."""
        cls._refuse()

    @classmethod
    def exists(cls) -> Any:
        """Refused; see `scoped`."""
        cls._refuse()

    @classmethod
    def update(cls, *values: Any, **options: Any) -> Any:
        """Refused; see `scoped`."""
        cls._refuse()

    @classmethod
    def delete(cls, force: bool = False) -> Any:
        """Refused; see `scoped`."""
        cls._refuse()


T = TypeVar("T", bound=Owned)


class Queries(Generic[T]):
    """Queries on `table`, each already limited to the rows of one organisation (all, where `owner` is None)."""

    def __init__(self, table: type[T], owner: UUID | None) -> None:
        self._table = table
        # Piccolo's own class methods, bound to the table, past those that refuse.
        self._base = cast(type[Table], super(Owned, table))
        self._filter: Where | None = None if owner is None else table.organisation_id == owner

    def _limited(self, query: Any) -> Any:
        return query if self._filter is None else query.where(self._filter)

    def select(self, *columns: Column | str | Any) -> "Select[Any]":
        """Rows as dictionaries."""
        return cast("Select[Any]", self._limited(self._base.select(*columns)))

    def objects(self, *prefetch: Any) -> Objects[T]:
        """Rows as objects of the table. `save`, `remove` and `refresh` of an object are refused: use `update`."""
        return cast(Objects[T], self._limited(self._base.objects(*prefetch)))

    async def count(self, *where: Combinable) -> int:
        """How many rows fulfil all conditions."""
        row = await self.select(Count()).where(*where).first()
        assert row is not None
        return int(row["count"])

    async def exists(self, *where: Combinable) -> bool:
        """Does a row fulfil all conditions?"""
        return await self.select(self._table.id).where(*where).first() is not None

    def update(self, values: dict[Column | str, Any]) -> "Update[Any]":
        """Change rows; add a `where`."""
        return cast("Update[Any]", self._limited(self._base.update(values, force=self._filter is not None)))

    def delete(self) -> Delete:
        """Remove rows; add a `where`."""
        return cast(Delete, self._limited(self._base.delete(force=self._filter is not None)))


def scoped(table: type[T], who: InOrganisation) -> Queries[T]:
    """Queries on the rows of `table` that belong to the organisation of `who`."""
    return Queries(table, who.organisation_id)


def unscoped(table: type[T], why: str) -> Queries[T]:
    """Queries on all rows, where no organisation is known yet (a login, an invitation's token).

    `why` says so to the reader; every use stands in the table of tests/control/test_scope.py.
    """
    assert why
    return Queries(table, None)
