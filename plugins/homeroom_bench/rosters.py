"""Made-up rosters in the shape of real ones: several organisations, classes, courses, people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from homeroom.names import PersonName, Script
from homeroom_bench.names import generated_name
from homeroom_rosters.roster.records import (
    Course,
    Demographics,
    Enrolment,
    Flag,
    Guardianship,
    Org,
    Person,
    Role,
    Roster,
    Section,
    Session,
)

__all__ = ["SchoolShape", "generate_roster"]

_ONEROSTER = "oneroster-1.2"


@dataclass(frozen=True, slots=True)
class SchoolShape:
    """What a generated school looks like.

    Args:
        id: Its id in the bundle, and the beginning of all its ids.
        name: Its name; say in it that it is generated.
        script: In what its people's names are written.
        grades: The grade levels, as the roster writes them.
        classes: Homeroom classes of each grade.
        students: Students of each class.
        subjects: Code and title of what each class is taught.
        guardians: Guardians of each student, 0 to 2.
    """

    id: str
    name: str = "Generated school"
    script: Script = Script.LATIN
    grades: Sequence[str] = ("1", "2")
    classes: int = 1
    students: int = 5
    subjects: Sequence[tuple[str, str]] = (("math", "Mathematics"), ("lang", "Language"))
    guardians: int = 1


@dataclass(slots=True)
class _Making:
    random: Random
    form: str
    year: str
    courses: list[Course] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    guardianships: list[Guardianship] = field(default_factory=list)
    demographics: list[Demographics] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def oneroster(self) -> bool:
        return self.form == _ONEROSTER


def generate_roster(
    shapes: Sequence[SchoolShape],
    *,
    seed: int = 1,
    form: str = _ONEROSTER,
    first_year: int = 2025,
) -> Roster:
    """A made-up roster, the same for the same arguments.

    The organisations are one district and its schools.  Each grade has its homeroom classes; each class has a
    section for every subject, attended by the whole class.  Nobody in it lives: names are put together at
    random, addresses end in ``.example``.

    Args:
        shapes: The schools.
        seed: Of the random generator.
        form: Name of the format that the roster is for; formats differ in what they can say.
        first_year: The calendar year in which the school year begins, on 1 September.
    """
    year_id = f"year-{first_year}"
    starts_on, ends_on = date(first_year, 9, 1), date(first_year + 1, 6, 30)
    year = Session(year_id, f"{first_year}-{first_year + 1}", "schoolYear", starts_on, ends_on, str(first_year + 1))
    halves = ((starts_on, date(first_year + 1, 1, 15)), (date(first_year + 1, 1, 16), ends_on))
    terms = tuple(
        Session(
            f"{year_id}-t{number}",
            f"Term {number}",
            "term",
            first,
            last,
            str(first_year + 1),
            year_id if form == _ONEROSTER else "",
        )
        for number, (first, last) in enumerate(halves, start=1)
    )
    making = _Making(Random(seed), form, year_id)  # noqa: S311 - names, not secrets
    for shape in shapes:
        _school(making, shape)
    if form == "sds-v1":
        _in_order_of_files(making)
    district = Org("district", "Generated district", "district")
    schools = [Org(shape.id, shape.name, "school", "district", shape.id) for shape in shapes]
    if form == "sds-v1":
        orgs: tuple[Org, ...] = tuple(Org(each.source_id, each.name, "school", "", each.identifier) for each in schools)
        sessions: tuple[Session, ...] = (Session(year_id, year.title, "term", starts_on, ends_on),)
    else:
        plain = form == "sds-v2.1"
        orgs = (district, *(Org(e.source_id, e.name, e.kind, e.parent) if plain else e for e in schools))
        sessions = (year, *terms)
    return Roster(
        form,
        orgs=orgs,
        sessions=sessions,
        courses=tuple(making.courses),
        sections=tuple(making.sections),
        people=tuple(making.people),
        roles=tuple(making.roles),
        enrolments=tuple(making.enrolments),
        guardianships=tuple(making.guardianships),
        demographics=tuple(making.demographics),
        flags=tuple(making.flags),
        properties={"source.systemName": "Generated"} if form == _ONEROSTER else {},
    )


def _in_order_of_files(making: _Making) -> None:
    """Format v1 keeps students, teachers and guardians in files of their own."""
    role = {each.person: each.role for each in making.roles}
    rank = {"student": 0, "teacher": 1}
    making.people.sort(key=lambda each: rank.get(role.get(each.source_id, ""), 2))
    making.roles.sort(key=lambda each: rank[each.role])
    making.enrolments.sort(key=lambda each: rank[each.role])


def _school(making: _Making, shape: SchoolShape) -> None:
    v1 = making.form == "sds-v1"
    for code, title in shape.subjects:
        making.courses.append(
            Course(
                f"{shape.id}-c-{code}",
                title,
                code,
                "" if v1 else shape.id,
                "" if v1 else making.year,
                (title,) if making.oneroster or v1 else (),
            )
        )
    if making.oneroster:
        # The standard wants a course for every class, a homeroom too.
        making.courses.append(Course(f"{shape.id}-c-homeroom", "Homeroom", "homeroom", shape.id, making.year))
    teachers = [_teacher(making, shape, number) for number in range(len(shape.grades) * shape.classes + 1)]
    number = 0
    for grade in shape.grades:
        for place in range(shape.classes):
            number += 1
            name = f"{grade}{chr(ord('A') + place)}"
            students = [
                _student(making, shape, grade, f"{shape.id}-s-{name}-{each:02d}") for each in range(shape.students)
            ]
            _class(making, shape, grade, name, students, teachers, number)


def _class(
    making: _Making,
    shape: SchoolShape,
    grade: str,
    name: str,
    students: Sequence[str],
    teachers: Sequence[str],
    number: int,
) -> None:
    homeroom = f"{shape.id}-h-{name}"
    grades = (grade,) if making.oneroster else ()
    sessions = (making.year,)
    making.sections.append(
        Section(
            homeroom,
            name,
            shape.id,
            "homeroom" if making.oneroster else "",
            f"{shape.id}-c-homeroom" if making.oneroster else "",
            sessions,
            name if making.form != "sds-v2.1" else "",
            grades,
        )
    )
    _enrol(making, homeroom, students, teachers[number % len(teachers)])
    for place, (code, title) in enumerate(shape.subjects):
        section = f"{shape.id}-x-{name}-{code}"
        making.sections.append(
            Section(
                section,
                f"{name} {title}",
                shape.id,
                "scheduled" if making.oneroster else "",
                f"{shape.id}-c-{code}",
                sessions,
                "",
                grades,
            )
        )
        _enrol(making, section, students, teachers[(number + place) % len(teachers)])


def _enrol(making: _Making, section: str, students: Sequence[str], teacher: str) -> None:
    def one(person: str, role: str, primary: bool | None) -> Enrolment:
        source_id = f"{section}-{person}" if making.oneroster else ""
        return Enrolment(section, person, role, source_id, primary if making.oneroster else None)

    making.enrolments += [one(student, "student", None) for student in students]
    making.enrolments.append(one(teacher, "teacher", True))


def _person(making: _Making, source_id: str, name: PersonName, email: str = "") -> Person:
    v1 = making.form == "sds-v1"
    middle_fits = making.oneroster or v1
    given = name.given if middle_fits or not name.middle else f"{name.middle} {name.given}"
    extra = {"identifier": source_id} if making.oneroster else {}
    person = Person(
        source_id,
        given,
        name.family,
        f"{source_id}@people.example",
        name.middle if middle_fits else "",
        email,
        extra=extra,
    )
    making.people.append(person)
    return person


def _teacher(making: _Making, shape: SchoolShape, number: int) -> str:
    source_id = f"{shape.id}-t-{number:02d}"
    _person(making, source_id, generated_name(making.random, shape.script))
    _role(making, source_id, shape.id, "teacher", "")
    return source_id


def _role(making: _Making, person: str, org: str, role: str, grade: str) -> None:
    v1 = making.form == "sds-v1"
    making.roles.append(
        Role(
            person,
            org,
            role,
            f"role-{person}" if making.oneroster else "",
            "" if making.oneroster or v1 else making.year,
            "" if making.oneroster else grade,
            None if v1 else True,
        )
    )


def _student(making: _Making, shape: SchoolShape, grade: str, source_id: str) -> str:
    random = making.random
    name = generated_name(random, shape.script)
    _person(making, source_id, name)
    _role(making, source_id, shape.id, "student", grade)
    sex = random.choice(("male", "female")) if making.form != "sds-v1" else ""
    born = date(random.randint(2010, 2018), random.randint(1, 12), random.randint(1, 28))
    making.demographics.append(Demographics(source_id, sex, born))
    if making.form == "sds-v2.1" and random.random() < 0.05:
        making.flags.append(Flag(source_id, "iep"))
    for number in range(shape.guardians):
        guardian = f"{source_id}-g{number}" if making.form != "sds-v1" else f"{source_id}-g{number}@people.example"
        other = generated_name(random, shape.script)
        family = name.family if number == 0 else other.family
        _guardian(making, shape, guardian, PersonName(shape.script, other.given, family, other.middle))
        making.guardianships.append(Guardianship(source_id, guardian, "guardian"))
    return source_id


def _guardian(making: _Making, shape: SchoolShape, source_id: str, name: PersonName) -> None:
    if making.form == "sds-v1":
        making.people.append(Person(source_id, name.given, name.family, email=source_id))
        return
    _person(making, source_id, name, email=f"{source_id}@people.example")
    if making.oneroster:
        _role(making, source_id, shape.id, "guardian", "")
