"""Who may do what with the gradebook, line by line."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest_asyncio

from homeroom.testing import Attempt, Person, Side, Stage, Trial, permission_table
from homeroom_gradebook.commands.books import open_gradebooks
from homeroom_gradebook.commands.rounds import open_entry_round
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching

ENTER = """mutation Enter($book: ID!, $student: ID!, $assessment: ID!, $value: String!, $version: Int) {
  enterMarks(input: {gradebook: $book, rows: [
    {student: $student, assessment: $assessment, value: $value, expectedVersion: $version}]}) {
    marks { id } errors { code field row } } }"""
BOOK = "query Book($book: ID!) { gradebook(id: $book) { id } }"
RESULTS = "{ subjectResults(first: 100) { totalCount nodes { id } } }"
OPEN = """mutation Open($term: ID!) {
  openEntryRound(input: {title: "Resits", term: $term}) { entryRound { id } errors { code field } } }"""
CLOSE = """mutation Close($round: ID!) {
  closeEntryRound(input: {entryRound: $round}) { entryRound { id } errors { code field } } }"""
TEACHERS = ("mathematics teacher", "literature teacher", "homeroom teacher")
OFFICE = ("admin", "principal", "registrar")
FAMILY = ("pupil", "parent")

_values = itertools.count()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(make_stage: Callable[..., Awaitable[Stage]]) -> Stage:
    """Two schools with a class and its books, and one without any."""
    made = await make_stage("gradebook")
    for side in (made.ours, made.theirs):
        await fill(side)
    return made


async def fill(side: Side) -> None:
    """A class of two pupils, its teachers, its books, and rounds that are open."""
    year, starts_on = await row(side, "SELECT id, starts_on FROM school_year WHERE status = 'current'")
    (level,) = await row(side, "SELECT id FROM grade_level WHERE number = 7")
    (term,) = await row(side, "SELECT id FROM term WHERE school_year_id = $1 AND number = 1", year)
    school_class = await side.run(create_school_class, school_year=year, name="7A", grade_level=level)
    pupils = [await side.run(create_student, name=NameInput(name, "Lê")) for name in ("An", "Bình")]
    maths, literature, homeroom = [
        await side.run(create_staff, name=NameInput(name, "Trần")) for name in ("Lan", "Nga", "Mai")
    ]
    parent = await side.run(create_guardian, name=NameInput("Hoa", "Lê"))
    rows = [EnrolmentRow(each) for each in pupils]
    await side.run(enrol_students, school_class=school_class, rows=rows, starts_on=starts_on)
    await side.run(start_guardianship, student=pupils[0], guardian=parent, starts_on=starts_on)
    await side.run(appoint_homeroom_teacher, school_class=school_class, staff=homeroom, starts_on=starts_on)
    for code, teacher in (("toan", maths), ("ngu-van", literature)):
        (subject,) = await row(
            side,
            "SELECT cs.id FROM class_subject cs JOIN subject s ON s.id = cs.subject_id"
            " WHERE s.code = $1 AND cs.school_class_id = $2",
            code,
            school_class,
        )
        await side.run(assign_teaching, rows=[TeachingRow(subject, teacher)], starts_on=starts_on)
    await side.run(open_gradebooks, school_class=school_class)
    await side.run(open_entry_round, title="All", term=term)
    book, assessment = await row(
        side,
        "SELECT g.id, a.id FROM gradebook g JOIN subject s ON s.id = g.subject_id"
        " JOIN assessment a ON a.gradebook_id = g.id AND a.term_id = $1 WHERE s.code = 'toan' ORDER BY a.position",
        term,
    )
    side.known |= {"term": term, "book": book, "assessment": assessment, "pupil": pupils[0]}
    side.people |= {
        "mathematics teacher": Person(("teacher",), maths),
        "literature teacher": Person(("teacher",), literature),
        "homeroom teacher": Person(("teacher",), homeroom),
        "pupil": Person(("student",), pupils[0]),
        "parent": Person(("guardian",), parent),
    }


async def row(side: Side, sql: str, *arguments: Any) -> list[Any]:
    """The values of the first row of a statement in a school."""
    async with side.host.database.transaction(side.space.id) as transaction:
        found = await transaction.fetchrow(sql, *arguments)
    assert found is not None, sql
    return list(found)


async def entering(side: Side) -> dict[str, Any]:
    """A mark that differs from the one that is there."""
    async with side.host.database.transaction(side.space.id) as transaction:
        version = await transaction.fetchval(
            "SELECT version FROM mark WHERE assessment_id = $1 AND student_id = $2",
            side.known["assessment"],
            side.known["pupil"],
        )
    return {
        "book": f"Gradebook_{side.known['book']}",
        "student": f"Student_{side.known['pupil']}",
        "assessment": f"Assessment_{side.known['assessment']}",
        "value": str(1 + next(_values) % 9),
        "version": version,
    }


async def book(side: Side) -> dict[str, Any]:
    """The book of mathematics."""
    return {"book": f"Gradebook_{side.known['book']}"}


async def term(side: Side) -> dict[str, Any]:
    """The first term."""
    return {"term": f"Term_{side.known['term']}"}


async def an_open_round(side: Side) -> dict[str, Any]:
    """A round that is open."""
    made: UUID = await side.run(open_entry_round, title="Another", term=side.known["term"])
    return {"round": f"EntryRound_{made}"}


@permission_table(
    Attempt(
        "enter marks",
        ENTER,
        entering,
        allowed=("mathematics teacher",),
        denied=("literature teacher", "homeroom teacher", *OFFICE, *FAMILY),
    ),
    Attempt(
        "read a book",
        BOOK,
        book,
        allowed=("mathematics teacher", "homeroom teacher", *OFFICE, *FAMILY),
        denied=("literature teacher", "teacher", "student", "guardian"),
    ),
    Attempt("read results", RESULTS, {}, allowed=(*TEACHERS, *OFFICE, *FAMILY), denied=("teacher", "student")),
    Attempt("open a round", OPEN, term, allowed=("admin", "principal"), denied=("registrar", *TEACHERS, *FAMILY)),
    Attempt(
        "close a round", CLOSE, an_open_round, allowed=("admin", "principal"), denied=("registrar", *TEACHERS, *FAMILY)
    ),
)
async def test_who_may_do_what_with_the_gradebook(trial: Trial, stage: Stage) -> None:
    await trial.play(stage)
