"""Bringing rows of one table to what a roster wants: make, change, or leave them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from piccolo.columns import Varchar

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom.imports.exchanging import write_exchanging
from homeroom.imports.report import Report
from homeroom.imports.stops import Stop
from homeroom.refusals import (
    Code,
    FieldName,
)
from homeroom_rosters.exchange.links import Key, Links
from homeroom_rosters.refusals import PLACED_TOO_LONG, VALUE_TAKEN
from homeroom_rosters.roster import Problem, Roster, RosterRejected, problem_at

__all__ = ["Noun", "Wanted", "settle"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that a roster wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        record: What is kept of the record beside the row.
        columns: Column to value; all wanted rows of a table have the same columns.  Empty (None or "") means that the
            roster has no value.
        origin: The roster's record, whose file and line a fault names.
        name: What people call it.
        match: A row that is there already and is this one, if it is not linked.
        match_made: Whether a roster made that row.
        year: The school year of the record, where ids are used again in another year.
        before: The columns as the last import's file said them; None where that is not known.
        untold: Columns of which the roster says nothing at all, so that nothing is taken away.
        first: Further columns of a new row; later imports leave them alone.
    """

    source_id: str
    position: int
    record: Any
    columns: Mapping[str, Any]
    origin: Any = None
    name: str = ""
    match: UUID | None = None
    match_made: bool = False
    year: UUID | None = None
    before: Mapping[str, Any] | None = None
    untold: frozenset[str] = frozenset()
    first: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """By which its link is found."""
        return self.source_id, self.year


def _as_they_are(columns: dict[str, Any]) -> dict[str, Any]:
    return columns


@dataclass(frozen=True, slots=True)
class Noun:
    """How the rows of one table are settled.

    Args:
        name: What links and reports call them.
        table: The table.
        attributes: Column to the attribute of the roster's record that it comes from.
        unique: Columns of which no two rows have the same value, with the columns within which that holds.
        fill_matched: Whether what is empty in a row that no roster made is filled from the roster.
        same_as: What unique values are compared by, such as :func:`homeroom.texts.folded`; none: as they are.
        derive: Completes the columns that are written by those that follow from them.
    """

    name: str
    table: type[SchoolTable]
    attributes: Mapping[str, str] = field(default_factory=dict)
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fill_matched: bool = True
    same_as: Callable[[str], str] | None = None
    derive: Callable[[dict[str, Any]], dict[str, Any]] = _as_they_are


async def settle(
    context: Context,
    links: Links,
    report: Report,
    roster: Roster,
    noun: Noun,
    wanted: Sequence[Wanted],
    endings: Stop | None = None,
) -> dict[str, UUID]:
    """Make or change the rows that a roster wants.

    A row that earlier imports know is changed where the file says something else than the last time, field by field:
    what the school changed stays as long as the file says what it said before, and a value that the file takes away is
    cleared only where the row still has it.

    Args:
        context: The import's.
        links: The system's links.
        report: Counts and names what is done.
        roster: The school's part of a bundle.
        noun: How the rows are settled.
        wanted: The rows.
        endings: Learns how many values would be cleared.

    Returns:
        Source id to row.

    Raises:
        RosterRejected: With file, line and column of each value that is too long or that another row has.
    """
    _refuse_long(roster, noun, wanted)
    known = links.of(noun.name)
    rows: dict[Key, UUID] = {}
    made: dict[Key, bool] = {}
    there = await _there(context, noun, [link.row for link in known.values() if link.row is not None])
    for each in wanted:
        link = known.get(each.key)
        # Somebody may have removed the row since.
        if link is not None and link.row in there:
            rows[each.key], made[each.key] = link.row, link.made
        elif each.match is not None:
            rows[each.key], made[each.key] = each.match, each.match_made
            report["matched"][noun.name] += 1
            report.name("matched", noun.name, each.name, each.match)
    # Two records are one row where somebody has joined the rows that they were: the first one speaks for it.
    first = {rows[each.key]: each.key for each in reversed(wanted) if each.key in rows}
    changing = [
        each
        for each in wanted
        if each.key in rows and (made[each.key] or noun.fill_matched) and first[rows[each.key]] == each.key
    ]
    report["unchanged"][noun.name] += len(rows) - len(changing)
    new = [each for each in wanted if each.key not in rows]
    changes = await _changes(context, report, noun, changing, rows, {key for key in rows if key in known})
    if endings is not None:
        _note_clearings(endings, noun, changing, changes)
    await _refuse_taken(context, roster, noun, changes, new)
    await _write(context, noun, changes)
    for change in changes:
        report.name("changed", noun.name, change.each.name, change.row, change.detail)
    report["changed"][noun.name] += len(changes)
    ids = await context.rows(noun.table).insert([noun.derive({**each.columns, **each.first}) for each in new])
    report["created"][noun.name] += len(new)
    for each, row in zip(new, ids, strict=True):
        rows[each.key], made[each.key] = row, True
        report.name("created", noun.name, each.name, row)
    for each in wanted:
        links.keep(
            noun.name,
            each.source_id,
            each.record,
            each.position,
            row=rows[each.key],
            made=made[each.key],
            year=each.year,
        )
    return {each.source_id: rows[each.key] for each in wanted}


async def _there(context: Context, noun: Noun, rows: Sequence[UUID]) -> set[UUID]:
    """Those of the rows that are still there."""
    table = noun.table._meta.tablename
    found = await context.fetch(f"SELECT id FROM {table} WHERE id = ANY($1::uuid[])", rows) if rows else []
    return {row["id"] for row in found}


def _refuse_long(roster: Roster, noun: Noun, wanted: Sequence[Wanted]) -> None:
    lengths = {
        column._meta.db_column_name: column.length
        for column in noun.table._meta.columns
        if isinstance(column, Varchar) and column.length
    }
    problems = []
    for each in wanted:
        for column, value in each.columns.items():
            if isinstance(value, str) and len(value) > lengths.get(column, len(value)):
                sizes = {"count": len(value), "most": lengths[column]}
                problems.append(_problem(roster, noun, each, column, PLACED_TOO_LONG, **sizes))
    if problems:
        raise RosterRejected(problems)


def _problem(roster: Roster, noun: Noun, each: Wanted, column: str, code: Code, /, **values: Any) -> Problem:
    """A fault of a value; its text may name the row as ``{name}``."""
    values["name"] = each.name or each.source_id
    if each.origin is None:
        return Problem("", 0, "", code, **values)
    return problem_at(roster, each.origin, noun.attributes.get(column, ""), code, **values)


@dataclass(frozen=True, slots=True)
class _Change:
    """A row that is changed.

    Args:
        each: What the roster wants.
        row: The row.
        old: The columns that change, as they are.
        whole: All columns as they become.
    """

    each: Wanted
    row: UUID
    old: Mapping[str, Any]
    whole: Mapping[str, Any]

    @property
    def detail(self) -> str:
        """What changes, for a report."""
        return ", ".join(f"{column}: {_shown(old)} -> {_shown(self.whole[column])}" for column, old in self.old.items())


def _shown(value: Any) -> str:
    return "-" if value is None or value == "" else str(value)


async def _changes(
    context: Context,
    report: Report,
    noun: Noun,
    wanted: Sequence[Wanted],
    rows: Mapping[Key, UUID],
    linked: set[Key],
) -> list[_Change]:
    if not wanted:
        return []
    columns = [*wanted[0].columns, *(column for within in noun.unique.values() for column in within)]
    present = {
        row["id"]: row
        for row in await context.fetch(
            f"SELECT id, {', '.join(dict.fromkeys(columns))} FROM {noun.table._meta.tablename}"
            " WHERE id = ANY($1::uuid[])",
            [rows[each.key] for each in wanted],
        )
    }
    changes = []
    for each in wanted:
        row = rows[each.key]
        have = present.get(row)
        if have is None:
            continue
        new, kept = _compared(have, each) if each.key in linked else _filled(have, each)
        if kept:
            report["kept"][noun.name] += 1
            report.name("kept", noun.name, each.name, row, ", ".join(kept))
        if new:
            whole = {column: new.get(column, have[column]) for column in each.columns}
            within = {column: have[column] for group in noun.unique.values() for column in group}
            changes.append(_Change(each, row, {column: have[column] for column in new}, {**within, **whole}))
        else:
            report["unchanged"][noun.name] += 1
    return changes


def _note_clearings(endings: Stop, noun: Noun, wanted: Sequence[Wanted], changes: Sequence[_Change]) -> None:
    """A column that an export gives empty is taken for a fault of the export, as rows that it lacks are."""
    for column in wanted[0].columns if wanted else ():
        cleared = [change.each.name for change in changes if column in change.old and _empty(change.whole[column])]
        of = sum(each.before is not None and not _empty(each.before[column]) for each in wanted)
        # Where few have a value, it may be that none of them has it any more.
        endings.add(f"{noun.name} {column}", cleared, of, new=1)


def _compared(have: Mapping[str, Any], each: Wanted) -> tuple[dict[str, Any], list[str]]:
    """What the file changed since it was last imported, and the columns in which the school's own value stays."""
    new: dict[str, Any] = {}
    kept: list[str] = []
    for column, now in each.columns.items():
        if column in each.untold:
            continue
        before = each.before[column] if each.before is not None else now
        if now == before:
            if have[column] != now and not _empty(now):
                kept.append(column)
        elif _empty(now):
            if have[column] == before:
                new[column] = now
            elif not _empty(have[column]):
                kept.append(column)
        elif have[column] != now:
            new[column] = now
    return new, kept


def _filled(have: Mapping[str, Any], each: Wanted) -> tuple[dict[str, Any], list[str]]:
    """What is empty in a row that is met for the first time, and the columns that say something else."""
    new: dict[str, Any] = {}
    kept: list[str] = []
    for column, now in each.columns.items():
        if _empty(now) or have[column] == now:
            continue
        if _empty(have[column]):
            new[column] = now
        else:
            kept.append(column)
    return new, kept


def _empty(value: Any) -> bool:
    return value is None or value == ""


async def _refuse_taken(
    context: Context, roster: Roster, noun: Noun, changes: Sequence[_Change], new: Sequence[Wanted]
) -> None:
    """Refuse values that another row has, of which the import knows that it keeps them."""
    changing = {change.row for change in changes}
    problems = []
    for column, within in noun.unique.items():
        wanted = [(change.each, change.whole) for change in changes if column in change.old]
        wanted += [(each, {**each.columns, **each.first}) for each in new]
        values = [whole[column] for _, whole in wanted if whole[column] is not None]
        if not values:
            continue
        names = ", ".join([column, *within])
        query = f"SELECT id, {names} FROM {noun.table._meta.tablename}"
        others = (
            await context.fetch(f"{query} WHERE {column} = ANY($1::text[])", values)
            if noun.same_as is None
            else await context.fetch(f"{query} WHERE {column} IS NOT NULL")
        )
        taken = {_place(noun, row, column, within) for row in others if row["id"] not in changing}
        taken |= {_place(noun, change.whole, column, within) for change in changes if column not in change.old}
        for each, whole in wanted:
            place = _place(noun, whole, column, within)
            if place in taken and whole[column] is not None:
                taken_by = {"column": FieldName(column), "value": whole[column], "noun": FieldName(noun.name)}
                problems.append(_problem(roster, noun, each, column, VALUE_TAKEN, **taken_by))
            taken.add(place)
    if problems:
        raise RosterRejected(problems)


def _place(noun: Noun, row: Mapping[str, Any], column: str, within: Sequence[str]) -> tuple[Any, ...]:
    """A value that must be unique, with what it must be unique in."""
    value = row[column]
    if value is not None and noun.same_as is not None:
        value = noun.same_as(value)
    return (value, *(row[name] for name in within))


async def _write(context: Context, noun: Noun, changes: Sequence[_Change]) -> None:
    """Write the changes, also where rows exchange values that must be unique."""
    columns = {
        change.row: noun.derive({column: change.whole[column] for column in change.each.columns}) for change in changes
    }
    await write_exchanging(context, noun.table, columns, _in_the_way(noun, changes))


def _in_the_way(noun: Noun, changes: Sequence[_Change]) -> dict[str, set[UUID]]:
    """By column, the rows that give up a unique value which another of the changed rows takes."""
    found: dict[str, set[UUID]] = {}
    for column in noun.unique:
        leaving = {change.old[column]: change.row for change in changes if change.old.get(column) is not None}
        found[column] = {
            row
            for change in changes
            if column in change.old and (row := leaving.get(change.whole[column])) is not None and row != change.row
        }
    return found
