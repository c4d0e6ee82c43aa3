"""Bringing dated rows to what a roster wants: begin, change, leave, and end what vanished."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.report import Report

__all__ = ["WantedPeriod", "settle_periods"]

_DAY = timedelta(days=1)
Keys = tuple[UUID, ...]
Group = Callable[[Mapping[str, Any]], Hashable | None]


@dataclass(frozen=True, slots=True)
class WantedPeriod:
    """A dated row that a roster wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        record: What is kept of the record.
        keys: Who and what it joins: column to id.
        starts_on: The first day, where the roster tells it.
        starts_at_first: The first day of a new row on the first import, if the roster does not tell it.
        ends_on: The last day, where the roster tells it.
        values: Further columns of a new row.
        told: Further columns that change a row that is there, where they are not None.
    """

    source_id: str
    position: int
    record: Any
    keys: Mapping[str, UUID]
    starts_on: date | None
    starts_at_first: date
    ends_on: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def joined(self) -> Keys:
        """The ids that it joins."""
        return tuple(self.keys.values())


def _no_group(_row: Mapping[str, Any]) -> None:
    return None


async def settle_periods(
    context: Context,
    links: Links,
    report: Report,
    noun: str,
    table: type[SchoolTable],
    wanted: Sequence[WantedPeriod],
    *,
    group: Group = _no_group,
) -> None:
    """Begin, change and end dated rows.

    What vanished from the roster ends with yesterday (or with its first day, if that is later) and is not
    removed.  What the office ended by itself while the roster still has it stays ended, and is counted.
    What comes back begins anew.

    Args:
        context: The import's.
        links: The system's links.
        report: Counts what is done.
        noun: What kind of record.
        table: The table of the rows.
        wanted: What the roster wants; all have the same keys.
        group: Rows of one group do not overlap (a student is in one homeroom class a day): what is told to
            begin ends what vanished of its group the day before.
    """
    work = _Periods(context.today, links, report, noun, wanted, group)
    name = table._meta.tablename
    rows = await context.fetch(f"SELECT * FROM {name} FOR UPDATE")
    work.compare({row["id"]: row for row in rows})
    table_rows = context.rows(table)
    changed = await table_rows.update_many(work.changes)
    report.changed[noun] += len(changed)
    report.unchanged[noun] += len(work.changes) - len(changed)
    report.ended[noun] += len(await table_rows.update_many(work.endings()))
    new = work.beginnings()
    ids = await table_rows.insert(new)
    report.created[noun] += len(new)
    work.keep(ids)


class _Periods:
    """One comparison of what stands with what is wanted."""

    def __init__(
        self,
        today: date,
        links: Links,
        report: Report,
        noun: str,
        wanted: Sequence[WantedPeriod],
        group: Group,
    ) -> None:
        self.today = today
        self.links = links
        self.report = report
        self.noun = noun
        self.wanted = wanted
        self.group = group
        self.known = links.of(noun)
        self.columns = tuple(wanted[0].keys) if wanted else ()
        # Two records may join the same rows, such as two roles of one teacher in one class: one period.
        self.once: dict[Keys, WantedPeriod] = {}
        for each in wanted:
            self.once.setdefault(each.joined, each)
        self.standing: Mapping[UUID, Mapping[str, Any]] = {}
        self.changes: list[dict[str, Any]] = []
        self.begin: list[WantedPeriod] = []
        self.kept: dict[Keys, UUID] = {}
        self.replaced: set[UUID] = set()

    def compare(self, standing: Mapping[UUID, Mapping[str, Any]]) -> None:
        """Decide for each wanted period whether a row is it."""
        self.standing = standing
        going_on = {
            self._joined(row): row_id
            for row_id, row in standing.items()
            if self.columns and (row["ends_on"] is None or row["ends_on"] >= self.today)
        }
        for joined, each in self.once.items():
            row_id = self._linked(each)
            if row_id is None:
                match = going_on.get(joined)
                row_id = match if match not in self.replaced else None
            if row_id is None:
                self.begin.append(each)
            else:
                self.kept[joined] = row_id
                self.changes.append(self._change(each, standing[row_id]))
        self._correct_today()
        for each in self.wanted:
            self.links.keep(self.noun, each.source_id, each.record, each.position)

    def _correct_today(self) -> None:
        """What began today at the earliest and gives way to another of its group becomes that other.

        A second roster of the same day corrects the first: ending and beginning on one day would put a
        student into two classes.
        """
        free: dict[Hashable, UUID] = {}
        taken = set(self.kept.values())
        for link in self.known.values():
            row = self.standing.get(link.row) if link.row is not None else None
            if link.row is None or row is None or row["starts_on"] < self.today or link.row in taken:
                continue
            group = self.group(row)
            if group is not None:
                free[group] = link.row
        begin, self.begin = self.begin, []
        for each in begin:
            row_id = free.pop(self.group(each.keys), None)
            if row_id is None:
                self.begin.append(each)
                continue
            self.kept[each.joined] = row_id
            self.changes.append({**self._change(each, self.standing[row_id]), "ends_on": each.ends_on})

    def _joined(self, row: Mapping[str, Any]) -> Keys:
        return tuple(row[column] for column in self.columns)

    def _linked(self, each: WantedPeriod) -> UUID | None:
        """The row that the record became before, unless that is another matter now."""
        link = self.known.get(each.source_id)
        row = self.standing.get(link.row) if link is not None and link.row is not None else None
        if link is None or row is None:
            return None
        if self._joined(row) != each.joined:
            self.replaced.add(row["id"])
            return None
        if not link.present and row["ends_on"] is not None and row["ends_on"] < self.today:
            return None
        return link.row

    def _change(self, each: WantedPeriod, row: Mapping[str, Any]) -> dict[str, Any]:
        ends_on = each.ends_on
        link = self.known.get(each.source_id)
        same = self._joined(row) == each.joined
        if same and ends_on is None and row["ends_on"] is not None and link is not None and link.present:
            self.report.left_out["ended here, still in the roster"] += 1
            ends_on = row["ends_on"]
        told = {name: row[name] if value is None else value for name, value in each.told.items()}
        starts_on = each.starts_on or row["starts_on"]
        return {"id": row["id"], **each.keys, "starts_on": starts_on, "ends_on": ends_on, **told}

    def endings(self) -> list[dict[str, Any]]:
        """The rows that vanished, with their last days."""
        begins = {self.group(each.keys): each.starts_on for each in self.begin if each.starts_on is not None}
        vanished = {link.row for link in self.links.vanished(self.noun)} | self.replaced
        endings = []
        for row_id in vanished - set(self.kept.values()):
            row = self.standing.get(row_id) if row_id is not None else None
            if row is None or (row["ends_on"] is not None and row["ends_on"] < self.today):
                continue
            group = self.group(row)
            last = self.today - _DAY
            if group is not None and group in begins:
                last = min(last, begins[group] - _DAY)
            endings.append({"id": row_id, "ends_on": max(last, row["starts_on"])})
        return endings

    def _first_day(self, each: WantedPeriod) -> date:
        if each.starts_on is not None:
            return each.starts_on
        if not self.known:
            return each.starts_at_first
        return max(each.starts_at_first, self.today)

    def beginnings(self) -> list[dict[str, Any]]:
        """The new rows."""
        return [
            {**each.keys, **each.values, "starts_on": self._first_day(each), "ends_on": each.ends_on}
            for each in self.begin
        ]

    def keep(self, ids: Sequence[UUID]) -> None:
        """Link every record to its row."""
        self.kept |= {each.joined: row_id for each, row_id in zip(self.begin, ids, strict=True)}
        for each in self.wanted:
            row_id = self.kept[each.joined]
            self.links.keep(self.noun, each.source_id, each.record, each.position, row=row_id, made=True)
