"""Checks over one file that every format makes: periods and trees."""

from __future__ import annotations

from homeroom_school.roster.layout import Table
from homeroom_school.roster.problems import Problem

__all__ = ["check_periods", "check_tree"]


def check_periods(table: Table | None, start: str, end: str, problems: list[Problem]) -> None:
    """Add a problem for every row whose date in column `end` lies before the one in column `start`."""
    for row in table.rows if table is not None else ():
        first, last = row.day(start), row.day(end)
        if first is not None and last is not None and last < first:
            reason = f"the end {last} lies before the start {first}"
            problems.append(Problem(table.layout.file if table else "", row.line, end, "ends_before_start", reason))


def check_tree(table: Table | None, parent: str, problems: list[Problem]) -> None:
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
