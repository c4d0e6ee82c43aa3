"""Checks over one file that every format makes: periods and trees."""

from __future__ import annotations

from homeroom.reading.faults import Faults, shown
from homeroom.reading.refusals import (
    ENDS_EARLY,
    VALUE_TOO_LONG,
)
from homeroom_rosters.refusals import CIRCULAR
from homeroom_rosters.roster import lengths
from homeroom_rosters.roster.layout import Table
from homeroom_rosters.roster.problems import Problem

__all__ = ["check_periods", "check_tree", "check_year_titles"]


def check_periods(table: Table | None, start: str, end: str, problems: Faults) -> None:
    """Add a problem for every row whose date in column `end` lies before the one in column `start`."""
    for row in table.rows if table is not None else ():
        first, last = row.day(start), row.day(end)
        if first is not None and last is not None and last < first:
            file = table.layout.file if table else ""
            problems.append(Problem(file, row.line, end, ENDS_EARLY, end=last, start=first))


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
            problems.append(Problem(table.layout.file, row.line, parent, CIRCULAR))


def check_year_titles(table: Table | None, problems: Faults) -> None:
    """Add a problem for every session that is a school year and whose title is longer than a year's name may be."""
    for row in table.rows if table is not None else ():
        if row.text("type").casefold() == "schoolyear" and len(row.text("title")) > lengths.YEAR:
            title = shown(row.text("title"))
            problems.append(Problem(row.file, row.line, "title", VALUE_TOO_LONG, value=title, most=lengths.YEAR))
