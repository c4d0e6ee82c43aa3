"""School years and their terms."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from homeroom.columns import day, holds, number, state, text, version
from homeroom.database.dated import dated
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.database.within import lies_within
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_school.refusals import TERM_OUTSIDE_YEAR, TERM_OVERLAPS, YEAR_LENGTH, YEAR_WITHIN

__all__ = ["LONGEST_YEAR", "SchoolYear", "Term", "YearStatus"]

#: Days of a school year, both ends counted: two years, for programmes that are planned so.
LONGEST_YEAR: Final = 731
_DAYS: Final = ("starts_on", "ends_on")
_SEVERAL_DAYS: Final = holds("days", "ends_on > starts_on", _DAYS, ENDS_BEFORE_START)


class YearStatus(StrEnum):
    """The state of a school year."""

    PLANNING = "planning"
    CURRENT = "current"
    PAST = "past"


class SchoolYear(SchoolTable, tablename="school_year"):
    """One school year (năm học, 學年), from its first to its last day."""

    name = text(40, "As people write it, such as 2025-2026; unique.")
    starts_on = day("The first day.")
    ends_on = day("The last day.")
    status = state(YearStatus.PLANNING, "Whether the year is being planned, is the present one, or is over.")
    version = version()
    unique = (("name",),)
    checks = (_SEVERAL_DAYS, holds("length", f"ends_on - starts_on < {LONGEST_YEAR}", _DAYS, YEAR_LENGTH))
    periods = dated(code=YEAR_WITHIN)


class Term(SchoolTable, tablename="term"):
    """One term of a school year (học kì, 學期), numbered from 1."""

    school_year_id = belongs_to(SchoolYear, part=True)
    number = number(1, 99, "1 for the first term of the year.")
    name = text(60, "As people call it, such as Học kì I.")
    starts_on = day("The first day.")
    ends_on = day("The last day.")
    version = version()
    checks = (_SEVERAL_DAYS,)
    periods = dated(by="school_year_id", code=TERM_OVERLAPS)
    within = lies_within("school_year_id", code=TERM_OUTSIDE_YEAR)
