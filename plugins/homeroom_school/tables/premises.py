"""Premises: campuses, buildings, rooms and their equipment."""

from __future__ import annotations

from homeroom.code_tables import code_of
from homeroom.columns import in_use, number, text, version
from homeroom.database.tables import SchoolTable, belongs_to

__all__ = ["Building", "Campus", "Room", "RoomFacility"]


class Campus(SchoolTable, tablename="campus"):
    """A site of the school (校区, 校舍, cơ sở)."""

    code = text(20, "Short and unique.", code=True)
    name = text(120, "As people write it.")
    address = text(400, "Its address.", optional=True)
    active = in_use()
    version = version()
    unique = (("code",),)


class Building(SchoolTable, tablename="building"):
    """A building of a campus (楼, 樓宇, tòa nhà)."""

    campus_id = belongs_to(Campus)
    code = text(20, "Short, and unique on its campus.", code=True)
    name = text(120, "As people write it.")
    active = in_use()
    version = version()
    unique = (("campus_id", "code"),)


class Room(SchoolTable, tablename="room"):
    """A room or another place where lessons can be: a laboratory, the playing field (教室, 課室, phòng học)."""

    campus_id = belongs_to(Campus)
    building_id = belongs_to(Building, null=True)
    code = text(20, "Short and unique in the school.", code=True)
    name = text(120, "As people write it.")
    floor = text(20, "On which floor it lies.", optional=True)
    kind_id = code_of("school.room_kind", "What kind of room.", null=True)
    capacity = number(1, 9999, "Seats in a lesson.", null=True)
    exam_capacity = number(1, 9999, "Seats in an examination.", null=True)
    active = in_use()
    version = version()
    unique = (("code",),)


class RoomFacility(SchoolTable, tablename="room_facility"):
    """Equipment of a room: computers, a projector."""

    room_id = belongs_to(Room, part=True)
    facility_id = code_of("school.room_facility", "The code of what is there.")
    quantity = number(1, 9999, "How many.", default=1)
    unique = (("room_id", "facility_id"),)
