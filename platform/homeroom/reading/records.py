"""Which column of a file is which attribute of a record, said once for reading, for writing and for faults::

ITEMS = Layout("items", (Field("What", required=True, to="Item.what"), Field("Found", Kind.DATE, to="Item.found_on")))
items = Records(ITEMS, Item)
found = items.read(read_table(ITEMS, data, faults))
written = write_table(ITEMS, map(items.cells, found))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Generic, NamedTuple, TypeVar

from homeroom.reading.layouts import Cell, Column, Kind, Layout, Row, Table

__all__ = ["Field", "Records", "Way", "columns_of"]

Record = TypeVar("Record")

_EMPTY: Final[Mapping[Kind, Any]] = {Kind.TEXT: "", Kind.LIST: ()}


def _same(value: Any) -> Any:
    return value


class Way(NamedTuple):
    """How a cell becomes the value of an attribute, and the value a cell.

    Args:
        read: Takes what the cell holds: an empty text, an empty tuple or None for an empty one.
        write: Takes the attribute's value.
    """

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
            keeps the cell as it is written among the ``extra`` of a role.
        way: How the value is read and written, where it is not the cell's.
    """

    to: str = ""
    way: Way = _PLAIN


def columns_of(layouts: Iterable[Layout]) -> dict[str, str]:
    """Kind and attribute of a record, such as ``Person.given``, and the first column of these files that fills it."""
    columns: dict[str, str] = {}
    for layout in layouts:
        for column in layout.columns:
            for target in column.to.split() if isinstance(column, Field) else ():
                columns.setdefault(target, column.name)
    return columns


class Records(Generic[Record]):
    """The records of one kind in the rows of a file.

    Args:
        layout: The file.
        kind: The kind of record: a dataclass. Where it has a ``place``, that is the `Place` that it was read from. An
            attribute whose default is an empty tuple is filled by a column of lists, or by one of single words.
        fixed: Values of attributes that no column has.
        rest: Whether the record's ``extra`` keeps the cells that are no attribute of any record.
    """

    def __init__(
        self, layout: Layout, kind: type[Record], fixed: Mapping[str, Any] | None = None, *, rest: bool = False
    ) -> None:
        self.layout = layout
        self.kind = kind
        self._fixed = dict(fixed or {})
        made: Any = kind
        defaults = {each.name: each.default for each in fields(made)}
        self._placed = "place" in defaults
        self._extended = "extra" in defaults
        self._columns: list[tuple[str, str, Any, Way]] = []
        self._kept: set[str] = set()
        self._mapped: set[str] = set()
        for column in layout.columns:
            if not isinstance(column, Field):
                continue
            for target in column.to.split():
                of, _, attribute = target.partition(".")
                self._mapped.add(column.name)
                if of == kind.__name__ and attribute == "extra":
                    self._kept.add(column.name)
                elif of == kind.__name__:
                    one = defaults[attribute] == () and column.kind is not Kind.LIST
                    way = _ONE if one else column.way
                    self._columns.append((attribute, column.name, _EMPTY.get(column.kind), way))
        unmapped = len(self._mapped) < len(layout.columns) or bool(layout.extensions)
        self._rest = rest and self._extended and unmapped

    def of(self, row: Row) -> Record:
        """The record of a row.  A cell with a fault is an empty one."""
        values = dict(self._fixed)
        for attribute, name, empty, way in self._columns:
            cell = row.cells.get(name)
            if cell is None:
                cell = empty
            values[attribute] = cell if way is _PLAIN else way.read(cell)
        if self._rest:
            values["extra"] = {name: value for name, value in row.written.items() if name not in self._mapped}
        elif self._kept:
            values["extra"] = {name: value for name, value in row.written.items() if name in self._kept}
        if self._placed:
            values["place"] = row.place
        return self.kind(**values)

    def read(self, table: Table | None) -> tuple[Record, ...]:
        """The records of all rows of a file; none if it is missing."""
        return tuple(map(self.of, table.rows)) if table is not None else ()

    def cells(self, record: Any) -> dict[str, Cell]:
        """The cells of a record, by header."""
        cells = {name: way.write(getattr(record, attribute)) for attribute, name, _, way in self._columns}
        return {**cells, **record.extra} if self._extended else cells
