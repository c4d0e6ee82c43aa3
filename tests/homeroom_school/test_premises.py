"""Code tables, campuses, buildings and rooms: what commands write and refuse, and who sees what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from homeroom.code_tables.commands import add_code, change_code, remove_code
from homeroom.errors import Forbidden, Refusal
from homeroom.messages import spelt
from homeroom_school.commands.premises import (
    FacilityRow,
    RoomRow,
    change_room,
    create_building,
    create_campus,
    create_rooms,
    equip_room,
    remove_campus,
    remove_room,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


async def code(school: Any, table: str, name: str) -> UUID:
    made: UUID = await school.one("SELECT id FROM code_value WHERE code_table = $1 AND code = $2", table, name)
    return made


async def campus_of(school: Any) -> UUID:
    made: UUID = await school.run(create_campus, code="A", name="Cơ sở A")
    return made


async def test_a_retired_code_is_no_longer_chosen(school: Any) -> None:
    made = await school.run(add_code, code_table="school.room_kind", code="barn", title="Barn")
    await school.run(create_rooms, campus=await campus_of(school), rows=[RoomRow("B1", "Barn 1", kind="barn")])
    assert [("IN_USE", "codeValue", None)] == await refused(school, remove_code, code_value=made)
    await school.run(change_code, code_value=made, active=False)
    assert [("INACTIVE_CODE", "rows.kind", 1)] == await refused(
        school,
        create_rooms,
        campus=await school.one("SELECT id FROM campus"),
        rows=[RoomRow("B2", "Room"), RoomRow("B3", "Barn", kind="barn")],
    )


async def test_rooms_are_seen_with_their_kind_and_facilities(school: Any, make_school: Any) -> None:
    other = await make_school()
    await other.run(create_rooms, campus=await campus_of(other), rows=[RoomRow("L1", "Theirs")])
    campus = await campus_of(school)
    building = await school.run(create_building, campus=campus, code="N", name="North")
    rows = [RoomRow("L1", "Lab 1", building=building, kind="laboratory", capacity=36, exam_capacity=18, floor="2")]
    (room,) = await school.run(create_rooms, campus=campus, rows=[*rows])
    await school.run(equip_room, room=room, rows=[FacilityRow("projector"), FacilityRow("computer", 20)])
    await school.run(equip_room, room=room, rows=[FacilityRow("computer", 24), FacilityRow("sound")])
    answer = await school.ask(
        "{ rooms(filter: {capacity: {gte: 30}}) { nodes { code capacity examCapacity kind { code } building { code }"
        " facilities { nodes { quantity facility { code } } } } } }",
        caller=school.caller("student"),
    )
    (shown,) = answer["data"]["rooms"]["nodes"]
    assert ("L1", 36, 18, "laboratory", "N") == (
        shown["code"],
        shown["capacity"],
        shown["examCapacity"],
        shown["kind"]["code"],
        shown["building"]["code"],
    )
    assert {("computer", 24), ("sound", 1)} == {
        (each["facility"]["code"], each["quantity"]) for each in shown["facilities"]["nodes"]
    }
    await school.run(change_room, room=room, kind="", capacity=40)
    assert [{"kind_id": None, "capacity": 40}] == await school.sql("SELECT kind_id, capacity FROM room")


async def test_every_bad_room_is_named_and_none_is_made(school: Any, make_school: Any) -> None:
    campus = await campus_of(school)
    other = await make_school()
    theirs = await other.run(create_building, campus=await campus_of(other), code="X", name="Theirs")
    rows = [RoomRow("1", "One"), RoomRow("1", "Again"), RoomRow("2", "Two"), RoomRow("2", "Again")]
    assert [("DUPLICATE", "rows.code", 1), ("DUPLICATE", "rows.code", 3)] == await refused(
        school, create_rooms, campus=campus, rows=rows
    )
    assert [("NOT_FOUND", "rows.building", 1)] == await refused(
        school, create_rooms, campus=campus, rows=[RoomRow("1", "One"), RoomRow("2", "Two", building=theirs)]
    )
    assert [("UNKNOWN_CODE", "rows.kind", 1)] == await refused(
        school, create_rooms, campus=campus, rows=[RoomRow("1", "One"), RoomRow("2", "Two", kind="cellar")]
    )
    assert [("OUT_OF_RANGE", "rows.capacity", 0)] == await refused(
        school, create_rooms, campus=campus, rows=[RoomRow("1", "One", capacity=0)]
    )
    everything = [RoomRow("", "One", capacity=0, kind="cellar"), RoomRow("2", "x" * 121), RoomRow("3", "Good")]
    assert [
        ("REQUIRED", "rows.code", 0),
        ("UNKNOWN_CODE", "rows.kind", 0),
        ("OUT_OF_RANGE", "rows.capacity", 0),
        ("TOO_LONG", "rows.name", 1),
    ] == await refused(school, create_rooms, campus=campus, rows=everything)
    assert 0 == await school.one("SELECT count(*) FROM room")


CHANGE_ROOM = """mutation($i: ChangeRoomInput!) { changeRoom(input: $i) {
  room { code name floor capacity building { code } kind { code } } errors { code field } } }"""


async def test_what_is_left_out_of_a_change_stays_and_null_clears_it(school: Any) -> None:
    campus = await campus_of(school)
    building = await school.run(create_building, campus=campus, code="N", name="North")
    row = RoomRow("L1", "Lab", building=building, kind="laboratory", capacity=36, exam_capacity=18, floor="2")
    (room,) = await school.run(create_rooms, campus=campus, rows=[row])
    given = {"room": f"Room_{room}", "name": "Lab 1", "capacity": None}
    answer = await school.ask(CHANGE_ROOM, i=given)
    shown = {"code": "L1", "name": "Lab 1", "floor": "2", "building": {"code": "N"}, "kind": {"code": "laboratory"}}
    assert {**shown, "capacity": None} == answer["data"]["changeRoom"]["room"]
    given = {"room": f"Room_{room}", "floor": None, "building": None, "kind": None, "capacity": 30}
    answer = await school.ask(CHANGE_ROOM, i=given)
    cleared = {**shown, "floor": "", "building": None, "kind": None, "capacity": 30}
    assert cleared == answer["data"]["changeRoom"]["room"]
    answer = await school.ask(CHANGE_ROOM, i={"room": f"Room_{room}", "name": None, "active": None})
    problems = [{"code": "REQUIRED", "field": "name"}, {"code": "REQUIRED", "field": "active"}]
    assert {"room": None, "errors": problems} == answer["data"]["changeRoom"]


async def test_premises_entered_by_mistake_are_removed_while_nothing_rests_on_them(school: Any) -> None:
    campus = await campus_of(school)
    (room,) = await school.run(create_rooms, campus=campus, rows=[RoomRow("1", "One")])
    await school.run(equip_room, room=room, rows=[FacilityRow("projector")])
    assert [("IN_USE", "campus", None)] == await refused(school, remove_campus, campus=campus)
    await school.run(remove_room, room=room)
    await school.run(remove_campus, campus=campus)
    assert 0 == await school.one("SELECT count(*) FROM room_facility")


async def test_the_premises_are_the_offices_to_change(school: Any) -> None:
    for role in ("teacher", "student", "guardian", "admin"):
        with pytest.raises(Forbidden):
            await school.run(create_campus, caller=school.caller(role), code="B", name="B")
    await school.run(create_campus, caller=school.caller("registrar"), code="B", name="B")
