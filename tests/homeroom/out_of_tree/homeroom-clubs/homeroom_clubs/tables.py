"""Clubs and their members."""

from __future__ import annotations

from piccolo.columns import Varchar

from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.tables import Student


class Club(SchoolTable, tablename="club"):
    """A club of students."""

    name = Varchar(length=80, default=None)


class ClubMember(SchoolTable, tablename="club_member"):
    """A student is in a club."""

    club_id = belongs_to(Club)
    student_id = belongs_to(Student)
