"""Comparing dated rows with what a file wants: which row is which period, and the days that each gets."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from homeroom.imports.sync.links import Key, Link
    from homeroom.imports.sync.periods import WantedPeriod
    from homeroom.imports.sync.work import Sync

__all__ = ["Comparison", "Period", "Row"]

_DAY: Final = timedelta(days=1)
#: A period that an import ended because a record was gone is taken up again when the record is back within these days.
_TAKEN_UP: Final = timedelta(days=14)
Row = Mapping[str, Any]


@dataclass(slots=True)
class Period:
    """One period that a file wants, of one record or of several that overlap."""

    wanted: WantedPeriod
    records: list[WantedPeriod]
    row: UUID | None = None
    #: The last day that an import gave the row, where the row still has it.
    ended_on: date | None = None

    def meets(self, row: Row) -> bool:
        """Whether a row has a day of it."""
        starts, ends = self.wanted.starts_on or date.min, self.wanted.ends_on or date.max
        return bool(row["starts_on"] <= ends and starts <= (row["ends_on"] or date.max))


@dataclass
class Comparison:
    """One comparison of the rows of a table with what is wanted.

    Args:
        sync: The import.
        noun: What links and reports call the rows.
        columns: The columns that say who and what a row joins.
        periods: What the file wants.
        rows: The rows that are there.
        group: Rows of one group do not overlap.
        closes_on: The last day of what a row lies within.
        title: What people call a row.
    """

    sync: Sync
    noun: str
    columns: Sequence[str]
    periods: Sequence[Period]
    rows: Mapping[UUID, Row]
    group: Callable[[Row], Hashable | None]
    closes_on: Callable[[Row], date | None]
    title: Callable[[Row], str]
    changes: list[dict[str, Any]] = field(default_factory=list)
    begin: list[Period] = field(default_factory=list)
    taken: set[UUID] = field(default_factory=set)
    reopened: set[UUID] = field(default_factory=set)
    replaced: set[UUID] = field(default_factory=set)
    #: Rows that end because nothing in the file is in their place, by name.
    lost: list[str] = field(default_factory=list)
    #: How many rows of the file's records went on before.
    going_on: int = 0
    #: Rows that would only have begun later.
    never: list[UUID] = field(default_factory=list)
    #: The first days of what begins, and of rows that begin later than today, by group.
    starts: dict[Hashable, list[date]] = field(default_factory=dict)
    of_group: dict[Hashable, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today: date = self.sync.context.today
        self.known: Mapping[Key, Link] = self.sync.links.of(self.noun)

    def compare(self) -> None:
        """Decide for each wanted period whether a row is it."""
        self.going_on = sum(
            link.present and link.row in self.rows and self._continues(self.rows[link.row])
            for link in self.known.values()
            if link.row is not None and self.sync.links.covers(link.within)
        )
        of_joined: dict[tuple[UUID, ...], list[Row]] = {}
        for row in self.rows.values():
            of_joined.setdefault(self._joined(row), []).append(row)
            group = self.group(row)
            if group is not None:
                self.of_group.setdefault(group, []).append(row)
        for period in self.periods:
            self._find_by_link(period)
        for period in self.periods:
            if period.row is None:
                self._find_by_days(period, of_joined.get(period.wanted.joined, ()))
        self.begin = [period for period in self.periods if period.row is None]
        self._note_starts()
        for period in self.periods:
            if period.row is not None:
                self.changes.append(self._change(period, self.rows[period.row]))
        self._correct_today()
        for period in self.periods:
            for each in period.records:
                self.sync.links.see(self.noun, each.key)

    def _note_starts(self) -> None:
        for period in self.begin:
            group = self.group(period.wanted.keys)
            if group is not None:
                self.starts.setdefault(group, []).append(self._first_day(period.wanted))
        for group, rows in self.of_group.items():
            self.starts.setdefault(group, []).extend(row["starts_on"] for row in rows if row["starts_on"] > self.today)

    def _continues(self, row: Row) -> bool:
        return row["ends_on"] is None or row["ends_on"] >= self.today

    def _joined(self, row: Row) -> tuple[UUID, ...]:
        return tuple(row[column] for column in self.columns)

    def _row_of(self, link: Link | None) -> Row | None:
        return None if link is None or link.row is None else self.rows.get(link.row)

    # Which row is which period ----------------------------------------------------------------------------------

    def _take(self, period: Period, row: UUID) -> None:
        period.row = row
        self.taken.add(row)

    def _find_by_link(self, period: Period) -> None:
        """The row that one of the records became before, unless that is another matter now."""
        for each in period.records:
            link = self.known.get(each.key)
            row = self._row_of(link)
            if link is None or row is None or row["id"] in self.taken:
                continue
            if self._joined(row) != each.joined:
                self.replaced.add(row["id"])
                continue
            if each.starts_on is not None and row["ends_on"] is not None and each.starts_on > row["ends_on"] + _DAY:
                # The same record is about another time: the one that is over stays.
                continue
            by_import = link.ended_on is not None and row["ends_on"] == link.ended_on
            if link.present or (self._continues(row) and not by_import):
                if by_import:
                    period.ended_on = link.ended_on
                self._take(period, row["id"])
                return
            if by_import and self._may_be_taken_up(each, row):
                self.reopened.add(row["id"])
                self._take(period, row["id"])
                return

    def _may_be_taken_up(self, each: WantedPeriod, row: Row) -> bool:
        """Whether the row that an import ended did so not long ago, and nothing has taken its place since."""
        dated = each.starts_on is not None and each.starts_on <= row["ends_on"] + _DAY
        if not dated and self.today - row["ends_on"] > _TAKEN_UP:
            return False
        group = self.group(row)
        return group is None or not any(
            other["id"] != row["id"] and (other["ends_on"] is None or other["ends_on"] > row["ends_on"])
            for other in self.of_group.get(group, ())
        )

    def _find_by_days(self, period: Period, rows: Sequence[Row]) -> None:
        """A row that joins the same at the same time, which no record was linked to."""
        for row in sorted(rows, key=lambda each: each["starts_on"], reverse=True):
            fits = row["id"] not in self.taken and row["id"] not in self.replaced and period.meets(row)
            dated = period.wanted.starts_on is not None or period.wanted.ends_on is not None
            if fits and (dated or self._continues(row)):
                self._take(period, row["id"])
                return

    def _correct_today(self) -> None:
        """What began today at the earliest and gives way to another of its group becomes that other.

        A second file of the same day corrects the first: ending and beginning on one day would be two at once.
        """
        linked = {link.row: link.within for link in self.known.values() if link.row is not None}
        free: dict[tuple[Hashable, date | None], UUID] = {}
        for row in self.rows.values():
            group = self.group(row)
            if group is None or row["starts_on"] < self.today or row["id"] in self.taken:
                continue
            # A row whose record's id belongs to another record by now has lost its link; it had this one day.
            lost = row["id"] not in linked and row["ends_on"] == row["starts_on"]
            if lost or (row["id"] in linked and self.sync.links.covers(linked[row["id"]])):
                free[group, self.closes_on(row)] = row["id"]
        begin, self.begin = self.begin, []
        for period in begin:
            keys = period.wanted.keys
            group = self.group(keys)
            row_id = free.pop((group, self.closes_on(keys)), None) if group is not None else None
            if row_id is None:
                self.begin.append(period)
                continue
            self._take(period, row_id)
            change = self._change(period, {**self.rows[row_id], "ends_on": None})
            self.changes.append({**change, **self._carried(period, change)})

    def _carried(self, period: Period, change: Row) -> dict[str, Any]:
        """What somebody who comes back takes along from the time that an import ended, such as a class number."""
        for each in period.records:
            row = self._row_of(self.known.get(each.key))
            if row is not None and self._joined(row) == period.wanted.joined:
                return {name: row[name] for name, value in period.wanted.values.items() if value is None}
        return {name: change[name] for name in period.wanted.values}

    # The days of a row ------------------------------------------------------------------------------------------

    def _change(self, period: Period, row: Row) -> dict[str, Any]:
        """A row as it becomes."""
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
            self.sync.report["left_out"][f"ended here, still in the {self.sync.source}"] += 1
        values = {
            name: value
            if value is not None and (not same or each.file_changed(name) or row[name] is None)
            else row[name]
            for name, value in each.values.items()
        }
        if ends_on is not None and ends_on < starts_on:
            # The school moved one of the two; the file moved the other.
            starts_on, ends_on = row["starts_on"], row["ends_on"]
        if ends_on != row["ends_on"]:
            period.ended_on = None
        if ends_on is None:
            ends_on = period.ended_on = self._end_of_year({**row, **each.keys})
        return {"id": row["id"], **each.keys, "starts_on": starts_on, "ends_on": ends_on, **values}

    def _end_of_year(self, keys: Row) -> date | None:
        """The last day of what a row lies within, where a row of its group follows in the next year."""
        closes_on, group = self.closes_on(keys), self.group(keys)
        if closes_on is None or group is None:
            return None
        return closes_on if any(start > closes_on for start in self.starts.get(group, ())) else None

    def _first_day(self, each: WantedPeriod) -> date:
        """The first day of a new row."""
        if each.starts_on is not None:
            return each.starts_on
        at_first = each.starts_at_first or self.today
        closes_on = self.closes_on(each.keys)
        over = closes_on is not None and closes_on < self.today
        if not self.known or over or (each.ends_on is not None and each.ends_on < self.today):
            return at_first if each.ends_on is None else min(at_first, each.ends_on)
        return max(at_first, self.today)

    def _last_day(self, row: Row, begins: Mapping[Hashable, date]) -> date | None:
        """The last day of a row that the file no longer has; None where it is as it should be."""
        last = self.today - _DAY
        closes_on = self.closes_on(row)
        if closes_on is not None:
            last = min(last, closes_on)
        group = self.group(row)
        if group is None or group not in begins:
            return last
        begin = begins[group]
        if begin > self.today and closes_on is not None and closes_on < begin:
            # The new one is another year's: this one runs to the end of its own.
            return closes_on if row["ends_on"] is None or row["ends_on"] > closes_on else None
        return min(last, begin - _DAY)

    # What is written --------------------------------------------------------------------------------------------

    def gone(self) -> list[dict[str, Any]]:
        """The rows that vanished or gave way, with their last days."""
        begins: dict[Hashable, date] = {}
        for period in self.begin:
            group = self.group(period.wanted.keys)
            if group is not None:
                first = self._first_day(period.wanted)
                begins[group] = min(first, begins.get(group, first))
        replacing = {*begins, *(self.group(self.rows[row]) for row in self.taken)} - {None}
        of_row: dict[UUID, list[Link]] = {}
        for link in self.known.values():
            if link.row is not None:
                of_row.setdefault(link.row, []).append(link)
        candidates = {link.row for link in self.sync.links.vanished(self.noun) if link.row is not None} | self.replaced
        # A row of a year that the file is not about gives way to what begins in the next one.
        candidates |= {
            row
            for row, found in of_row.items()
            if row in self.rows and self.group(self.rows[row]) in begins and any(link.present for link in found)
        }
        ended = []
        for row_id in sorted(candidates - self.taken):
            row = self.rows.get(row_id)
            last = self._last_day(row, begins) if row is not None and self._continues(row) else None
            if row is None or last is None:
                continue
            if row["starts_on"] > self.today:
                self.never.append(row_id)
            else:
                last = max(last, row["starts_on"])
                ended.append({"id": row_id, "ends_on": last})
                for link in of_row.get(row_id, ()):
                    self.sync.links.end(self.noun, link, last)
            self._report_ending(row, moved=self.group(row) in replacing or row_id in self.replaced)
        return ended

    def _report_ending(self, row: Row, *, moved: bool) -> None:
        title, closes_on = self.title(row), self.closes_on(row)
        if not moved and (closes_on is None or closes_on >= self.today):
            self.lost.append(title)
        self.sync.report["ended"][self.noun] += 1
        self.sync.report["moved"][self.noun] += moved
        self.sync.report.name("moved" if moved else "ended", self.noun, title, row["id"])

    def report_changes(self, changed: Sequence[UUID]) -> None:
        """Count the rows that were changed, taken up again and left."""
        for row in changed:
            self.sync.report.add(
                "reopened" if row in self.reopened else "changed", self.noun, self.title(self.rows[row]), row
            )
        self.sync.report["unchanged"][self.noun] += len(self.changes) - len(changed)

    def beginnings(self) -> list[dict[str, Any]]:
        """The new rows."""
        new = []
        for period in self.begin:
            each = period.wanted
            first, ends_on = self._first_day(each), each.ends_on
            if ends_on is None:
                closes_on = self.closes_on(each.keys)
                over = closes_on if closes_on is not None and first <= closes_on < self.today else None
                ends_on = period.ended_on = over or self._end_of_year(each.keys)
            new.append({**each.keys, **each.values, **each.first, "starts_on": first, "ends_on": ends_on})
        return new

    def keep(self, ids: Sequence[UUID], new: Sequence[Row]) -> None:
        """Link every record to its row."""
        for period, row_id, row in zip(self.begin, ids, new, strict=True):
            period.row = row_id
            self.sync.report.add("created", self.noun, self.title(row), row_id)
        for period in self.periods:
            for each in period.records:
                self.sync.links.keep(
                    self.noun,
                    each.source_id,
                    each.record,
                    each.position,
                    row=period.row,
                    made=True,
                    within=each.within,
                    ended_on=period.ended_on,
                )
