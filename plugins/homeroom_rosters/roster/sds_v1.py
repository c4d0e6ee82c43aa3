"""Microsoft School Data Sync, format v1 ("SDS format CSV files"): six files, and two more for guardians.

A section's line carries its term and its course; several lines may repeat the same term or course and
must then agree.  The course may lack an id and be named by its section alone, or be missing: then the section is
a homeroom class, unless most students sit in several such sections, which then are courses of their own.  A teacher
of two schools stands in two lines of Teacher.csv that must agree on the person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from homeroom.reading.dates import DateOrder
from homeroom.reading.faults import (
    Faults,
    shown,
)
from homeroom_rosters.refusals import ALSO_STUDENT, CONTRADICTS_LINE
from homeroom_rosters.roster import lengths
from homeroom_rosters.roster.checks import check_periods
from homeroom_rosters.roster.format import Cells, RosterFormat
from homeroom_rosters.roster.layout import Column, Kind, Layout, Row, Table
from homeroom_rosters.roster.problems import Problem
from homeroom_rosters.roster.records import (
    Course,
    Demographics,
    Enrolment,
    Guardianship,
    Org,
    Person,
    Role,
    Roster,
    Section,
    Session,
)

__all__ = ["SDS_V1"]

_SCHOOL, _SECTION, _STUDENT, _TEACHER = "School.csv", "Section.csv", "Student.csv", "Teacher.csv"
_LEARNERS, _TEACHERS = "StudentEnrollment.csv", "TeacherRoster.csv"
_USER, _GUARDIANS = "User.csv", "GuardianRelationship.csv"


#: Of columns that become values of the registry; the others are kept as they are.
_LONGEST = {
    "Section Number": lengths.CODE,
    "Term Name": lengths.TERM,
    "Course SIS ID": lengths.SOURCE_ID,
    "Course Name": lengths.TITLE,
    "Course Number": lengths.SUBJECT_CODE,
    "Secondary Email": lengths.EMAIL,
    "Student Number": lengths.CODE,
    "Teacher Number": lengths.CODE,
    "Middle Name": lengths.NAME,
    "Phone": lengths.PHONE,
}


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, longest=_LONGEST.get(name)) for name in names)


_ID = Column("SIS ID", required=True, longest=lengths.SOURCE_ID)
_OF_SCHOOL = Column("School SIS ID", required=True, refers=(_SCHOOL,))
_NAMES = (
    Column("First Name", required=True, longest=lengths.NAME),
    Column("Last Name", longest=lengths.NAME),
)
_LOGIN = (Column("Username"), Column("Password", Kind.SECRET))

_LAYOUTS = (
    Layout(
        _SCHOOL,
        (
            _ID,
            Column("Name", required=True),
            *_texts("School Number", "School NCES_ID", "State ID", "Grade Low", "Grade High", "Principal SIS ID"),
            *_texts("Principal Name", "Principal Secondary Email", "Address", "City", "State", "Country", "Zip"),
            *_texts("Phone", "Zone"),
        ),
        key=("SIS ID",),
        required=True,
        date_order=DateOrder.MONTH_FIRST,
    ),
    Layout(
        _SECTION,
        (
            _ID,
            _OF_SCHOOL,
            Column("Section Name", required=True, longest=lengths.TITLE),
            *_texts("Section Number", "Term SIS ID", "Term Name"),
            Column("Term StartDate", Kind.DATE),
            Column("Term EndDate", Kind.DATE),
            *_texts("Course SIS ID", "Course Name", "Course Number", "Course Description", "Course Subject"),
            *_texts("Periods", "Status"),
        ),
        key=("SIS ID",),
        required=True,
        date_order=DateOrder.MONTH_FIRST,
    ),
    Layout(
        _STUDENT,
        (
            _ID,
            _OF_SCHOOL,
            *_NAMES,
            *_LOGIN,
            *_texts("State ID", "Secondary Email", "Student Number", "Middle Name", "Grade", "Status"),
            Column("Birthdate", Kind.DATE),
            Column("Graduation Year"),
        ),
        key=("SIS ID", "School SIS ID"),
        required=True,
        date_order=DateOrder.MONTH_FIRST,
    ),
    Layout(
        _TEACHER,
        (
            _ID,
            _OF_SCHOOL,
            *_NAMES,
            *_LOGIN,
            *_texts("State ID", "Teacher Number", "Status", "Middle Name", "Secondary Email", "Title"),
            Column("Qualification"),
        ),
        key=("SIS ID", "School SIS ID"),
        required=True,
        date_order=DateOrder.MONTH_FIRST,
    ),
    Layout(
        _LEARNERS,
        (
            Column("Section SIS ID", required=True, refers=(_SECTION,)),
            Column("SIS ID", required=True, refers=(_STUDENT,)),
        ),
        key=("Section SIS ID", "SIS ID"),
        required=True,
    ),
    Layout(
        _TEACHERS,
        (
            Column("Section SIS ID", required=True, refers=(_SECTION,)),
            Column("SIS ID", required=True, refers=(_TEACHER,)),
        ),
        key=("Section SIS ID", "SIS ID"),
        required=True,
    ),
    Layout(
        _USER,
        (Column("Email", required=True, longest=lengths.EMAIL), *_NAMES, *_texts("Phone", "SIS ID")),
        key=("Email",),
    ),
    Layout(
        _GUARDIANS,
        (
            Column("SIS ID", required=True, refers=(_STUDENT,)),
            Column("Email", required=True, refers=(_USER,)),
            Column("Role"),
        ),
        key=("SIS ID", "Email"),
    ),
)

#: Columns that tell of the person rather than of the person's place in one school.
_ROLE_COLUMNS = frozenset({"Grade", "Status", "Graduation Year", "Title", "Qualification"})
_PERSON_FIELDS = ("SIS ID", "First Name", "Last Name", "Username", "Middle Name", "Secondary Email")

#: How the id of a course begins that the files give none; it is never written.
_MADE = "course of the section: "

Record = TypeVar("Record")


class _Reader:
    """Gathers the records of the files and what contradicts what."""

    def __init__(self, tables: Mapping[str, Table], problems: Faults) -> None:
        self.tables = tables
        self.problems = problems
        self.demographics: dict[str, Demographics] = {}
        self.roles: list[Role] = []

    def rows(self, file: str) -> Iterator[Row]:
        if file in self.tables:
            yield from self.tables[file].rows

    def agreeing(
        self, file: str, column: str, found: dict[str, Record], make: Callable[[Row], Record]
    ) -> dict[str, Record]:
        """One record for each value of `column`; lines that repeat a value must make an equal record."""
        for row in self.rows(file):
            key = row.text(column)
            if not key:
                continue
            record = make(row)
            if found.setdefault(key, record) != record:
                self.problems.append(Problem(file, row.line, column, CONTRADICTS_LINE, name=column, value=shown(key)))
        return found

    def person(self, row: Row) -> Person:
        used = {*_PERSON_FIELDS, "School SIS ID", "Birthdate", *_ROLE_COLUMNS}
        return Person(
            row.text("SIS ID"),
            row.text("First Name"),
            row.text("Last Name"),
            row.text("Username"),
            row.text("Middle Name"),
            row.text("Secondary Email"),
            extra=row.rest(*used),
            place=row.place,
        )

    def role(self, row: Row, word: str) -> Role:
        extra = {name: value for name, value in row.written.items() if name in _ROLE_COLUMNS - {"Grade"}}
        return Role(
            row.text("SIS ID"), row.text("School SIS ID"), word, grade=row.text("Grade"), extra=extra, place=row.place
        )

    def born(self, row: Row) -> Demographics:
        return Demographics(row.text("SIS ID"), born_on=row.day("Birthdate"), place=row.place)


def _term(row: Row) -> Session:
    return Session(
        row.text("Term SIS ID"),
        row.text("Term Name"),
        "term",
        row.day("Term StartDate"),
        row.day("Term EndDate"),
        place=row.place,
    )


def _course(row: Row) -> Course:
    subject = row.text("Course Subject")
    extra = {name: value for name, value in row.written.items() if name == "Course Description"}
    return Course(
        row.text("Course SIS ID"),
        row.text("Course Name"),
        row.text("Course Number"),
        subjects=(subject,) if subject else (),
        extra=extra,
        place=row.place,
    )


def _named_course(row: Row) -> Course | None:
    """The course of a section that names one and gives it no id."""
    name = row.text("Course Name") or row.text("Course Number") or row.text("Course Subject")
    if not name or row.text("Course SIS ID"):
        return None
    subject = row.text("Course Subject")
    return Course(
        f"{_MADE}{(row.text('Course Number') or name).casefold()}",
        name,
        row.text("Course Number"),
        row.text("School SIS ID"),
        subjects=(subject,) if subject else (),
        place=row.place,
    )


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


def _section(row: Row) -> Section:
    term, course, periods = row.text("Term SIS ID"), row.text("Course SIS ID"), row.text("Periods")
    used = ["SIS ID", "School SIS ID", "Section Name", "Section Number", "Periods"]
    # A term or a course without a number of its own stays with the section.
    if term:
        used += [name for name in row.written if name.startswith("Term ")]
    if course:
        used += [name for name in row.written if name.startswith("Course ")]
    return Section(
        row.text("SIS ID"),
        row.text("Section Name"),
        row.text("School SIS ID"),
        course=course,
        sessions=(term,) if term else (),
        code=row.text("Section Number"),
        periods=(periods,) if periods else (),
        extra=row.rest(*used),
        place=row.place,
    )


def _build(tables: Mapping[str, Table], problems: Faults) -> Roster:
    reader = _Reader(tables, problems)
    check_periods(tables.get(_SECTION), "Term StartDate", "Term EndDate", problems)
    people = reader.agreeing(_STUDENT, "SIS ID", {}, reader.person)
    people = reader.agreeing(_TEACHER, "SIS ID", people, reader.person)
    students = {row.text("SIS ID") for row in reader.rows(_STUDENT)}
    for row in reader.rows(_TEACHER):
        if row.text("SIS ID") in students:
            problems.append(Problem(_TEACHER, row.line, "SIS ID", ALSO_STUDENT))
    guardians = {
        row.text("Email"): Person(
            row.text("Email"),
            row.text("First Name"),
            row.text("Last Name"),
            email=row.text("Email"),
            phone=row.text("Phone"),
            extra=row.rest("Email", "First Name", "Last Name", "Phone"),
            place=row.place,
        )
        for row in reader.rows(_USER)
    }
    sections, made = _place_courses(
        tuple(map(_section, reader.rows(_SECTION))),
        {row.text("SIS ID"): course for row in reader.rows(_SECTION) if (course := _named_course(row)) is not None},
        ((row.text("Section SIS ID"), row.text("SIS ID")) for row in reader.rows(_LEARNERS)),
    )
    return Roster(
        "sds-v1",
        orgs=tuple(
            Org(
                row.text("SIS ID"),
                row.text("Name"),
                "school",
                identifier=row.text("School Number"),
                extra=row.rest("SIS ID", "Name", "School Number"),
                place=row.place,
            )
            for row in reader.rows(_SCHOOL)
        ),
        sessions=tuple(reader.agreeing(_SECTION, "Term SIS ID", {}, _term).values()),
        courses=(*reader.agreeing(_SECTION, "Course SIS ID", {}, _course).values(), *made),
        sections=sections,
        people=(*people.values(), *guardians.values()),
        roles=(
            *(reader.role(row, "student") for row in reader.rows(_STUDENT)),
            *(reader.role(row, "teacher") for row in reader.rows(_TEACHER)),
        ),
        enrolments=(
            *(
                Enrolment(row.text("Section SIS ID"), row.text("SIS ID"), "student", place=row.place)
                for row in reader.rows(_LEARNERS)
            ),
            *(
                Enrolment(row.text("Section SIS ID"), row.text("SIS ID"), "teacher", place=row.place)
                for row in reader.rows(_TEACHERS)
            ),
        ),
        guardianships=tuple(
            Guardianship(row.text("SIS ID"), row.text("Email"), row.text("Role"), place=row.place)
            for row in reader.rows(_GUARDIANS)
        ),
        demographics=tuple(
            each for each in reader.agreeing(_STUDENT, "SIS ID", {}, reader.born).values() if each.born_on is not None
        ),
    )


def _rows(roster: Roster) -> dict[str, list[Cells]]:
    people = {person.source_id: person for person in roster.people}
    born = {each.person: each.born_on for each in roster.demographics}
    terms = {session.source_id: session for session in roster.sessions}
    courses = {course.source_id: course for course in roster.courses}
    guardians = dict.fromkeys(each.guardian for each in roster.guardianships)
    placed = {role.person for role in roster.roles}
    guardians |= dict.fromkeys(person for person in people if person not in placed)
    # The format knows guardians by their address: who has none cannot be written.
    guardians = {each: None for each in guardians if people[each].email}

    def person_cells(role: Role) -> Cells:
        person = people[role.person]
        return {
            "SIS ID": person.source_id,
            "School SIS ID": role.org,
            "First Name": person.given,
            "Last Name": person.family,
            "Username": person.username,
            "Middle Name": person.middle,
            "Secondary Email": person.email,
            "Grade": role.grade,
            "Birthdate": born.get(person.source_id),
            **person.extra,
            **role.extra,
        }

    def section_cells(section: Section) -> Cells:
        cells: dict[str, object] = {}
        term = terms.get(section.sessions[0]) if section.sessions else None
        course = courses.get(section.course)
        if term is not None:
            cells |= {"Term SIS ID": term.source_id, "Term Name": term.title}
            cells |= {"Term StartDate": term.starts_on, "Term EndDate": term.ends_on}
        if course is not None and not course.source_id.startswith(_MADE):
            cells |= {
                "Course SIS ID": course.source_id,
                "Course Name": course.title,
                "Course Number": course.code,
            }
            cells |= {"Course Subject": course.subjects[0] if course.subjects else "", **course.extra}
        return {
            **cells,  # type: ignore[dict-item]
            "SIS ID": section.source_id,
            "School SIS ID": section.org,
            "Section Name": section.title,
            "Section Number": section.code,
            "Periods": section.periods[0] if section.periods else "",
            **section.extra,
        }

    def joins(*, learners: bool) -> list[Cells]:
        return [
            {"Section SIS ID": each.section, "SIS ID": each.person}
            for each in roster.enrolments
            if (each.role == "student") is learners
        ]

    return {
        _SCHOOL: [
            {"SIS ID": org.source_id, "Name": org.name, "School Number": org.identifier, **org.extra}
            for org in roster.orgs
        ],
        _SECTION: [section_cells(section) for section in roster.sections],
        _STUDENT: [person_cells(role) for role in roster.roles if role.role == "student"],
        _TEACHER: [person_cells(role) for role in roster.roles if role.role != "student"],
        _LEARNERS: joins(learners=True),
        _TEACHERS: joins(learners=False),
        _USER: [
            {
                "Email": people[each].email,
                "First Name": people[each].given,
                "Last Name": people[each].family,
                "Phone": people[each].phone,
                **people[each].extra,
            }
            for each in people
            if each in guardians
        ],
        _GUARDIANS: [
            {"SIS ID": each.child, "Email": people[each.guardian].email, "Role": each.relation}
            for each in roster.guardianships
            if each.guardian in guardians
        ],
    }


def _recognises(names: set[str]) -> bool:
    return {"school.csv", "section.csv"} <= names


#: Attribute of a record to the header that a fault of it names.
_COLUMNS = {
    "Org.name": "Name",
    "Session.title": "Term Name",
    "Session.starts_on": "Term StartDate",
    "Session.ends_on": "Term EndDate",
    "Course.title": "Course Name",
    "Course.code": "Course Number",
    "Course.subjects": "Course Subject",
    "Section.title": "Section Name",
    "Section.code": "Section Number",
    "Section.course": "Course SIS ID",
    "Section.sessions": "Term SIS ID",
    "Person.source_id": "SIS ID",
    "Person.given": "First Name",
    "Person.middle": "Middle Name",
    "Person.family": "Last Name",
    "Person.username": "Username",
    "Person.email": "Secondary Email",
    "Person.phone": "Phone",
    "Role.grade": "Grade",
    "Enrolment.person": "SIS ID",
    "Enrolment.section": "Section SIS ID",
    "Guardianship.guardian": "Email",
    "Guardianship.relation": "Role",
    "Demographics.born_on": "Birthdate",
}

SDS_V1 = RosterFormat("sds-v1", "Microsoft School Data Sync v1", _LAYOUTS, _recognises, _build, _rows, _COLUMNS)
