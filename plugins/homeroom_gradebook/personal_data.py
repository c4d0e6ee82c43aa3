"""Whose data the tables of the gradebook hold."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted, nobody
from homeroom_gradebook import tables

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    *(
        about(each, "student_id", erasure=deleted(), category=DataCategory.ACADEMIC_RECORD)
        for each in (tables.Mark, tables.SubjectResult, tables.TraitMark, tables.StudentResult)
    ),
    *nobody("books and their columns belong to a class", tables.Gradebook, tables.Assessment),
    *nobody(
        "times of a term and decisions of the school", tables.EntryRound, tables.SchemeChoice, tables.SubjectGrading
    ),
)
