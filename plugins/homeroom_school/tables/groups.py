"""Houses and groups with their members, seating plans, and the components of subjects."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from piccolo.columns import Boolean, SmallInt

from homeroom.columns import choice, first_day, in_use, last_day, number, once, quantity, text, version
from homeroom.database.dated import dated
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.refusals import GROUP_OVERLAPS, SEAT_TAKEN, SEATED
from homeroom_school.tables.classes import GradeLevel, SchoolClass, Subject
from homeroom_school.tables.people import Staff, Student
from homeroom_school.tables.premises import Room

__all__ = ["GroupKind", "GroupMembership", "Seat", "SeatingPlan", "StudentGroup", "SubjectComponent"]


class GroupKind(StrEnum):
    """What a group is for."""

    #: A student is in one house at a time (社).
    HOUSE = "house"
    CLUB = "club"
    #: Students of several classes who are taught together.
    TEACHING = "teaching"
    OTHER = "other"


class StudentGroup(SchoolTable, tablename="student_group"):
    """A house, a club or another group of students across classes (社, 學會, 社团, câu lạc bộ, nhóm)."""

    code = text(20, "Short and unique.", code=True)
    name = text(120, "As people write it.")
    kind = choice(GroupKind)
    leader_id = belongs_to(Staff, null=True, sight=True)
    active = in_use("Whether students may still join.")
    version = version()
    unique = (("code",),)


class GroupMembership(SchoolTable, tablename="group_membership"):
    """A student is in a group, from which day to which."""

    student_group_id = belongs_to(StudentGroup)
    student_id = belongs_to(Student)
    role = text(60, "Such as captain or secretary; nothing for a member.", optional=True)
    starts_on = first_day()
    ends_on = last_day()
    one_at_a_time = Boolean(default=False, help_text="Whether the group is a house; the database keeps it.")
    version = version()
    periods = (
        dated(by=("student_id", "student_group_id"), code=GROUP_OVERLAPS),
        dated(by="student_id", where="one_at_a_time", code=GROUP_OVERLAPS),
    )


class SeatingPlan(SchoolTable, tablename="seating_plan"):
    """Who sits where in a class (座位表, sơ đồ chỗ ngồi); rows count from the front."""

    school_class_id = belongs_to(SchoolClass)
    room_id = belongs_to(Room, null=True, sight=True)
    name = text(60, "Unique in the class.")
    row_count = number(1, 50, "Rows of seats.")
    places_in_row = number(1, 50, "Seats in a row.")
    starts_on = first_day("From which day it holds.")
    version = version()
    unique = (("school_class_id", "name"),)


class Seat(SchoolTable, tablename="seat"):
    """One student's seat in a seating plan."""

    seating_plan_id = belongs_to(SeatingPlan, part=True)
    student_id = belongs_to(Student)
    row_number = number(1, 50, "From 1 at the front.")
    place = number(1, 50, "From 1, counted along the row.")
    unique = (
        once("seating_plan_id", "student_id", code=SEATED),
        once("seating_plan_id", "row_number", "place", code=SEAT_TAKEN),
    )


class SubjectComponent(SchoolTable, tablename="subject_component"):
    """A part of a subject that is marked by itself (卷別, 分卷, phân môn): reading, writing, listening, speaking."""

    subject_id = belongs_to(Subject)
    grade_level_id = belongs_to(GradeLevel, null=True, sight=True)
    code = text(40, "Unique in the subject of a grade level.", code=True)
    title = text(120, "As people write it.")
    weight = quantity(
        Decimal("0.001"), Decimal("999.999"), 3, "Its share in the subject, against the other components."
    )
    position = SmallInt(default=0, help_text="Orders the components.")
    version = version()
