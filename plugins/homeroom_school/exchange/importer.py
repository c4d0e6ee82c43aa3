"""Importing a school's part of a roster into its registry, in the transaction of a command.

Everything is read in few statements, compared in memory and written in one statement a table, so that a
school of 1,200 students takes seconds.  A second import of the same roster changes nothing; one of a newer
roster changes what differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom_school.exchange.calendar import Calendar, settle_calendar
from homeroom_school.exchange.enrolments import Placed, refuse_overlaps, settle_enrolments, settle_guardianships
from homeroom_school.exchange.identities import settle_identities
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.people import settle_people
from homeroom_school.exchange.places import Places, place_sections
from homeroom_school.exchange.report import Report
from homeroom_school.exchange.settle import Wanted, settle
from homeroom_school.exchange.words import GUARDIAN_ROLES, grade_level, is_staff, is_student
from homeroom_school.roster import Course, Problem, Roster, RosterRejected, Section, Selection
from homeroom_school.settings import name_settings
from homeroom_school.tables import (
    ClassKind,
    ClassSubject,
    SchoolClass,
    Subject,
)

__all__ = ["ImportRefused", "import_selection"]


class ImportRefused(RosterRejected):
    """The bundle is well-formed but cannot become rows of this school."""


@dataclass(slots=True)
class _Import:
    """One import under way."""

    context: Context
    roster: Roster
    links: Links
    report: Report
    calendar: Calendar
    places: Places
    people: Mapping[str, Mapping[str, UUID]]
    classes: dict[str, UUID] = field(default_factory=dict)
    subjects: dict[str, UUID] = field(default_factory=dict)
    #: Section to the subject of a class that it is.
    class_subjects: dict[str, UUID] = field(default_factory=dict)


async def import_selection(
    context: Context, selection: Selection, *, system: str, school_year: UUID | None = None
) -> Report:
    """Bring the registry to what the roster says.

    Args:
        context: A command's.
        selection: The school's part of a bundle.
        system: Name of the system that the roster comes from; its ids are remembered under it.
        school_year: Puts all sections into this year, whatever their sessions say.

    Raises ImportRefused with every reason where the roster cannot become rows.
    """
    roster = selection.roster
    report = Report()
    # A whole school in a few statements: on a busy machine one may outlast what a page's statement may take.
    await context.execute("SET LOCAL statement_timeout = '300s'")
    # One import of a school at a time: two at once would each find nobody and make everybody.
    await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"school.roster {context.space.id}")
    links = Links(context, system)
    await links.load()
    calendar = await settle_calendar(context, links, report, roster, school_year)
    people = await settle_people(context, links, report, roster, await name_settings(context))
    known = {**dict.fromkeys(links.of("section"), "course"), **await _taught_before(context, system)}
    work = _Import(context, roster, links, report, calendar, place_sections(roster, known), people)
    _refuse_same_names(work)
    await _settle_subjects(work)
    await _settle_classes(work)
    await _settle_class_subjects(work)
    placed = Placed(roster, calendar, people, work.classes, work.class_subjects)
    await settle_enrolments(context, links, report, placed)
    await settle_guardianships(context, links, report, placed)
    await settle_identities(context, report, roster, people)
    _keep_the_rest(work)
    await links.write()
    await refuse_overlaps(context, list(people["student"].values()))
    return report


async def _taught_before(context: Context, system: str) -> dict[str, str]:
    rows = await context.fetch(
        "SELECT source_id, record ->> 'homeroom' AS homeroom FROM roster_link"
        " WHERE system = $1 AND noun = 'taught' AND record ? 'homeroom'",
        system,
    )
    return {row["source_id"]: row["homeroom"] for row in rows}


def _refuse_same_names(work: _Import) -> None:
    seen: Counter[tuple[UUID, str]] = Counter(
        (work.calendar.year_of(section), section.title) for section in work.places.homerooms
    )
    problems = [
        Problem("", 0, "", "duplicate", f"{number} homeroom classes of one year are called {name!r}")
        for (_, name), number in seen.items()
        if number > 1
    ]
    if problems:
        raise ImportRefused(problems)


# Subjects ------------------------------------------------------------------------------------------------


async def _settle_subjects(work: _Import) -> None:
    """A course is a subject: the one it names by title or code, or a new one."""
    homerooms = {section.course for section in work.places.homerooms if section.kind == "homeroom"}
    used = {section.course for section in work.roster.sections} - homerooms
    rows = await work.context.fetch("SELECT id, code, title FROM subject")
    by_word: dict[str, UUID] = {row["title"].casefold(): row["id"] for row in rows}
    by_word |= {row["code"].casefold(): row["id"] for row in rows}
    links = work.links.of("course")
    wanted: list[Wanted] = []
    first_of_code: dict[str, str] = {}
    same: dict[str, str] = {}
    for position, course in enumerate(work.roster.courses):
        if course.source_id not in used or course.source_id in homerooms:
            work.links.keep("course", course.source_id, course, position)
            work.report.left_out["courses without a class"] += course.source_id not in homerooms
            continue
        code = (course.code or course.source_id)[:40]
        match = next((by_word[word] for word in _words_of(course) if word in by_word), None)
        if course.source_id not in links and match is None and code.casefold() in first_of_code:
            same[course.source_id] = first_of_code[code.casefold()]
            continue
        first_of_code.setdefault(code.casefold(), course.source_id)
        columns = {"code": code, "title": course.title[:120], "active": True}
        wanted.append(Wanted(course.source_id, position, course, columns, match))
    work.subjects = await settle(work.context, work.links, work.report, "course", Subject, wanted, change_matched=False)
    by_id = {course.source_id: (position, course) for position, course in enumerate(work.roster.courses)}
    for source_id, first in same.items():
        work.subjects[source_id] = work.subjects[first]
        position, course = by_id[source_id]
        work.links.keep("course", source_id, course, position, row=work.subjects[first])


def _words_of(course: Course) -> list[str]:
    words = [*course.subjects, course.extra.get("subjectCodes", ""), course.code, course.title]
    return [word.casefold() for word in words if word]


# Classes -------------------------------------------------------------------------------------------------


async def _grades(work: _Import) -> dict[str, UUID]:
    rows = await work.context.fetch("SELECT id, code, number FROM grade_level")
    levels = {str(row["number"]): row["id"] for row in rows}
    return levels | {row["code"].casefold(): row["id"] for row in rows}


def _grade_words(work: _Import) -> dict[str, str]:
    """Section to the grade that most of its students have."""
    of_person = {person.source_id: person.grades[0] for person in work.roster.people if person.grades}
    of_person |= {role.person: role.grade for role in work.roster.roles if role.grade and is_student(role.role)}
    counts: dict[str, Counter[str]] = {}
    for each in work.roster.enrolments:
        if is_student(each.role) and each.person in of_person:
            counts.setdefault(each.section, Counter())[of_person[each.person]] += 1
    return {section: counter.most_common(1)[0][0] for section, counter in counts.items()}


async def _settle_classes(work: _Import) -> None:
    levels = await _grades(work)
    majority = _grade_words(work)
    courses = {course.source_id: course for course in work.roster.courses}
    position = {section.source_id: place for place, section in enumerate(work.roster.sections)}
    linked = {link.row for link in work.links.of("homeroom").values()}
    existing = {
        (row["school_year_id"], row["name"]): row["id"]
        for row in await work.context.fetch("SELECT id, school_year_id, name FROM school_class WHERE kind = 'homeroom'")
        if row["id"] not in linked
    }

    def wanted(section: Section, kind: ClassKind) -> Wanted:
        course = courses.get(section.course)
        words = [*section.grades, *(course.grades if course else ()), majority.get(section.source_id, "")]
        word = next((each for each in words if each), "")
        level = grade_level(word, levels) if word else None
        if word and level is None:
            work.report.unknown[f"grade {word}"] += 1
        year = work.calendar.year_of(section)
        columns: dict[str, Any] = {
            "school_year_id": year,
            "grade_level_id": level,
            "name": section.title[:120],
            "code": section.code[:60] or None,
            "kind": kind.value,
        }
        match = existing.get((year, section.title)) if kind is ClassKind.HOMEROOM else None
        return Wanted(section.source_id, position[section.source_id], section, columns, match)

    homerooms = [wanted(each, ClassKind.HOMEROOM) for each in work.places.homerooms]
    work.classes |= await settle(work.context, work.links, work.report, "homeroom", SchoolClass, homerooms)
    others = [wanted(each, ClassKind.COURSE) for each in work.places.courses]
    work.classes |= await settle(work.context, work.links, work.report, "section", SchoolClass, others)


async def _settle_class_subjects(work: _Import) -> None:
    """The subjects that classes are taught: of the plan where it has them, made where they are missing."""
    sections = {section.source_id: section for section in work.roster.sections}
    position = {source_id: place for place, source_id in enumerate(sections)}
    pairs: dict[str, tuple[UUID, UUID]] = {}
    for section_id, homeroom in work.places.taught.items():
        pairs[section_id] = (work.classes[homeroom], work.subjects[sections[section_id].course])
        record = {"homeroom": homeroom, "section": sections[section_id]}
        work.links.keep("taught", section_id, record, position[section_id], row=work.classes[homeroom])
    for section in work.places.courses:
        pairs[section.source_id] = (work.classes[section.source_id], work.subjects[section.course])
    known = {
        (row["school_class_id"], row["subject_id"]): row["id"]
        for row in await work.context.fetch("SELECT id, school_class_id, subject_id FROM class_subject")
    }
    missing = [pair for pair in dict.fromkeys(pairs.values()) if pair not in known]
    periods = {
        (row["school_class_id"], row["subject_id"]): row["periods_per_year"]
        for row in await work.context.fetch(
            "SELECT c.id AS school_class_id, g.subject_id, g.periods_per_year FROM school_class c"
            " JOIN grade_subject g ON g.grade_level_id = c.grade_level_id WHERE c.id = ANY($1::uuid[])",
            [school_class for school_class, _ in missing],
        )
    }
    ids = await work.context.rows(ClassSubject).insert(
        [{"school_class_id": pair[0], "subject_id": pair[1], "periods_per_year": periods.get(pair)} for pair in missing]
    )
    work.report.created["class_subject"] += len(missing)
    known |= dict(zip(missing, ids, strict=True))
    work.class_subjects = {section: known[pair] for section, pair in pairs.items()}


def _keep_the_rest(work: _Import) -> None:
    """Records that become no row of their own are kept for the export."""
    roster, keep = work.roster, work.links.keep
    for position, org in enumerate(roster.orgs):
        keep("org", org.source_id, org, position)
    for position, role in enumerate(roster.roles):
        key = role.source_id or f"{role.person}|{role.org}|{role.role}|{role.session}|{role.grade}"
        keep("role", key, role, position)
        if not (is_student(role.role) or is_staff(role.role) or role.role in GUARDIAN_ROLES):
            work.report.unknown[f"role {role.role}"] += 1
    for position, each in enumerate(roster.demographics):
        keep("demographics", each.person, each, position)
    for position, flag in enumerate(roster.flags):
        keep("flag", f"{flag.person}|{flag.flag}", flag, position)
    for position, profile in enumerate(roster.profiles):
        keep("profile", profile.source_id, profile, position)
    keep("bundle", roster.format, {"format": roster.format, "properties": dict(roster.properties)}, 0)
