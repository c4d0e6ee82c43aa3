"""What of the surveys lies within a school year."""

from __future__ import annotations

from typing import Final

from homeroom_school.year_bounds import OF_YEAR, InSchoolYear
from homeroom_surveys.tables import ClassSurvey

__all__ = ["IN_SCHOOL_YEAR"]

IN_SCHOOL_YEAR: Final = (InSchoolYear(ClassSurvey, OF_YEAR, "reference_date", "reference_date"),)
