"""School years and their terms."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Date, Integer, SmallInt, Varchar

from homeroom.database.dated import dated
from homeroom.database.tables import SchoolTable, belongs_to

__all__ = ["SchoolYear", "Term", "YearStatus"]


class YearStatus(StrEnum):
    """The state of a school year."""

    PLANNING = "planning"
    CURRENT = "current"
    PAST = "past"


class SchoolYear(SchoolTable, tablename="school_year"):
    """One school year (năm học, 學年), from its first to its last day."""

    name = Varchar(length=40, default=None, help_text="As people write it, such as 2025-2026; unique.")
    starts_on = Date(default=None, help_text="The first day.")
    ends_on = Date(default=None, help_text="The last day.")
    status = Varchar(
        length=20,
        default=YearStatus.PLANNING,
        choices=YearStatus,
        help_text="Whether the year is being planned, is the present one, or is over.",
    )
    version = Integer(default=1)
    periods = dated()


class Term(SchoolTable, tablename="term"):
    """One term of a school year (học kì, 學期), numbered from 1."""

    school_year_id = belongs_to(SchoolYear)
    number = SmallInt(default=None, help_text="1 for the first term of the year.")
    name = Varchar(length=60, default=None, help_text="As people call it, such as Học kì I.")
    starts_on = Date(default=None, help_text="The first day.")
    ends_on = Date(default=None, help_text="The last day.")
    version = Integer(default=1)
    periods = dated(by="school_year_id")
