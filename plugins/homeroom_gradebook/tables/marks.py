"""Marks, and what the marks of one student in one book came to."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Integer, Numeric, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_gradebook.tables.books import Assessment, Gradebook
from homeroom_school.tables import Student, Term

__all__ = ["Mark", "Span", "SubjectResult"]


class Span(StrEnum):
    """What a result speaks of."""

    TERM = "term"
    YEAR = "year"


class SubjectResult(SchoolTable, tablename="subject_result"):
    """A student's line in a book: the average or judgement of a term, or of the year.

    Stored by the command that changes a mark, with the rules that made it; empty while required marks are missing.
    """

    gradebook_id = belongs_to(Gradebook)
    student_id = belongs_to(Student)
    term_id = belongs_to(Term, null=True)
    span = Varchar(length=10, default=Span.TERM, choices=Span, help_text="Whether it is for a term or for the year.")
    score = Numeric(digits=(6, 2), null=True, default=None, help_text="The average, or the mark of the closing test.")
    code = coded(
        Varchar(length=20, null=True, default=None, help_text="The judgement, as the scheme writes it."), "passed"
    )
    again_score = Numeric(
        digits=(6, 2), null=True, default=None, help_text="After the year, in a subject that was assessed again."
    )
    again_code = coded(Varchar(length=20, null=True, default=None, help_text="The same, as a judgement."), "passed")
    exempt = Boolean(default=False, help_text="The student is excused from the subject; it does not count.")
    taken_from = Varchar(
        length=200,
        null=True,
        default=None,
        help_text="The school and the document that the result was taken over from; none if marks made it.",
    )
    scheme_version = coded(
        Varchar(length=200, null=True, default=None, help_text="The rules that made the result."), "1"
    )


class Mark(SchoolTable, tablename="mark"):
    """One mark of one student: a number or a code; neither if it was taken back."""

    assessment_id = belongs_to(Assessment)
    student_id = belongs_to(Student)
    subject_result_id = belongs_to(SubjectResult)
    gradebook_id = belongs_to(Gradebook)
    number = Numeric(digits=(6, 2), null=True, default=None, help_text="The mark, if it is a number.")
    code = coded(Varchar(length=20, null=True, default=None, help_text="The mark, if it is a judgement."), "passed")
    version = Integer(default=1, help_text="To be sent back with a change, so that no other change is lost.")
