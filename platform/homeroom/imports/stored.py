"""What the school has already, and how rows of a file differ from it."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.columns import FlagKind, TextKind, kind_of
from homeroom.imports.columns import ImportColumn
from homeroom.imports.own_fields import add_own_values, own_value
from homeroom.imports.references import table_named
from homeroom.labels import labels_in
from homeroom.messages import language_for
from homeroom.nouns import Draft, noun_of

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.imports.declare import Import
    from homeroom.imports.sheet import Sheet, SheetRow
    from homeroom.labels import Labels
    from homeroom.resources import Resource

__all__ = ["Difference", "StoredRows", "has_names", "load_stored", "names_of"]

_NAMES: Final = ("full_name", "name", "title")
_LONGEST: Final = 60


@dataclass(slots=True)
class Difference:
    """How a row of a file differs from a row of the school.

    Args:
        id: The row of the school.
        row: The row of the file.
        name: What people call it.
        values: Path to new value.
        stored: What the school has of the row.
        detail: What changes, for people.
    """

    id: UUID
    row: SheetRow
    name: str
    values: dict[str, Any]
    stored: Mapping[str, Any]
    detail: str

    def arguments(self, change: Command) -> dict[str, Any]:
        """The arguments of the command that changes it; a nested input is given whole."""
        given = {path: value for path, value in self.values.items() if path in change.parameters}
        for name in dict.fromkeys(path.partition(".")[0] for path in self.values if "." in path):
            kinds = (change.parameters[name][0], *typing.get_args(change.parameters[name][0]))
            kind: Any = next(each for each in kinds if dataclasses.is_dataclass(each))
            inner = {
                path.partition(".")[2]: value
                for path, value in self.row.values.items()
                if path.startswith(f"{name}.") and value is not None
            }
            # A nested input says all of what it is about: it knows itself what stays.
            complete = getattr(kind, "completed", None)
            given[name] = kind(**inner) if complete is None else complete(inner, self.stored)
        return given


@dataclass(slots=True)
class StoredRows:
    """The rows of a school that a file may mean.

    Args:
        spec: The import.
        resource: The resource of the rows.
        labels: In the language of the caller.
        rows: Key to row.
        kept: The id() of a row of the file to what noun columns keep of its values, by path.
        count: How many rows the school has, or, if none end, how many of them the file names.
    """

    spec: Import
    resource: Resource
    labels: Labels
    rows: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    count: int = 0

    def of(self, row: SheetRow) -> Mapping[str, Any] | None:
        """The row of the school that a row of the file means."""
        return self.rows.get(tuple(row.values.get(path) for path in self.spec.key)) if self.spec.key else None

    def others(self, rows: Sequence[SheetRow]) -> list[tuple[UUID, str]]:
        """The rows that the file does not have, with their names."""
        named = {tuple(row.values.get(path) for path in self.spec.key) for row in rows}
        return [(row["id"], _name(row)) for key, row in self.rows.items() if key not in named]

    def difference(self, row: SheetRow, there: Mapping[str, Any]) -> Difference:
        """How a row of the file differs from the school's."""
        kept = self.kept.get(id(row), {})
        values, changes = {}, []
        for path, given in row.values.items():
            column = self.spec.columns[path]
            name = self._column(column)
            value = given if column.own is None else own_value(column.own, given)
            if path in self.spec.key or name is None or not self._changeable(column):
                continue
            if value is None and column.noun is not None and not column.noun.clearable:
                continue  # an empty cell of what cannot be cleared says nothing
            if column.own is not None and name not in there:
                continue  # what is sensitive is not compared
            new, old = kept.get(path, value), there[name]
            new = getattr(new, "value", new)
            if new == old or (new is None and old == ""):
                continue
            values[path] = value
            changes.append(self._change_of(column, name, old, new))
        return Difference(there["id"], row, _name(there), values, there, "; ".join(changes)[:500])

    def _changeable(self, column: ImportColumn) -> bool:
        change = self.spec.change
        return column.own is not None or change is None or column.path.partition(".")[0] in change.parameters

    def _column(self, column: ImportColumn) -> str | None:
        if column.own is not None:
            return column.path
        if column.noun is not None:
            return column.noun.column
        return next((each for each in (column.name, f"{column.name}_id") if each in self.resource.columns), None)

    def _change_of(self, column: ImportColumn, name: str, old: Any, new: Any) -> str:
        """What changes. Values that not everybody may read who sees the row, and ids, are not shown."""
        label = self.labels.field(self.resource, column.name)
        closed = self.resource.restricted | self.resource.sensitive
        if column.name in closed or name.endswith("_id"):
            return label
        return f"{label}: {_shown(old)} → {_shown(new)}"


def _shown(value: Any) -> str:
    text = "–" if value is None or value == "" else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


async def load_stored(context: Context, spec: Import, sheet: Sheet, *, absent: bool) -> StoredRows:
    """The rows that the school has, by the keys of a file.

    Args:
        context: The command's.
        spec: The import.
        sheet: The rows of the file.
        absent: Whether rows count that the file does not have.
    """
    resource = context.variant.resources[spec.resource]
    language = await language_for(context.host, context.caller)
    stored = StoredRows(spec, resource, labels_in(context.variant, language))
    if not spec.key:
        return stored
    table = table_named(resource.table)
    columns = [stored._column(spec.columns[path]) or path for path in spec.key]
    condition, values = context.within_scopes(spec.resource, "r", 2 if not absent else 1)
    found = await _in_use(context, resource, table) if absent else []
    wanted = list({str(value) for row in sheet.rows if (value := row.values.get(spec.key[0])) is not None})
    condition, values = context.within_scopes(spec.resource, "r", 2)
    found += await context.fetch(
        f"SELECT r.* FROM {resource.table} r WHERE r.{columns[0]}::text = ANY($1::text[]) AND {condition}",
        wanted,
        *values,
    )
    for each in found:
        stored.rows[tuple(each[column] for column in columns)] = dict(each)
    own = [each.own for path, each in spec.columns.items() if each.own is not None and path in sheet.headers]
    await add_own_values(context, spec.resource, stored.rows.values(), own)
    stored.count = len(stored.rows) if absent else sum(stored.of(row) is not None for row in sheet.rows)
    await _keep_noun_values(context, spec, sheet, stored)
    return stored


async def _in_use(context: Context, resource: Resource, table: type[SchoolTable]) -> list[Any]:
    """The rows that the school uses, or all where rows do not say so."""
    condition, values = context.within_scopes(resource.name, "r", 1)
    used = "".join(
        f" AND r.{each._meta.db_column_name}"
        for each in table._meta.columns
        if isinstance(kind := kind_of(each), FlagKind) and kind.in_use
    )
    return await context.fetch(f"SELECT r.* FROM {resource.table} r WHERE {condition}{used}", *values)


async def _keep_noun_values(context: Context, spec: Import, sheet: Sheet, stored: StoredRows) -> None:
    """What the columns of a noun keep of the values of a file: ids of codes, composed texts; in one pass for all rows.

    What is wrong becomes a problem of the file, so that cells and references are judged together.
    """
    from homeroom.nouns.checking import read_columns

    noun = noun_of(spec.create)
    columns = {path: each.noun for path, each in spec.columns.items() if each.noun is not None and not each.resource}
    if noun is None or not columns:
        return
    # Texts were read with their cells.
    asked = {
        path: each for path, each in columns.items() if path in sheet.headers and not isinstance(each.kind, TextKind)
    }
    rows = [row for row in sheet.rows if any(row.values.get(path) is not None for path in asked)]
    given = [{path: row.values[path] for path in asked if row.values.get(path) is not None} for row in rows]
    draft = Draft(given, listed=True)
    await read_columns(context, draft, asked)
    for row, values in zip(rows, draft.values, strict=True):
        stored.kept[id(row)] = {path: values[each.column] for path, each in asked.items() if each.column in values}
    for problem in draft.problems:
        if problem.row is not None and problem.field is not None:
            sheet.problem(rows[problem.row], problem.field.removeprefix("rows."), problem.code, **problem.values)


def has_names(resource: Resource) -> bool:
    """Whether people call the rows of a resource by name."""
    return any(each in resource.columns for each in _NAMES)


async def names_of(context: Context, resource: Resource, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What people call rows: their code, and their name."""
    shown = [each for each in ("code", *_NAMES) if each in resource.columns]
    columns = "".join(f", {each}" for each in shown)
    rows = await context.fetch(f"SELECT id{columns} FROM {resource.table} WHERE id = ANY($1::uuid[])", list(ids))
    return {row["id"]: _name(row) for row in rows}


def _name(row: Mapping[str, Any]) -> str:
    found = [str(row[each]) for each in ("code", *_NAMES) if each in row.keys() and row[each]]  # noqa: SIM118 - a record
    return " ".join(found[:2]) if found else str(row["id"])
