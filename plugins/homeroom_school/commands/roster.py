"""Importing and exporting rosters."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from homeroom.audit import AuditTrail
from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.reading.dates import DateOrder
from homeroom.reading.texts import TextEncoding
from homeroom_school.commands.checks import required_text
from homeroom_school.exchange import (
    FORMAT,
    Allowed,
    Journal,
    Named,
    forget_old_runs,
    import_selection,
    keep_changes,
    keep_names,
    kept_until,
    roster_of_registry,
    roster_of_space,
    with_own_fields,
)
from homeroom_school.refusals import BASE64_NEEDED, CONTRADICTION, NO_OWN_FIELDS_IN_FORMAT, NO_ROSTER
from homeroom_school.roster import ReadOptions, Roster, RosterRejected, Selection, write_roster, write_zip
from homeroom_school.roster.apart import read_part
from homeroom_school.tables import RosterRun, RunKind

logger = logging.getLogger(__name__)

__all__ = ["export_roster", "import_roster", "preview_roster", "record_run", "rehearsed"]

Result = TypeVar("Result")


_PEOPLE_OF = "SELECT row_id FROM roster_link WHERE system = $1 AND noun IN ('student', 'staff', 'guardian') AND present"
_OF_NAMES = ("family_name", "middle_name", "given_name")
_OF_PERSON = (*_OF_NAMES, "code", "sex", "birth_date", "email", "phone")
#: What a roster carries: resource to the SQL for whose a row is, and its fields.
_CARRIED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Guardian": ("r.id", (*_OF_NAMES, "email", "phone")),
    "PersonIdentifier": ("coalesce(r.student_id, r.staff_id, r.guardian_id)", ("value",)),
    "PersonName": ("coalesce(r.student_id, r.staff_id, r.guardian_id)", _OF_NAMES),
    "Staff": ("r.id", _OF_PERSON),
    "Student": ("r.id", _OF_PERSON),
}


def _refusal(fault: RosterRejected) -> Refusal:
    """Every fault of a bundle: the message tells file, line and column, ``row`` the line."""
    return fault.refusal("bundle")


async def _read(
    context: Context,
    bundle: str,
    form: str | None,
    organisations: list[str],
    encoding: TextEncoding | None,
    date_order: DateOrder | None,
) -> Selection:
    try:
        content = base64.b64decode(bundle, validate=True)
    except ValueError:  # of the encoding, or binascii.Error
        raise Refusal(BASE64_NEEDED, "bundle") from None
    try:
        return await read_part(context, content, form, organisations, ReadOptions(encoding, date_order))
    except RosterRejected as fault:
        raise _refusal(fault) from None


async def _bring_in(
    context: Context,
    selection: Selection,
    organisations: list[str],
    system: str,
    school_year: UUID | None,
    allowed: Allowed,
) -> tuple[dict[str, Any], list[Named], Journal]:
    try:
        report, journal = await import_selection(
            context,
            selection,
            organisations=organisations,
            system=system,
            school_year=school_year,
            allowed=allowed,
        )
    except RosterRejected as fault:
        raise _refusal(fault) from None
    except asyncpg.IntegrityConstraintViolationError as fault:
        # What the checks did not foresee: which of the school's rows it is, is not known here.
        logger.exception("a roster contradicts what the school has")
        raise Refusal(CONTRADICTION, "bundle") from fault
    return report.as_json(selection), report.named, journal


async def record_run(
    context: Context,
    kind: RunKind,
    form: str,
    system: str,
    report: dict[str, Any],
    names: Sequence[Named] = (),
    *,
    undoes: UUID | None = None,
) -> UUID:
    """Keep what an import did, or would have done.

    Args:
        context: The command's.
        kind: Which of the two.
        form: The format of what came.
        system: Where it came from.
        report: What there is to tell.
        names: Whom and what it names.
        undoes: The run that it undid.
    """
    await forget_old_runs(context, system)
    (made,) = await context.rows(RosterRun).insert(
        [
            {
                "at": context.now,
                "kind": kind.value,
                "system": system,
                "format": form,
                "report": msgspec.json.encode(report).decode(),
                "undoable_until": kept_until(context, kind),
                "undoes_id": undoes,
            }
        ]
    )
    await keep_names(context, made, names, kind=kind)
    return made


class Undo(Exception):  # noqa: N818 - it ends the rehearsal
    """Takes back what the preview wrote."""


async def rehearsed(context: Context, work: Awaitable[Result]) -> Result:
    """Do something, take it back, and give what it gave; neither rows nor lines of the audit stay.

    Args:
        context: A command's.
        work: What is done.
    """
    trail, results = context.trail, list[Result]()
    context.trail = AuditTrail(trail.command)
    try:
        async with context.transaction.savepoint():
            results.append(await work)
            raise Undo
    except Undo:
        pass
    finally:
        context.trail = trail
    return results[0]


@command("school.roster.preview", returns="RosterRun")
async def preview_roster(
    context: Context,
    *,
    bundle: str,
    organisations: list[str],
    format: str | None = None,
    system: str | None = None,
    school_year: Annotated[UUID, Ref("SchoolYear")] | None = None,
    encoding: TextEncoding | None = None,
    date_order: DateOrder | None = None,
    allow_endings: bool = False,
    allow_other_organisations: bool = False,
    allow_renames: bool = False,
) -> UUID:
    """Rehearse the import of a roster: the same work, taken back, and a report of it.

    ``bundle`` is a zip in Base64: School Data Sync v1 or v2.1, or OneRoster 1.2. ``organisations`` are the ids
    in the bundle that are this school. Every bad row is named by file, line and column.

    Args:
        bundle: A zip in Base64.
        organisations: The ids in the bundle that are this school.
        format: Which format it is; found out unless told.
        system: Which other system it comes from; the format's name unless told.
        encoding: Of files that are neither UTF-8 nor UTF-16, such as GB18030.
        date_order: What comes first in a date whose year comes last, such as 03/04/2026.
        allow_endings: Whether more than a tenth of the enrolments, teachers or guardianships may end, or of some value
            be cleared, and whether a file may be missing that the last import had.
        allow_other_organisations: Whether other organisations may be taken than by the last import of the system.
        allow_renames: Whether an id may belong to somebody with another name and another birth date than before.
    """
    selection = await _read(context, bundle, format, organisations, encoding, date_order)
    roster = selection.roster
    name = required_text(system or roster.format, 60, "system")
    allowed = Allowed(allow_endings, allow_other_organisations, allow_renames)
    if school_year is not None:
        await context.permit("SchoolYear", [school_year], field="schoolYear")
    work = _bring_in(context, selection, organisations, name, school_year, allowed)
    report, names, _ = await rehearsed(context, work)
    return await record_run(context, RunKind.PREVIEW, roster.format, name, report, names)


@command("school.roster.import", returns="RosterRun")
async def import_roster(
    context: Context,
    *,
    bundle: str,
    organisations: list[str],
    format: str | None = None,
    system: str | None = None,
    school_year: Annotated[UUID, Ref("SchoolYear")] | None = None,
    encoding: TextEncoding | None = None,
    date_order: DateOrder | None = None,
    allow_endings: bool = False,
    allow_other_organisations: bool = False,
    allow_renames: bool = False,
) -> UUID:
    """Import a roster: all of it or nothing. A second import of the same system changes what differs.

    Arguments as for the preview. Enrolments that are no longer in the roster end and are kept; passwords are
    never read. The report tells what was made, changed, ended and left out.

    Args:
        bundle: A zip in Base64.
        organisations: The ids in the bundle that are this school.
        format: Which format it is; found out unless told.
        system: Which other system it comes from; the format's name unless told.
        encoding: Of files that are neither UTF-8 nor UTF-16, such as GB18030.
        date_order: What comes first in a date whose year comes last, such as 03/04/2026.
        allow_endings: Whether more than a tenth of the enrolments, teachers or guardianships may end, or of some value
            be cleared, and whether a file may be missing that the last import had.
        allow_other_organisations: Whether other organisations may be taken than by the last import of the system.
        allow_renames: Whether an id may belong to somebody with another name and another birth date than before.
    """
    selection = await _read(context, bundle, format, organisations, encoding, date_order)
    roster = selection.roster
    name = required_text(system or roster.format, 60, "system")
    allowed = Allowed(allow_endings, allow_other_organisations, allow_renames)
    if school_year is not None:
        await context.permit("SchoolYear", [school_year], field="schoolYear")
    length = context.trail.length
    report, names, journal = await _bring_in(context, selection, organisations, name, school_year, allowed)
    run = await record_run(context, RunKind.IMPORT, roster.format, name, report, names)
    await context.emit(Event("school.roster.imported", {"run": run, "system": name}))
    journal.add_trail(context.trail, length)
    await keep_changes(context, run, journal)
    return run


@command("school.roster.export")
async def export_roster(
    context: Context,
    *,
    system: str | None = None,
    format: str | None = None,
    own_fields: bool = False,
) -> str:
    """A roster of the school as it stands today: a zip in Base64, without passwords.

    With ``system``, what was imported from it with today's values, by default in its own format; without,
    the current school year of the registry itself, by default as OneRoster 1.2.

    Args:
        system: The other system whose roster is meant; none: the registry itself.
        format: Such as oneroster-1.2.
        own_fields: Whether the fields go along that the school has added to its people, as columns like
            `metadata.customShoeSize`. OneRoster alone has a place for them; sensitive ones never leave.

    Returns:
        The zip in Base64.
    """
    if system is None:
        form = format or FORMAT
        _check_place(form, own_fields)
        registry = await roster_of_registry(context, form)
        if own_fields:
            registry = await with_own_fields(context, registry, None)
        await _note_looks(context, [UUID(person.source_id) for person in registry.people])
        return await asyncio.to_thread(_pack, registry, form)
    roster = await roster_of_space(context, system)
    if roster is None:
        raise Refusal(NO_ROSTER, "system")
    _check_place(format or roster.format, own_fields)
    if own_fields:
        roster = await with_own_fields(context, roster, system)
    await _note_looks(context, [row["row_id"] for row in await context.fetch(_PEOPLE_OF, system)])
    return await asyncio.to_thread(_pack, roster, format)


def _check_place(form: str, own_fields: bool) -> None:
    if own_fields and form != FORMAT:
        raise Refusal(NO_OWN_FIELDS_IN_FORMAT, "own_fields", format=FORMAT)


async def _note_looks(context: Context, people: list[UUID]) -> None:
    """Keep in the audit whose logged values went out: a roster shows as much as a list on the screen."""
    for resource, (person, carried) in _CARRIED.items():
        logged = context.logged_fields(resource)
        shown = ", ".join(f"CASE WHEN r.{each} IS NOT NULL THEN '{each}' END" for each in carried if each in logged)
        if not shown:
            continue
        table = context.variant.resources[resource].table
        rows = await context.fetch(
            f"SELECT r.id, array_remove(ARRAY[{shown}], NULL) AS fields FROM {table} r"
            f" WHERE {person} = ANY($1::uuid[]) ORDER BY r.id",
            people,
        )
        for row in rows:
            if row["fields"]:
                context.trail.looked(table, row["id"], row["fields"])


def _pack(roster: Roster, form: str | None) -> str:
    try:
        files = write_roster(roster, form)
    except RosterRejected as fault:
        raise _refusal(fault) from None
    return base64.b64encode(write_zip(files)).decode()
