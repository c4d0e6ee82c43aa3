"""Filling a demonstration school: people, classes, who teaches what; through the registry's own commands."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom_demo.marks import begin_gradebooks
from homeroom_demo.names import MadeUpPerson, PeopleOfRegion, people
from homeroom_demo.plans import SchoolPlan
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students, number_class
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.identity import record_name
from homeroom_school.commands.people import create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching
from homeroom_school.tables import Relation, Sex

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["Filled", "office", "populate"]


@dataclass(frozen=True, slots=True)
class Filled:
    """Some of the people of a filled school, who are given logins.

    Args:
        staff: All staff; the first three are principal, registrar and admin.
        school_class: The class that the others belong to.
        class_name: Its name.
        homeroom_teacher: Of that class.
        teacher: Somebody who teaches that class but is homeroom teacher of another.
        student: Somebody in that class.
        guardian: Stands for that student.
        students: How many the school has.
    """

    staff: tuple[UUID, ...]
    school_class: UUID
    class_name: str
    homeroom_teacher: UUID
    teacher: UUID
    student: UUID
    guardian: UUID
    students: int


@contextlib.asynccontextmanager
async def office(host: Host, space: Space, errand: str) -> AsyncIterator[Context]:
    """A context in which the installation itself runs several commands of a school in one transaction.

    Args:
        host: The open host.
        space: The school.
        errand: What for; the audit's entry bears this name.
    """
    caller = host.system_caller(space)
    now = host.clock()
    async with host.database.transaction(space.id) as transaction:
        trail = AuditTrail(errand)
        yield Context(host, caller, transaction, trail, now)
        await trail.write(transaction, caller, now, None)


async def populate(host: Host, space: Space, plan: SchoolPlan, *, with_marks: bool) -> Filled:
    """Fill a new school, whole or not at all.

    Args:
        host: The open host.
        space: The school, as its preset left it.
        plan: What it shall have.
        with_marks: Whether one class has marks already, where the school has a gradebook.
    """
    supply = people(plan.region, f"demo {plan.slug}")
    async with office(host, space, "demo.populate") as context:
        year = await context.fetchrow("SELECT id, starts_on FROM school_year WHERE status = 'current'")
        if year is None:
            raise LookupError(f"the preset of {plan.region} makes no current school year")
        levels = await context.fetch(
            "SELECT id, number FROM grade_level WHERE number BETWEEN $1 AND $2 ORDER BY number",
            plan.first_grade,
            plan.last_grade,
        )
        staff = [await _staff(context, supply, number) for number in range(1, plan.staff + 1)]
        teachers = staff[3:]
        classes = [
            await create_school_class(
                context,
                school_year=year["id"],
                grade_level=level["id"],
                name=plan.class_name.format(grade=level["number"]),
            )
            for level in levels
        ]
        students = [
            await _fill_class(context, supply, plan, made, level["number"], year["starts_on"])
            for made, level in zip(classes, levels, strict=True)
        ]
        for place, made in enumerate(classes):
            await _give_teachers(context, made, teachers, place, year["starts_on"])
        # The class of the example is one in which both a homeroom teacher and another teacher are at work.
        chosen = len(classes) // 2 + (1 if len(classes) > 6 else 0)
        homeroom_teacher, teacher = teachers[chosen % len(teachers)], teachers[(chosen + 1) % len(teachers)]
        if "gradebook" in space.plugins:
            marked = (classes[chosen], students[chosen]) if with_marks else None
            await begin_gradebooks(context, supply, classes, marked)
        student = students[chosen][0]
        guardian = await _guardian(context, supply, student, year["starts_on"])
        return Filled(
            staff=tuple(staff),
            school_class=classes[chosen],
            class_name=plan.class_name.format(grade=levels[chosen]["number"]),
            homeroom_teacher=homeroom_teacher,
            teacher=teacher,
            student=student,
            guardian=guardian,
            students=sum(len(each) for each in students),
        )


async def _staff(context: Context, supply: PeopleOfRegion, number: int) -> UUID:
    person = supply.make()
    made: UUID = await create_staff(
        context,
        name=person.name,
        code=f"DEMO-T{number:03d}",
        sex=person.sex,
        email=f"t{number:03d}@demo.invalid",
    )
    return made


async def _fill_class(
    context: Context,
    supply: PeopleOfRegion,
    plan: SchoolPlan,
    school_class: UUID,
    grade: int,
    since: date,
) -> list[UUID]:
    students = []
    age = {"vn": 5, "hk": 5, "cn": 17}[plan.region] + grade
    for number in range(1, plan.class_size + 1):
        person = supply.make()
        born = date(since.year - age, supply.chance.randint(1, 12), supply.chance.randint(1, 28))
        student: UUID = await create_student(
            context,
            name=person.name,
            code=f"DEMO-{grade}{number:02d}",
            sex=person.sex,
            birth_date=born,
        )
        await _latin_name(context, student, person)
        students.append(student)
    await enrol_students(
        context,
        school_class=school_class,
        rows=[EnrolmentRow(student=student) for student in students],
        starts_on=since,
    )
    await number_class(context, school_class=school_class)
    return students


async def _latin_name(context: Context, student: UUID, person: MadeUpPerson) -> None:
    if person.latin is not None and person.latin.script is not None:
        await record_name(context, student=student, name=person.latin)


async def _guardian(context: Context, supply: PeopleOfRegion, student: UUID, since: date) -> UUID:
    person = supply.make()
    guardian: UUID = await create_guardian(context, name=person.name, email="g001@demo.invalid")
    relation = Relation.MOTHER if person.sex is Sex.FEMALE else Relation.FATHER
    await start_guardianship(context, student=student, guardian=guardian, relation=relation, starts_on=since)
    return guardian


async def _give_teachers(
    context: Context, school_class: UUID, teachers: Sequence[UUID], place: int, since: date
) -> None:
    """One homeroom teacher, who teaches the first subject; the other subjects go to the others in turn."""
    await appoint_homeroom_teacher(
        context, school_class=school_class, staff=teachers[place % len(teachers)], starts_on=since
    )
    subjects = await context.fetch(
        "SELECT cs.id FROM class_subject cs JOIN subject s ON s.id = cs.subject_id"
        " WHERE cs.school_class_id = $1 ORDER BY s.position, s.code",
        school_class,
    )
    rows = [
        TeachingRow(class_subject=subject["id"], staff=teachers[(place + number) % len(teachers)])
        for number, subject in enumerate(subjects)
    ]
    if rows:
        await assign_teaching(context, rows=rows, starts_on=since)
