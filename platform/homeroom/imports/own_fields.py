"""A school's own fields as columns of imports: read with the file, written by their own command, and undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.custom import PREFIX, CustomField, FieldKind
from homeroom.imports.columns import ImportColumn

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from homeroom.context import Context
    from homeroom.imports.declare import Import

__all__ = ["add_own_values", "own_value", "restore_own_values", "with_own_fields", "write_own_values"]

#: Values that are written at once.
MOST_VALUES: Final = 5_000
_TYPES: Final[Mapping[FieldKind, type]] = {
    FieldKind.INTEGER: int,
    FieldKind.DECIMAL: Decimal,
    FieldKind.DATE: date,
    FieldKind.BOOLEAN: bool,
}


def with_own_fields(context: Context, spec: Import) -> Import:
    """An import with a column for each of the school's own fields, called ``custom_shoe_size`` or as its title."""
    own = {
        PREFIX + each.name: ImportColumn(PREFIX + each.name, _TYPES.get(each.kind, str), creates=False, own=each)
        for each in context.space.fields
        if each.noun == spec.resource
    }
    return dataclasses.replace(spec, columns={**spec.columns, **own}) if own else spec


def own_value(field: CustomField, value: Any) -> Any:
    """What a cell says, as JSON has it."""
    if value is None:
        return None
    if field.kind is FieldKind.CHOICES:
        return [word for each in str(value).split(",") if (word := each.strip().lower())]
    if field.kind is FieldKind.CHOICE:
        return str(value).strip().lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


async def add_own_values(
    context: Context, resource: str, rows: Iterable[MutableMapping[str, Any]], fields: Collection[CustomField]
) -> None:
    """Add to rows what they have in own fields, as JSON has it. What is sensitive, or logged, is not looked at.

    Args:
        context: The command's.
        resource: The resource of the rows.
        rows: Column to value of each.
        fields: The fields.
    """
    logged = context.logged_fields(resource)
    named = {PREFIX + each.name: each for each in fields if not each.sensitive}
    open_fields = {name: each for name, each in named.items() if name not in logged}
    by_id = {each["id"]: each for each in rows}
    if not open_fields or not by_id:
        return
    columns = ", ".join(f"{each.as_field().sql.format(row='r')} AS {name}" for name, each in open_fields.items())
    table = context.variant.resources[resource].table
    sql = f"SELECT r.id, {columns} FROM {table} r WHERE r.id = ANY($1::uuid[])"
    for found in await context.fetch(sql, list(by_id)):
        for name, each in open_fields.items():
            value = list(found[name]) if isinstance(found[name], list) else found[name]
            by_id[found["id"]][name] = value if each.kind is FieldKind.CHOICES else own_value(each, value)


async def write_own_values(context: Context, resource: str, values: Iterable[tuple[UUID, CustomField, Any]]) -> None:
    """Write values of own fields as ``setCustomValues`` does, with the rights that it needs.

    Args:
        context: The command's.
        resource: The resource of the rows.
        values: For each the row, the field and the value as JSON has it.

    Raises:
        Refusal: Names each value by its place.
    """
    from homeroom.custom_fields.commands import CustomValueRow, set_custom_values

    rows = [CustomValueRow(f"{resource}_{row}", each.name, value) for row, each, value in values]
    if rows:
        await context.run(set_custom_values, {"noun": resource, "rows": rows})


async def restore_own_values(
    context: Context, resource: str, changed: Mapping[UUID, tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> list[UUID]:
    """Set back the values of own fields that still are what a run wrote.

    Args:
        context: The command's.
        resource: The resource of the rows.
        changed: Row to the values before and after, by ``custom_...``.

    Returns:
        The rows of which somebody has changed a value since.
    """
    fields = {PREFIX + each.name: each for each in context.space.fields if each.noun == resource}
    now: dict[UUID, dict[str, Any]] = {row: {"id": row} for row in changed}
    await add_own_values(context, resource, now.values(), list(fields.values()))
    back: list[tuple[UUID, CustomField, Any]] = []
    kept: list[UUID] = []
    for row, (old, new) in changed.items():
        for name in old.keys() & fields.keys():
            have = now[row].get(name, new[name])
            if have is not None and str(have) != str(new[name]):
                kept.append(row)
                continue
            field = fields[name]
            value = int(old[name]) if field.kind is FieldKind.INTEGER and old[name] is not None else old[name]
            back.append((row, field, value))
    for start in range(0, len(back), MOST_VALUES):
        await write_own_values(context, resource, back[start : start + MOST_VALUES])
    return list(dict.fromkeys(kept))
