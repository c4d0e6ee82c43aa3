"""Who listens to a gradebook is notified of the lines that person may see, and of no others."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from homeroom.settings import Settings
from homeroom.testing.serving import Socket, served, served_apart, socket

if TYPE_CHECKING:
    from litestar import Litestar

LISTEN = """subscription Listen($gradebook: ID) {
  marksEntered(gradebook: $gradebook) { student { id } term { number } marks { nodes { number version } } }
}"""
ENTER = """mutation Enter($gradebook: ID!, $rows: [MarkRowInput!]!) {
  enterMarks(input: {gradebook: $gradebook, rows: $rows}) { marks { id } errors { code field row message } }
}"""


async def enter(room: Any, value: str, version: int | None, subject: str = "toan", ordinal: int = 1) -> None:
    """Give every student of a class one mark."""
    teacher = await room.as_("teacher", room.teacher if subject == "toan" else room.other_teacher)
    column = room.column(subject, "regular", ordinal)
    rows = [
        {"student": f"Student_{each}", "assessment": f"Assessment_{column}", "value": value, "expectedVersion": version}
        for each in room.students
    ]
    answer = await teacher.gql(ENTER, gradebook=f"Gradebook_{room.books[subject]}", rows=rows)
    assert [] == answer["enterMarks"]["errors"]


async def received(client: Socket) -> tuple[str, str, Any]:
    """The operation, the student and the marks of the next line."""
    message = await client.hear()
    assert "next" == message["type"], message
    line = message["payload"]["data"]["marksEntered"]
    return message["id"], line["student"]["id"], line["marks"]["nodes"]


async def test_each_receives_the_lines_that_are_theirs(room: Any, foreign_room: Any, app: Litestar) -> None:
    student = await room.as_("student", room.students[0])
    teacher = await room.as_("teacher", room.teacher)
    stranger = await foreign_room.as_("teacher", foreign_room.teacher)
    async with (
        served(app) as port,
        socket(teacher, port) as desk,
        socket(student, port) as phone,
        socket(stranger, port) as elsewhere,
    ):
        for client in (desk, phone, elsewhere):
            await client.subscribe("all", LISTEN)
        await desk.subscribe("other", LISTEN, gradebook=f"Gradebook_{room.books['ngu-van']}")
        for client in (desk, phone, elsewhere):
            await client.ready()
        for version, value in enumerate((7, 8)):
            await enter(room, str(value), version or None)
            lines = [await received(desk) for _ in room.students]
            assert {("all", f"Student_{each}") for each in room.students} == {line[:2] for line in lines}
            marks = [(mark["version"], Decimal(mark["number"])) for line in lines for mark in line[2]]
            assert [(version + 1, value)] * len(lines) == marks
            assert f"Student_{room.students[0]}" == (await received(phone))[1]
        # Had the other school's teacher received anything of this, it would have come before this.
        await enter(foreign_room, "5", None)
        assert (await received(elsewhere))[1] in {f"Student_{each}" for each in foreign_room.students}


def lose_all_connections(settings: Settings) -> None:
    """What a restart of the database does to anyone who is connected."""
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        ours = "datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")


@pytest.mark.parametrize(("server", "ordinal"), [("granian", 1), ("uvicorn", 2)])
async def test_the_servers_themselves_carry_it(
    server: str, ordinal: int, room: Any, foreign_room: Any, database_settings: Settings
) -> None:
    teacher = await room.as_("teacher", room.other_teacher)
    stranger = await foreign_room.as_("teacher", foreign_room.teacher)
    async with (
        asyncio.timeout(900),
        served_apart(database_settings, server=server) as port,
        socket(teacher, port) as desk,
        socket(stranger, port) as elsewhere,
    ):
        for client in (desk, elsewhere):
            await client.say("ping")
            assert {"type": "pong"} == await client.hear()
            await client.subscribe("all", LISTEN)
            await client.ready()
        # Entered by this process, reported in the other one.
        await enter(room, "6", None, "ngu-van", ordinal)
        lines = [await received(desk) for _ in room.students]
        assert {f"Student_{each}" for each in room.students} == {line[1] for line in lines}
        await elsewhere.ready()  # nothing came before this
        await desk.connection.send("nonsense")
        assert 4400 == (await desk.closed())[0]
        await asyncio.to_thread(lose_all_connections, database_settings)
        assert 1013 == (await elsewhere.closed())[0]  # an event may have been missed: ask again
