"""The tables of the gradebook. Other plugins refer to them by these names."""

from __future__ import annotations

from homeroom_gradebook.tables.books import Assessment, Gradebook, Measure, SubjectGrading
from homeroom_gradebook.tables.marks import Mark, Span, SubjectResult
from homeroom_gradebook.tables.results import SchemeChoice, StudentResult, TraitMark, TraitSource
from homeroom_gradebook.tables.rounds import EntryRound, RoundStatus

__all__ = [
    "Assessment",
    "EntryRound",
    "Gradebook",
    "Mark",
    "Measure",
    "RoundStatus",
    "SchemeChoice",
    "Span",
    "StudentResult",
    "SubjectGrading",
    "SubjectResult",
    "TraitMark",
    "TraitSource",
]
