"""Bringing dated rows to what a file wants: begin, change, end, and take up again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.database.dated import periods_of
from homeroom.database.tables import SchoolTable, reference_of
from homeroom.database.within import owner_days, within_of
from homeroom.errors import ConfigurationError
from homeroom.imports.refusals import RECORDED_TWICE
from homeroom.imports.stored import names_of
from homeroom.imports.sync.comparing import Comparison, Period, Row
from homeroom.imports.sync.links import Key
from homeroom.reading.faults import refuse

if TYPE_CHECKING:
    from homeroom.imports.sync.work import Sync

__all__ = ["SAID", "SyncedPeriods", "WantedPeriod", "sync_periods"]

#: Under this name a link keeps what a record said about days and columns.
SAID: Final = "said"


@dataclass(frozen=True, slots=True)
class WantedPeriod:
    """A dated row that a file wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        keys: Who and what it joins: column to id.
        starts_on: The first day, where the file gives it.
        ends_on: The last day, where the file gives it.
        starts_at_first: The first day of a new row on the first import, where the file gives none; by default the first
            day of what the row lies within, else today.
        origin: The record, whose file and line a fault names.
        record: What is kept of the record; by default what it says, so that the next import knows it.
        within: What the record's id is unique in, such as a school year, if that is not the whole system.
        values: Further columns; those that are not None also change a row that is there.
        first: Further columns of a new row; later imports leave them alone.
        said: What the record says about ``starts_on``, ``ends_on`` and the columns of ``values``, as JSON values; by
            default what is given here.
        before: The same of the last import's record, where `record` does not keep it under ``said``.
    """

    source_id: str
    position: int
    keys: Mapping[str, UUID]
    starts_on: date | None = None
    ends_on: date | None = None
    starts_at_first: date | None = None
    origin: Any = None
    record: Any = None
    within: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None

    @property
    def joined(self) -> tuple[UUID, ...]:
        """The ids that it joins."""
        return tuple(self.keys.values())

    @property
    def key(self) -> Key:
        """By which its link is found."""
        return self.source_id, self.within

    def says(self, name: str) -> Any:
        """What the file says about a column."""
        return (self.said or {}).get(name)

    def file_changed(self, name: str) -> bool:
        """Whether the file says something else of a column than when it was last imported."""
        return self.before is not None and self.before.get(name) != self.says(name)


@dataclass(frozen=True)
class SyncedPeriods:
    """How the dated rows of one table are kept in step with another system.

    Args:
        name: What links and reports call them.
        table: The table, with ``starts_on`` and ``ends_on``. What follows is by default what it declares: ``periods``
            says who and what a row joins and which rows do not overlap, ``within`` when they close.
        group: Rows of one group do not overlap (a student is in one homeroom class a day); None for a row that may.
        closes_on: The last day of what a row lies within, such as the school year, if there is one.
        title: What people call a row; by default the names of what it joins.
    """

    name: str
    table: type[SchoolTable]
    group: Callable[[Row], Hashable | None] | None = None
    closes_on: Callable[[Row], date | None] | None = None
    title: Callable[[Row], str] | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that say who and what a row joins."""
        if not periods_of(self.table):
            raise ConfigurationError(f"{self.table.__name__} does not declare which of its periods lie apart")
        return max((rule.by for rule in periods_of(self.table) if not rule.where), key=len)

    @cached_property
    def grouped_by(self) -> tuple[str, ...]:
        """Fewer of these columns within which rows do not overlap either, if the table declares that."""
        found = (rule.by for rule in periods_of(self.table) if not rule.where and set(rule.by) < set(self.columns))
        return next(found, ())


async def sync_periods(sync: Sync, noun: SyncedPeriods, wanted: Sequence[WantedPeriod]) -> dict[str, UUID]:
    """See :meth:`homeroom.imports.sync.Sync.periods`."""
    found = await sync.context.fetch(f"SELECT * FROM {noun.table._meta.tablename} FOR UPDATE")
    rows: dict[UUID, Row] = {row["id"]: row for row in found}
    days = await _days(sync, noun, rows, wanted)
    work = Comparison(
        sync,
        noun.name,
        noun.columns,
        list(_periods(_complete(sync, noun, days, each) for each in wanted)),
        rows,
        group=noun.group or (lambda row: tuple(row[each] for each in noun.grouped_by) or None),
        closes_on=noun.closes_on or (lambda row: days.of(row)[1]),
        title=noun.title or await _titles(sync, noun, rows, wanted),
    )
    work.compare()
    gone = work.gone()
    sync.endings.add(noun.name, work.lost, work.going_on, new=len(work.begin))
    table = sync.context.rows(noun.table)
    await table.update_many(gone)
    await table.delete_many(work.never)
    work.report_changes(await table.update_many(work.changes))
    new = work.beginnings()
    ids = await table.insert(new)
    work.keep(ids, new)
    changed = {row["id"]: row for row in (*gone, *work.changes)}
    _refuse_meeting(sync, noun, work, changed, dict(zip(ids, new, strict=True)))
    return {each.source_id: period.row for period in work.periods for each in period.records if period.row is not None}


@dataclass(frozen=True, slots=True)
class _Days:
    """The days that rows must lie within.

    Args:
        column: The column that leads to what they lie within, if there is such.
        known: Its value to the first and the last day.
    """

    column: str | None
    known: Mapping[UUID, tuple[date, date]]

    def of(self, row: Row) -> tuple[date, date] | tuple[None, None]:
        """The first and the last day of a row's."""
        return (None, None) if self.column is None else self.known.get(row[self.column], (None, None))


async def _days(sync: Sync, noun: SyncedPeriods, rows: Mapping[UUID, Row], wanted: Sequence[WantedPeriod]) -> _Days:
    within = within_of(noun.table)
    if within is None:
        return _Days(None, {})
    column = within.path[0]
    ids = list({row[column]: None for row in (*rows.values(), *(each.keys for each in wanted))})
    days = await owner_days(sync.context, noun.table, [{column: each} for each in ids])
    return _Days(column, {each: found for each, found in zip(ids, days, strict=True) if found is not None})


def _complete(sync: Sync, noun: SyncedPeriods, days: _Days, each: WantedPeriod) -> WantedPeriod:
    """The same with what it says, what the last import's record said, and the day on which a new row begins."""
    said, before = each.said, each.before
    if said is None:
        said = msgspec.to_builtins({"starts_on": each.starts_on, "ends_on": each.ends_on, **each.values})
    if before is None and isinstance(kept := sync.links.said(noun.name, *each.key), dict):
        before = kept.get(SAID)
    return replace(
        each,
        keys={column: each.keys[column] for column in noun.columns},
        starts_at_first=each.starts_at_first or each.starts_on or days.of(each.keys)[0] or sync.context.today,
        record={SAID: said} if each.record is None else each.record,
        said=said,
        before=before,
    )


async def _titles(
    sync: Sync, noun: SyncedPeriods, rows: Mapping[UUID, Row], wanted: Sequence[WantedPeriod]
) -> Callable[[Row], str]:
    """What people call rows: the names of what they join."""
    names: dict[UUID, str] = {}
    targets = {each._meta.db_column_name: reference_of(each) for each in noun.table._meta.columns}
    for column in noun.columns:
        resource = sync.context.variant.by_table.get(targets[column] or "")
        if resource is not None:
            ids = {row[column] for row in (*rows.values(), *(each.keys for each in wanted))}
            names |= await names_of(sync.context, resource, list(ids))
    return lambda row: ": ".join(names[row[column]] for column in noun.columns if row[column] in names)


def _refuse_meeting(
    sync: Sync, noun: SyncedPeriods, work: Comparison, changed: Mapping[UUID, Row], new: Mapping[UUID, Row]
) -> None:
    """Refuse two periods that join the same and have a day in common, such as one of the school's own."""
    if not changed and not new:
        return
    rows: dict[tuple[UUID, ...], list[Row]] = {}
    for row_id, row in {**work.rows, **new}.items():
        if row_id not in work.never:
            whole = {**row, **changed.get(row_id, {}), "id": row_id}
            rows.setdefault(tuple(whole[column] for column in noun.columns), []).append(whole)
    problems = []
    for period in work.periods:
        found = sorted(rows.pop(period.wanted.joined, []), key=lambda row: row["starts_on"])
        for one, other in pairwise(found):
            meet = one["ends_on"] is None or one["ends_on"] >= other["starts_on"]
            # What met before the import is not its fault.
            if meet and not all(_is_as_before(work.rows.get(row["id"]), row) for row in (one, other)):
                both = {"title": work.title(one), "day": other["starts_on"]}
                problems.append(sync.fault(period.wanted.origin, "starts_on", RECORDED_TWICE, **both))
    refuse(problems)


def _is_as_before(before: Row | None, row: Row) -> bool:
    return before is not None and all(before[name] == row[name] for name in ("starts_on", "ends_on"))


def _periods(wanted: Iterable[WantedPeriod]) -> Iterable[Period]:
    """The periods of the records: those that join the same and overlap are one."""
    of_joined: dict[tuple[UUID, ...], list[WantedPeriod]] = {}
    for each in wanted:
        of_joined.setdefault(each.joined, []).append(each)
    for records in of_joined.values():
        found: list[Period] = []
        for each in sorted(records, key=lambda one: one.starts_on or date.min):
            last = found[-1] if found else None
            if last is not None and (each.starts_on or date.min) <= (last.wanted.ends_on or date.max):
                last.records.append(each)
                last.wanted = _together(last.wanted, each)
            else:
                found.append(Period(each, [each]))
        yield from found


def _together(one: WantedPeriod, other: WantedPeriod) -> WantedPeriod:
    """One period of two that overlap, such as two roles of one teacher in a class; the first begins earlier."""
    ends_on = None if one.ends_on is None or other.ends_on is None else max(one.ends_on, other.ends_on)
    same = one if ends_on == one.ends_on else other
    before = None
    if one.before is not None and same.before is not None:
        before = {**one.before, "ends_on": same.before.get("ends_on")}
    return replace(
        one,
        ends_on=ends_on,
        values=_first_of(one.values, other.values),
        first=_first_of(one.first, other.first),
        said={**(one.said or {}), "ends_on": same.says("ends_on")},
        before=before,
    )


def _first_of(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: other.get(name) if value is None else value for name, value in one.items()}
