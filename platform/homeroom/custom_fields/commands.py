"""Defining fields, and writing values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from homeroom.before_writing import ask_before_writing
from homeroom.commands import UNSET, Command, Ref, Unset, command, given, given_or
from homeroom.context import Context
from homeroom.custom import COLUMNS, PREFIX, CustomField, FieldKind
from homeroom.custom_fields.refusals import (
    CODE_FORMAT,
    CODES_NEEDED,
    CODES_OF_CHOICE_ONLY,
    FIELD_NAME_FORMAT,
    FIELD_NAME_USED,
    MINIMUM_ABOVE_MAXIMUM,
    NO_LIMITS,
    NO_OWN_FIELDS,
    OPENING_NEEDS_SIGHT,
    REGISTER_KEPT_WHOLE,
    TOO_MANY_FIELDS,
)
from homeroom.custom_fields.tables import CustomFieldRow, CustomValue
from homeroom.custom_fields.values import Shape
from homeroom.data_categories import CHOSEN, DataCategory
from homeroom.errors import Forbidden, Problem, Refusal
from homeroom.permissions import WHOLE_SPACE
from homeroom.refusals import CONFLICT, LISTED_TWICE, NOT_FOUND, NOT_PERMITTED, OUT_OF_RANGE, TOO_MANY
from homeroom.resources import camel_case
from homeroom.texts import required_text

__all__ = ["COMMANDS", "change_custom_field", "define_custom_field", "set_custom_values"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MOST_FIELDS = 100
_MOST_CODES = 200
_MOST_ROWS = 5_000
_SET_FIELDS: Final = "homeroom.set_space_fields($1::jsonb)"
_ACTIVE: Final = """
SELECT id, noun, name, kind, title, help, codes, sensitive FROM custom_field WHERE active ORDER BY noun, position, name
"""
_OLD: Final = """
SELECT v.row_id, v.field_id, v.id,
       to_jsonb(v.text_value) AS text_value, to_jsonb(v.number_value::text) AS number_value,
       to_jsonb(v.date_value) AS date_value, to_jsonb(v.boolean_value) AS boolean_value,
       to_jsonb(v.code_value) AS code_value, to_jsonb(v.codes_value) AS codes_value
FROM custom_value v WHERE v.row_id = ANY($1::uuid[]) AND v.field_id = ANY($2::uuid[]) FOR UPDATE
"""


@dataclass(frozen=True)
class CustomValueRow:
    """What shall stand in one field of one row.

    Args:
        row: The global id of the row.
        field: The name of the field, with or without ``custom``: ``customShoeSize`` or ``shoe_size``.
        value: As JSON; null empties the field.
        expected: What the writer saw there, as it was read; null where there was no value. It counts where nothing is
            to be overwritten that was not seen.
    """

    row: str
    field: str
    value: dict[str, Any] | None
    expected: dict[str, Any] | None = None


def _noun(context: Context, noun: str) -> None:
    resource = context.variant.resources.get(noun)
    if resource is None or noun == "CustomField":
        raise Refusal(NO_OWN_FIELDS, "noun")


def _codes(kind: FieldKind, codes: Sequence[str]) -> list[str]:
    if kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
        if codes:
            raise Refusal(CODES_OF_CHOICE_ONLY, "codes")
        return []
    if not 1 <= len(codes) <= _MOST_CODES:
        raise Refusal(CODES_NEEDED, "codes", most=_MOST_CODES)
    for row, code in enumerate(codes):
        if not _NAME.fullmatch(code) or code in codes[:row] or code in ("true", "false", "null") or len(code) > 40:
            raise Refusal(LISTED_TWICE if code in codes[:row] else CODE_FORMAT, "codes", row)
    return list(codes)


def _title(title: str) -> str:
    return required_text(title, 120, "title")


def _bounds(kind: FieldKind, minimum: Decimal | None, maximum: Decimal | None) -> None:
    if kind not in (FieldKind.TEXT, FieldKind.INTEGER, FieldKind.DECIMAL) and (minimum, maximum) != (None, None):
        raise Refusal(NO_LIMITS, "minimum")
    if minimum is not None and maximum is not None and minimum > maximum:
        raise Refusal(MINIMUM_ABOVE_MAXIMUM, "maximum")


def _category(category: DataCategory) -> str:
    if category not in CHOSEN:
        raise Refusal(REGISTER_KEPT_WHOLE, "category")
    return category.value


@command("custom_fields.field.define", returns="CustomField", audited_arguments=True)
async def define_custom_field(
    context: Context,
    *,
    noun: str,
    name: str,
    kind: FieldKind,
    title: str,
    titles: dict[str, Any] | None = None,
    help: str = "",
    codes: list[str] = [],  # noqa: B006 - read, never changed
    code_titles: dict[str, Any] | None = None,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
    sensitive: bool = False,
    category: DataCategory | None = None,
    position: int = 0,
) -> UUID:
    """Add a field to something that the school keeps. It is in the school's schema from then on.

    Raises Refusal for a name that is taken or cannot be one, and for more than a hundred fields.

    Args:
        noun: What it is a field of, such as Student.
        name: Lower case letters, digits and single underlines, such as shoe_size; it never changes.
        kind: What its values are; it never changes.
        title: In the school's own language.
        titles: In other languages: language tag to text.
        help: What more there is to say.
        codes: Of a choice: what may be chosen.
        code_titles: Code to what people read.
        minimum: Of a number the least, of a text its shortest length.
        maximum: Of a number the most, of a text its longest length.
        sensitive: Reading needs a rule of its own, and is kept in the audit.
        category: What sort of data it holds, such as HEALTH, for how long they are kept; none: as long as what it is a
            field of.
        position: Orders the fields of a noun.
    """
    _noun(context, noun)
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise Refusal(FIELD_NAME_FORMAT, "name")
    _bounds(kind, minimum, maximum)
    if not -(2**15) <= position < 2**15:
        raise Refusal(OUT_OF_RANGE, "position", least=-32768, most=32767)
    if await context.fetchval("SELECT count(*) FROM custom_field WHERE active") >= _MOST_FIELDS:
        raise Refusal(TOO_MANY_FIELDS, "name", most=_MOST_FIELDS)
    if await context.fetchval("SELECT EXISTS (SELECT FROM custom_field WHERE noun = $1 AND name = $2)", noun, name):
        raise Refusal(FIELD_NAME_USED, "name")
    (made,) = await context.rows(CustomFieldRow).insert(
        [
            {
                "noun": noun,
                "name": name,
                "kind": kind.value,
                "title": _title(title),
                "titles": msgspec.json.encode(titles or {}).decode(),
                "help": help.strip(),
                "codes": _codes(kind, codes),
                "code_titles": msgspec.json.encode(code_titles or {}).decode(),
                "minimum": minimum,
                "maximum": maximum,
                "sensitive": sensitive,
                "category": None if category is None else _category(category),
                "active": True,
                "position": position,
            }
        ]
    )
    await _publish(context)
    return made


@command("custom_fields.field.change", returns="CustomField", audited_arguments=True)
async def change_custom_field(
    context: Context,
    *,
    custom_field: Annotated[UUID, Ref("CustomField")],
    title: str | Unset = UNSET,
    help: str | Unset | None = UNSET,
    more_codes: list[str] = [],  # noqa: B006 - read, never changed
    minimum: Decimal | Unset | None = UNSET,
    maximum: Decimal | Unset | None = UNSET,
    sensitive: bool | Unset = UNSET,
    category: DataCategory | Unset = UNSET,
    active: bool | Unset = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change a field; what is not given, and the values in it, stay. Raises Refusal if somebody changed it since.

    Args:
        custom_field: Which one.
        title: Another title.
        help: Another help.
        more_codes: Of a choice: what may be chosen as well.
        minimum: Another least, for values from now on; null: none.
        maximum: Another most, for values from now on; null: none.
        sensitive: Whether reading needs a rule of its own, and is kept in the audit.
        category: Another sort of data, for how long they are kept.
        active: Whether it is in the schema.
        expected_version: As it was read.
    """
    await context.permit("CustomField", [custom_field], field="customField")
    row = await context.fetchrow("SELECT * FROM custom_field WHERE id = $1 FOR UPDATE", custom_field)
    assert row is not None
    if sensitive is False and row["sensitive"]:
        shown = context.caller.access.field(row["noun"], PREFIX + row["name"])
        if row["active"] and (shown is None or WHOLE_SPACE not in shown.allow or shown.deny):
            raise Forbidden(OPENING_NEEDS_SIGHT)
    changes: dict[str, Any] = {}
    if title is not UNSET:
        changes["title"] = _title(title)
    if help is not UNSET:
        changes["help"] = (help or "").strip()
    if more_codes:
        changes["codes"] = _codes(FieldKind(row["kind"]), [*row["codes"], *more_codes])
    if minimum is not UNSET or maximum is not UNSET:
        _bounds(FieldKind(row["kind"]), given_or(minimum, row["minimum"]), given_or(maximum, row["maximum"]))
    changes |= given(minimum=minimum, maximum=maximum, sensitive=sensitive, active=active)
    if category is not UNSET:
        changes["category"] = _category(category)
    rows = context.rows(CustomFieldRow)
    await rows.update(custom_field, changes, expected_version=expected_version, field="expectedVersion")
    await _publish(context)
    return custom_field


async def _publish(context: Context) -> None:
    """Tell every process of the space's fields, with the commit."""
    fields = [
        CustomField(
            row["id"], row["noun"], row["name"], FieldKind(row["kind"]), row["title"], row["help"],
            tuple(row["codes"]), row["sensitive"],
        )
        for row in await context.fetch(_ACTIVE)
    ]  # fmt: skip
    await context.transaction.call(_SET_FIELDS, msgspec.json.encode(fields).decode())
    context.host.directory.forget_space(context.space.id)


@dataclass
class _Wanted:
    """Values for rows of one noun, checked."""

    noun: str
    rows: list[UUID] = field(default_factory=list)
    values: dict[tuple[UUID, UUID], Any] = field(default_factory=dict)
    #: The same places to the number of the row that names them, and what its writer saw there.
    seen: dict[tuple[UUID, UUID], tuple[int, Any]] = field(default_factory=dict)


@command("custom_fields.value.set")
async def set_custom_values(context: Context, *, noun: str, rows: list[CustomValueRow], overwrite: bool = True) -> int:
    """Write values into a school's own fields, of many rows at once: all of them or none.

    Nobody writes what they may not read: the rows are those that the caller may read and for which they have this
    right, and each field one that they may read there.

    Raises Refusal naming each row whose field is not there or whose value does not fit, that is not there or not the
    caller's to change, or in which somebody has written something else meanwhile.

    Args:
        noun: What the rows are, such as Student.
        rows: What shall stand where.
        overwrite: Whether to write over any value. Otherwise each row says in `expected` what its writer saw, and
            nothing is written if the value is another one now.

    Returns:
        How many values were given.
    """
    _noun(context, noun)
    if noun not in context.caller.access.resources:
        raise Forbidden(NOT_PERMITTED, permission=noun)
    if len(rows) > _MOST_ROWS:
        raise Refusal(TOO_MANY, "rows", most=_MOST_ROWS)
    fields = {
        row["name"]: row for row in await context.fetch("SELECT * FROM custom_field WHERE noun = $1 AND active", noun)
    }
    wanted = _checked(noun, rows, fields)
    await context.permit(noun, wanted.rows, field="rows.row", rows=True)
    await _permit_fields(context, wanted, {row["id"]: PREFIX + name for name, row in fields.items()})
    table = context.variant.resources[noun].table
    await ask_before_writing(context, table, list(dict.fromkeys(wanted.rows)), [], "rows.row")
    await _write(context, wanted, {row["id"]: row for row in fields.values()}, overwrite=overwrite)
    return len(wanted.values)


async def _permit_fields(context: Context, wanted: _Wanted, names: Mapping[UUID, str]) -> None:
    """Make sure that the caller may read every field that they write, in the rows in which they write it."""
    rows: dict[str, list[UUID]] = {}
    for row, field_id in wanted.values:
        rows.setdefault(names[field_id], []).append(row)
    for name, ids in rows.items():
        scopes = context.caller.access.field(wanted.noun, name)
        if scopes is None or not scopes.allow:
            raise Forbidden(NOT_PERMITTED, permission=f"{wanted.noun}.{name}")
        if scopes != context.caller.access.resources.get(wanted.noun):
            await context.permit(wanted.noun, ids, field="rows.row", part=name)


def _checked(noun: str, rows: Sequence[CustomValueRow], fields: Mapping[str, Any]) -> _Wanted:
    wanted, problems = _Wanted(noun), []
    for number, each in enumerate(rows):
        kind, _, given = each.row.rpartition("_")
        try:
            row = UUID(given)
        except ValueError:
            row = UUID(int=0)
        found = fields.get(_plain(each.field))
        if kind != noun or not row.int:
            problems.append(Problem(NOT_FOUND, "rows.row", number))
        elif found is None:
            problems.append(Problem(NOT_FOUND, "rows.field", number))
        elif (row, found["id"]) in wanted.values:
            problems.append(Problem(LISTED_TWICE, "rows", number))
        else:
            try:
                wanted.values[row, found["id"]] = _value(found, each.value)
                wanted.seen[row, found["id"]] = (number, each.expected)
            except Refusal as wrong:
                problems += [each.at("rows.value", number) for each in wrong.problems]
        wanted.rows.append(row)
    if problems:
        raise Refusal.of(problems)
    return wanted


def _plain(name: str) -> str:
    """``customShoeSize`` and ``shoe_size`` are one name."""
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()
    return snake.removeprefix(PREFIX)


def _value(row: Any, given: Any) -> Any:
    if given is None:
        return None
    return Shape(FieldKind(row["kind"]), tuple(row["codes"]), row["minimum"], row["maximum"]).value(given)


def _refuse_unseen(wanted: _Wanted, fields: Mapping[UUID, Any], old: Mapping[tuple[UUID, UUID], Any]) -> None:
    """Raise Refusal, naming each row, where the value is not the one that its writer saw."""
    problems = [
        Problem(CONFLICT, "rows.expected", number)
        for (row, field_id), (number, expected) in wanted.seen.items()
        if not _is_still(fields[field_id], old.get((row, field_id)), expected)
    ]
    if problems:
        raise Refusal.of(problems)


def _is_still(definition: Any, stored: Any, expected: Any) -> bool:
    """Whether a value that was read is the one that is stored, however it is written."""
    if expected is None or stored is None:
        return expected is None and stored is None
    shape = Shape(FieldKind(definition["kind"]), tuple(definition["codes"]))
    try:
        known, seen = (shape.value(each) for each in (shape.stored(stored), expected))
    except Refusal:
        return False  # nothing that could ever have been the value
    return bool(known == seen)


async def _write(context: Context, wanted: _Wanted, fields: Mapping[UUID, Any], *, overwrite: bool) -> None:
    """Values that are not the same: old rows go, new ones come, and each row of the noun has one line in the audit."""
    table = context.variant.resources[wanted.noun].table
    ids = sorted({row for row, _ in wanted.values})
    await context.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"custom:{context.space.id}:{table}")
    old: dict[tuple[UUID, UUID], Any] = {
        (row["row_id"], row["field_id"]): row for row in await context.fetch(_OLD, ids, list(fields))
    }
    if not overwrite:
        logged = context.logged_fields(wanted.noun)
        for row, field_id in wanted.seen:
            name = PREFIX + fields[field_id]["name"]
            if fields[field_id]["sensitive"] or name in logged:
                context.trail.compared(table, row, [f"{wanted.noun}.{camel_case(name)}"])
        _refuse_unseen(wanted, fields, old)
    lines: dict[UUID, tuple[dict[str, Any], dict[str, Any]]] = {}
    gone: list[UUID] = []
    made: list[dict[str, Any]] = []
    for (row, field_id), value in wanted.values.items():
        definition = fields[field_id]
        shape = Shape(FieldKind(definition["kind"]))
        before = old.get((row, field_id))
        known = None if before is None else msgspec.json.decode(before[shape.column])
        shown = str(value) if isinstance(value, Decimal | date) else value
        if known == shown:
            continue
        name = PREFIX + definition["name"]
        was, is_now = lines.setdefault(row, ({}, {}))
        was[name], is_now[name] = known, shown
        if before is not None:
            gone.append(before["id"])
        if value is not None:
            columns = dict.fromkeys(column for column, _ in COLUMNS.values())
            made.append({"field_id": field_id, "row_id": row, **columns, shape.column: value})
    if not lines:
        return
    length = context.trail.length
    await context.execute("DELETE FROM custom_value WHERE id = ANY($1::uuid[])", gone)
    await context.rows(CustomValue).insert(made)
    # The line belongs to the row that people know, not to where its value is kept.
    context.trail.forget(length)
    for row, (was, is_now) in lines.items():
        context.trail.changed(table, row, was, is_now)


COMMANDS: Final[tuple[Command, ...]] = (define_custom_field, change_custom_field, set_custom_values)
