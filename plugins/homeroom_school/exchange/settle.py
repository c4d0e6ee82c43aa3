"""Bringing rows of one table to what a roster wants: make, change, or leave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.report import Report

__all__ = ["Wanted", "settle"]


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
