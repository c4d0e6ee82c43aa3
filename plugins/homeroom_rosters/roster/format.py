"""A format: its files, and how they are read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from homeroom.reading.faults import Fault, Faults, FileRefused, shown
from homeroom.reading.layouts import Cell, ReadOptions, Row, Table, read_table
from homeroom.reading.records import Records, columns_of
from homeroom.reading.refusals import ENDS_EARLY
from homeroom.reading.tables import Allowance
from homeroom.reading.writing import write_table
from homeroom_rosters.refusals import CIRCULAR, MISSING_FILE, NOT_IN_FILES
from homeroom_rosters.roster.files import File
from homeroom_rosters.roster.records import RECORDS, Roster

Rows = dict[str, list[dict[str, Cell]]]
Tables = Mapping[str, Table]


@dataclass(frozen=True)
class RosterFormat:
    """One bundle format. Where its files are more than tables of records, a subclass says so.

    Args:
        name: its short name, as commands take it.
        title: its full name.
        files: its files.
        known_by: the files by which it is recognised, in lower case; formats are tried one after another.
    """

    name: str
    title: str
    files: tuple[File, ...]
    known_by: frozenset[str]

    @cached_property
    def records(self) -> Mapping[str, Records[Any]]:
        """The records of each file whose rows are records of one kind."""
        return {file.file: Records(file, file.kind, file.fixed, rest=True) for file in self.files if file.kind}

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Kind and attribute of a record, such as ``Person.given``, and the first column that fills it."""
        return columns_of(self.files)

    def build(self, tables: Tables, problems: Faults) -> Roster:
        """The roster of these files.

        Args:
            problems: Gains the faults that need several rows or files to be seen.
        """
        made: dict[str, Any] = {
            name: tuple(
                each
                for file, records in self.records.items()
                if records.kind is kind
                for each in records.read(tables.get(file))
            )
            for name, kind in RECORDS.items()
        }
        return Roster(self.name, **made)

    def rows(self, roster: Roster) -> Rows:
        """The rows of each file."""
        of_kind = {kind: getattr(roster, name) for name, kind in RECORDS.items()}
        return {name: [*map(each.cells, of_kind[each.kind])] for name, each in self.records.items()}

    def read(self, files: Mapping[str, bytes], options: ReadOptions) -> Roster:
        """The roster that these files hold.  Raises `FileRefused` with the faults found."""
        problems, allowance = Faults(), Allowance()
        by_name = {name.casefold(): data for name, data in files.items()}
        tables: dict[str, Table] = {}
        for file in self.files:
            data = by_name.pop(file.file.casefold(), None)
            if data is not None:
                tables[file.file] = read_table(file, data, problems, options, allowance)
            elif file.required:
                problems.append(Fault(file.file, 0, "", MISSING_FILE))
        _check_references(tables, problems)
        for file in self.files:
            _check_rows(file, rows_of(tables, file.file), problems)
        roster = self.build(tables, problems)
        if problems:
            order = {file.file: place for place, file in enumerate(self.files)}
            raise FileRefused(problems.ordered(lambda each: (order.get(each.file, -1), each.line, each.column)))
        others = {name: data.count(b"\n") for name, data in files.items() if name.casefold() in by_name}
        headers = {file: table.headers for file, table in tables.items()}
        return replace(roster, other_files=dict(sorted(others.items())), headers=headers)

    def write(self, roster: Roster) -> dict[str, bytes]:
        """The files of the bundle.  Files without a row are left out unless the format needs them."""
        rows = self.rows(roster)
        return {
            file.file: write_table(file, rows.get(file.file, ()))
            for file in self.files
            if file.required or rows.get(file.file)
        }


def rows_of(tables: Tables, file: str) -> Sequence[Row]:
    """The rows of a file; none if it is missing."""
    return tables[file].rows if file in tables else ()


def _check_rows(file: File, rows: Sequence[Row], problems: Faults) -> None:
    """No period ends before it begins, and no row is its own ancestor."""
    starts, ends, parent = map(file.header_of, ("starts_on", "ends_on", "parent"))
    above = {row.text(file.key[0]): row.text(parent) for row in rows} if parent else {}
    for row in rows:
        first, last = row.day(starts), row.day(ends)
        if first is not None and last is not None and last < first:
            problems.append(Fault(file.file, row.line, ends, ENDS_EARLY, end=last, start=first))
        if parent:
            here = row.text(file.key[0])
            step, seen = above[here], {here}
            while step and step not in seen:
                seen.add(step)
                step = above.get(step, "")
            if step and step == here:
                problems.append(Fault(file.file, row.line, parent, CIRCULAR))


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
                        problems.append(Fault(table.layout.file, row.line, column.name, NOT_IN_FILES, **named))
