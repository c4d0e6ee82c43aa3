"""Checking the rows of a noun: each column, what is unique, what holds between columns; once for all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

from homeroom.columns import TableCheck, kind_of, unique_groups
from homeroom.commands import UNSET
from homeroom.database.rows import column_types
from homeroom.database.tables import reference_of
from homeroom.database.twins import twins_of
from homeroom.errors import Refusal
from homeroom.refusals import DUPLICATE, REQUIRED, SIMILAR, Code
from homeroom.texts import folded

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.nouns.arguments import Composite, NounColumn
    from homeroom.nouns.draft import Draft

__all__ = [
    "check_between_columns",
    "check_twins",
    "check_unique",
    "field_names",
    "read_columns",
    "read_composites",
    "refuse_duplicates",
]


async def read_columns(context: Context, draft: Draft, columns: Mapping[str, NounColumn]) -> None:
    """Read what was given for each column; ``draft.values`` then has what is kept."""
    for name, column in columns.items():
        # What is common to all rows is read once.
        rows = draft.given[:1] if name in draft.common else draft.given
        places = [place for place, given in enumerate(rows) if given.get(name, UNSET) is not UNSET]
        read = await _read(context, draft, column, places)
        if name in draft.common and places:
            for values in draft.values:
                values[column.column] = read[0]
            continue
        for place, value in zip(places, read, strict=True):
            draft.values[place][column.column] = value


async def _read(context: Context, draft: Draft, column: NounColumn, places: Sequence[int]) -> list[Any]:
    """What is kept of the values that rows have for a column; what is wrong becomes a problem of the draft."""
    given = [draft.given[place][column.name] for place in places]
    filled = [position for position, value in enumerate(given) if value is not None]
    made: list[Any] = [None if column.nullable else column.kind.empty] * len(given)
    if len(filled) < len(given) and not column.clearable:
        for position in set(range(len(given))) - set(filled):
            draft.problem(places[position], REQUIRED, column.name)
    if not filled:
        return made

    def refuse(position: int, code: Code, /, **values: Any) -> None:
        draft.problem(places[filled[position]], code, column.name, **values)

    kept = await column.kind.kept(context, column.declared, [given[position] for position in filled], refuse)
    for position, value in zip(filled, kept, strict=True):
        made[position] = None if column.nullable and value == column.kind.empty else value
    return made


async def read_composites(context: Context, draft: Draft, composites: Mapping[str, Composite]) -> None:
    """Read what was given for arguments that are kept in several columns."""
    for name, composite in composites.items():
        places = [place for place, given in enumerate(draft.given) if given.get(name, UNSET) is not UNSET]
        if not places:
            continue

        def refuse(position: int, code: Code, part: str, /, **values: Any) -> None:
            draft.problem(places[position], code, f"{name}.{part}", **values)  # noqa: B023 - it is called at once

        kept = await composite.kept(context, [draft.given[place][name] for place in places], refuse)
        for place, values in zip(places, kept, strict=True):
            draft.values[place].update(values)


async def check_unique(
    context: Context, draft: Draft, table: type[SchoolTable], names: Mapping[str, str], own: UUID | None = None
) -> None:
    """Refuse rows that have what must be unique in common with another row, of the draft or of the school.

    One row that is right otherwise is left to the table's constraint, which :func:`refuse_duplicates` translates.

    Args:
        context: The command's.
        draft: The rows.
        table: Their table.
        names: Column to the name of its argument.
        own: The id of the row that is changed; it may keep what it has.
    """
    if len(draft.given) == 1 and not draft.problems:
        return
    for group in unique_groups(table):
        argument, code = names.get(group[-1], group[-1]), _code(group)
        seen: set[tuple[Any, ...]] = set()
        asked: list[tuple[int, tuple[Any, ...]]] = []
        for place, row in enumerate(draft.all_rows()):
            key = tuple([row.get(column) for column in group])
            if None in key or (own is not None and key == tuple(draft.stored[place].get(each) for each in group)):
                continue
            if key in seen:
                draft.problem(place, code, argument)
                continue
            seen.add(key)
            asked.append((place, key))
        if not asked:
            continue
        for position in await _taken(context, table, group, [key for _, key in asked]):
            draft.problem(asked[position][0], code, argument)


def _code(group: Sequence[str]) -> Code:
    """What a key answers where it is taken."""
    return getattr(group, "code", DUPLICATE)


async def _taken(
    context: Context, table: type[SchoolTable], group: Sequence[str], keys: Sequence[tuple[Any, ...]]
) -> list[int]:
    types, name = column_types(table), table._meta.tablename
    if len(group) == 1:
        (column,) = group
        sql = f"SELECT {column} FROM {name} WHERE {column} = ANY($1::{types[column]}[])"
        taken = {row[0] for row in await context.fetch(sql, [key[0] for key in keys])}
        return [position for position, key in enumerate(keys) if key[0] in taken] if taken else []
    arrays = ", ".join(f"${number}::{types[column]}[]" for number, column in enumerate(group, start=1))
    same = " AND ".join(f"t.{column} = n.{column}" for column in group)
    found = await context.fetch(
        f"SELECT n.row_place FROM unnest({arrays}) WITH ORDINALITY AS n ({', '.join(group)}, row_place)"
        f" WHERE EXISTS (SELECT FROM {name} t WHERE {same})",
        *([key[index] for key in keys] for index in range(len(group))),
    )
    return [row["row_place"] - 1 for row in found]


async def check_twins(context: Context, draft: Draft, table: type[SchoolTable], names: Mapping[str, str]) -> None:
    """Refuse rows with a text that another row has, or one that looks the same, where the table keeps them apart.

    What the rows belong to is locked first, so that two offices name theirs one after the other.
    """
    for twins in twins_of(table):
        columns = (*twins.by, twins.text, *twins.where[:1])
        rows = [
            (place, row)
            for place, row in draft.rows()
            if row.get(twins.text) is not None
            and (not twins.where or row.get(twins.where[0]) == twins.where[1])
            and not (draft.stored and all(draft.stored[place].get(each) == row.get(each) for each in columns))
        ]
        if not rows:
            continue
        for column in table._meta.columns:
            target = reference_of(column)
            if target is not None and column._meta.db_column_name in twins.by:
                owners = list({row[column._meta.db_column_name]: None for _, row in rows})
                await context.fetch(
                    f"SELECT id FROM {target} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", owners
                )
        known = await context.fetch(
            f"SELECT id, {', '.join(columns)} FROM {table._meta.tablename} WHERE {twins.only()}"
            " AND id <> ALL($1::uuid[])",
            [each["id"] for each in draft.stored],
        )
        taken = {(*(each[column] for column in twins.by), folded(each[twins.text])) for each in known}
        for place, row in rows:
            key = (*(row.get(column) for column in twins.by), folded(row[twins.text]))
            if key in taken:
                draft.problem(place, SIMILAR, names.get(twins.text, twins.text))
            taken.add(key)


async def check_between_columns(
    context: Context,
    draft: Draft,
    table: type[SchoolTable],
    checks: Sequence[TableCheck],
    names: Mapping[str, str],
) -> None:
    """Refuse rows in which a condition between columns does not hold: the database judges it, once for all rows."""
    types = column_types(table)
    for check in checks:
        rows = draft.rows()
        if not rows:
            return
        arrays = ", ".join(f"${number}::{types[column]}[]" for number, column in enumerate(check.columns, start=1))
        found = await context.fetch(
            f"SELECT n.row_place FROM unnest({arrays}) WITH ORDINALITY AS n ({', '.join(check.columns)}, row_place)"
            f" WHERE NOT ({check.condition})",
            *([row.get(column) for _, row in rows] for column in check.columns),
        )
        for each in found:
            argument = names.get(check.columns[-1], check.columns[-1])
            draft.problem(rows[each["row_place"] - 1][0], check.code, argument)


@contextmanager
def refuse_duplicates(table: type[SchoolTable], names: Mapping[str, str], prefix: str = "") -> Iterator[None]:
    """Turn a unique key that another transaction has just taken into a refusal that names the field.

    Args:
        table: The table that is written.
        names: Column to the name of its argument.
        prefix: What precedes it in the input: ``rows.``.
    """
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        name = error.constraint_name or ""
        groups = sorted(unique_groups(table), key=len, reverse=True)
        found = [each for each in groups if "_".join(each) in name] or (groups if len(groups) == 1 else [])
        group = next(iter(found), None)
        if group is None:
            raise
        raise Refusal(_code(group), f"{prefix}{names.get(group[-1], group[-1])}") from None


def field_names(table: type[SchoolTable], columns: Mapping[str, NounColumn]) -> dict[str, str]:
    """Column to the name of its argument, of all columns that say what may stand in them."""
    known = {column.column: name for name, column in columns.items()}
    return {
        each._meta.db_column_name: known.get(each._meta.db_column_name, each._meta.name)
        for each in table._meta.columns
        if kind_of(each) is not None
    }
