"""Making one person of two records: everything that refers to the one comes to refer to the other.

Which tables refer to a person follows from what the installed plugins declare, so that a plugin needs a word here only
where both records have something that must be joined, as two lines of one gradebook (hook ``student_merging``).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import Problem, Refusal
from homeroom.personal_data import ROW, Act
from homeroom.refusals import Label
from homeroom.removal import noun_of, references_to
from homeroom_school.refusals import HAS_LOGIN, MERGE_CONFLICT

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["merge_rows"]

Row = dict[str, Any]
_CLASHES: Final = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError)
#: What a record keeps of its own, whatever the other one says.
_OWN: Final = frozenset({"tenant_id", "id", "version"})


async def merge_rows(context: Context, table: type[SchoolTable], keep: UUID, other: UUID, *, field: str) -> None:
    """Let everything that refers to one person refer to another one, and remove the first. Both have been permitted.

    Where both have the same thing (an enrolment in the same class on the same days), one is kept. What the kept record
    lacks is filled in from the other.

    Args:
        context: A command's.
        table: What they are.
        keep: The record that stays.
        other: The record that is removed.
        field: The input field that named it.

    Raises:
        Refusal: HAS_LOGIN where an account stands for the removed record; MERGE_CONFLICT where both have something
            that cannot be true of one person.
    """
    await _refuse_login(context, other, field)
    await context.execute("SET CONSTRAINTS ALL IMMEDIATE")
    problems: list[Problem] = []
    for referring, column in references_to(context.host, table):
        await _move_references(context, referring, column, keep, other, field, problems)
    if problems:
        raise Refusal.of(problems)
    await _move_belonging(context, keep, other)
    name = table._meta.tablename
    values = await context.fetchrow(f"SELECT * FROM {name} WHERE id = $1", other)
    present = await context.fetchrow(f"SELECT * FROM {name} WHERE id = $1", keep)
    assert values is not None
    assert present is not None
    await context.rows(table).delete(other, field=field)
    missing = {
        column: value
        for column, value in values.items()
        if column not in _OWN and value is not None and present[column] is None
    }
    await context.rows(table).update(keep, missing)


async def _refuse_login(context: Context, person: UUID, field: str) -> None:
    if await context.fetchval(
        "SELECT true FROM jsonb_array_elements(homeroom.members()) m WHERE (m->>'person')::uuid = $1 LIMIT 1", person
    ):
        raise Refusal(HAS_LOGIN, field)


async def _move_references(
    context: Context,
    table: type[SchoolTable],
    column: str,
    keep: UUID,
    other: UUID,
    field: str,
    problems: list[Problem],
) -> None:
    name = table._meta.tablename
    rows = [dict(row) for row in await context.fetch(f"SELECT * FROM {name} WHERE {column} = $1 ORDER BY id", other)]
    if not rows:
        return
    theirs = [dict(row) for row in await context.fetch(f"SELECT * FROM {name} WHERE {column} = $1 ORDER BY id", keep)]
    for row in rows:
        same = [each for each in theirs if _is_same(table, column, row, each)]
        try:
            async with context.savepoint():
                if same:
                    await context.rows(table).delete(row["id"])
                    await _widen(context, table, same, row)
                else:
                    await context.rows(table).update(row["id"], {column: keep})
            theirs = [each for each in theirs if each not in same[1:]]
            theirs += [] if same else [{**row, column: keep}]
        except _CLASHES:
            problems.append(Problem(MERGE_CONFLICT, field, noun=Label(noun_of(context, table))))
            return


def _is_same(table: type[SchoolTable], column: str, one: Row, other: Row) -> bool:
    """Whether two rows say the same but for the person: they agree in all references, and their days meet."""
    references = [
        each._meta.db_column_name
        for each in table._meta.columns
        if reference_of(each) is not None and each._meta.db_column_name != column
    ]
    if not any(one[each] is not None for each in references):
        return all(one[each] == other[each] for each in one if each not in (*_OWN, column))
    if any(one[each] != other[each] for each in references):
        return False
    if "starts_on" not in one or "ends_on" not in one:
        return all(one[each] == other[each] for each in one if each not in (*_OWN, column))
    return _first(one) <= _last(other) and _first(other) <= _last(one)


def _first(row: Row) -> date:
    first: date | None = row["starts_on"]
    return first or date.min


def _last(row: Row) -> date:
    last: date | None = row["ends_on"]
    return last or date.max


async def _widen(context: Context, table: type[SchoolTable], same: list[Row], removed: Row) -> None:
    """Let the first of dated rows begin and end with all that it takes in: the others, and the removed one.

    The row is changed here as in the database, since a further row may meet what it has become.
    """
    kept, *others = same
    if "starts_on" not in kept or "ends_on" not in kept:
        return
    first = min(_first(each) for each in (*same, removed))
    last = max(_last(each) for each in (*same, removed))
    await context.rows(table).delete_many([each["id"] for each in others])
    changes = {"starts_on": None if first == date.min else first, "ends_on": None if last == date.max else last}
    await context.rows(table).update(kept["id"], changes)
    kept.update(changes)


async def _move_belonging(context: Context, keep: UUID, other: UUID) -> None:
    """Move what belongs to a record by its id alone, such as values of a school's own fields."""
    for declared in context.host.hooks.collect("personal_data"):
        if declared.erasure is None or declared.erasure.act is not Act.DELETE:
            continue
        for path in declared.paths:
            if not path.startswith(ROW):
                continue
            column = path.removeprefix(ROW)
            for row in await context.fetch(f"SELECT id FROM {declared.name} WHERE {column} = $1", other):
                try:
                    async with context.savepoint():
                        await context.rows(declared.table).update(row["id"], {column: keep})
                except _CLASHES:
                    # The kept record has a value of its own.
                    await context.rows(declared.table).delete(row["id"])
