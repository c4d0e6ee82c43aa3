"""Importing a school's part of a roster into its registry, in the transaction of a command.

Everything is read in few statements, compared in memory and written in few statements a table, so that a
school of 1,200 students takes seconds.  A second import of the same roster changes nothing; one of a newer
roster changes what differs.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from homeroom.context import Context
from homeroom.imports.journal import Journal
from homeroom.imports.report import Report
from homeroom.imports.stops import Stop
from homeroom.reading.faults import shown
from homeroom_rosters.exchange.bundles import keep_bundle, refuse_other_bundle
from homeroom_rosters.exchange.calendar import refuse_left_out, settle_calendar
from homeroom_rosters.exchange.classes import Classes, taught_before
from homeroom_rosters.exchange.enrolments import Placed, refuse_overlaps, settle_enrolments
from homeroom_rosters.exchange.identities import settle_identities
from homeroom_rosters.exchange.links import Links
from homeroom_rosters.exchange.people import settle_people
from homeroom_rosters.exchange.places import place_sections
from homeroom_rosters.exchange.words import GUARDIAN_ROLES, is_staff, is_student, sex
from homeroom_rosters.roster import Roster, Selection
from homeroom_school.settings import name_settings

__all__ = ["IMPORT", "Allowed", "import_selection"]

#: The command that imports rosters.
IMPORT: Final = "rosters.roster.import"
#: What a report says, whether there is something to say or not.
_HEADINGS: Final = (
    "created",
    #: Rows that were there and that the roster is taken to speak of for the first time.
    "matched",
    "changed",
    "unchanged",
    #: Of the periods that ended, those in whose place another one of the same person or class is.
    "moved",
    "ended",
    #: Periods taken up again that an earlier import had ended.
    "reopened",
    #: Rows of which values differ from the roster because the school changed them.
    "kept",
    #: New people who have the name and the birth date of somebody who is there.
    "doubles",
    "left_out",
    #: Words of the bundle that the registry does not know.
    "unknown",
)

#: Records after which others of this process have their turn.
_TURN = 1_000


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an import may do only because somebody said so.

    Args:
        endings: End or clear a large share of what is there, or lack a file that the last import had.
        other_organisations: Take other organisations of the bundle than the last import.
        renames: Give an id to somebody with another name and another birth date.
    """

    endings: bool = False
    other_organisations: bool = False
    renames: bool = False


async def import_selection(
    context: Context,
    selection: Selection,
    *,
    organisations: Sequence[str],
    system: str,
    school_year: UUID | None = None,
    allowed: Allowed = Allowed(),
) -> tuple[Report, Journal]:
    """Bring the registry to what the roster says.

    Args:
        context: A command's.
        selection: The school's part of a bundle.
        organisations: The ids in the bundle that are the school.
        system: Name of the system that the roster comes from; its ids are remembered under it.
        school_year: Puts all sections into this year, whatever their sessions say.
        allowed: What the import may do only because somebody said so.

    Returns:
        What was done, and what of the links of the system; the rest is in the audit's trail.

    Raises RosterRejected with every reason where the roster cannot become rows.
    """
    roster = selection.roster
    report = Report()
    for heading in _HEADINGS:
        report.counts[heading] = Counter()
    # A whole school in a few statements: on a busy machine one may outlast what a page's statement may take.
    await context.execute("SET LOCAL statement_timeout = '300s'")
    # One import of a school at a time: two at once would each find nobody and make everybody.
    await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{IMPORT} {context.space.id}")
    links = Links(context, system)
    await links.load()
    refuse_other_bundle(
        links,
        roster,
        organisations,
        allow_endings=allowed.endings,
        allow_other_organisations=allowed.other_organisations,
    )
    calendar = await settle_calendar(context, links, report, roster, school_year)
    over = {year for year, (_, last) in calendar.days.items() if last < context.today}
    if roster.sections:
        links.speak_of({*calendar.years.values(), *over})
    endings = Stop("bundle", allowed=allowed.endings)
    people = await settle_people(
        context, links, report, roster, await name_settings(context), endings, allow_renames=allowed.renames
    )
    places = place_sections(roster, taught_before(links, roster, calendar))
    classes = Classes(context, links, report, roster, calendar, places)
    await classes.settle()
    placed = Placed(roster, calendar, people, classes.classes, classes.class_subjects)
    await settle_enrolments(context, links, report, endings, placed)
    await settle_identities(context, links, report, roster, people)
    await _keep_the_rest(links, report, roster, people)
    keep_bundle(links, roster, organisations)
    endings.refuse()
    journal = Journal()
    await links.write(journal)
    await refuse_overlaps(context, roster, people["student"])
    await refuse_left_out(context, roster, calendar)
    # What is only checked at the end of a transaction is checked here, so that a rehearsal meets it, too.
    await context.execute("SET CONSTRAINTS ALL IMMEDIATE")
    await context.execute("SET CONSTRAINTS ALL DEFERRED")
    return report, journal


async def _keep_the_rest(
    links: Links, report: Report, roster: Roster, people: Mapping[str, Mapping[str, UUID]]
) -> None:
    """Records that become no row of their own are kept for the export; those of people go with their rows."""
    keep = links.keep
    rows = {**people["guardian"], **people["staff"], **people["student"]}
    for position, org in enumerate(roster.orgs):
        keep("org", org.source_id, org, position)
    for position, role in enumerate(roster.roles):
        if position % _TURN == 0:
            await asyncio.sleep(0)
        key = role.source_id or f"{role.person}|{role.org}|{role.role}|{role.session}|{role.grade}"
        keep("role", key, role, position, row=rows.get(role.person))
        if not (is_student(role.role) or is_staff(role.role) or role.role in GUARDIAN_ROLES):
            report["unknown"][f"role {role.role}"] += 1
    for position, each in enumerate(roster.demographics):
        if position % _TURN == 0:
            await asyncio.sleep(0)
        keep("demographics", each.person, each, position, row=rows.get(each.person))
        if each.sex and sex(each.sex) is None:
            report["unknown"][f"sex {shown(each.sex, 40)}"] += 1
    for position, flag in enumerate(roster.flags):
        keep("flag", f"{flag.person}|{flag.flag}", flag, position, row=rows.get(flag.person))
    for position, profile in enumerate(roster.profiles):
        keep("profile", profile.source_id, profile, position, row=rows.get(profile.person))
