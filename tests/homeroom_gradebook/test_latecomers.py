"""People whom a roster brings into a class with open books get their lines, in the background."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.audit import AuditTrail
from homeroom.commands import Event
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.imports.commands import undo_import
from homeroom.permissions import NOBODY
from homeroom.worker.runner import JobRunner
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.commands import import_roster
from homeroom_rosters.roster.bundle import write_zip
from homeroom_rosters.roster.formats import write_roster
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_student

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host

LINES = "SELECT count(*) FILTER (WHERE student_id = $1) AS of_one, count(*) AS of_all FROM subject_result"
JOBS = "SELECT id, state FROM job WHERE name = 'gradebook.book.open' ORDER BY enqueued_at, id"


@pytest.fixture
async def room(make_space: Callable[..., Awaitable[Space]], make_room: Callable[..., Awaitable[Any]]) -> Any:
    """A class with open books, in a school of the test's own."""
    return await make_room(await make_space("vn"), "7L", size=2)


async def tell(host: Host, room: Any, *, may_open_books: bool = True) -> None:
    """Say what an import of a roster says when it is done."""
    caller = host.system_caller(room.space)
    if not may_open_books:
        caller = type(caller)(space=caller.space, access=NOBODY, login="somebody")
    async with host.database.transaction(room.space.id) as transaction:
        context = Context(host, caller, transaction, AuditTrail("test"), host.clock())
        await context.emit(Event("school.roster.imported", {"run": room.school_class, "system": "test"}))


async def test_who_a_roster_brings_gets_lines_in_the_background(host: Host, room: Any) -> None:
    late = await room.run(create_student, name=NameInput(given_name="Late", family_name="Comer"))
    (year,) = await room.fetch("SELECT starts_on FROM school_year WHERE status = 'current'")
    rows = [EnrolmentRow(student=late, class_number=9)]
    await room.run(enrol_students, school_class=room.school_class, rows=rows, starts_on=year["starts_on"])
    (before,) = await room.fetch(LINES, late)
    assert 0 == before["of_one"]

    await tell(host, room)
    (waiting,) = await room.fetch(JOBS)
    assert "queued" == waiting["state"]
    await JobRunner(host).run(room.space.id, waiting["id"])

    (done,) = await room.fetch(JOBS)
    assert "succeeded" == done["state"]
    (after,) = await room.fetch(LINES, late)
    assert after["of_all"] == before["of_all"] // 2 * 3
    assert after["of_one"] == before["of_all"] // 2


async def test_an_import_is_undone_with_the_empty_lines_of_those_whom_it_brought(host: Host, room: Any) -> None:
    (year,) = await room.fetch("SELECT starts_on FROM school_year WHERE status = 'current'")
    roster = generate_roster(
        [SchoolShape("a", grades=("7",), students=2, subjects=(), guardians=0)], first_year=year["starts_on"].year
    )
    sections = tuple(replace(each, title="7L") for each in roster.sections)
    bundle = base64.b64encode(write_zip(write_roster(replace(roster, sections=sections)))).decode()
    lines = "SELECT count(*) AS number FROM subject_result WHERE student_id NOT IN (SELECT id FROM student)"
    before = await room.fetch("SELECT id FROM subject_result ORDER BY id")

    async def imported() -> Any:
        run = await room.run(import_roster, bundle=bundle, organisations=["a"])
        *_, waiting = await room.fetch(JOBS)
        await JobRunner(host).run(room.space.id, waiting["id"])
        assert len(await room.fetch("SELECT id FROM subject_result")) > len(before)
        return run

    await room.run(undo_import, import_run=await imported())
    assert before == await room.fetch("SELECT id FROM subject_result ORDER BY id")
    assert [{"number": 0}] == [dict(row) for row in await room.fetch(lines)]
    run = await imported()
    async with host.database.transaction(room.space.id) as transaction:
        await transaction.execute(
            "UPDATE subject_result SET exempt = true WHERE id = (SELECT r.id FROM subject_result r"
            " JOIN student s ON s.id = r.student_id WHERE s.code LIKE 'a-s-%' LIMIT 1)"
        )
    with pytest.raises(Refusal) as refused:
        await room.run(undo_import, import_run=run)
    assert [("IN_USE", "1 rows of subject result depend on what this import made.")] == [
        (each.code, each.message) for each in refused.value.problems
    ]


async def test_anyone_who_may_not_open_books_asks_for_nothing(host: Host, room: Any) -> None:
    await tell(host, room, may_open_books=False)
    assert [] == await room.fetch(JOBS)
