"""What a table says beside its columns: which rows are unique, and what holds between columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from homeroom.columns.kinds import kind_of
from homeroom.database.dated import periods_of
from homeroom.refusals import ENDS_BEFORE_START, INVALID, Code

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

__all__ = ["TableCheck", "column_checks", "holds", "in_order", "once", "table_checks", "unique_groups"]


@dataclass(frozen=True, slots=True)
class TableCheck:
    """What holds between the columns of each row. Made by :func:`holds` and :func:`in_order`.

    Args:
        name: Lower snake case; the constraint is ``<table>_<name>_holds``.
        condition: In SQL over the columns' names; NULL counts as true, as in a CHECK.
        columns: The columns that the condition speaks of; the last is the one that a refusal names.
        code: The refusal's code.
    """

    name: str
    condition: str
    columns: tuple[str, ...]
    code: Code


def holds(name: str, condition: str, columns: Sequence[str], code: Code = INVALID) -> TableCheck:
    """Declare a condition between columns, in ``checks`` of a table.

    Args:
        name: Lower snake case, unique in the table.
        condition: In SQL: ``"exam_capacity <= capacity"``.
        columns: The columns in it; the last is the one that a refusal names.
        code: The refusal's code, whose text people read.

    Example:
        checks = (holds("shelf_room", "places <= 10 OR room_id IS NOT NULL", ["places", "room_id"]),)
    """
    return TableCheck(name, condition, tuple(columns), code)


def in_order(first: str = "starts_on", last: str = "ends_on") -> TableCheck:
    """A period that does not end before it starts; an open end is allowed where the column is nullable.

    Example:
        checks = (in_order("opens_on", "closes_on"),)
    """
    return holds(f"{first}_{last}", f"{last} >= {first}", (first, last), ENDS_BEFORE_START)


class UniqueKey(tuple[str, ...]):  # noqa: SLOT001 - a tuple has no room for slots that hold anything
    """Columns that are unique together, with what verbs answer where they are not. Made by :func:`once`."""

    code: Code

    def __new__(cls, columns: Sequence[str], code: Code) -> Self:
        """Make a key."""
        made = super().__new__(cls, columns)
        made.code = code
        return made


def once(*columns: str, code: Code) -> UniqueKey:
    """Declare a key in ``unique`` of a table whose refusal has a text of its own.

    Args:
        columns: The columns; a refusal names the last.
        code: The code of the refusal, usually ``DUPLICATE.with_text(...)``.

    Example:
        unique = (once("plan_id", "student_id", code=SEATED),)
    """
    return UniqueKey(columns, code)


def table_checks(table: type[SchoolTable]) -> tuple[TableCheck, ...]:
    """What a table declares between its columns; periods end after they start without a declaration."""
    declared = tuple(table.checks)
    if periods_of(table) and not any(each.columns == ("starts_on", "ends_on") for each in declared):
        return (*declared, in_order())
    return declared


def unique_groups(table: type[SchoolTable]) -> tuple[tuple[str, ...], ...]:
    """The columns that a table declares to be unique together within a school."""
    return tuple(
        (each,) if isinstance(each, str) else each if isinstance(each, tuple) else tuple(each) for each in table.unique
    )


def column_checks(table: type[SchoolTable]) -> Iterator[tuple[str, str]]:
    """The CHECK constraints that follow from what a table and its columns say: name and condition."""
    name = table._meta.tablename
    for column in table._meta.columns:
        kind: Any = kind_of(column)
        condition = kind.check(column._meta.db_column_name) if kind is not None else ""
        if condition:
            yield _short(f"{name}_{column._meta.db_column_name}", "allowed"), condition
    for each in table.checks:
        yield _short(f"{name}_{each.name}", "holds"), each.condition


def _short(name: str, suffix: str) -> str:
    """A name of at most 63 characters, which PostgreSQL does not cut."""
    return f"{name[: 62 - len(suffix)]}_{suffix}"
