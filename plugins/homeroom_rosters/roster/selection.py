"""Which part of a bundle belongs to one school, and what is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from homeroom.reading.faults import shown
from homeroom_rosters.refusals import NO_ORG, UNKNOWN_ORG
from homeroom_rosters.roster.problems import Problem, RosterRejected
from homeroom_rosters.roster.records import Person, Roster, Session

__all__ = ["LeftOut", "Selection", "select_orgs"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What one organisation has in the bundle and the school does not take.

    A person who has roles in several organisations is counted in each that is left out.
    """

    org: str
    name: str
    sections: int
    courses: int
    roles: int
    people: int
    enrolments: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A school's part of a bundle.

    Args:
        roster: the part; complete in itself.
        left_out: what was left out, one entry for every organisation not taken.
        people_without_org: people of the bundle who have no role and no tie to anybody taken.
        outside_enrolments: enrolments in taken sections of people whose only roles are elsewhere; the
            people are taken with them, because a class without its teacher would be wrong.
        other_files: files of the bundle that are no part of a roster, with their number of lines.
    """

    roster: Roster
    left_out: tuple[LeftOut, ...]
    people_without_org: int
    outside_enrolments: int
    other_files: tuple[tuple[str, int], ...]


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
    return session.starts_on is not None and any(
        year.source_id in taken
        and year.kind == "schoolYear"
        and year.starts_on is not None
        and year.ends_on is not None
        and session.ends_on is not None
        and year.starts_on <= session.starts_on
        and session.ends_on <= year.ends_on
        for year in sessions
    )


def select_orgs(roster: Roster, orgs: Collection[str]) -> Selection:
    """The part of `roster` that belongs to the organisations `orgs` (ids of the bundle) of one school.

    Taken are their sections, the courses and sessions these use, everybody who has a role in them or is
    enrolled in one of their sections, and the guardians of those people.  Raises `RosterRejected` where an
    id is not in the bundle or none is given.
    """
    wanted = set(orgs)
    known = {org.source_id for org in roster.orgs}
    faults = [Problem("", 0, "", UNKNOWN_ORG, value=shown(each)) for each in sorted(wanted - known)]
    if not wanted:
        faults.append(Problem("", 0, "", NO_ORG))
    if faults:
        raise RosterRejected(faults)

    sections = tuple(section for section in roster.sections if section.org in wanted)
    section_ids = {section.source_id for section in sections}
    enrolments = tuple(each for each in roster.enrolments if each.section in section_ids)
    roles = tuple(role for role in roster.roles if role.org in wanted)
    own = {role.person for role in roles}
    learners_and_teachers = own | {each.person for each in enrolments}
    guardianships = tuple(each for each in roster.guardianships if each.child in learners_and_teachers)
    people = learners_and_teachers | {each.guardian for each in guardianships}

    used_courses = {section.course for section in sections}
    courses = tuple(course for course in roster.courses if course.org in wanted or course.source_id in used_courses)
    used_sessions = {role.session for role in roles} | {course.session for course in courses}
    used_sessions |= {session for section in sections for session in section.sessions}
    sessions = _with_ancestors({each.source_id: each.parent for each in roster.sessions}, used_sessions)
    sessions |= {each.source_id for each in roster.sessions if _within(each, sessions, roster.sessions)}
    # Organisations that records of the part name are kept as names, so that the part stands by itself.
    named = {course.org for course in courses}
    named |= {person.extra.get("primaryOrgSourcedId", "") for person in roster.people if person.source_id in people}
    org_ids = _with_ancestors({org.source_id: org.parent for org in roster.orgs}, wanted | named)

    def of(persons: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(person for person in persons if person.source_id in people)

    part = replace(
        roster,
        orgs=tuple(org for org in roster.orgs if org.source_id in org_ids),
        sessions=tuple(session for session in roster.sessions if session.source_id in sessions),
        courses=courses,
        sections=sections,
        people=of(roster.people),
        roles=roles,
        enrolments=enrolments,
        guardianships=guardianships,
        demographics=tuple(each for each in roster.demographics if each.person in people),
        flags=tuple(each for each in roster.flags if each.person in people),
        profiles=tuple(each for each in roster.profiles if each.person in people),
        other_files={},
    )
    with_role = {role.person for role in roster.roles}
    tied = with_role | people | {each.guardian for each in roster.guardianships}
    return Selection(
        part,
        _left_out(roster, wanted),
        people_without_org=sum(person.source_id not in tied for person in roster.people),
        outside_enrolments=sum(each.person not in own for each in enrolments),
        other_files=tuple(sorted(roster.other_files.items())),
    )


def _left_out(roster: Roster, wanted: set[str]) -> tuple[LeftOut, ...]:
    org_of = {section.source_id: section.org for section in roster.sections}
    counts = {org.source_id: dict.fromkeys(("sections", "courses", "roles", "enrolments"), 0) for org in roster.orgs}
    people: dict[str, set[str]] = {org.source_id: set() for org in roster.orgs}
    for section in roster.sections:
        counts[section.org]["sections"] += 1
    for course in roster.courses:
        if course.org:
            counts[course.org]["courses"] += 1
    for role in roster.roles:
        counts[role.org]["roles"] += 1
        people[role.org].add(role.person)
    for each in roster.enrolments:
        counts[org_of[each.section]]["enrolments"] += 1
    return tuple(
        LeftOut(org.source_id, org.name, people=len(people[org.source_id]), **counts[org.source_id])
        for org in roster.orgs
        if org.source_id not in wanted
    )
