"""Campuses, buildings and rooms: known to everybody who belongs to the school."""

from __future__ import annotations

from homeroom.resources import many, resource
from homeroom_school.tables import Building, Campus, Room, RoomFacility

CAMPUS = resource(
    Campus,
    many("buildings", Building.campus_id, order=("code",)),
    many("rooms", Room.campus_id, order=("code",)),
    plural="campuses",
)
BUILDING = resource(Building, many("rooms", Room.building_id, order=("code",)))
ROOM = resource(Room, many("facilities", RoomFacility.room_id, filter=True))
ROOM_FACILITY = resource(RoomFacility, plural="roomFacilities")
