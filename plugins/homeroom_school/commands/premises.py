"""Campuses, buildings, rooms and their facilities."""

from __future__ import annotations

from homeroom.context import Context
from homeroom.imports import imports
from homeroom.nouns import Draft, Noun, row_type
from homeroom.refusals import NOT_FOUND
from homeroom_school.tables import Building, Campus, Room, RoomFacility

CAMPUS = Noun(Campus, "school.campus")
BUILDING = Noun(Building, "school.building")
FACILITY = Noun(RoomFacility, "school.room")


async def on_its_campus(context: Context, rooms: Draft) -> None:
    """Refuse a room whose building is on another campus."""
    rows = await context.fetch("SELECT id, campus_id FROM building WHERE id = ANY($1::uuid[])", rooms["building_id"])
    campus = {row["id"]: row["campus_id"] for row in rows}.get
    rooms.refuse(NOT_FOUND, "building", where=lambda room: campus(room.building_id, room.campus_id) != room.campus_id)


ROOM = Noun(Room, "school.room", check=on_its_campus)

create_campus = CAMPUS.create("Add a campus; its code is unique.")
change_campus = CAMPUS.change("Change a campus, or take it out of use.")
remove_campus = CAMPUS.remove("Remove a campus that was entered by mistake; IN_USE names what refers to it.")
create_building = BUILDING.create("Add a building of a campus; its code is unique there.")
change_building = BUILDING.change("Change a building, or take it out of use.", fixed=("campus",))
remove_building = BUILDING.remove("Remove a building that was entered by mistake; IN_USE names what refers to it.")
create_rooms = ROOM.create_many("Add rooms of a campus: all or none.", common=("campus",))
change_room = ROOM.change("Change a room, or take it out of use.", fixed=("campus",))
retire_room = ROOM.retire("Take a room out of use; it stays where it is named.")
remove_room = ROOM.remove("Remove a room that was entered by mistake.")
import_rooms = imports(create_rooms, change=change_room, end=retire_room, key="code")
equip_room = FACILITY.replace(
    "Set the equipment of a room: what is not listed is removed.",
    of="room", by="facility", verb="equip", row="FacilityRow",
)  # fmt: skip
RoomRow, FacilityRow = row_type(create_rooms), row_type(equip_room)
