"""A format: its files, and how their rows become a roster and a roster their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from homeroom.reading.faults import Faults, shown
from homeroom.reading.tables import Allowance
from homeroom_rosters.refusals import MISSING_FILE, NOT_IN_FILES
from homeroom_rosters.roster.layout import Cell, Layout, ReadOptions, Table, read_table, write_table
from homeroom_rosters.roster.problems import Problem, RosterRejected
from homeroom_rosters.roster.records import Roster

__all__ = ["Cells", "RosterFormat", "Rows"]

Cells = Mapping[str, Cell]
Rows = Mapping[str, Sequence[Cells]]
Tables = Mapping[str, Table]
_BY_ITSELF: Final = ReadOptions()


@dataclass(frozen=True, slots=True)
class RosterFormat:
    """One bundle format.

    Args:
        name: its short name, as commands take it.
        title: its full name.
        layouts: its files.
        recognises: whether a bundle with these file names is of this format.
        build: makes the roster; may add problems that need several files to be seen.
        rows: takes a roster apart into the rows of each file.
        columns: class and attribute of a record, such as ``Person.given``, to the header of its column.
    """

    name: str
    title: str
    layouts: tuple[Layout, ...]
    recognises: Callable[[set[str]], bool]
    build: Callable[[Tables, Faults], Roster]
    rows: Callable[[Roster], Rows]
    columns: Mapping[str, str] = field(default_factory=dict)

    def read(self, files: Mapping[str, bytes], options: ReadOptions = _BY_ITSELF) -> Roster:
        """The roster that these files hold.  Raises `RosterRejected` with the faults found."""
        problems, allowance = Faults(), Allowance()
        by_name = {name.casefold(): data for name, data in files.items()}
        tables: dict[str, Table] = {}
        for layout in self.layouts:
            data = by_name.pop(layout.file.casefold(), None)
            if data is not None:
                tables[layout.file] = read_table(layout, data, problems, options, allowance)
            elif layout.required:
                problems.append(Problem(layout.file, 0, "", MISSING_FILE))
        _check_references(tables, problems)
        roster = self.build(tables, problems)
        if problems:
            order = {layout.file: place for place, layout in enumerate(self.layouts)}
            raise RosterRejected(problems.ordered(lambda each: (order.get(each.file, -1), each.line, each.column)))
        others = {name: data.count(b"\n") for name, data in files.items() if name.casefold() in by_name}
        headers = {file: table.headers for file, table in tables.items()}
        return replace(_with_others(roster, others), headers=headers)

    def write(self, roster: Roster) -> dict[str, bytes]:
        """The files of the bundle.  Files without a row are left out unless the format needs them."""
        rows = self.rows(roster)
        return {
            layout.file: write_table(layout, rows.get(layout.file, ()))
            for layout in self.layouts
            if layout.required or rows.get(layout.file)
        }


def _with_others(roster: Roster, others: Mapping[str, int]) -> Roster:
    return replace(roster, other_files=dict(sorted(others.items()))) if others else roster


def _check_references(tables: Tables, problems: Faults) -> None:
    """Every cell that names a row of another file must find it."""
    broken = {file for file, table in tables.items() if not table.readable}
    broken |= {problem.file for problem in problems if problem.line == 0}
    known: dict[tuple[str, ...], set[str]] = {}
    for table in tables.values():
        for column in table.layout.columns:
            # A file that could not be read at all would make every reference to it look wrong.
            if not column.refers or broken.intersection(column.refers):
                continue
            if column.refers not in known:
                known[column.refers] = set().union(*(tables[file].values() for file in column.refers if file in tables))
            values = known[column.refers]
            where = list(column.refers)
            for row in table.rows:
                for value in row.many(column.name) or (row.text(column.name),):
                    if value and value not in values:
                        named = {"value": shown(value), "files": where}
                        problems.append(Problem(table.layout.file, row.line, column.name, NOT_IN_FILES, **named))
