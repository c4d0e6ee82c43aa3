"""How the tables of the gradebook stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted, nobody
from homeroom_gradebook.tables import (
    Assessment,
    EntryRound,
    Gradebook,
    Mark,
    SchemeChoice,
    StudentResult,
    SubjectGrading,
    SubjectResult,
    TraitMark,
)

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    *(
        about(each, "student_id", erasure=deleted(), category=DataCategory.ACADEMIC_RECORD)
        for each in (Mark, SubjectResult, TraitMark, StudentResult)
    ),
    *nobody("books and their columns belong to a class", Gradebook, Assessment),
    *nobody("times of a term and decisions of the school", EntryRound, SchemeChoice, SubjectGrading),
)
