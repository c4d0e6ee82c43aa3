"""Bringing rows of one table to what a roster wants: make, change, leave, and end what vanished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.report import Report

__all__ = ["Wanted", "WantedPeriod", "settle", "settle_periods"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that a roster wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        record: What is kept of the record beside the row.
        columns: Column to value; all wanted rows of a table have the same columns.  None means that
            the roster does not tell: a row that is there keeps its value.
        match: A row that is there already and is this one, if it is not linked.
    """

    source_id: str
    position: int
    record: Any
    columns: Mapping[str, Any]
    match: UUID | None = None


async def settle(
    context: Context,
    links: Links,
    report: Report,
    noun: str,
    table: type[SchoolTable],
    wanted: Sequence[Wanted],
    *,
    change_matched: bool = True,
) -> dict[str, UUID]:
    """Make or change the rows that a roster wants.

    Args:
        context: The import's.
        links: The system's links.
        report: Counts what is done.
        noun: What kind of record.
        table: The table of the rows.
        wanted: The rows.
        change_matched: Whether a row that no roster made is changed to what the roster says.

    Returns:
        Source id to row.
    """
    known = links.of(noun)
    rows: dict[str, UUID] = {}
    made: dict[str, bool] = {}
    for each in wanted:
        link = known.get(each.source_id)
        if link is not None and link.row is not None:
            rows[each.source_id], made[each.source_id] = link.row, link.made
        elif each.match is not None:
            rows[each.source_id], made[each.source_id] = each.match, False
    await _change(context, report, noun, table, [w for w in wanted if made.get(w.source_id, False)], rows)
    matched = [w for w in wanted if not made.get(w.source_id, True)]
    if change_matched:
        await _change(context, report, noun, table, matched, rows)
    else:
        report.unchanged[noun] += len(matched)
    new = [each for each in wanted if each.source_id not in rows]
    ids = await context.rows(table).insert([dict(each.columns) for each in new])
    report.created[noun] += len(new)
    for each, row in zip(new, ids, strict=True):
        rows[each.source_id], made[each.source_id] = row, True
    for each in wanted:
        links.keep(
            noun,
            each.source_id,
            each.record,
            each.position,
            row=rows[each.source_id],
            made=made[each.source_id],
        )
    return rows


async def _change(
    context: Context,
    report: Report,
    noun: str,
    table: type[SchoolTable],
    wanted: Sequence[Wanted],
    rows: Mapping[str, UUID],
) -> None:
    if not wanted:
        return
    columns = list(wanted[0].columns)
    name = table._meta.tablename
    present = {
        row["id"]: row
        for row in await context.fetch(
            f"SELECT id, {', '.join(columns)} FROM {name} WHERE id = ANY($1::uuid[])",
            [rows[each.source_id] for each in wanted],
        )
    }
    changed = await context.rows(table).update_many(
        [
            {
                "id": row_id,
                **{
                    column: present[row_id][column] if value is None else value
                    for column, value in each.columns.items()
                },
            }
            for each in wanted
            if (row_id := rows[each.source_id]) in present
        ]
    )
    report.changed[noun] += len(changed)
    report.unchanged[noun] += len(wanted) - len(changed)


@dataclass(frozen=True, slots=True)
class WantedPeriod:
    """A dated row that a roster wants.

    Args:
        source_id: The record's id.
        position: Its place in its file.
        record: What is kept of the record.
        keys: Who and what it joins: column to id.
        starts_on: The first day, where the roster tells it.
        starts_at_first: The first day if the roster does not tell and the row is new on the first import.
        ends_on: The last day, where the roster tells it.
        values: Further columns of a new row.
    """

    source_id: str
    position: int
    record: Any
    keys: Mapping[str, UUID]
    starts_on: date | None
    starts_at_first: date
    ends_on: date | None
    values: Mapping[str, Any] = field(default_factory=dict)


async def settle_periods(
    context: Context,
    links: Links,
    report: Report,
    noun: str,
    table: type[SchoolTable],
    wanted: Sequence[WantedPeriod],
) -> None:
    """Begin, change and end dated rows.

    What vanished from the roster ends with yesterday (or with its first day, if that is later) and is not
    removed.  What the office ended by itself while the roster still has it stays ended, and is counted.
    What comes back begins anew.
    """
    today = context.today
    known = links.of(noun)
    first_import = not known
    keys = list(wanted[0].keys) if wanted else []
    name = table._meta.tablename
    standing = {row["id"]: row for row in await context.fetch(f"SELECT * FROM {name} FOR UPDATE")}
    by_keys = {
        tuple(row[key] for key in keys): row_id
        for row_id, row in standing.items()
        if keys and (row["ends_on"] is None or row["ends_on"] >= today)
    }
    changes: list[dict[str, Any]] = []
    begin: list[WantedPeriod] = []
    kept: dict[str, UUID] = {}
    ended: list[UUID] = []
    # Two records may join the same two rows, such as two roles of one teacher in one class: one period.
    once = {tuple(each.keys[key] for key in keys): each for each in reversed(wanted)}
    for each in once.values():
        link = known.get(each.source_id)
        row = standing.get(link.row) if link is not None and link.row is not None else None
        if row is not None and any(row[key] != each.keys[key] for key in keys):
            ended.append(row["id"])
            row = None
        came_back = link is not None and not link.present
        if row is not None and came_back and row["ends_on"] is not None and row["ends_on"] < today:
            row = None
        if row is None:
            match = by_keys.get(tuple(each.keys[key] for key in keys))
            row = standing[match] if match is not None and match not in ended else None
        if row is None:
            begin.append(each)
            continue
        kept[each.source_id] = row["id"]
        ends_on = each.ends_on
        if ends_on is None and row["ends_on"] is not None and not came_back:
            report.left_out["ended here, still in the roster"] += 1
            ends_on = row["ends_on"]
        changes.append({"id": row["id"], "starts_on": each.starts_on or row["starts_on"], "ends_on": ends_on})
    table_rows = context.rows(table)
    changed = await table_rows.update_many(changes)
    report.changed[noun] += len(changed)
    report.unchanged[noun] += len(changes) - len(changed)

    for each in wanted:
        links.keep(noun, each.source_id, each.record, each.position)
    gone = {link.row for link in links.vanished(noun)}.union(ended) - set(kept.values())
    over = [
        {"id": row_id, "ends_on": max(standing[row_id]["starts_on"], today - timedelta(days=1))}
        for row_id in gone
        if row_id in standing and (standing[row_id]["ends_on"] is None or standing[row_id]["ends_on"] >= today)
    ]
    report.ended[noun] += len(await table_rows.update_many(over))
    # What began today and is over already was today: what replaces it begins tomorrow.
    was_today = {standing[each["id"]][keys[0]] for each in over if keys and each["ends_on"] >= today}

    def first_day(each: WantedPeriod) -> date:
        if each.starts_on is not None:
            return each.starts_on
        if first_import:
            return each.starts_at_first
        return max(each.starts_at_first, today + timedelta(days=each.keys[keys[0]] in was_today))

    new = [
        {
            **each.keys,
            **each.values,
            "starts_on": first_day(each),
            "ends_on": each.ends_on,
        }
        for each in begin
    ]
    ids = await table_rows.insert(new)
    report.created[noun] += len(new)
    kept |= {each.source_id: row_id for each, row_id in zip(begin, ids, strict=True)}
    for each in wanted:
        row_of = kept[once[tuple(each.keys[key] for key in keys)].source_id]
        links.keep(noun, each.source_id, each.record, each.position, row=row_of, made=True)
