"""Which column of a file is which attribute of a record: said once, for reading, for writing and for faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, NamedTuple

from homeroom.reading.layouts import Cell, Column, Kind, Layout, Row, Table
from homeroom_rosters.roster.records import Record

__all__ = ["Cells", "Field", "File", "Records", "Way", "day", "ref", "text"]

Cells = dict[str, Cell]

#: Characters that a value may have: as many as the row of the registry that it becomes can hold. No value is
#: shortened; one that is longer is a fault of its line.
_LONGEST: Final = {
    "Session.title": 60,
    "Course.title": 120,
    "Course.code": 40,
    "Section.title": 120,
    "Section.code": 60,
    "Person.given": 120,
    "Person.middle": 120,
    "Person.family": 120,
    "Person.email": 254,
    "Person.phone": 40,
    "Person.sms": 40,
}
_LONGEST_ID: Final = 255
_EMPTY: Final[Mapping[Kind, Any]] = {Kind.TEXT: "", Kind.LIST: ()}


def _same(value: Any) -> Any:
    return value


class Way(NamedTuple):
    """How a cell becomes the value of an attribute, and the value a cell."""

    read: Callable[[Any], Any] = _same
    write: Callable[[Any], Any] = _same


_PLAIN: Final = Way()
#: A column with one word for an attribute that may hold several.
_ONE: Final = Way(lambda cell: (cell,) if cell else (), lambda values: values[0] if values else "")


@dataclass(frozen=True, slots=True)
class Field(Column):
    """A column, and the attributes that it fills.

    Args:
        to: Such as ``Person.given``; several, also of several kinds of records, are separated by spaces. ``Role.extra``
            keeps the cell among what the role has no attribute for. Without, the cell is kept by the file's record.
        way: How the value is read and written, where it is not the cell's.
    """

    to: str = ""
    way: Way = _PLAIN


def text(name: str, to: str = "", longest: int | None = None, **more: Any) -> Field:
    """A column of text.

    Args:
        name: The header.
        to: As in `Field`.
        longest: Characters that a value may have; by default as many as its attributes can hold.
        more: As in `Field`.
    """
    limits = [_LONGEST_ID if each.endswith(".source_id") else _LONGEST.get(each) for each in to.split()]
    least = min((each for each in limits if each is not None), default=None)
    return Field(name, longest=longest or least, to=to, **more)


def day(name: str, to: str, **more: Any) -> Field:
    """A column of dates."""
    return Field(name, Kind.DATE, to=to, **more)


def ref(name: str, file: str, to: str = "", **more: Any) -> Field:
    """A column that holds keys of rows of a file."""
    return Field(name, refers=(file,), to=to, **more)


@dataclass(frozen=True, slots=True)
class File(Layout):
    """A file of a format.

    Args:
        kind: The kind of record that its rows are; None if they are none, or several at once.
        fixed: Attributes that are the same in all of them.
        period: The columns with the first and the last day of something.
        parent: The column with the key of the row above.
    """

    kind: type[Record] | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    period: tuple[str, str] | None = None
    parent: str = ""


class Records:
    """The records of one kind in the rows of a file.

    Args:
        file: The file.
        kind: The kind of record, by default the file's own. Only records of the file's own kind keep the cells that no
            attribute has.
        fixed: Attributes that no column has.
    """

    def __init__(self, file: File, kind: Any = None, /, **fixed: Any) -> None:
        self.file = file
        made: Any = file.kind if kind is None else kind
        self.kind = made
        self.fixed = {**file.fixed, **fixed}
        defaults = {each.name: each.default for each in fields(self.kind)}
        self._columns: list[tuple[str, str, Any, Way]] = []
        self._kept: set[str] = set()
        self._mapped: set[str] = set()
        name: str = self.kind.__name__
        for column in file.columns:
            for target in getattr(column, "to", "").split():
                of, _, attribute = target.partition(".")
                self._mapped.add(column.name)
                if of == name and attribute == "extra":
                    self._kept.add(column.name)
                elif of == name:
                    one = defaults[attribute] == () and column.kind is not Kind.LIST
                    way: Way = _ONE if one else column.way  # type: ignore[attr-defined]
                    self._columns.append((attribute, column.name, _EMPTY.get(column.kind), way))
        self._has_extra = "extra" in defaults
        self._unmapped = self.kind is file.kind and (len(self._mapped) < len(file.columns) or bool(file.extensions))

    def of(self, row: Row) -> Any:
        """The record of a row.  Cells with a fault read as empty."""
        values = dict(self.fixed)
        for attribute, name, empty, way in self._columns:
            cell = row.cells.get(name)
            if cell is None:
                cell = empty
            values[attribute] = cell if way is _PLAIN else way.read(cell)
        if self._unmapped:
            values["extra"] = {name: value for name, value in row.written.items() if name not in self._mapped}
        elif self._kept:
            values["extra"] = {name: value for name, value in row.written.items() if name in self._kept}
        return self.kind(**values, place=row.place)

    def read(self, tables: Mapping[str, Table]) -> tuple[Any, ...]:
        """The records of all rows."""
        table = tables.get(self.file.file)
        return tuple(map(self.of, table.rows)) if table is not None else ()

    def cells(self, record: Any) -> Cells:
        """The cells of a record."""
        cells = {name: way.write(getattr(record, attribute)) for attribute, name, _, way in self._columns}
        return {**cells, **record.extra} if self._has_extra else cells
