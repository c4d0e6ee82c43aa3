"""Writing a file of a bundle."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from homeroom.reading.dates import DateOrder
from homeroom.reading.layouts import Cell, Column, Kind, Layout

__all__ = ["write_table"]


def _written(column: Column, cell: Cell, order: DateOrder | None) -> str:
    if cell is None or column.kind is Kind.SECRET:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat() if order is None else _year_last(cell, order)
    if isinstance(cell, tuple):
        if not cell:
            return ""
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(cell)
        return line.getvalue()
    return cell


def _year_last(day: date, order: DateOrder) -> str:
    first, second = (day.day, day.month) if order is DateOrder.DAY_FIRST else (day.month, day.day)
    return f"{first}/{second}/{day.year}"


def write_table(layout: Layout, rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """The file of these rows: UTF-8, CRLF, the layout's columns and then the extensions used."""
    lines = list(rows)
    names = {name: None for row in lines for name in row}
    filled = {name for row in lines for name, cell in row.items() if cell}
    columns = [column for column in layout.columns if not column.when_used or column.name in filled]
    if layout.extensions is not None:
        further = names.keys() - set(layout.names)
        columns += [Column(name) for name in sorted(further) if name.startswith(layout.extensions)]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for row in lines:
        writer.writerow([_written(column, row.get(column.name), layout.date_order) for column in columns])
    return out.getvalue().encode()
