"""The courses and sections of a roster as subjects and classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from homeroom.imports.sync import Sync, SyncedRows, WantedRow
from homeroom.reading.faults import refuse
from homeroom.texts import folded
from homeroom_rosters.exchange.calendar import Calendar
from homeroom_rosters.exchange.places import Places
from homeroom_rosters.exchange.words import grade_level, is_student
from homeroom_rosters.refusals import SIMILAR_CLASS_NAME
from homeroom_rosters.roster.formats import is_given
from homeroom_rosters.roster.records import Course, Roster, Section
from homeroom_school.tables import ClassKind, ClassSubject, SchoolClass, Subject

_TITLED: Final = {"name": "title"}
_COURSE: Final = SyncedRows("course", Subject, fill_matched=False)
_KINDS: Final = {
    ClassKind.HOMEROOM: SyncedRows("homeroom", SchoolClass, _TITLED),
    ClassKind.COURSE: SyncedRows("section", SchoolClass, _TITLED),
}


def taught_before(sync: Sync, roster: Roster, calendar: Calendar) -> dict[str, str]:
    """What earlier imports decided of sections in their school years: ``course``, or the homeroom section."""
    known: dict[str, str] = {}
    for section in roster.sections:
        key = section.source_id, calendar.year_of(section)
        if key in sync.links.of("section"):
            known[section.source_id] = "course"
        elif homeroom := (sync.links.said("taught", *key) or {}).get("homeroom"):
            known[section.source_id] = homeroom
    return known


@dataclass(slots=True)
class Classes:
    """Settles subjects, classes and what classes are taught.

    Args:
        calendar: The years of the sections.
        places: Where the sections belong.
    """

    sync: Sync
    roster: Roster
    calendar: Calendar
    places: Places
    #: Section to class, of those that are classes of their own.
    classes: dict[str, UUID] = field(default_factory=dict)
    #: Section to the subject of a class that it is.
    class_subjects: dict[str, UUID] = field(default_factory=dict)

    async def settle(self) -> None:
        """Bring them to what the roster says."""
        self._refuse_same_names()
        subjects = await self._settle_subjects()
        await self._settle_classes()
        await self._settle_class_subjects(subjects)

    def _refuse_same_names(self) -> None:
        seen: dict[tuple[UUID, str], Section] = {}
        problems = []
        for section in self.places.homerooms:
            first = seen.setdefault((self.calendar.year_of(section), folded(section.title)), section)
            if first is not section:
                both = {"one": first.source_id, "other": section.source_id, "name": first.title}
                problems.append(self.sync.fault(section, "title", SIMILAR_CLASS_NAME, **both, second=section.title))
        refuse(problems)

    # Subjects ----------------------------------------------------------------------------------------------

    def _years_of_courses(self) -> dict[str, UUID]:
        """The first school year in which each course has a section."""
        years: dict[str, UUID] = {}
        for section in self.roster.sections:
            year = self.calendar.year_of(section)
            before = years.setdefault(section.course, year)
            if self.calendar.days[year] < self.calendar.days[before]:
                years[section.course] = year
        return years

    async def _settle_subjects(self) -> dict[str, UUID]:
        """A course is a subject: the one it names by title or code, or a new one.

        A course's id may be another course's than in an earlier year: then the subject of that year stays as it is.
        """
        links = self.sync.links
        homerooms = {section.course for section in self.places.homerooms if section.kind == "homeroom"}
        homerooms -= {each.course for each in self.places.courses}
        homerooms -= {each.course for each in self.roster.sections if each.source_id in self.places.taught}
        years = self._years_of_courses()
        rows = await self.sync.context.fetch("SELECT id, code, title FROM subject")
        by_id = {row["id"]: row for row in rows}
        by_code = {row["code"].casefold(): row["id"] for row in rows}
        by_word = {row["title"].casefold(): row["id"] for row in rows} | by_code
        wanted: list[WantedRow] = []
        first_of_code: dict[str, str] = {}
        same: dict[str, tuple[str, int, Course]] = {}
        for position, course in enumerate(self.roster.courses):
            year = years.get(course.source_id)
            if year is None or course.source_id in homerooms:
                links.keep("course", course.source_id, course, position)
                self.sync.report["left_out"]["courses without a class"] += course.source_id not in homerooms
                continue
            code = course.code or course.source_id
            link = links.of("course").get((course.source_id, year))
            match, made, other = None, False, set[UUID]()
            if link is None or link.row is None:
                match, made, other = self._subject_of_another_year(course, by_id)
                if match is None:
                    words = _words_of(course)
                    match = next((by_word[w] for w in words if w in by_word and by_word[w] not in other), None)
                if match is None and code.casefold() in first_of_code:
                    same[course.source_id] = first_of_code[code.casefold()], position, course
                    continue
                if match is None and code.casefold() in by_code:
                    code = f"{code}-{self.calendar.days[year][0].year}"
            first_of_code.setdefault(code.casefold(), course.source_id)
            said = link.said() if link is not None else None
            columns = {"code": code, "title": course.title}
            wanted.append(
                WantedRow(
                    course.source_id,
                    position,
                    columns,
                    course,
                    course.title,
                    record=course,
                    match=match,
                    match_made=made,
                    within=year,
                    before={"code": said.get("code") or said["source_id"], "title": said["title"]} if said else None,
                    first={"active": True},
                )
            )
        subjects = await self.sync.rows(_COURSE, wanted)
        for source_id, (first, position, course) in same.items():
            subjects[source_id] = subjects[first]
            links.keep("course", source_id, course, position, row=subjects[first], within=years[source_id])
        return subjects

    def _subject_of_another_year(
        self, course: Course, subjects: Mapping[UUID, Any]
    ) -> tuple[UUID | None, bool, set[UUID]]:
        """The subject that the course's id was in another year, if it is the same course, and those that it is not."""
        other: set[UUID] = set()
        for link in self.sync.links.of_source("course", course.source_id):
            row = subjects.get(link.row) if link.row is not None else None
            if row is None:
                continue
            said = link.said() or {}
            titles = {row["title"].casefold(), str(said.get("title", "")).casefold()}
            shared = set(course.title.casefold().split()) & set(" ".join(titles).split())
            if course.title.casefold() in titles or (course.code and said.get("code") == course.code and shared):
                return row["id"], link.made, set()
            if link.made:
                other.add(row["id"])
        return None, False, other

    # Classes -----------------------------------------------------------------------------------------------

    def _grade_words(self) -> dict[str, str]:
        """Section to the grade that most of its students have."""
        of_person = {person.source_id: person.grades[0] for person in self.roster.people if person.grades}
        of_person |= {role.person: role.grade for role in self.roster.roles if role.grade and is_student(role.role)}
        counts: dict[str, Counter[str]] = {}
        for each in self.roster.enrolments:
            if is_student(each.role) and each.person in of_person:
                counts.setdefault(each.section, Counter())[of_person[each.person]] += 1
        return {section: counter.most_common(1)[0][0] for section, counter in counts.items()}

    async def _settle_classes(self) -> None:
        grades = await self.sync.context.fetch("SELECT id, code, number FROM grade_level")
        levels = {str(row["number"]): row["id"] for row in grades}
        levels |= {row["code"].casefold(): row["id"] for row in grades}
        majority = self._grade_words()
        courses = {course.source_id: course for course in self.roster.courses}
        position = {section.source_id: place for place, section in enumerate(self.roster.sections)}
        linked = {link.row for link in self.sync.links.of("homeroom").values()}
        query = "SELECT id, school_year_id, name FROM school_class WHERE kind = 'homeroom'"
        existing = {
            (row["school_year_id"], folded(row["name"])): row["id"]
            for row in await self.sync.context.fetch(query)
            if row["id"] not in linked
        }

        def wanted(section: Section, kind: ClassKind) -> WantedRow:
            course = courses.get(section.course)
            words = [*section.grades, *(course.grades if course else ()), majority.get(section.source_id, "")]
            word = next(filter(None, words), "")
            level = grade_level(word, levels) if word else None
            if word and level is None:
                self.sync.report["unknown"][f"grade {word}"] += 1
            year = self.calendar.year_of(section)
            columns: dict[str, Any] = {"name": section.title, "code": section.code or None, "grade_level_id": level}
            missing = {"grade_level_id": level is None, "code": not is_given(self.roster, section, "code")}
            said = self.sync.links.said(_KINDS[kind].name, section.source_id, year)
            return WantedRow(
                section.source_id,
                position[section.source_id],
                columns,
                section,
                section.title,
                record={"section": section, "grade": word},
                match=existing.get((year, folded(section.title))) if kind is ClassKind.HOMEROOM else None,
                within=year,
                before=_section_before(said, columns, levels),
                missing=frozenset(column for column, silent in missing.items() if silent),
                first={"school_year_id": year, "kind": kind.value},
            )

        for kind, sections in ((ClassKind.HOMEROOM, self.places.homerooms), (ClassKind.COURSE, self.places.courses)):
            self.classes |= await self.sync.rows(_KINDS[kind], [wanted(each, kind) for each in sections])

    async def _settle_class_subjects(self, subjects: Mapping[str, UUID]) -> None:
        """The subjects that classes are taught: of the plan where it has them, made where they are missing."""
        sections = {section.source_id: section for section in self.roster.sections}
        position = {source_id: place for place, source_id in enumerate(sections)}
        homes = {**self.places.taught, **{section.source_id: section.source_id for section in self.places.courses}}
        pairs = {id_: (self.classes[home], subjects[sections[id_].course]) for id_, home in homes.items()}
        for section_id, homeroom in self.places.taught.items():
            section = sections[section_id]
            self.sync.links.keep(
                "taught",
                section_id,
                {"homeroom": homeroom, "section": section},
                position[section_id],
                row=self.classes[homeroom],
                within=self.calendar.year_of(section),
            )
        periods = {
            (row["school_class_id"], row["subject_id"]): row["periods_per_year"]
            for row in await self.sync.context.fetch(
                "SELECT c.id AS school_class_id, g.subject_id, g.periods_per_year FROM school_class c"
                " JOIN grade_subject g ON g.grade_level_id = c.grade_level_id WHERE c.id = ANY($1::uuid[])",
                list({school_class for school_class, _ in pairs.values()}),
            )
        }
        found = await self.sync.by_key(
            "class_subject",
            ClassSubject,
            ("school_class_id", "subject_id"),
            [{"school_class_id": school_class, "subject_id": subject} for school_class, subject in pairs.values()],
            first=lambda pair: {"periods_per_year": periods.get((pair["school_class_id"], pair["subject_id"]))},
        )
        self.class_subjects = {section: found[pair] for section, pair in pairs.items()}


def _words_of(course: Course) -> list[str]:
    words = [*course.subjects, course.extra.get("subjectCodes", ""), course.code, course.title]
    return [word.casefold() for word in words if word]


def _section_before(said: Any, columns: Mapping[str, Any], levels: Mapping[str, UUID]) -> Mapping[str, Any] | None:
    """The columns as the last import's record of a section said them."""
    if said is None:
        return None
    section = said.get("section", said)
    level = grade_level(said["grade"], levels) if said.get("grade") else columns["grade_level_id"]
    return {"name": section["title"], "code": section.get("code") or None, "grade_level_id": level}
