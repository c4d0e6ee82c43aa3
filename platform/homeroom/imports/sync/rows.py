"""Bringing rows of one table to what a file wants: create, change, or leave them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from piccolo.columns import Varchar

from homeroom.columns import DayKind, NumberKind, QuantityKind, TextKind, kind_of
from homeroom.database.tables import SchoolTable
from homeroom.imports.exchanging import write_exchanging
from homeroom.imports.refusals import LONG_VALUE
from homeroom.imports.sync.links import Key
from homeroom.imports.sync.unique import in_the_way, refuse_taken
from homeroom.imports.values import typed_values
from homeroom.reading.faults import Fault, FileRefused
from homeroom.refusals import Code

if TYPE_CHECKING:
    from homeroom.imports.sync.work import Sync

__all__ = ["RowChange", "SyncedRows", "WantedRow", "sync_rows"]

#: Under this name a link keeps the columns of a row of which no record is kept.
_COLUMNS: Final = "columns"


@dataclass(frozen=True, slots=True)
class WantedRow:
    """A row that a file wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        columns: Column to value; all rows of one call have the same columns. Empty (None or "") means that the file has
            no value.
        origin: The record, whose file and line a fault names.
        name: What people call it.
        record: What is kept of the record beside the row; by default the columns, so that the next import knows what
            this one said.
        match: A row that is there already and is this one, if the record is not linked.
        match_made: Whether an import created that row.
        within: What the record's id is unique in, such as a school year, if that is not the whole system.
        before: The columns as the last import's file said them, where `record` is given; None where that is not known.
        missing: Columns of which the file says nothing at all, so that nothing is taken away.
        first: Further columns of a new row; later imports leave them alone.
    """

    source_id: str
    position: int
    columns: Mapping[str, Any]
    origin: Any = None
    name: str = ""
    record: Any = None
    match: UUID | None = None
    match_made: bool = False
    within: UUID | None = None
    before: Mapping[str, Any] | None = None
    missing: frozenset[str] = frozenset()
    first: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """By which its link is found."""
        return self.source_id, self.within

    @property
    def whole(self) -> dict[str, Any]:
        """The columns of a new row."""
        return {**self.columns, **self.first}


def _as_they_are(columns: dict[str, Any]) -> dict[str, Any]:
    return columns


@dataclass(frozen=True, slots=True)
class SyncedRows:
    """How the rows of one table are kept in step with another system.

    Args:
        name: What links and reports call them.
        table: The table. What its columns may hold, and what it declares as ``unique`` and ``twins``, is checked.
        attributes: Column to the attribute of the record that it comes from, where the two differ.
        fill_matched: Whether what is empty in a row that no import created is filled from the file.
        derive: Completes the columns that are written by those that follow from them.
    """

    name: str
    table: type[SchoolTable]
    attributes: Mapping[str, str] = field(default_factory=dict)
    fill_matched: bool = True
    derive: Callable[[dict[str, Any]], dict[str, Any]] = _as_they_are

    def fault(self, sync: Sync, each: WantedRow, column: str, code: Code, /, **values: Any) -> Fault:
        """A fault of a value; its text may name the row as ``{name}``."""
        values["name"] = each.name or each.source_id
        return sync.fault(each.origin, self.attributes.get(column, column), code, **values)


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is changed.

    Args:
        each: What the file wants.
        row: The row.
        old: The columns that change, as they are.
        whole: All columns as they become.
    """

    each: WantedRow
    row: UUID
    old: Mapping[str, Any]
    whole: Mapping[str, Any]

    @property
    def detail(self) -> str:
        """What changes, for a report."""
        return ", ".join(f"{column}: {_shown(old)} -> {_shown(self.whole[column])}" for column, old in self.old.items())


async def sync_rows(sync: Sync, noun: SyncedRows, wanted: Sequence[WantedRow]) -> dict[str, UUID]:
    """See :meth:`homeroom.imports.sync.Sync.rows`."""
    wanted = await _read(sync, noun, wanted)
    links, report, known = sync.links, sync.report, sync.links.of(noun.name)
    rows: dict[Key, UUID] = {}
    made: dict[Key, bool] = {}
    there = await _there(sync, noun, [link.row for link in known.values() if link.row is not None])
    for each in wanted:
        link = known.get(each.key)
        # Somebody may have removed the row since.
        if link is not None and link.row in there:
            rows[each.key], made[each.key] = link.row, link.made
        elif each.match is not None:
            rows[each.key], made[each.key] = each.match, each.match_made
            report.add("matched", noun.name, each.name, each.match)
    # Two records are one row where somebody has joined the rows that they were: the first one decides.
    first = {rows[each.key]: each.key for each in reversed(wanted) if each.key in rows}
    changing = [
        each
        for each in wanted
        if each.key in rows and (made[each.key] or noun.fill_matched) and first[rows[each.key]] == each.key
    ]
    report["unchanged"][noun.name] += len(rows) - len(changing)
    new = [each for each in wanted if each.key not in rows]
    changes = await _changes(sync, noun, changing, rows)
    await refuse_taken(sync, noun, changes, new)
    written = {
        change.row: noun.derive({column: change.whole[column] for column in change.each.columns}) for change in changes
    }
    await write_exchanging(sync.context, noun.table, written, in_the_way(noun, changes))
    for change in changes:
        report.add("changed", noun.name, change.each.name, change.row, change.detail)
    ids = await sync.context.rows(noun.table).insert([noun.derive(each.whole) for each in new])
    report["created"][noun.name] += len(new)
    for each, row in zip(new, ids, strict=True):
        rows[each.key], made[each.key] = row, True
        report.name("created", noun.name, each.name, row)
    for each in wanted:
        record = {_COLUMNS: each.columns} if each.record is None else each.record
        row, by_import = rows[each.key], made[each.key]
        links.keep(noun.name, each.source_id, record, each.position, row=row, made=by_import, within=each.within)
    return {each.source_id: rows[each.key] for each in wanted}


async def _there(sync: Sync, noun: SyncedRows, rows: Sequence[UUID]) -> set[UUID]:
    """Those of the rows that are still there."""
    table = noun.table._meta.tablename
    found = await sync.context.fetch(f"SELECT id FROM {table} WHERE id = ANY($1::uuid[])", rows) if rows else []
    return {row["id"] for row in found}


async def _read(sync: Sync, noun: SyncedRows, wanted: Sequence[WantedRow]) -> list[WantedRow]:
    """The rows with their values as the columns keep them. Raises FileRefused with everything that is wrong."""
    problems: list[Fault] = []
    read = [dict(each.columns) for each in wanted]
    for column in noun.table._meta.columns:
        name, kind = column._meta.db_column_name, kind_of(column)
        places = [place for place, columns in enumerate(read) if name in columns]

        def refuse(position: int, code: Code, /, **values: Any) -> None:
            problems.append(noun.fault(sync, wanted[places[position]], name, code, **values))  # noqa: B023

        given = [read[place][name] for place in places]
        if isinstance(kind, TextKind | NumberKind | QuantityKind | DayKind):
            places = [place for place, value in zip(places, given, strict=True) if not _empty(value)]
            kept = await kind.kept(sync.context, column, [read[place][name] for place in places], refuse)
            for place, value in zip(places, kept, strict=True):
                read[place][name] = value
        elif isinstance(column, Varchar) and column.length:
            for position, value in enumerate(given):
                if value is not None and len(value) > column.length:
                    refuse(position, LONG_VALUE, count=len(value), most=column.length)
    if problems:
        raise FileRefused(problems)
    return [replace(each, columns=columns) for each, columns in zip(wanted, read, strict=True)]


async def _changes(
    sync: Sync, noun: SyncedRows, wanted: Sequence[WantedRow], rows: Mapping[Key, UUID]
) -> list[RowChange]:
    """How the rows change. Values that the file takes away are noted, as rows that it lacks are."""
    if not wanted:
        return []
    table, known = noun.table._meta.tablename, sync.links.of(noun.name)
    present = {
        row["id"]: row
        for row in await sync.context.fetch(
            f"SELECT * FROM {table} WHERE id = ANY($1::uuid[])", [rows[each.key] for each in wanted]
        )
    }
    changes = []
    given: dict[str, int] = {}
    for each in wanted:
        row = rows[each.key]
        have = present.get(row)
        if have is None:
            continue
        before = _before(sync, noun, each)
        for column, value in (before or {}).items():
            given[column] = given.get(column, 0) + (not _empty(value))
        new, kept = _compared(have, each, before) if each.key in known else _filled(have, each)
        if kept:
            sync.report.add("kept", noun.name, each.name, row, ", ".join(kept))
        if new:
            whole = {**have, **{column: new.get(column, have[column]) for column in each.columns}}
            changes.append(RowChange(each, row, {column: have[column] for column in new}, whole))
        else:
            sync.report["unchanged"][noun.name] += 1
    for column in wanted[0].columns:
        cleared = [change.each.name for change in changes if column in change.old and _empty(change.whole[column])]
        # Where few have a value, it may be that none of them has it any more.
        sync.endings.add(f"{noun.name} {column}", cleared, given.get(column, 0), new=1)
    return changes


def _before(sync: Sync, noun: SyncedRows, each: WantedRow) -> Mapping[str, Any] | None:
    """The columns as the last import's file said them, where that is known."""
    if each.record is not None or each.before is not None:
        return each.before
    said = sync.links.said(noun.name, *each.key)
    if not isinstance(said, dict) or _COLUMNS not in said:
        return None
    # A column that an earlier version did not have is taken as unchanged.
    earlier = {column: value for column, value in said[_COLUMNS].items() if column in each.columns}
    return {**each.columns, **typed_values(noun.table, earlier)}


def _compared(
    have: Mapping[str, Any], each: WantedRow, before: Mapping[str, Any] | None
) -> tuple[dict[str, Any], list[str]]:
    """What the file changed since it was last imported, and the columns in which the school's own value stays."""
    new: dict[str, Any] = {}
    kept: list[str] = []
    for column, now in each.columns.items():
        if column in each.missing:
            continue
        earlier = before[column] if before is not None else now
        if now == earlier:
            if have[column] != now and not _empty(now):
                kept.append(column)
        elif _empty(now):
            if have[column] == earlier:
                new[column] = now
            elif not _empty(have[column]):
                kept.append(column)
        elif have[column] != now:
            new[column] = now
    return new, kept


def _filled(have: Mapping[str, Any], each: WantedRow) -> tuple[dict[str, Any], list[str]]:
    """What is empty in a row that is met for the first time, and the columns that say something else."""
    differing = {column: now for column, now in each.columns.items() if not _empty(now) and have[column] != now}
    return (
        {column: now for column, now in differing.items() if _empty(have[column])},
        [column for column in differing if not _empty(have[column])],
    )


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _shown(value: Any) -> str:
    return "-" if _empty(value) else str(value)
