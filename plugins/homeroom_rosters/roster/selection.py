"""Which part of a bundle belongs to one school, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from homeroom.reading.faults import Fault, refuse, shown
from homeroom_rosters.refusals import NO_ORG, SEVERAL_ORGS, UNKNOWN_ORG
from homeroom_rosters.roster.records import Roster, Session

#: Organisations that a refusal names.
_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class OrgCounts:
    """How much one organisation has in a bundle.

    A person who has roles in several organisations is counted in each.
    """

    org: str
    kind: str
    name: str
    #: Sections, courses, people, roles and enrolments.
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Selection:
    """A school's part of a bundle.

    Args:
        roster: the part; complete in itself.
        left_out: what was left out, one entry for every organisation not taken.
        people_without_org: people of the bundle who have no role and no tie to anybody taken.
        organisations: ids of the organisations that were taken.
        outside_enrolments: enrolments in taken sections of people whose only roles are elsewhere; the
            people are taken with them, because a class without its teacher would be wrong.
    """

    roster: Roster
    left_out: tuple[OrgCounts, ...] = ()
    people_without_org: int = 0
    outside_enrolments: int = 0
    organisations: tuple[str, ...] = ()


def _with_ancestors(parents: Mapping[str, str], wanted: set[str]) -> set[str]:
    found: set[str] = set()
    queue = list(wanted)
    while queue:
        each = queue.pop()
        if each and each in parents and each not in found:
            found.add(each)
            queue.append(parents[each])
    return found


def _within(session: Session, taken: set[str], sessions: Iterable[Session]) -> bool:
    """Whether a session belongs to a school year that is taken: as its child, or by its days."""
    if session.parent:
        return session.parent in taken
    return any(year.source_id in taken and year.is_year_of(session) for year in sessions)


def select_orgs(roster: Roster, orgs: Collection[str] | None) -> Selection:
    """The part of `roster` that belongs to the organisations `orgs` (ids of the bundle) of one school.

    With None it is the only organisation that has anything in the bundle; several are refused.

    Taken are their sections, the courses and sessions these use, everybody who has a role in them or is
    enrolled in one of their sections, and the guardians of those people.  Raises `FileRefused` where an
    id is not in the bundle or none is given.
    """
    wanted = {_only_org(roster)} if orgs is None else set(orgs)
    unknown = sorted(wanted - {org.source_id for org in roster.orgs})
    faults = [Fault("", 0, "", UNKNOWN_ORG, value=shown(each)) for each in unknown]
    if not wanted:
        faults.append(Fault("", 0, "", NO_ORG))
    refuse(faults)

    sections = tuple(section for section in roster.sections if section.org in wanted)
    section_ids = {section.source_id for section in sections}
    enrolments = tuple(each for each in roster.enrolments if each.section in section_ids)
    roles = tuple(role for role in roster.roles if role.org in wanted)
    own = {role.person for role in roles}
    learners_and_teachers = own | {each.person for each in enrolments}
    guardianships = tuple(each for each in roster.guardianships if each.child in learners_and_teachers)
    taken = learners_and_teachers | {each.guardian for each in guardianships}
    people = tuple(person for person in roster.people if person.source_id in taken)

    used_courses = {section.course for section in sections}
    courses = tuple(course for course in roster.courses if course.org in wanted or course.source_id in used_courses)
    used_sessions = {role.session for role in roles} | {course.session for course in courses}
    used_sessions |= {session for section in sections for session in section.sessions}
    sessions = _with_ancestors({each.source_id: each.parent for each in roster.sessions}, used_sessions)
    sessions |= {each.source_id for each in roster.sessions if _within(each, sessions, roster.sessions)}
    # Organisations that records of the part name are kept as names, so that the part is complete in itself.
    named = {course.org for course in courses} | {person.extra.get("primaryOrgSourcedId", "") for person in people}
    org_ids = _with_ancestors({org.source_id: org.parent for org in roster.orgs}, wanted | named)
    part = replace(
        roster,
        orgs=tuple(org for org in roster.orgs if org.source_id in org_ids),
        sessions=tuple(session for session in roster.sessions if session.source_id in sessions),
        courses=courses,
        sections=sections,
        people=people,
        roles=roles,
        enrolments=enrolments,
        guardianships=guardianships,
        demographics=tuple(each for each in roster.demographics if each.person in taken),
        flags=tuple(each for each in roster.flags if each.person in taken),
        profiles=tuple(each for each in roster.profiles if each.person in taken),
    )
    tied = taken | {role.person for role in roster.roles} | {each.guardian for each in roster.guardianships}
    return Selection(
        part,
        tuple(each for each in counts_of(roster) if each.org not in wanted),
        people_without_org=sum(person.source_id not in tied for person in roster.people),
        outside_enrolments=sum(each.person not in own for each in enrolments),
        organisations=tuple(sorted(wanted)),
    )


def _only_org(roster: Roster) -> str:
    found = [each for each in counts_of(roster) if any(each.counts.values())]
    if len(found) != 1:
        options = ", ".join(f"{shown(each.org)} ({shown(each.name)})" for each in found[:_NAMED]) or "–"
        refuse([Fault("", 0, "", SEVERAL_ORGS, options=options)])
    return found[0].org


def counts_of(roster: Roster) -> tuple[OrgCounts, ...]:
    """How much each organisation of a bundle has, in the bundle's order."""
    org_of = {section.source_id: section.org for section in roster.sections}
    counted = {
        "sections": Counter(org_of.values()),
        "courses": Counter(course.org for course in roster.courses),
        "people": Counter(org for org, _ in {(role.org, role.person) for role in roster.roles}),
        "roles": Counter(role.org for role in roster.roles),
        "enrolments": Counter(org_of[each.section] for each in roster.enrolments),
    }
    return tuple(
        OrgCounts(org.source_id, org.kind, org.name, {what: number[org.source_id] for what, number in counted.items()})
        for org in roster.orgs
    )
