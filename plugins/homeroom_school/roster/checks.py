"""Checks over one file that every format makes: periods and trees."""

from __future__ import annotations

from homeroom.reading.faults import Faults, shown
from homeroom_school.roster import lengths
from homeroom_school.roster.layout import Table
from homeroom_school.roster.problems import Problem

__all__ = ["check_periods", "check_tree", "check_year_titles"]


def check_periods(table: Table | None, start: str, end: str, problems: Faults) -> None:
    """Add a problem for every row whose date in column `end` lies before the one in column `start`."""
    for row in table.rows if table is not None else ():
        first, last = row.day(start), row.day(end)
        if first is not None and last is not None and last < first:
            reason = f"the end {last} lies before the start {first}"
            problems.append(Problem(table.layout.file if table else "", row.line, end, "ends_before_start", reason))


def check_tree(table: Table | None, parent: str, problems: Faults) -> None:
    """Add a problem for every row that is its own ancestor by the column `parent`."""
    if table is None:
        return
    above = {row.text(table.layout.key[0]): row.text(parent) for row in table.rows}
    for row in table.rows:
        here = row.text(table.layout.key[0])
        seen = {here}
        step = above.get(here, "")
        while step and step not in seen:
            seen.add(step)
            step = above.get(step, "")
        if step == here and step:
            problems.append(Problem(table.layout.file, row.line, parent, "circular", "the row is its own ancestor"))


def check_year_titles(table: Table | None, problems: Faults) -> None:
    """Add a problem for every session that is a school year and whose title is longer than a year's name may be."""
    for row in table.rows if table is not None else ():
        if row.text("type").casefold() == "schoolyear" and len(row.text("title")) > lengths.YEAR:
            reason = f"{shown(row.text('title'))!r} has more than {lengths.YEAR} characters"
            problems.append(Problem(row.file, row.line, "title", "too_long", reason))
