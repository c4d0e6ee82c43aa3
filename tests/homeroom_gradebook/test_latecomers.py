"""People whom a roster brings into a class with open books get their lines, in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.audit import AuditTrail
from homeroom.commands import Event
from homeroom.context import Context
from homeroom.permissions import NOBODY
from homeroom.worker.runner import JobRunner
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


async def test_whoever_a_roster_brings_gets_lines_in_the_background(host: Host, room: Any) -> None:
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


async def test_whoever_may_not_open_books_asks_for_nothing(host: Host, room: Any) -> None:
    await tell(host, room, may_open_books=False)
    assert [] == await room.fetch(JOBS)
