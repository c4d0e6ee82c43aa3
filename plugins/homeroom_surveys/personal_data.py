"""Whose data surveys hold."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import PersonalData, nobody
from homeroom_surveys.tables import ClassSurvey, SurveyedClass, SurveyedSubject

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    *nobody("numbers of a day, and by whom classes were taught, under the school's seal", ClassSurvey),
    *nobody("a survey's lines are the school's own record, under its seal", SurveyedClass, SurveyedSubject),
)
