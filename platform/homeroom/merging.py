"""Making one of two records of the same thing: everything that refers to the one comes to refer to the other.

``merges(NOUN, about)`` makes the verb. Which tables refer to a record follows from what the installed plugins declare.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import asyncpg

from homeroom.commands import Command, Ref, command_of
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.errors import Problem, Refusal
from homeroom.personal_data import ROW, Act
from homeroom.refusals import MERGE_CONFLICT, SAME_RECORD, Label
from homeroom.removal import noun_of, references_to
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from homeroom.context import Context
    from homeroom.nouns import Noun

__all__ = ["merge_rows", "merges"]

Row = dict[str, Any]
_CLASHES: Final = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError)
#: What a record keeps of its own, whatever the other one says.
_OWN: Final = frozenset({"tenant_id", "id", "version"})


def merges(
    noun: Noun,
    about: str,
    *,
    before: Callable[[Context, UUID, UUID], Awaitable[None]] | None = None,
    after: Callable[[Context, UUID], Awaitable[None]] | None = None,
    verb: str = "merge",
) -> Command:
    """A command that makes one of two records, ``keep`` and ``duplicate``; see :func:`merge_rows`.

    Args:
        noun: What they are. Its ``removing`` refuses to remove the duplicate.
        about: What it does, for people.
        before: Joins what both have; gets the context, the record to keep and the duplicate.
        after: Gets the context and the record that was kept.
        verb: The last part of the permission.
    """

    async def merge(context: Context, *, keep: UUID, duplicate: UUID) -> UUID:
        await context.permit(noun.resource, [keep], field="keep")
        await context.permit(noun.resource, [duplicate], field="duplicate")
        if keep == duplicate:
            raise Refusal(SAME_RECORD, "duplicate")
        name = noun.table._meta.tablename
        await context.fetch(
            f"SELECT id FROM {name} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", [keep, duplicate]
        )
        if before is not None:
            await before(context, keep, duplicate)
        if noun.removing is not None:
            await noun.removing(context, [duplicate], "duplicate", listed=False)
        await merge_rows(context, noun.table, keep, duplicate, field="duplicate")
        if noun.written is not None:
            await noun.written(context, [keep])
        if after is not None:
            await after(context, keep)
        return keep

    merge.__name__ = merge.__qualname__ = f"merge_{noun.plural}"
    reference = (Annotated[UUID, Ref(noun.resource)], REQUIRED)
    return command_of(
        f"{noun.prefix}.{verb}", merge, {"keep": reference, "duplicate": reference}, about, returns=noun.resource
    )


async def merge_rows(context: Context, table: type[SchoolTable], keep: UUID, other: UUID, *, field: str) -> None:
    """Let everything that refers to one record refer to another one, and remove the first. Both have been permitted.

    Where both have the same thing (the same place on the same days), one is kept. What the kept record lacks is filled
    in from the other.

    Args:
        context: A command's.
        table: What they are.
        keep: The record that stays.
        other: The record that is removed.
        field: The input field that named it.

    Raises:
        Refusal: MERGE_CONFLICT if both have something that cannot be true of one.
    """
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
    await context.rows(table, asks=False).delete(other, field=field)
    missing = {
        column: value
        for column, value in values.items()
        if column not in _OWN and value is not None and present[column] is None
    }
    await context.rows(table, asks=False).update(keep, missing)
    await context.call_hook("rows_merged", table=name, keep=keep, duplicate=other)


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
                    await context.rows(table, asks=False).delete(row["id"])
                    await _widen(context, table, same, row)
                else:
                    await context.rows(table, asks=False).update(row["id"], {column: keep})
            theirs = [each for each in theirs if each not in same[1:]]
            theirs += [] if same else [{**row, column: keep}]
        except _CLASHES:
            problems.append(Problem(MERGE_CONFLICT, field, noun=Label(noun_of(context, table))))
            return


def _is_same(table: type[SchoolTable], column: str, one: Row, other: Row) -> bool:
    """Whether two rows say the same but for the record: they agree in all references, and their days meet."""
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
    await context.rows(table, asks=False).delete_many([each["id"] for each in others])
    changes = {"starts_on": None if first == date.min else first, "ends_on": None if last == date.max else last}
    await context.rows(table, asks=False).update(kept["id"], changes)
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
                        await context.rows(declared.table, asks=False).update(row["id"], {column: keep})
                except _CLASHES:
                    # The kept record has a value of its own.
                    await context.rows(declared.table, asks=False).delete(row["id"])
