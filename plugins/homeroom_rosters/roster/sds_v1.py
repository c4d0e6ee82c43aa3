"""Microsoft School Data Sync, format v1 ("SDS format CSV files"): six files, and two more for guardians.

A section's line carries its term and its course; several lines may repeat the same term or course and
must then agree.  The course may lack an id and be named by its section alone, or be missing: then the section is
a homeroom class, unless most students are in several such sections, which then are courses of their own.  A teacher
of two schools has two lines in Teacher.csv that must agree on the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import Fault, Faults, shown
from homeroom.reading.layouts import Cell, Kind, Row
from homeroom.reading.records import Field, Records
from homeroom_rosters.refusals import ALSO_STUDENT, CONTRADICTS_LINE
from homeroom_rosters.roster.files import File, day, file, ref, text
from homeroom_rosters.roster.format import RosterFormat, Rows, Tables, rows_of
from homeroom_rosters.roster.records import Course, Demographics, Role, Roster, Section, Session

_file = partial(file, key="SIS ID", required=True, date_order=DateOrder.MONTH_FIRST)

_OF_PERSON = (
    text("SIS ID", "Person.source_id Role.person Demographics.person", required=True),
    ref("School SIS ID", "School.csv", "Role.org", required=True),
    text("First Name", "Person.given", required=True),
    text("Last Name", "Person.family"),
    text("Username", "Person.username"),
    Field("Password", Kind.SECRET),
    text("State ID"),
)
_EMAIL = text("Secondary Email", "Person.email")
_MIDDLE = text("Middle Name", "Person.middle")
_STATUS = text("Status", "Role.extra")

_SCHOOL = _file(
    "School.csv",
    text("SIS ID", "Org.source_id", required=True),
    text("Name", "Org.name", required=True),
    text("School Number", "Org.identifier"),
    *map(text, ("School NCES_ID", "State ID", "Grade Low", "Grade High", "Principal SIS ID", "Principal Name")),
    *map(text, ("Principal Secondary Email", "Address", "City", "State", "Country", "Zip")),
    text("Phone", longest=40),
    text("Zone"),
    fixed={"kind": "school"},
)
_SECTION = _file(
    "Section.csv",
    text("SIS ID", "Section.source_id", required=True),
    ref("School SIS ID", "School.csv", "Section.org", required=True),
    text("Section Name", "Section.title", required=True),
    text("Section Number", "Section.code"),
    text("Term SIS ID", "Session.source_id Section.sessions"),
    text("Term Name", "Session.title"),
    day("Term StartDate", "Session.starts_on"),
    day("Term EndDate", "Session.ends_on"),
    text("Course SIS ID", "Course.source_id Section.course"),
    text("Course Name", "Course.title"),
    text("Course Number", "Course.code"),
    text("Course Description", "Course.extra"),
    text("Course Subject", "Course.subjects"),
    text("Periods", "Section.periods"),
    text("Status"),
)
_STUDENT = _file(
    "Student.csv",
    *_OF_PERSON,
    _EMAIL,
    text("Student Number", longest=60),
    _MIDDLE,
    text("Grade", "Role.grade"),
    _STATUS,
    day("Birthdate", "Demographics.born_on"),
    text("Graduation Year", "Role.extra"),
    key="SIS ID, School SIS ID",
)
_TEACHER = _file(
    "Teacher.csv",
    *_OF_PERSON,
    text("Teacher Number", longest=60),
    _STATUS,
    _MIDDLE,
    _EMAIL,
    text("Title", "Role.extra"),
    text("Qualification", "Role.extra"),
    key="SIS ID, School SIS ID",
)
_LEARNERS, _TEACHERS = (
    _file(
        name,
        ref("Section SIS ID", "Section.csv", "Enrolment.section", required=True),
        ref("SIS ID", of, "Enrolment.person", required=True),
        key="Section SIS ID, SIS ID",
        fixed={"role": role},
    )
    for name, of, role in (
        ("StudentEnrollment.csv", "Student.csv", "student"),
        ("TeacherRoster.csv", "Teacher.csv", "teacher"),
    )
)
_USER = _file(
    "User.csv",
    text("Email", "Person.source_id Person.email", required=True),
    text("First Name", "Person.given", required=True),
    text("Last Name", "Person.family"),
    text("Phone", "Person.phone"),
    text("SIS ID"),
    key="Email",
    required=False,
)
_GUARDIANS = _file(
    "GuardianRelationship.csv",
    ref("SIS ID", "Student.csv", "Guardianship.child", required=True),
    ref("Email", "User.csv", "Guardianship.guardian", required=True),
    text("Role", "Guardianship.relation"),
    key="SIS ID, Email",
    required=False,
)

_TERM, _COURSE = Records(_SECTION, Session, {"kind": "term"}), Records(_SECTION, Course)
_IN_SCHOOL: Final = {
    file.file: Records(file, Role, {"role": role}) for file, role in ((_STUDENT, "student"), (_TEACHER, "teacher"))
}
_BORN = Records(_STUDENT, Demographics)

#: How the id of a course begins that the files give none; it is never written.
_MADE: Final = "course of the section: "


class _SdsV1(RosterFormat):
    def _cells(self, file: File, records: Iterable[Any]) -> list[dict[str, Cell]]:
        return [*map(self.records[file.file].cells, records)]

    def build(self, tables: Tables, problems: Faults) -> Roster:
        roster = super().build(tables, problems)
        users = [each for each in roster.people if each.place.file == _USER.file]
        people = _agreeing(roster.people[: len(roster.people) - len(users)], "SIS ID", problems)
        roles = tuple(each for file, records in _IN_SCHOOL.items() for each in records.read(tables.get(file)))
        students = {each.person for each in roles if each.role == "student"}
        for each in roles:
            if each.role != "student" and each.person in students:
                problems.append(Fault(each.place.file, each.place.line, "SIS ID", ALSO_STUDENT))
        rows = rows_of(tables, _SECTION.file)
        sections, made = _place_courses(
            tuple(map(_with_its_own, roster.sections, rows)),
            {row.text("SIS ID"): course for row in rows if (course := _named_course(row))},
            ((each.section, each.person) for each in roster.enrolments if each.role == "student"),
        )
        table = tables.get(_SECTION.file)
        born = _agreeing(_BORN.read(tables.get(_STUDENT.file)), "SIS ID", problems, "person")
        return replace(
            roster,
            sessions=_agreeing(_TERM.read(table), "Term SIS ID", problems),
            courses=(*_agreeing(_COURSE.read(table), "Course SIS ID", problems), *made),
            sections=sections,
            people=(*people, *users),
            roles=roles,
            demographics=tuple(each for each in born if each.born_on is not None),
        )

    def rows(self, roster: Roster) -> Rows:
        people = {person.source_id: person for person in roster.people}
        born = {each.person: {"Birthdate": each.born_on} for each in roster.demographics}
        terms = {session.source_id: _TERM.cells(session) for session in roster.sessions}
        courses = {course.source_id: _COURSE.cells(course) for course in roster.courses}
        placed = {role.person for role in roster.roles}
        ties = {each.guardian for each in roster.guardianships}
        # The format knows guardians by their address: who has none cannot be written.
        guardians = {key: each for key, each in people.items() if each.email and (key in ties or key not in placed)}

        def person_cells(role: Role, file: File) -> dict[str, Cell]:
            person = self.records[file.file].cells(people[role.person])
            return {**person, **born.get(role.person, {}), **_IN_SCHOOL[file.file].cells(role)}

        def section_cells(section: Section) -> dict[str, Cell]:
            if section.course.startswith(_MADE):
                section = replace(section, course="")
            term = terms.get(section.sessions[0], {}) if section.sessions else {}
            return {**term, **courses.get(section.course, {}), **self.records[_SECTION.file].cells(section)}

        rows: Rows = {
            _SCHOOL.file: self._cells(_SCHOOL, roster.orgs),
            _SECTION.file: [*map(section_cells, roster.sections)],
            _USER.file: self._cells(_USER, guardians.values()),
            _GUARDIANS.file: self._cells(
                _GUARDIANS,
                (
                    replace(each, guardian=guardians[each.guardian].email)
                    for each in roster.guardianships
                    if each.guardian in guardians
                ),
            ),
        }
        for learners, people_file, enrolment_file in ((True, _STUDENT, _LEARNERS), (False, _TEACHER, _TEACHERS)):
            roles = (each for each in roster.roles if (each.role == "student") is learners)
            enrolled = (each for each in roster.enrolments if (each.role == "student") is learners)
            rows[people_file.file] = [person_cells(each, people_file) for each in roles]
            rows[enrolment_file.file] = self._cells(enrolment_file, enrolled)
        return rows


def _agreeing(records: Iterable[Any], column: str, problems: Faults, key: str = "source_id") -> tuple[Any, ...]:
    """One record for each value of a column, which fills an attribute; lines that repeat it must make an equal one."""
    found: dict[str, Any] = {}
    for each in records:
        value = getattr(each, key)
        if value and found.setdefault(value, each) != each:
            named = {"name": column, "value": shown(value)}
            problems.append(Fault(each.place.file, each.place.line, column, CONTRADICTS_LINE, **named))
    return tuple(found.values())


def _with_its_own(section: Section, row: Row) -> Section:
    """The section with the term or the course that have no number of their own."""
    starts = (*(() if section.sessions else ("Term ",)), *(() if section.course else ("Course ",)))
    kept = {name: value for name, value in row.written.items() if starts and name.startswith(starts)}
    return replace(section, extra={**section.extra, **kept})


def _named_course(row: Row) -> Course | None:
    """The course of a section that names one and gives it no id."""
    course: Course = _COURSE.of(row)
    name = course.title or course.code or "".join(course.subjects)
    if not name or course.source_id:
        return None
    made = f"{_MADE}{(course.code or name).casefold()}"
    return replace(course, source_id=made, title=name, org=row.text("School SIS ID"), extra={})


def _place_courses(
    sections: tuple[Section, ...], named: Mapping[str, Course], learners: Iterable[tuple[str, str]]
) -> tuple[tuple[Section, ...], list[Course]]:
    """The sections with the courses that they name or, where they cannot be homeroom classes, are."""
    made = {course.source_id: course for course in reversed(list(named.values()))}
    bare = {section.source_id for section in sections if not section.course and section.source_id not in named}
    sat = Counter(student for section, student in set(learners) if section in bare)
    if 2 * sum(number > 1 for number in sat.values()) <= len(sat):
        bare = set()
    placed = []
    for section in sections:
        course = named.get(section.source_id)
        if section.source_id in bare:
            course = Course(f"{_MADE}{section.source_id}", section.title, "", section.org, place=section.place)
            made[course.source_id] = course
        placed.append(section if course is None else replace(section, course=course.source_id))
    return tuple(placed), list(made.values())


SDS_V1 = _SdsV1(
    "sds-v1",
    "Microsoft School Data Sync v1",
    (_SCHOOL, _SECTION, _STUDENT, _TEACHER, _LEARNERS, _TEACHERS, _USER, _GUARDIANS),
    frozenset({"school.csv", "section.csv"}),
)
