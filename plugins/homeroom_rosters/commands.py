"""Importing and exporting rosters."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from homeroom.commands import Command, Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import refusing
from homeroom.reading.layouts import ReadOptions
from homeroom.reading.texts import TextEncoding
from homeroom.refusals import REQUIRED, TOO_LARGE
from homeroom.texts import required_text
from homeroom.uploads import Upload
from homeroom_rosters.exchange.export import roster_of_space
from homeroom_rosters.exchange.importer import IMPORT, settle_roster
from homeroom_rosters.exchange.own_fields import FORMAT, with_own_fields
from homeroom_rosters.exchange.registry import roster_of_registry
from homeroom_rosters.refusals import NO_OWN_FIELDS_IN_FORMAT, NO_ROSTER
from homeroom_rosters.roster.apart import read_part
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import write_roster
from homeroom_rosters.roster.records import Roster
from homeroom_school.refusals import BASE64_NEEDED

_PEOPLE_OF = (
    "SELECT source_id, row_id FROM import_link"
    " WHERE command = $1 AND system = $2 AND noun IN ('student', 'staff', 'guardian') AND present"
)
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


async def _content(context: Context, bundle: str | None, file: Upload | None) -> bytes:
    """The zip of a roster, which comes as a file or in Base64."""
    if file is None:
        if bundle is None:
            raise Refusal(REQUIRED, "file")
        try:
            return base64.b64decode(bundle, validate=True)
        except ValueError:  # of the encoding, or binascii.Error
            raise Refusal(BASE64_NEEDED, "bundle") from None
    content = bytearray()
    async for piece in file.chunks():
        content += piece
        if len(content) > context.host.settings.max_upload:
            raise Refusal(TOO_LARGE, "file", most=context.host.settings.max_upload)
    return bytes(content)


@command("rosters.roster.import", returns="ImportRun")
async def import_roster(
    context: Context,
    *,
    bundle: str | None = None,
    organisations: list[str] | None = None,
    format: str | None = None,
    system: str | None = None,
    school_year: Annotated[UUID, Ref("SchoolYear")] | None = None,
    encoding: TextEncoding | None = None,
    date_order: DateOrder | None = None,
    allow_endings: bool = False,
    allow_other_organisations: bool = False,
    allow_renames: bool = False,
    file: Upload | None = None,
) -> UUID:
    """Import a roster: all of it or nothing. A second import of the same system changes what differs.

    The bundle is a zip, as a file or in Base64: School Data Sync v1 or v2.1, or OneRoster 1.2. Every bad row is named
    by file, line and column. Enrolments that are no longer in the roster end and are kept; passwords are never read.
    The run says what was created, changed, ended and left out.

    Args:
        bundle: A zip in Base64, where it does not come as a file.
        organisations: The ids in the bundle that are this school; by default the only one that the bundle is about.
        format: Which format it is; by default recognised by its files.
        system: Which other system it comes from; by default the format's name.
        encoding: Of files that are neither UTF-8 nor UTF-16, such as GB18030.
        date_order: What comes first in a date whose year comes last, such as 03/04/2026.
        allow_endings: Whether more than a tenth of the enrolments, teachers or guardianships may end, or of some value
            be cleared, and whether a file may be missing that the last import had.
        allow_other_organisations: Whether other organisations may be taken than by the last import of the system.
        allow_renames: Whether an id may belong to somebody with another name and another birth date than before.
        file: The zip as a file.
    """
    field = "bundle" if file is None else "file"
    content = await _content(context, bundle, file)
    with refusing(field):
        selection = await read_part(context, content, format, organisations, ReadOptions(encoding, date_order))
    roster = selection.roster
    name = required_text(system or roster.format, 60, "system")
    if school_year is not None:
        await context.permit("SchoolYear", [school_year], field="schoolYear")
    sync = await settle_roster(
        context,
        roster,
        organisations=selection.organisations,
        system=name,
        school_year=school_year,
        allow_endings=allow_endings,
        allow_other_organisations=allow_other_organisations,
        allow_renames=allow_renames,
    )
    left_out = {
        "organisations_left_out": [{"id": each.org, "name": each.name, **each.counts} for each in selection.left_out],
        "people_without_organisation": selection.people_without_org,
        "enrolments_of_outsiders": selection.outside_enrolments,
        "other_files": dict(roster.other_files),
    }
    chosen = file.name[:255] if file is not None else ""
    run = await sync.record(format=roster.format, more=left_out, file_name=chosen)
    await context.emit(Event("school.roster.imported", {"run": run, "system": name}))
    return run


@command("rosters.roster.export")
async def export_roster(
    context: Context,
    *,
    system: str | None = None,
    format: str | None = None,
    own_fields: bool = False,
) -> str:
    """A roster of the school as it is today: a zip in Base64, without passwords.

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
        roster = await roster_of_registry(context, format or FORMAT)
        people = [(person.source_id, UUID(person.source_id)) for person in roster.people]
    else:
        imported = await roster_of_space(context, system)
        if imported is None:
            raise Refusal(NO_ROSTER, "system")
        roster = imported
        people = [(row["source_id"], row["row_id"]) for row in await context.fetch(_PEOPLE_OF, IMPORT, system)]
    form = format or (FORMAT if system is None else roster.format)
    if own_fields and form != FORMAT:
        raise Refusal(NO_OWN_FIELDS_IN_FORMAT, "own_fields", format=FORMAT)
    if own_fields:
        roster = await with_own_fields(context, roster, dict(people))
    await _note_looks(context, [row for _, row in people])
    return await asyncio.to_thread(_pack, roster, form)


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
    with refusing("bundle"):
        files = write_roster(roster, form)
    return base64.b64encode(write_zip(files)).decode()


COMMANDS: tuple[Command, ...] = (import_roster, export_roster)
