"""Talents."""

from __future__ import annotations

from homeroom.code_tables import code_of
from homeroom.columns import text, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.tables import Student
from talents.code_tables import CATEGORIES


class Talent(SchoolTable, tablename="talent"):
    """A talent of a student."""

    student_id = belongs_to(Student)
    category_id = code_of(CATEGORIES, "What sort of talent it is.")
    title = text(100, "In the school's own language.")
    version = version()
