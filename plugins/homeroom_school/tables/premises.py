"""Premises: campuses, buildings, rooms and what stands in them."""

from __future__ import annotations

from piccolo.columns import Boolean, Integer, SmallInt, Varchar

from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.tables.codes import CodeValue

__all__ = ["Building", "Campus", "Room", "RoomFacility"]

_ACTIVE = "Whether it is still in use."


class Campus(SchoolTable, tablename="campus"):
    """A site of the school (校区, 校舍, cơ sở)."""

    code = Varchar(length=20, default=None, help_text="Short and unique.")
    name = Varchar(length=120, default=None, help_text="As people write it.")
    address = Varchar(length=400, default="", help_text="Where it stands.")
    active = Boolean(default=True, help_text=_ACTIVE)
    version = Integer(default=1)


class Building(SchoolTable, tablename="building"):
    """A building of a campus (楼, 樓宇, tòa nhà)."""

    campus_id = belongs_to(Campus)
    code = Varchar(length=20, default=None, help_text="Short, and unique on its campus.")
    name = Varchar(length=120, default=None, help_text="As people write it.")
    active = Boolean(default=True, help_text=_ACTIVE)
    version = Integer(default=1)


class Room(SchoolTable, tablename="room"):
    """A room or another place where lessons can be: a laboratory, the playing field (教室, 課室, phòng học)."""

    campus_id = belongs_to(Campus)
    building_id = belongs_to(Building, null=True)
    code = Varchar(length=20, default=None, help_text="Short and unique in the school.")
    name = Varchar(length=120, default=None, help_text="As people write it.")
    floor = Varchar(length=20, default="", help_text="On which floor it lies.")
    kind_id = belongs_to(CodeValue, null=True)
    capacity = SmallInt(null=True, default=None, help_text="Seats in a lesson.")
    exam_capacity = SmallInt(null=True, default=None, help_text="Seats in an examination.")
    active = Boolean(default=True, help_text=_ACTIVE)
    version = Integer(default=1)


class RoomFacility(SchoolTable, tablename="room_facility"):
    """Something that stands in a room: computers, a projector."""

    room_id = belongs_to(Room)
    facility_id = belongs_to(CodeValue)
    quantity = SmallInt(default=1, help_text="How many.")
