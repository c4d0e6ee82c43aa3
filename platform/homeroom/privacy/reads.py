"""A school chooses further fields whose reads by staff are logged, beside those that plugins declare as sensitive.

The law: mainland China, Regulation on the Protection of Minors Online (State Council Decree No. 766, in force since
1 January 2024), art. 36: staff who access the personal information of minors need an approval, and each access is
recorded. Hong Kong, Personal Data (Privacy) Ordinance (Cap. 486), Schedule 1, principle 4, asks for practicable steps
against unauthorised access and names no log.

A district's choice holds in each of its schools; it is made by the same commands in the district. Which reads are kept,
and how, is in :mod:`homeroom.logged_reads` and where rows are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.commands import Command, command
from homeroom.computed_queries import ComputedQuery, query
from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.errors import Problem, Refusal
from homeroom.logged_reads import chosen_of, logged_with
from homeroom.privacy.finding import declared_by
from homeroom.privacy.read_tables import LoggedRead, ReadOrigin
from homeroom.privacy.refusals import ABOUT_NOBODY, FIELD_COUNT, LOGGED_ANYWAY, NO_SUCH_FIELD, NO_SUCH_TYPE, NOT_CHOSEN
from homeroom.refusals import LISTED_TWICE, TOO_MANY
from homeroom.resources import camel_case
from homeroom.spelling import snake_case
from homeroom.texts import required_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from homeroom.resources import Extension, Resource

__all__ = ["COMMANDS", "QUERIES", "log_reads", "propose_reads"]

#: More than there are fields about persons.
_MOST: Final = 500
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_ALL: Final = "SELECT id, resource, field, origin, legal_basis, active FROM logged_read ORDER BY resource, field"
_SET: Final = "homeroom.set_space_logged($1::jsonb)"
_NOTE: Final = "homeroom.note_in_schools($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"


@dataclass(frozen=True)
class ReadField:
    """A field of a resource.

    Args:
        resource: The type in the schema, such as ``Student``.
        field: The field's name in the schema, such as ``birthDate``.
    """

    resource: str
    field: str


class LoggedBecause(StrEnum):
    """Who decided that reads of a field are logged."""

    #: The field is declared as sensitive: nobody can take it back.
    PLUGIN = "plugin"
    #: This space has chosen it.
    SPACE = "space"
    #: The region's preset has proposed it to this space.
    PRESET = "preset"
    #: The district of this school has chosen it.
    DISTRICT = "district"


@dataclass(frozen=True)
class LoggedField:
    """A field whose reads are logged, and why. A field has one entry for each of those who decided so.

    Args:
        resource: The type in the schema.
        field: The field's name in the schema.
        because: Who decided so.
        by: The plugin or the district; null for the space itself and for the preset.
        alike: The chosen field that this one tells the same as; null if it is chosen itself.
        legal_basis: The law or the school's own rule; null where a plugin or the district decided.
        active: Whether reads are logged; false for a proposal that the school has not taken over, and for a choice that
            was taken back.
    """

    resource: str
    field: str
    because: LoggedBecause
    by: str | None
    alike: str | None
    legal_basis: str | None
    active: bool


@command("privacy.read.log")
async def log_reads(context: Context, *, fields: list[ReadField], legal_basis: str) -> int:
    """Have the reads of fields logged from now on: who read the field of which row, when and why, and never the value.

    In a district it holds in each of its schools, which cannot take it back. Reads by the person concerned and by the
    family are not logged. Fields that a plugin declares as sensitive are logged anyway.

    Raises Refusal naming the entry of `fields` for what is no field of records about persons, is given twice or is
    sensitive anyway. Nothing is changed then.

    Args:
        fields: The fields; what tells the same is logged with them, such as the parts of a name with the whole.
        legal_basis: The law or the school's own rule that asks for it.

    Returns:
        How many fields were not logged by this space's own choice before.
    """
    basis = required_text(legal_basis, 300, "legalBasis")
    named = _named(context, fields)
    known = await _known(context)
    rows = context.rows(LoggedRead)
    new = [each for each in named if each not in known or not known[each]["active"]]
    values = {"legal_basis": basis, "active": True, "origin": ReadOrigin.SPACE.value}
    for key in named:
        if key in known:
            await rows.update(known[key]["id"], values)
    made = [
        {"resource": resource, "field": field, **values} for resource, field in named if (resource, field) not in known
    ]
    if len(known) + len(made) > _MOST:
        raise Refusal(TOO_MANY, "fields", most=_MOST)
    await rows.insert(made)
    await _publish(context)
    return len(new)


@command("privacy.read.stop_logging")
async def stop_logging_reads(context: Context, *, fields: list[ReadField]) -> int:
    """Take back what this space has chosen to have logged. What was logged stays in the audit.

    What a plugin declares as sensitive, and what the district has chosen, stays logged.

    Raises Refusal naming the entry of `fields` for what this space has not chosen. Nothing is changed then.

    Args:
        fields: The fields, as they were chosen.

    Returns:
        How many were taken back.
    """
    known = await _known(context)
    chosen = {key: row["id"] for key, row in known.items() if row["active"]}
    named = [(each.resource, snake_case(each.field)) for each in fields]
    problems = [Problem(NOT_CHOSEN, "fields", number) for number, key in enumerate(named) if key not in chosen]
    if problems:
        raise Refusal.of(problems)
    rows = context.rows(LoggedRead)
    for key in dict.fromkeys(named):
        await rows.update(chosen[key], {"active": False})
    await _publish(context)
    return len(set(named))


@query("privacy.read.list")
async def logged_fields(context: Context) -> list[LoggedField]:
    """Which reads are logged and why: by the plugins, by this space, by its region's preset, by its district."""
    resources = context.variant.resources
    given_by = context.variant.given_by
    listed = [
        LoggedField(
            resource.name,
            camel_case(name),
            LoggedBecause.PLUGIN,
            given_by.get(f"{resource.name}.{name}") or given_by.get(resource.name),
            None,
            None,
            active=True,
        )
        for resource in resources.values()
        for name in sorted(resource.sensitive)
    ]
    for row in await context.fetch(_ALL):
        because = LoggedBecause.PRESET if row["origin"] == ReadOrigin.PRESET else LoggedBecause.SPACE
        listed += _with_alike(
            resources, row["resource"], row["field"], because, None, row["legal_basis"], row["active"]
        )
    district = msgspec.json.decode(await context.fetchval("SELECT homeroom.logged_by_district()::text"))
    for each in district["logged"]:
        resource_name, _, name = each.partition(".")
        because = LoggedBecause.DISTRICT
        listed += _with_alike(resources, resource_name, name, because, district["district"], None, active=True)
    return sorted(listed, key=lambda each: (each.resource, each.field, each.because, each.alike or ""))


def _with_alike(
    resources: Mapping[str, Resource],
    resource_name: str,
    name: str,
    because: LoggedBecause,
    by: str | None,
    legal_basis: str | None,
    active: bool,
) -> list[LoggedField]:
    """The entry of a chosen field and of those with the same content; none if the space does not have it now."""
    resource = resources.get(resource_name)
    if resource is None:
        return []
    shown = camel_case(name)
    chosen = chosen_of(resource, [f"{resource_name}.{name}"])
    return [
        LoggedField(
            resource_name, camel_case(each), because, by, None if each == name else shown, legal_basis, active=active
        )
        for each in logged_with(resource, chosen) - resource.sensitive
    ]


async def propose_reads(context: Context, proposed: Iterable[tuple[str, str, str, bool]]) -> int:
    """Add what a region proposes and the space has never decided about. Gives how much was added.

    Resources of plugins that are off are proposed as well: their reads are logged once the plugin is on.

    Args:
        context: Of the school.
        proposed: Resource, field in snake case, legal basis, and whether reads are logged from the first day.
    """
    known = await _known(context)
    made = [
        {
            "resource": resource,
            "field": field,
            "legal_basis": basis,
            "active": active,
            "origin": ReadOrigin.PRESET.value,
        }
        for resource, field, basis, active in proposed
        if (resource, field) not in known
    ]
    await context.rows(LoggedRead).insert(made)
    if any(each["active"] for each in made):
        await _publish(context)
    return len(made)


async def _known(context: Context) -> dict[tuple[str, str], Any]:
    """The choice as it is, resource and field to its row; nobody else changes it until this transaction ends."""
    await context.execute(_LOCK, f"logged_read:{context.space.id}")
    return {(row["resource"], row["field"]): row for row in await context.fetch(_ALL)}


def _named(context: Context, fields: Sequence[ReadField]) -> list[tuple[str, str]]:
    """Resource and field in snake case of each. Raises Refusal."""
    if not 1 <= len(fields) <= _MOST:
        raise Refusal(FIELD_COUNT, "fields", most=_MOST)
    resources = _resources_of(context)
    about = {table for table, declared in declared_by(context.host).items() if declared.paths}
    named: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for number, each in enumerate(fields):
        key = (each.resource, snake_case(each.field))
        fault = _fault(resources.get(each.resource), key[1], about)
        if fault is None and key in named:
            fault = Problem(LISTED_TWICE, "fields")
        if fault is not None:
            problems.append(fault.at(fault.field, number))
        named.append(key)
    if problems:
        raise Refusal.of(problems)
    return named


def _fault(resource: Resource | None, name: str, about: set[str]) -> Problem | None:
    """What is wrong with a field, and with which part of it."""
    if resource is None:
        return Problem(NO_SUCH_TYPE, "fields.resource")
    if resource.table not in about:
        return Problem(ABOUT_NOBODY, "fields.resource")
    if name not in resource.fields and name not in resource.leaves:
        return Problem(NO_SUCH_FIELD, "fields.field")
    if name in resource.sensitive:
        return Problem(LOGGED_ANYWAY, "fields.field")
    return None


def _resources_of(context: Context) -> Mapping[str, Resource]:
    """What may be chosen from: in a school what it has, in a district what any school may have."""
    if context.space.kind == "school":
        return context.variant.resources
    declared: list[Resource] = context.host.hooks.collect("resources")
    extensions: list[Extension] = context.host.hooks.collect("extensions")
    by_table = {each.table: each for each in declared}
    for extension in extensions:
        if extension.table in by_table:
            by_table[extension.table] = by_table[extension.table].with_extension(extension)
    return {each.name: each for each in by_table.values()}


async def _publish(context: Context) -> None:
    """Tell every process of the choice, with the commit; a district's in its schools as well, and in their audit."""
    chosen = [f"{row['resource']}.{row['field']}" for row in await context.fetch(_ALL) if row["active"]]
    schools: list[UUID] = await context.transaction.call(_SET, msgspec.json.encode(chosen).decode())
    for space in (context.space.id, *schools):
        context.host.directory.forget_space(space)
    if not schools:
        return
    lines = [
        {"noun": noun, "row": row, "old": _decoded(old), "new": _decoded(new)}
        for noun, row, old, new in context.trail.since(0)
    ]
    caller = context.caller
    await context.transaction.call(
        _NOTE,
        new_ids(len(schools)),
        schools,
        context.now,
        caller.account,
        caller.login,
        caller.via,
        context.running,
        msgspec.json.encode({"district": context.space.slug}).decode(),
        context.trail.reason,
        msgspec.json.encode(lines).decode(),
        new_ids(len(schools) * len(lines)),
    )


def _decoded(values: str | None) -> Any:
    return None if values is None else msgspec.json.decode(values)


COMMANDS: Final[tuple[Command, ...]] = (log_reads, stop_logging_reads)
QUERIES: Final[tuple[ComputedQuery, ...]] = (logged_fields,)
