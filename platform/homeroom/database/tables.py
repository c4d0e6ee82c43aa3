"""Declaring tables: every table of a school begins with the school.

A plugin declares its tables as Piccolo tables on :class:`SchoolTable`. What Piccolo cannot say (composite
keys, row level security, grants) is written by :mod:`homeroom.database.migrations`, and
:mod:`homeroom.database.catalogue` refuses a database in which a table lacks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from piccolo.columns import UUID as UUIDColumn
from piccolo.columns import Column
from piccolo.table import Table

from homeroom.database.engine import ENGINE

if TYPE_CHECKING:
    from homeroom.columns import TableCheck

__all__ = ["SchoolTable", "belongs_to", "coded", "reference_of", "sample_of"]

AnyColumn = TypeVar("AnyColumn", bound=Column)


class SchoolTable(Table, db=ENGINE):
    """A table whose rows each belong to one space.

    The real primary key is ``(tenant_id, id)``; Piccolo sees the ``id`` alone. Ids are UUIDv7 made by
    :func:`homeroom.database.ids.new_id`, so that they sort by time and are known before they are written.
    """

    #: Whether it is no table itself, but the base of tables. A subclass does not inherit it.
    abstract: ClassVar[bool] = False
    #: Columns that are unique together within a school: ``unique = (("campus_id", "code"),)``.
    unique: ClassVar[Sequence[Sequence[str]]] = ()
    #: What holds between the columns of each row: :func:`homeroom.columns.holds` and ``in_order``.
    checks: ClassVar[Sequence[TableCheck]] = ()

    tenant_id = UUIDColumn(default=None, null=False)
    id = UUIDColumn(primary_key=True, default=None)

    def __init_subclass__(cls, tablename: str | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("db", ENGINE)
        super().__init_subclass__(tablename=tablename, **kwargs)


class Reference(UUIDColumn):
    """A column that holds the id of a row of the same space. See :func:`belongs_to`."""

    def __init__(self, target: type[SchoolTable] | str | None = None, part: bool = False, **kwargs: Any) -> None:
        self.target = target
        self.part = part
        super().__init__(**kwargs)

    @property
    def column_type(self) -> str:
        return "UUID"


def belongs_to(
    target: type[SchoolTable] | str, help: str = "", *, null: bool = False, sight: bool = False, part: bool = False
) -> Any:
    """A column that points to a row of the same space.

    Name the attribute ``<noun>_id``. The column carries no REFERENCES of its own, because a plain foreign
    key sees through row level security; :meth:`Schema.create_table` writes the composite key
    ``(tenant_id, <noun>_id) -> (tenant_id, id)``.

    Args:
        target: The table pointed to, or its table name where the class would be a circular import.
        help: What it is, in one sentence, where the noun alone does not say it.
        null: Whether the column may be empty.
        sight: For the verbs of a noun: whether every row that the caller may read can stand here. Otherwise it must
            also be within the scopes in which the caller may run the verb.
        part: Whether the rows are nothing without the one that they point to, and are removed with it
            (:mod:`homeroom.removal`), such as the terms of a school year.
    """
    from homeroom.columns.kinds import ReferenceKind

    column = Reference(target, part, null=null, default=None, help_text=help or None)
    column._homeroom_kind = ReferenceKind(sight)  # type: ignore[attr-defined]
    return column


def reference_of(column: Column) -> str | None:
    """The table name that a :func:`belongs_to` column points to; none for other columns."""
    if not isinstance(column, Reference) or column.target is None:
        return None
    return column.target if isinstance(column.target, str) else column.target._meta.tablename


def coded(column: AnyColumn, sample: str) -> AnyColumn:
    """Declare that programs read a column of texts, so that it may hold no other text.

    A column with ``choices`` says so by itself.

    Args:
        column: The column, such as a ``Varchar`` with the name of a grading scheme.
        sample: A text of its kind, as the database takes it.
    """
    column._homeroom_sample = sample  # type: ignore[attr-defined]
    return column


def sample_of(column: Column) -> str | None:
    """The sample of a :func:`coded` column; none for other columns."""
    return getattr(column, "_homeroom_sample", None)
