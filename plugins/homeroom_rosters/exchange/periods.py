"""Bringing dated rows to what a roster wants: begin, change, leave, take up again, and end what vanished."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom.imports.report import Report
from homeroom.imports.stops import Stop
from homeroom_rosters.exchange.links import Key, Link, Links
from homeroom_rosters.refusals import TWICE_FROM
from homeroom_rosters.roster import Roster, RosterRejected, problem_at

__all__ = ["PeriodNoun", "WantedPeriod", "settle_periods"]

_DAY: Final = timedelta(days=1)
#: A period that an import ended because a record was gone is taken up again when the record is back within these days.
_TAKEN_UP: Final = timedelta(days=14)
Joined = tuple[UUID, ...]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WantedPeriod:
    """A dated row that a roster wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        record: What is kept of the record.
        origin: The roster's record, whose file and line a fault names.
        keys: Who and what it joins: column to id.
        starts_on: The first day, where the roster tells it.
        starts_at_first: The first day of a new row on the first import, if the roster does not tell it.
        ends_on: The last day, where the roster tells it.
        year: The school year of the record, where ids are used again in another year.
        values: Further columns of a new row.
        told: Further columns that change a row that is there, where they are not None.
        said: What the record says of ``starts_on``, ``ends_on`` and the columns of ``told``, as JSON values.
        before: The same of the last import's record; None where that is not known.
    """

    source_id: str
    position: int
    record: Any
    origin: Any
    keys: Mapping[str, UUID]
    starts_on: date | None
    starts_at_first: date
    ends_on: date | None = None
    year: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None

    @property
    def joined(self) -> Joined:
        """The ids that it joins."""
        return tuple(self.keys.values())

    @property
    def key(self) -> Key:
        """By which its link is found."""
        return self.source_id, self.year

    def file_changed(self, name: str) -> bool:
        """Whether the file says something else of a column than when it was last imported."""
        return self.before is not None and self.before.get(name) != self.said.get(name)


@dataclass(slots=True)
class _Period:
    """One period of the roster, of one record or of several that overlap."""

    wanted: WantedPeriod
    records: list[WantedPeriod]
    row: UUID | None = None
    #: The last day that an import gave the row, where that still holds.
    ended_on: date | None = None

    def meets(self, row: Row) -> bool:
        """Whether a row has a day of it."""
        starts, ends = self.wanted.starts_on or date.min, self.wanted.ends_on or date.max
        return bool(row["starts_on"] <= ends and starts <= (row["ends_on"] or date.max))


@dataclass(frozen=True, slots=True)
class PeriodNoun:
    """How the dated rows of one table are settled.

    Args:
        name: What links and reports call them.
        table: The table.
        columns: The columns that say who and what a row joins.
        group: Rows of one group do not overlap (a student is in one homeroom class a day).
        closes_on: The last day of the school year or session that a row belongs to, if it belongs to one.
        title: What people call a row.
    """

    name: str
    table: type[SchoolTable]
    columns: tuple[str, ...]
    group: Callable[[Row], Hashable | None] = lambda _row: None
    closes_on: Callable[[Row], date | None] = lambda _row: None
    title: Callable[[Row], str] = lambda _row: ""


async def settle_periods(
    context: Context,
    links: Links,
    report: Report,
    endings: Stop,
    roster: Roster,
    noun: PeriodNoun,
    wanted: Sequence[WantedPeriod],
) -> None:
    """Begin, change, take up and end dated rows.

    What vanished from the roster ends with yesterday, with the last day of its school year where that is over, or with
    the day before what takes its place, and is not removed; what would only begin later is. What the school ended by
    itself while the roster still has it stays ended, and is counted. What an import ended and the next has again is
    taken up again; what comes back after more than two weeks begins anew.

    Args:
        context: The import's.
        links: The system's links.
        report: Counts what is done.
        endings: Learns how many rows would end.
        roster: The school's part of a bundle.
        noun: What kind of rows.
        wanted: What the roster wants.

    Raises:
        RosterRejected: With the line of each record that meets another period of the same people and class.
    """
    work = _Periods(context.today, links, report, noun, wanted)
    rows = await context.fetch(f"SELECT * FROM {noun.table._meta.tablename} FOR UPDATE")
    work.compare({row["id"]: row for row in rows})
    gone = work.gone()
    endings.add(noun.name, work.lost, work.going_on, new=len(work.begin))
    table = context.rows(noun.table)
    await table.update_many(gone)
    await table.delete_many(work.never)
    changed = await table.update_many(work.changes)
    work.report_changes(changed)
    new = work.beginnings()
    ids = await table.insert(new)
    work.keep(ids, new)
    _refuse_meeting(
        roster, noun, work, {row["id"]: row for row in (*gone, *work.changes)}, dict(zip(ids, new, strict=True))
    )


class _Periods:
    """One comparison of the rows that are there with what is wanted."""

    def __init__(
        self, today: date, links: Links, report: Report, noun: PeriodNoun, wanted: Sequence[WantedPeriod]
    ) -> None:
        self.today = today
        self.links = links
        self.report = report
        self.noun = noun
        self.wanted = wanted
        self.known = links.of(noun.name)
        self.periods = list(_periods(wanted))
        self.rows: Mapping[UUID, Row] = {}
        self.changes: list[dict[str, Any]] = []
        self.begin: list[_Period] = []
        self.taken: set[UUID] = set()
        self.reopened: set[UUID] = set()
        self.replaced: set[UUID] = set()
        #: Rows that end because nothing in the roster is in their place, by name.
        self.lost: list[str] = []
        #: How many rows of the roster went on before.
        self.going_on = 0
        #: Rows that would only have begun later.
        self.never: list[UUID] = []
        #: The first days of what begins, and of rows that begin later than today, by group.
        self.starts: dict[Hashable, list[date]] = {}

    def compare(self, rows: Mapping[UUID, Row]) -> None:
        """Decide for each wanted period whether a row is it."""
        self.rows = rows
        self.going_on = sum(
            link.present and link.row in rows and self._goes_on(rows[link.row])
            for link in self.known.values()
            if link.row is not None and self.links.speaks_of(link.year)
        )
        of_joined: dict[Joined, list[Row]] = {}
        of_group: dict[Hashable, list[Row]] = {}
        for row in rows.values():
            of_joined.setdefault(self._joined(row), []).append(row)
            group = self.noun.group(row)
            if group is not None:
                of_group.setdefault(group, []).append(row)
        for period in self.periods:
            self._by_link(period, of_group)
        for period in self.periods:
            if period.row is None:
                self._by_rows(period, of_joined.get(period.wanted.joined, ()))
        self.begin = [period for period in self.periods if period.row is None]
        self._note_starts(of_group)
        for period in self.periods:
            if period.row is not None:
                self.changes.append(self._change(period, rows[period.row]))
        self._correct_today()
        for each in self.wanted:
            self.links.keep(self.noun.name, each.source_id, each.record, each.position, year=each.year)

    def _note_starts(self, of_group: Mapping[Hashable, Sequence[Row]]) -> None:
        for period in self.begin:
            group = self.noun.group(period.wanted.keys)
            if group is not None:
                self.starts.setdefault(group, []).append(self._first_day(period.wanted))
        for group, rows in of_group.items():
            self.starts.setdefault(group, []).extend(row["starts_on"] for row in rows if row["starts_on"] > self.today)

    def _end_of_year(self, keys: Row) -> date | None:
        """The end of the year of a row that another year's row of its group follows."""
        closes_on, group = self.noun.closes_on(keys), self.noun.group(keys)
        if closes_on is None or group is None:
            return None
        return closes_on if any(start > closes_on for start in self.starts.get(group, ())) else None

    def _goes_on(self, row: Row) -> bool:
        return row["ends_on"] is None or row["ends_on"] >= self.today

    def _joined(self, row: Row) -> Joined:
        return tuple(row[column] for column in self.noun.columns)

    def _take(self, period: _Period, row: UUID) -> None:
        period.row = row
        self.taken.add(row)

    def _by_link(self, period: _Period, of_group: Mapping[Hashable, Sequence[Row]]) -> None:
        """The row that one of the records became before, unless that is another matter now."""
        for each in period.records:
            link = self.known.get(each.key)
            row = self.rows.get(link.row) if link is not None and link.row is not None else None
            if link is None or row is None or row["id"] in self.taken:
                continue
            if self._joined(row) != each.joined:
                self.replaced.add(row["id"])
                continue
            if each.starts_on is not None and row["ends_on"] is not None and each.starts_on > row["ends_on"] + _DAY:
                # The same record tells of another time: the one that is over stays.
                continue
            if self._goes_on(row) or link.present:
                if row["ends_on"] is not None and row["ends_on"] == link.ended_on:
                    period.ended_on = link.ended_on
                self._take(period, row["id"])
                return
            if self._may_be_taken_up(each, link, row, of_group):
                self.reopened.add(row["id"])
                self._take(period, row["id"])
                return

    def _may_be_taken_up(
        self, each: WantedPeriod, link: Link, row: Row, of_group: Mapping[Hashable, Sequence[Row]]
    ) -> bool:
        """Whether an import ended the row not long ago, and nothing has taken its place since."""
        if link.ended_on is None or row["ends_on"] != link.ended_on:
            return False
        told = each.starts_on is not None and each.starts_on <= row["ends_on"] + _DAY
        if not told and self.today - link.ended_on > _TAKEN_UP:
            return False
        group = self.noun.group(row)
        return group is None or not any(
            other["id"] != row["id"] and (other["ends_on"] is None or other["ends_on"] > row["ends_on"])
            for other in of_group.get(group, ())
        )

    def _by_rows(self, period: _Period, rows: Sequence[Row]) -> None:
        """A row of the same people and class at the same time, which no record was linked to."""
        for row in sorted(rows, key=lambda each: each["starts_on"], reverse=True):
            fits = row["id"] not in self.taken and row["id"] not in self.replaced and period.meets(row)
            dated = period.wanted.starts_on is not None or period.wanted.ends_on is not None
            if fits and (dated or self._goes_on(row)):
                self._take(period, row["id"])
                return

    def _correct_today(self) -> None:
        """What began today at the earliest and gives way to another of its group becomes that other.

        A second roster of the same day corrects the first: ending and beginning on one day would put a
        student into two classes.
        """
        linked = {link.row: link.year for link in self.known.values() if link.row is not None}
        free: dict[tuple[Hashable, date | None], UUID] = {}
        for row in self.rows.values():
            group = self.noun.group(row)
            if group is None or row["starts_on"] < self.today or row["id"] in self.taken:
                continue
            # A row whose record's id belongs to another record by now has lost its link; it had this one day.
            lost = row["id"] not in linked and row["ends_on"] == row["starts_on"]
            if lost or (row["id"] in linked and self.links.speaks_of(linked[row["id"]])):
                free[group, self.noun.closes_on(row)] = row["id"]
        begin, self.begin = self.begin, []
        for period in begin:
            keys = period.wanted.keys
            group = self.noun.group(keys)
            row_id = free.pop((group, self.noun.closes_on(keys)), None) if group is not None else None
            if row_id is None:
                self.begin.append(period)
                continue
            self._take(period, row_id)
            change = self._change(period, {**self.rows[row_id], "ends_on": None})
            self.changes.append({**change, **self._carried(period, change)})

    def _carried(self, period: _Period, change: Row) -> dict[str, Any]:
        """What somebody who comes back takes along from the time that an import ended, such as a class number."""
        links = (self.known.get(each.key) for each in period.records)
        for link in links:
            row = self.rows.get(link.row) if link is not None and link.row is not None else None
            if row is not None and self._joined(row) == period.wanted.joined:
                return {name: row[name] for name, value in period.wanted.told.items() if value is None}
        return {name: change[name] for name in period.wanted.told}

    def _change(self, period: _Period, row: Row) -> dict[str, Any]:
        each = period.wanted
        same = self._joined(row) == each.joined
        starts_on, ends_on = row["starts_on"], row["ends_on"]
        if each.starts_on is not None and (not same or each.file_changed("starts_on")):
            starts_on = each.starts_on
        if not same or row["id"] in self.reopened or (each.before is None and ends_on is None):
            ends_on = each.ends_on
        elif each.file_changed("ends_on"):
            if each.ends_on is not None:
                ends_on = each.ends_on
            elif each.before is not None and str(ends_on) == each.before.get("ends_on"):
                ends_on = None
        elif each.ends_on is None and ends_on is not None and period.ended_on is None and each.before is not None:
            self.report["left_out"]["ended here, still in the roster"] += 1
        told = {
            name: value
            if value is not None and (not same or each.file_changed(name) or row[name] is None)
            else row[name]
            for name, value in each.told.items()
        }
        if ends_on is not None and ends_on < starts_on:
            # The school moved one of the two; the file moved the other.
            starts_on, ends_on = row["starts_on"], row["ends_on"]
        if ends_on != row["ends_on"]:
            period.ended_on = None
        if ends_on is None:
            ends_on = period.ended_on = self._end_of_year({**row, **each.keys})
        return {"id": row["id"], **each.keys, "starts_on": starts_on, "ends_on": ends_on, **told}

    def gone(self) -> list[dict[str, Any]]:
        """The rows that vanished or gave way, with their last days."""
        begins: dict[Hashable, date] = {}
        for period in self.begin:
            group = self.noun.group(period.wanted.keys)
            if group is not None:
                first = self._first_day(period.wanted)
                begins[group] = min(first, begins.get(group, first))
        taken_group = {self.noun.group(self.rows[row]) for row in self.taken}
        vanished = self.links.vanished(self.noun.name)
        of_row: dict[UUID, list[Link]] = {}
        for link in self.known.values():
            if link.row is not None:
                of_row.setdefault(link.row, []).append(link)
        candidates = {link.row for link in vanished if link.row is not None} | self.replaced
        # A row of a year that the roster is not about gives way to what begins in the next one.
        candidates |= {
            row
            for row, found in of_row.items()
            if row in self.rows and self.noun.group(self.rows[row]) in begins and any(link.present for link in found)
        }
        ended = []
        for row_id in sorted(candidates - self.taken):
            row = self.rows.get(row_id)
            if row is None or not self._goes_on(row):
                continue
            last = self._last_day(row, begins)
            if last is None:
                continue
            if row["starts_on"] > self.today:
                self.never.append(row_id)
            else:
                last = max(last, row["starts_on"])
                ended.append({"id": row_id, "ends_on": last})
                for link in of_row.get(row_id, ()):
                    self.links.end(self.noun.name, link, last)
            group = self.noun.group(row)
            closes_on = self.noun.closes_on(row)
            done = "ended"
            if (group is not None and (group in begins or group in taken_group)) or row_id in self.replaced:
                done = "moved"
            elif closes_on is None or closes_on >= self.today:
                self.lost.append(self.noun.title(row))
            self.report["ended"][self.noun.name] += 1
            self.report["moved"][self.noun.name] += done == "moved"
            self.report.name(done, self.noun.name, self.noun.title(row), row_id)
        return ended

    def _last_day(self, row: Row, begins: Mapping[Hashable, date]) -> date | None:
        """The last day of a row that the roster no longer has; None where it is as it should be."""
        last = self.today - _DAY
        closes_on = self.noun.closes_on(row)
        if closes_on is not None:
            last = min(last, closes_on)
        group = self.noun.group(row)
        if group is None or group not in begins:
            return last
        begin = begins[group]
        if begin > self.today and closes_on is not None and closes_on < begin:
            # The new one is another year's: this one runs to the end of its own.
            return closes_on if row["ends_on"] is None or row["ends_on"] > closes_on else None
        return min(last, begin - _DAY)

    def _first_day(self, each: WantedPeriod) -> date:
        if each.starts_on is not None:
            return each.starts_on
        closes_on = self.noun.closes_on(each.keys)
        over = closes_on is not None and closes_on < self.today
        if not self.known or over or (each.ends_on is not None and each.ends_on < self.today):
            return each.starts_at_first if each.ends_on is None else min(each.starts_at_first, each.ends_on)
        return max(each.starts_at_first, self.today)

    def report_changes(self, changed: Sequence[UUID]) -> None:
        """Count the rows that were changed, taken up again and left."""
        for row in changed:
            done = "reopened" if row in self.reopened else "changed"
            self.report[done][self.noun.name] += 1
            self.report.name(done, self.noun.name, self.noun.title(self.rows[row]), row)
        self.report["unchanged"][self.noun.name] += len(self.changes) - len(changed)

    def beginnings(self) -> list[dict[str, Any]]:
        """The new rows."""
        new = []
        for period in self.begin:
            each = period.wanted
            first, ends_on = self._first_day(each), each.ends_on
            if ends_on is None:
                closes_on = self.noun.closes_on(each.keys)
                over = closes_on if closes_on is not None and first <= closes_on < self.today else None
                ends_on = period.ended_on = over or self._end_of_year(each.keys)
            new.append({**each.keys, **each.values, "starts_on": first, "ends_on": ends_on})
        return new

    def keep(self, ids: Sequence[UUID], new: Sequence[Row]) -> None:
        """Link every record to its row."""
        for period, row_id, row in zip(self.begin, ids, new, strict=True):
            period.row = row_id
            self.report["created"][self.noun.name] += 1
            self.report.name("created", self.noun.name, self.noun.title(row), row_id)
        for period in self.periods:
            for each in period.records:
                self.links.keep(
                    self.noun.name,
                    each.source_id,
                    each.record,
                    each.position,
                    row=period.row,
                    made=True,
                    year=each.year,
                    ended_on=period.ended_on,
                )


def _is_as_before(before: Row | None, row: Row) -> bool:
    return before is not None and all(before[name] == row[name] for name in ("starts_on", "ends_on"))


def _refuse_meeting(
    roster: Roster, noun: PeriodNoun, work: _Periods, changed: Mapping[UUID, Row], new: Mapping[UUID, Row]
) -> None:
    """Refuse two periods of the same people and class that have a day in common, such as one of the school's own."""
    if not changed and not new:
        return
    rows: dict[Joined, list[Row]] = {}
    for row_id, row in {**work.rows, **new}.items():
        if row_id not in work.never:
            whole = {**row, **changed.get(row_id, {}), "id": row_id}
            rows.setdefault(tuple(whole[column] for column in noun.columns), []).append(whole)
    problems = []
    for period in work.periods:
        found = rows.pop(period.wanted.joined, [])
        found.sort(key=lambda row: row["starts_on"])
        for one, other in pairwise(found):
            meet = one["ends_on"] is None or one["ends_on"] >= other["starts_on"]
            # What met before the import is not its fault.
            if meet and not all(_is_as_before(work.rows.get(row["id"]), row) for row in (one, other)):
                both = {"title": noun.title(one), "day": other["starts_on"]}
                problems.append(problem_at(roster, period.wanted.origin, "starts_on", TWICE_FROM, **both))
    if problems:
        raise RosterRejected(problems)


def _periods(wanted: Iterable[WantedPeriod]) -> Iterable[_Period]:
    """The periods that the records tell: those of the same people and class that overlap are one."""
    of_joined: dict[Joined, list[WantedPeriod]] = {}
    for each in wanted:
        of_joined.setdefault(each.joined, []).append(each)
    for records in of_joined.values():
        if len(records) == 1:
            yield _Period(records[0], records)
            continue
        found: list[_Period] = []
        for each in sorted(records, key=lambda one: one.starts_on or date.min):
            last = found[-1] if found else None
            if last is not None and (each.starts_on or date.min) <= (last.wanted.ends_on or date.max):
                last.records.append(each)
                last.wanted = _together(last.wanted, each)
            else:
                found.append(_Period(each, [each]))
        yield from found


def _together(one: WantedPeriod, other: WantedPeriod) -> WantedPeriod:
    """One period of two that overlap, such as two roles of one teacher in a class; the first begins earlier."""
    ends_on = None if one.ends_on is None or other.ends_on is None else max(one.ends_on, other.ends_on)
    told = {name: other.told.get(name) if value is None else value for name, value in one.told.items()}
    values = {name: other.values.get(name) if value is None else value for name, value in one.values.items()}
    same = one if ends_on == one.ends_on else other
    said = {**one.said, "ends_on": same.said.get("ends_on")}
    before = (
        None if one.before is None or same.before is None else {**one.before, "ends_on": same.before.get("ends_on")}
    )
    return replace(one, ends_on=ends_on, told=told, values=values, said=said, before=before)
