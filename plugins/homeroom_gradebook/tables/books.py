"""How subjects are graded, and the books that classes are given for them."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Date, Integer, SmallInt, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_school.tables import ClassSubject, SchoolClass, Subject, Term

__all__ = ["Assessment", "Gradebook", "Measure", "SubjectGrading"]


class Measure(StrEnum):
    """How a subject is measured."""

    SCORED = "scored"
    COMMENTED = "commented"


class SubjectGrading(SchoolTable, tablename="subject_grading"):
    """How a subject is graded: by numbers or by judgement, and what it is in the eyes of the regulation."""

    subject_id = belongs_to(Subject)
    measure = Varchar(
        length=20, default=Measure.SCORED, choices=Measure, help_text="Whether there are marks, or only judgements."
    )
    key = coded(
        Varchar(
            length=40,
            null=True,
            default=None,
            help_text="What rules call the subject, such as math; none if none does.",
        ),
        "math",
    )
    version = Integer(default=1)


class Gradebook(SchoolTable, tablename="gradebook"):
    """One class's book of one subject for its year. It keeps what it was opened under."""

    class_subject_id = belongs_to(ClassSubject)
    school_class_id = belongs_to(SchoolClass)
    subject_id = belongs_to(Subject)
    scheme = coded(
        Varchar(length=60, default=None, help_text="Name of the grading scheme that governs the book."), "vn"
    )
    scheme_version = coded(Varchar(length=60, default=None, help_text="The regulation and its year."), "1")
    grade = SmallInt(default=None, help_text="Grade level of the class.")
    school_year_start = SmallInt(default=None, help_text="Calendar year in which the school year starts.")
    ends_on = Date(default=None, help_text="Last day of the school year.")
    measure = Varchar(
        length=20, default=Measure.SCORED, choices=Measure, help_text="Whether there are marks, or only judgements."
    )
    subject_key = coded(
        Varchar(
            length=40,
            null=True,
            default=None,
            help_text="What the scheme calls the subject, if it treats it in a way of its own.",
        ),
        "math",
    )
    periods_per_year = SmallInt(default=None, help_text="Lesson periods in the whole year.")
    concluded = Boolean(default=False, help_text="Results over all subjects rest on the book.")
    version = Integer(default=1, help_text="Rises with every change of a mark in the book.")


class Assessment(SchoolTable, tablename="assessment"):
    """One column of a book: something that is assessed once in a term."""

    gradebook_id = belongs_to(Gradebook)
    term_id = belongs_to(Term)
    term_number = SmallInt(default=None, help_text="1 for the first term of the year.")
    kind = coded(
        Varchar(length=40, default=None, help_text="The scheme's kind, such as regular, midterm, final."), "final"
    )
    ordinal = SmallInt(default=1, help_text="Counts the assessments of one kind in a term.")
    title = Varchar(length=120, default=None, help_text="As people call it.")
    position = SmallInt(default=0, help_text="Orders the columns of a term.")
    coefficient = SmallInt(default=1, help_text="Weight in the average; 0 if it enters none.")
    scale = coded(Varchar(length=60, default=None, help_text="Name of the scale that marks are written in."), "ten")
