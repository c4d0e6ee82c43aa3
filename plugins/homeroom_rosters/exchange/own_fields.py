"""A school's own fields of people, as columns of a roster that leave the school with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.custom import PREFIX, CustomField, FieldKind
from homeroom_rosters.roster.records import Person, Roster

#: The format that has a place for them: columns that begin with ``metadata.`` (OneRoster 1.2, CSV binding, 3.4).
FORMAT = "oneroster-1.2"
_NOBODY = UUID(int=0)
_NOUNS = frozenset({"Student", "Staff", "Guardian"})


async def with_own_fields(context: Context, roster: Roster, rows: Mapping[str, UUID]) -> Roster:
    """The roster with the values of the school's own fields of its people, under the names of the schema.

    Those that are sensitive, and those that the caller may not read of everybody, stay in the school.
    """
    fields = [each for each in context.space.fields if _may_leave(context, each)]
    if not fields:
        return roster
    values: dict[UUID, dict[str, str]] = {}
    for noun in sorted(_NOUNS):
        await _read(context, [each for each in fields if each.noun == noun], list(rows.values()), values)
    names = {_column(each) for each in fields}
    people = [_with_values(each, names, values.get(rows.get(each.source_id, _NOBODY), {})) for each in roster.people]
    return replace(roster, people=tuple(people))


async def _read(
    context: Context, fields: Sequence[CustomField], rows: Sequence[UUID], values: dict[UUID, dict[str, str]]
) -> None:
    """Add the values of the fields of one noun, as texts; several codes are separated by commas."""
    if not fields:
        return
    columns = []
    for each in fields:
        sql = each.as_field().sql.replace("{row}", "p")
        columns.append(f"array_to_string({sql}, ',')" if each.kind is FieldKind.CHOICES else f"{sql}::text")
    table = context.variant.resources[fields[0].noun].table
    for found in await context.fetch(
        f"SELECT p.id, ARRAY[{', '.join(columns)}] AS shown FROM {table} p WHERE p.id = ANY($1::uuid[])", rows
    ):
        shown = zip(fields, found["shown"], strict=True)
        values[found["id"]] = {_column(field): value for field, value in shown if value is not None}


def _may_leave(context: Context, field: CustomField) -> bool:
    if field.noun not in _NOUNS or field.sensitive:
        return False
    if context.caller.account is None:
        return True  # the installation itself
    scopes = context.caller.access.field(field.noun, PREFIX + field.name)
    return scopes is not None and "school" in scopes.allow and not scopes.deny


def _with_values(person: Person, names: set[str], values: Mapping[str, str]) -> Person:
    """What an import has kept under one of these names is only an earlier value."""
    kept: dict[str, Any] = {name: value for name, value in person.extra.items() if name not in names}
    return replace(person, extra={**kept, **values})


def _column(field: CustomField) -> str:
    first, *others = (PREFIX + field.name).split("_")
    return f"metadata.{first}{''.join(each.capitalize() for each in others)}"
