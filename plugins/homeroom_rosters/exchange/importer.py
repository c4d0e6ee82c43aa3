"""Importing a school's part of a roster into its registry, in the transaction of a command.

A second import of the same roster changes nothing; one of a newer roster changes what differs
(:mod:`homeroom.imports.sync`). A school of 1,200 students takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.imports.sync import Sync
from homeroom.imports.turns import in_turns
from homeroom.reading.faults import shown
from homeroom_rosters.exchange.bundles import keep_bundle, refuse_other_bundle
from homeroom_rosters.exchange.calendar import follow_changes, refuse_left_out, settle_calendar
from homeroom_rosters.exchange.classes import Classes, taught_before
from homeroom_rosters.exchange.enrolments import refuse_overlaps, settle_enrolments
from homeroom_rosters.exchange.identities import settle_identities
from homeroom_rosters.exchange.people import People, settle_people
from homeroom_rosters.exchange.places import place_sections
from homeroom_rosters.exchange.words import is_staff, is_student, sex
from homeroom_rosters.roster.formats import problem_at
from homeroom_rosters.roster.oneroster import GUARDIAN_ROLES
from homeroom_rosters.roster.records import Roster, without_places
from homeroom_school.settings import script_and_order

#: The command that imports rosters.
IMPORT: Final = "rosters.roster.import"
#: Records of which an import does not ask what the last one said.
_UNREAD: Final = tuple("attendance flag guardian org other_guardianship profile role staff student term year".split())


async def settle_roster(
    context: Context,
    roster: Roster,
    *,
    organisations: Sequence[str],
    system: str,
    school_year: UUID | None = None,
    allow_endings: bool = False,
    allow_other_organisations: bool = False,
    allow_renames: bool = False,
) -> Sync:
    """Bring the registry to what the roster says, under the options of the command.

    Returns:
        The import, whose run is to be recorded.

    Raises Refusal with every reason where the roster cannot become rows.
    """
    async with Sync.begin(
        context,
        IMPORT,
        system,
        field="bundle",
        source="roster",
        unread=_UNREAD,
        allow_endings=allow_endings,
        fault_at=partial(problem_at, roster),
        kept_as=without_places,
        # New people who have the name and the birth date of somebody who is there; words that the registry lacks.
        headings=("doubles", "unknown"),
    ) as sync:
        refuse_other_bundle(
            sync,
            roster,
            organisations,
            allow_endings=allow_endings,
            allow_other_organisations=allow_other_organisations,
        )
        calendar = await settle_calendar(sync, roster, school_year)
        over = {year for year, (_, last) in calendar.days.items() if last < context.today}
        if roster.sections:
            sync.links.cover({*calendar.years.values(), *over})
        people = await settle_people(sync, roster, *await script_and_order(context), allow_renames=allow_renames)
        classes = Classes(sync, roster, calendar, place_sections(roster, taught_before(sync, roster, calendar)))
        await classes.settle()
        await settle_enrolments(classes, people)
        await settle_identities(sync, roster, people)
        await _keep_the_rest(sync, roster, people)
        keep_bundle(sync, roster, organisations)
        sync.endings.refuse()
        await refuse_overlaps(sync, roster, people["student"])
        await refuse_left_out(sync, calendar)
        await follow_changes(context, calendar)
    return sync


async def _keep_the_rest(sync: Sync, roster: Roster, people: People) -> None:
    """Records that become no row of their own are kept for the export; those of people go with their rows."""
    rows = {**people["guardian"], **people["staff"], **people["student"]}

    async def keep(noun: str, records: Iterable[tuple[str, str, Any]]) -> None:
        async for position, (key, person, record) in in_turns(records):
            sync.links.keep(noun, key, record, position, row=rows.get(person))

    await keep("org", ((each.source_id, "", each) for each in roster.orgs))
    await keep(
        "role",
        (
            (each.source_id or f"{each.person}|{each.org}|{each.role}|{each.session}|{each.grade}", each.person, each)
            for each in roster.roles
        ),
    )
    await keep("demographics", ((each.person, each.person, each) for each in roster.demographics))
    await keep("flag", ((f"{each.person}|{each.flag}", each.person, each) for each in roster.flags))
    await keep("profile", ((each.source_id, each.person, each) for each in roster.profiles))
    for role in roster.roles:
        if not (is_student(role.role) or is_staff(role.role) or role.role in GUARDIAN_ROLES):
            sync.report["unknown"][f"role {role.role}"] += 1
    for born in roster.demographics:
        if born.sex and sex(born.sex) is None:
            sync.report["unknown"][f"sex {shown(born.sex, 40)}"] += 1
