"""Talents."""

from __future__ import annotations

from enum import StrEnum

from homeroom.code_tables import code_of
from homeroom.columns import choice, number, text, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.files.attachments import AttachmentTable
from homeroom.school_settings import SettingsTable
from homeroom_school.tables import Student
from talents.code_tables import CATEGORIES


class TalentReach(StrEnum):
    """How far a talent reaches."""

    SCHOOL = "school"
    CITY = "city"


class TalentSettings(SettingsTable, tablename="talent_settings"):
    """How the talent bank of the school works."""

    most_talents = number(1, 500, "Talents of one student at most.", default=50)
    lowest_level = choice(TalentReach, "The lowest level that is kept.", default=TalentReach.SCHOOL)
    contact = text(100, "Whom families ask.", optional=True)
    version = version()


class Talent(SchoolTable, tablename="talent"):
    """A talent of a student."""

    student_id = belongs_to(Student)
    category_id = code_of(CATEGORIES, "What sort of talent it is.")
    title = text(100, "In the school's own language.")
    version = version()


class TalentProof(AttachmentTable, tablename="talent_proof"):
    """A file that proves a talent."""

    talent_id = belongs_to(Talent)
