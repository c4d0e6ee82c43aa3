"""The columns of an import: what a command's rows take, and the headers by which files call them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.commands import Ref
from homeroom.labels import labels_in
from homeroom.labels.terms import parts_of
from homeroom.languages import LANGUAGES
from homeroom.nouns import noun_of
from homeroom.resources import camel_case
from homeroom.signatures import REQUIRED
from homeroom.texts import folded

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.commands import Command
    from homeroom.custom import CustomField
    from homeroom.imports.declare import Import
    from homeroom.nouns import NounColumn
    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["ImportColumn", "columns_of", "header_of", "headers_of", "referred_columns", "row_parameter"]

#: What people know a row by, the best first.
NAMES: Final = ("code", "number", "full_name", "name", "title")


@dataclass(frozen=True, slots=True)
class ImportColumn:
    """One value that a file gives for a row.

    Args:
        path: The argument, such as ``exam_capacity``; in a nested input, ``name.given_name``.
        type: Its Python type, without None.
        required: Whether a new row needs it.
        common: Whether the command takes it once for many rows.
        creates: Whether the command that creates takes it; others only change rows.
        resource: Of a reference, the resource that it leads to.
        by: Of a reference, the columns by which files name rows, the best first; none: what people know such rows by.
        noun: What the column of a noun declares about its values.
        many: Whether a cell holds several references, with commas between them.
        own: The school's own field that it fills, if it does.
    """

    path: str
    type: Any
    required: bool = False
    common: bool = False
    creates: bool = True
    resource: str = ""
    by: Sequence[Column] = ()
    noun: NounColumn | None = None
    many: bool = False
    own: CustomField | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


def row_parameter(create: Command) -> tuple[Any, bool]:
    """The type of a command's rows, and whether it takes many at once; None where its own arguments are the row."""
    if "rows" not in create.parameters:
        return None, False
    (kind,) = typing.get_args(create.parameters["rows"][0])
    return kind, True


def columns_of(
    create: Command, change: Command | None, by: Mapping[str, Sequence[Column]], row: Any = None
) -> dict[str, ImportColumn]:
    """The columns of an import, by their paths.

    Args:
        create: The command that creates rows.
        change: The command that changes one.
        by: Argument to the columns by which files name the rows that it refers to.
        row: The dataclass of the rows of a file, if they are not those that `create` takes.
    """
    noun = noun_of(create)
    known = noun.columns if noun is not None else {}
    found: dict[str, ImportColumn] = {}
    if row is not None:
        return _columns_of_rows(row, by, known)
    row, many = row_parameter(create)
    if many:
        found |= _columns_of_rows(row, by, known)
    for name, (kind, default) in create.parameters.items():
        if name != "rows":
            found |= _columns(name, kind, by, known, required=default is REQUIRED, common=many)
    if change is not None:
        _, *others = change.parameters
        for name in others:
            if name != "expected_version" and name not in found:
                found |= {
                    path: dataclasses.replace(column, creates=False)
                    for path, column in _columns(name, change.parameters[name][0], by, known).items()
                    if path not in found
                }
    return found


def _columns_of_rows(
    row: Any, by: Mapping[str, Sequence[Column]], known: Mapping[str, NounColumn]
) -> dict[str, ImportColumn]:
    hints = typing.get_type_hints(row, include_extras=True)
    found: dict[str, ImportColumn] = {}
    for each in dataclasses.fields(row):
        required = each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
        found |= _columns(each.name, hints[each.name], by, known, required=required)
    return found


def _columns(
    name: str,
    kind: Any,
    by: Mapping[str, Sequence[Column]],
    known: Mapping[str, NounColumn],
    *,
    required: bool = False,
    common: bool = False,
    prefix: str = "",
) -> dict[str, ImportColumn]:
    kind, resource = _plain(kind)
    path = prefix + name
    if dataclasses.is_dataclass(kind) and not prefix:
        hints = typing.get_type_hints(kind, include_extras=True)
        return {
            inner: column
            for each in dataclasses.fields(kind)
            for inner, column in _columns(
                each.name,
                hints[each.name],
                by,
                {},
                required=required and each.default is dataclasses.MISSING,
                prefix=f"{name}.",
            ).items()
        }
    many = typing.get_origin(kind) is list
    if many:
        kind, resource = _plain(typing.get_args(kind)[0])
    if typing.get_origin(kind) is not None or kind is dict or dataclasses.is_dataclass(kind):
        return {}  # JSON is no cell
    if (many or kind is UUID) and not resource:
        return {}  # nor are lists of something else than references
    return {path: ImportColumn(path, kind, required, common, True, resource, by.get(path, ()), known.get(path), many)}


def _plain(kind: Any) -> tuple[Any, str]:
    """A type without None and without what marks it, and the resource that it refers to."""
    resource = ""
    while True:
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            resource = next((each.resource for each in arguments[1:] if isinstance(each, Ref)), resource)
            kind = arguments[0]
        elif origin in (typing.Union, types.UnionType):
            kind = next(each for each in arguments if each not in (types.NoneType, msgspec.UnsetType))
        else:
            return kind, resource


def referred_columns(variant: Variant, column: ImportColumn) -> list[str]:
    """The columns of the referred rows by which files name them, the best first."""
    if column.by:
        return [str(each._meta.db_column_name) for each in column.by]
    target = variant.resources[column.resource]
    return [next((each for each in NAMES if each in target.columns), "id")]


# Headers ------------------------------------------------------------------------------------------------


def header_of(variant: Variant, spec: Import, column: ImportColumn, language: str) -> str:
    """The header of a column as exported lists have it: ``Exam capacity``, ``Campus: code``.

    Args:
        variant: What the space consists of.
        spec: The import.
        column: The column.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
    """
    resource = variant.resources[spec.resource]
    target = variant.resources.get(column.resource) or _target(variant, resource, column)
    if target is None:
        return _label(variant, spec, column, language)
    labels = labels_in(variant, language)
    if column.name in resource.relations:
        by = referred_columns(variant, column)[0] if column.resource else "code"
        return labels.through(resource, column.name, target, by)
    return _label(variant, spec, column, language)


def _target(variant: Variant, resource: Resource, column: ImportColumn) -> Resource | None:
    """Where a column that files fill with a code keeps the row of that code."""
    relation = resource.relations.get(column.name)
    return variant.by_table.get(relation.target) if relation is not None and not relation.many else None


def headers_of(variant: Variant, spec: Import, column: ImportColumn) -> Iterator[str]:
    """Every header by which a file may call a column, folded: in four languages, and as programs call it."""
    for language in LANGUAGES:
        yield folded(header_of(variant, spec, column, language))
        yield folded(_label(variant, spec, column, language))
    yield from (folded(header) for header, path in spec.headers.items() if path == column.path)
    if column.own is not None:
        yield folded(column.own.title)
    for name in (column.path, column.name):
        yield folded(name)
        yield folded(camel_case(name))


def _label(variant: Variant, spec: Import, column: ImportColumn, language: str) -> str:
    resource, labels = variant.resources[spec.resource], labels_in(variant, language)
    if any(each.name == column.name for each in parts_of(resource)):
        return labels.field(resource, column.name)
    return labels.argument(spec.create, column.name)
