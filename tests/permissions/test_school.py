"""Who may do what with the registry, line by line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest_asyncio

from homeroom.testing import Attempt, Person, Side, Stage, Trial, permission_table
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student

CREATE = """mutation { createStudent(input: {name: {givenName: "Chi"}}) { student { id } errors { code } } }"""
CHANGE = """mutation Change($student: ID!) {
  changeStudent(input: {student: $student, phone: "0123"}) { student { id } errors { code field } } }"""
ONE = "query One($student: ID!) { student(id: $student) { givenName } }"
GUARD = """mutation Guard($student: ID!, $guardian: ID!) {
  startGuardianship(input: {student: $student, guardian: $guardian}) {
    guardianship { id } errors { code field } } }"""
YEARS = "{ schoolYears { totalCount nodes { name } } }"
WRITING = ("principal", "registrar")
OTHERS = ("admin", "a teacher", "the pupil", "the parent")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(make_stage: Callable[..., Awaitable[Stage]]) -> Stage:
    """Two schools with people in them, and one without a registry."""
    made = await make_stage("school")
    for side in (made.ours, made.theirs):
        pupil = await side.run(create_student, name=NameInput("An", "Lê"))
        parent = await side.run(create_guardian, name=NameInput("Hoa", "Lê"))
        teacher = await side.run(create_staff, name=NameInput("Lan", "Trần"))
        await side.run(start_guardianship, student=pupil, guardian=parent)
        side.known["pupil"] = pupil
        side.people |= {
            "a teacher": Person(("teacher",), teacher),
            "the pupil": Person(("student",), pupil),
            "the parent": Person(("guardian",), parent),
        }
    return made


async def the_pupil(side: Side) -> dict[str, Any]:
    """The one who has an account."""
    return {"student": f"Student_{side.known['pupil']}"}


async def a_newcomer(side: Side) -> dict[str, Any]:
    """Somebody who was just entered."""
    return {"student": f"Student_{await side.run(create_student, name=NameInput('Bình', 'Lê'))}"}


async def a_new_family(side: Side) -> dict[str, Any]:
    """A student and a guardian who have nothing to do with each other yet."""
    guardian = await side.run(create_guardian, name=NameInput("Minh", "Lê"))
    return {**await a_newcomer(side), "guardian": f"Guardian_{guardian}"}


@permission_table(
    Attempt("create a student", CREATE, {}, allowed=WRITING, denied=OTHERS),
    Attempt("change a student", CHANGE, a_newcomer, allowed=WRITING, denied=OTHERS),
    Attempt(
        "read a student",
        ONE,
        the_pupil,
        allowed=(*WRITING, "admin", "the pupil", "the parent"),
        denied=("a teacher", "student", "guardian"),
    ),
    Attempt("let a guardian stand for a student", GUARD, a_new_family, allowed=WRITING, denied=OTHERS),
    Attempt("read the years", YEARS, {}, allowed=(*WRITING, *OTHERS), denied=()),
)
async def test_who_may_do_what_with_the_registry(trial: Trial, stage: Stage) -> None:
    await trial.play(stage)
