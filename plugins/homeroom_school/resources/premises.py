"""Campuses, buildings and rooms: known to everybody who belongs to the school."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, many, resource
from homeroom_school.tables import Building, Campus, Room, RoomFacility

_ALL: Final = {"school": EVERYTHING}

CAMPUS = resource(
    Campus,
    many("buildings", Building.campus_id, order=("code",)),
    many("rooms", Room.campus_id, order=("code",)),
    scopes=_ALL,
    plural="campuses",
    filters=("code", "name", "active"),
    order=("code", "name"),
    default_order=("code",),
)

BUILDING = resource(
    Building,
    many("rooms", Room.building_id, order=("code",)),
    scopes=_ALL,
    filters=("code", "name", "campus", "active"),
    order=("code", "name"),
    default_order=("code",),
)

ROOM = resource(
    Room,
    many("facilities", RoomFacility.room_id),
    scopes=_ALL,
    filters=(
        "code",
        "name",
        "floor",
        "capacity",
        "exam_capacity",
        "active",
        "campus",
        "building",
        "kind",
        "facilities",
    ),
    order=("code", "name", "capacity"),
    default_order=("code",),
)

ROOM_FACILITY = resource(RoomFacility, scopes=_ALL, plural="roomFacilities", filters=("quantity", "room", "facility"))
