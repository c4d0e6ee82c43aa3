"""The rows of a file by the columns of an import: each cell a value, or a problem with its line and column."""

from __future__ import annotations

import dataclasses
import functools
import re
import typing
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import Problem, Refusal
from homeroom.imports.cells import Words, cell_value
from homeroom.imports.columns import ImportColumn, header_of, headers_of
from homeroom.imports.files import FileLines
from homeroom.imports.references import find_rows, in_order, table_named
from homeroom.imports.refusals import (
    BAD_WIDTH,
    DUPLICATE_COLUMN,
    MISSING_COLUMN,
    NO_ROWS,
    NO_SUCH_COLUMN,
    NO_SUCH_HEADER,
)
from homeroom.imports.turns import in_turns
from homeroom.languages import ENGLISH
from homeroom.refusals import MORE_PROBLEMS, REQUIRED, Code
from homeroom.texts import folded

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.imports.declare import Import, ImportOptions

__all__ = ["FIELD", "Sheet", "SheetRow", "dataclass_in", "made", "read_sheet"]

#: The input field that the file comes in.
FIELD: Final = "file"
#: Headers that a problem shows.
_MOST_HEADERS: Final = 20
_CAPITAL: Final = re.compile("(?<=[a-z0-9])([A-Z])")


@dataclass(slots=True)
class SheetRow:
    """One row of a file.

    Args:
        line: Its line; 1 is that of the headers.
        values: Path to value; None where the cell is empty.
        wrong: Whether something is wrong with it.
        texts: Path to what the cell of a reference says, or to all that it says.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    wrong: bool = False
    texts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """The rows of a file, and what is wrong with them.

    Args:
        format: ``csv`` or ``xlsx``.
        headers: Path to the header of its column.
        passed_over: Headers that mean no column.
        rows: The rows.
        problems: What is wrong.
        left_out: How many rows, or other parts, of the file are left out, by reason.
        columns: Path to column, of the import.
    """

    format: str
    headers: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    columns: Mapping[str, ImportColumn] = field(default_factory=dict)

    def problem(self, row: SheetRow | None, path: str, code: Code, /, **values: Any) -> None:
        """Note what is wrong with a row, or with the file."""
        line = None
        if row is not None:
            row.wrong, line = True, row.line
        self.problems.append(Problem(code, FIELD, line, **values).in_column(self.headers.get(path, path)))

    def refuse(self, rows: Sequence[SheetRow], problems: Sequence[Problem]) -> None:
        """Note what a command found wrong with rows.

        Args:
            rows: The rows, in the order in which the command got them.
            problems: What is wrong; the fields are those of a row, or begin with ``rows.``.
        """
        for each in problems:
            if each.code != MORE_PROBLEMS:
                row = rows[each.row if each.row is not None and each.row < len(rows) else 0]
                self.problem(row, self._path(each.field or ""), each.code, **each.values)

    def _path(self, field: str) -> str:
        """The column of a field that a command refused."""
        path = _CAPITAL.sub(r"_\1", field.removeprefix("rows.")).lower()
        if path in self.headers or "." not in path:
            return path if path in self.columns else ""
        # Of a nested input, the file may have another part.
        head = path.partition(".")[0]
        return next((each for each in self.headers if each.startswith(f"{head}.")), path)

    def refuse_incomplete(self, row: SheetRow, key: Collection[str] = ()) -> None:
        """Refuse a new row that lacks something, unless that was read and is wrong already."""
        for path, column in self.columns.items():
            if not column.required or row.values.get(path) is not None:
                continue
            if (path in row.values or path not in self.headers) and path not in key:
                self.problem(row, path, REQUIRED)

    def good(self) -> list[SheetRow]:
        """The rows with which nothing is wrong so far."""
        return [each for each in self.rows if not each.wrong]

    def raise_problems(self) -> None:
        """Raise a Refusal with everything that is wrong, in the order of the lines."""
        if self.problems:
            raise Refusal.of(sorted(self.problems, key=lambda each: each.row or 0))


def made(kind: Any, values: Mapping[str, Any]) -> Any:
    """A dataclass from paths to values."""
    given: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        name, _, inner = path.partition(".")
        if inner:
            nested.setdefault(name, {})[inner] = value
        else:
            given[name] = value
    for name, (inner_kind, needed) in _nested_in(kind).items():
        # A nested input that is needed and of which the file says nothing is refused by the command.
        if name in nested or needed:
            given[name] = made(inner_kind, nested.get(name, {}))
    return kind(**given)


@functools.lru_cache(maxsize=256)
def _nested_in(kind: Any) -> Mapping[str, tuple[Any, bool]]:
    """The nested inputs of a dataclass, and whether each is needed; read once, and not for each row of a file."""
    hints = typing.get_type_hints(kind)
    inner = {each: dataclass_in(hints[each.name]) for each in dataclasses.fields(kind)}
    return {each.name: (of, each.default is dataclasses.MISSING) for each, of in inner.items() if of is not None}


def dataclass_in(kind: Any) -> Any:
    """The dataclass in a type, such as a nested input that may be None; none where there is none."""
    return next((each for each in (kind, *typing.get_args(kind)) if dataclasses.is_dataclass(each)), None)


async def read_sheet(context: Context, spec: Import, lines: FileLines, options: ImportOptions) -> Sheet:
    """Read the cells of a file.

    Args:
        context: The command's.
        spec: The import.
        lines: The lines of the file.
        options: What the caller chose.

    Raises:
        Refusal: The headers are wrong, so that no row can be read.
    """
    sheet = Sheet(lines.format, left_out=Counter(lines.left_out), columns=spec.columns)
    if not lines.numbers:
        raise Refusal(NO_ROWS, FIELD)
    header, first = lines.cells[0], lines.numbers[0]
    places = _places(context, spec, sheet, header, options.headers)
    _refuse_missing(context, spec, sheet, header, first, options)
    sheet.raise_problems()
    without = {(line, place): (Code(name, text), values) for line, place, name, text, values in lines.without_value}
    words = Words(context.variant, context.variant.given_by.get(spec.resource, ""))
    async for _, (line, cells) in in_turns(zip(lines.numbers[1:], lines.cells[1:], strict=True)):
        row = SheetRow(line, dict(options.common))
        sheet.rows.append(row)
        if len(cells) != len(header):
            sheet.problem(row, "", BAD_WIDTH, count=len(cells), headers=len(header))
            continue
        for place, column in places.items():
            text = cells[place]
            if (line, place) in without:
                code, values = without[line, place]
                sheet.problem(row, column.path, code, **values)
                continue
            try:
                row.values[column.path] = cell_value(column, text, options.date_order, words) if text else None
            except Refusal as refusal:
                (problem,) = refusal.problems
                sheet.problem(row, column.path, problem.code, **problem.values)
    if not sheet.rows and not sheet.left_out and spec.bring_in is None:
        raise Refusal(NO_ROWS, FIELD)
    table = table_named(context.variant.resources[spec.resource].table)
    await _find_references(context, sheet, {column.path: column for column in places.values()}, table)
    return sheet


def _places(
    context: Context, spec: Import, sheet: Sheet, header: Sequence[str], mapped: Sequence[Any]
) -> dict[int, ImportColumn]:
    """Which column is at which place."""
    variant = context.variant
    known: dict[str, ImportColumn] = {}
    for each_column in spec.columns.values():
        for name in headers_of(variant, spec, each_column):
            known.setdefault(name, each_column)
    chosen: dict[str, ImportColumn | None] = {}
    present = {folded(each) for each in header}
    for each in mapped:
        if folded(each.header) not in present:
            sheet.problems.append(Problem(NO_SUCH_HEADER, "headers", name=each.header))
        elif each.column and each.column not in spec.columns:
            columns = list(spec.columns)
            sheet.problems.append(Problem(NO_SUCH_COLUMN, "headers", name=each.column, columns=columns))
        else:
            chosen[folded(each.header)] = spec.columns[each.column] if each.column else None
    taken = {each_column.path for each_column in chosen.values() if each_column is not None}
    places: dict[int, ImportColumn] = {}
    for place, name in enumerate(header):
        word = folded(name)
        column: ImportColumn | None = chosen[word] if word in chosen else known.get(word)
        if column is None or (column.path in taken and word not in chosen):
            if name:
                sheet.passed_over.append(name)
            continue
        if column.path in sheet.headers:
            problem = Problem(DUPLICATE_COLUMN, FIELD, one=sheet.headers[column.path], other=name)
            sheet.problems.append(problem.in_column(name))
            continue
        sheet.headers[column.path] = name
        places[place] = column
    return places


def _refuse_missing(
    context: Context, spec: Import, sheet: Sheet, header: Sequence[str], line: int, options: ImportOptions
) -> None:
    """Refuse a file without a column that rows need: its key, and, if rows are only created, what new rows need."""
    for path, column in spec.columns.items():
        needed = path in spec.key or (column.required and spec.change is None)
        if needed and path not in sheet.headers and options.common.get(path) is None:
            name = header_of(context.variant, spec, column, ENGLISH)
            found = [each for each in header if each][:_MOST_HEADERS]
            problem = Problem(MISSING_COLUMN, FIELD, line, name=name, found=found)
            sheet.problems.append(problem.in_column(name))


async def _find_references(
    context: Context, sheet: Sheet, columns: Mapping[str, ImportColumn], table: type[SchoolTable]
) -> None:
    for column in in_order(context, columns):
        values = [row.values for row in sheet.rows]
        for row, found in zip(sheet.rows, await find_rows(context, column, columns, values, table), strict=True):
            if found is None:
                continue
            row.texts[column.path] = row.values.pop(column.path)
            if isinstance(found, Refusal):
                for problem in found.problems:
                    sheet.problem(row, column.path, problem.code, **problem.values)
            else:
                row.values[column.path] = found
