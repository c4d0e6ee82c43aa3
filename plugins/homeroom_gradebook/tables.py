"""The tables of the gradebook. Other plugins refer to them by these names."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from piccolo.columns import UUID, Array, Date, Integer, Numeric, SmallInt, Timestamptz, Varchar

from homeroom.columns import flag, text, version
from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_school.tables import ClassSubject, SchoolClass, Student, Subject, Term


def _code(longest: int, help: str, sample: str, *, null: bool = True) -> Any:
    """A code of a grading scheme, at most so long."""
    return coded(text(longest, help, null=null), sample)


def _score(help: str) -> Any:
    return Numeric(digits=(6, 2), null=True, default=None, help_text=help)


class Measure(StrEnum):
    """How a subject is measured."""

    SCORED = "scored"
    COMMENTED = "commented"


class Span(StrEnum):
    """What a result speaks of."""

    TERM = "term"
    YEAR = "year"


class RoundStatus(StrEnum):
    """Whether a round is open."""

    OPEN = "open"
    CLOSED = "closed"


class TraitSource(StrEnum):
    """Where the level of a trait comes from."""

    #: A person judged.
    JUDGED = "judged"
    #: The regulation settles the year from the terms.
    RULE = "rule"
    #: What the terms suggest; it does not count before a person has judged.
    SUGGESTED = "suggested"


def _measure() -> Any:
    about = "Whether there are marks, or only judgements."
    return Varchar(length=20, default=Measure.SCORED, choices=Measure, help_text=about)


def _span() -> Any:
    return Varchar(length=10, default=Span.TERM, choices=Span, help_text="Whether it is for a term or for the year.")


# Books ------------------------------------------------------------------------------------------------------


class SubjectGrading(SchoolTable, tablename="subject_grading"):
    """How a subject is graded: by numbers or by judgement, and which subject it is in the regulation."""

    subject_id = belongs_to(Subject, sight=True)
    measure = _measure()
    key = _code(40, "What rules call the subject, such as math; none if none does.", "math")
    version = version()


class SchemeChoice(SchoolTable, tablename="scheme_choice"):
    """The school's decision of a point that a regulation leaves open."""

    scheme = _code(60, "Name of the grading scheme.", "vn", null=False)
    name = _code(60, "What the scheme leaves to the school.", "rounding", null=False)
    value = _code(60, "What the school has chosen.", "half_up", null=False)
    version = version()


class Gradebook(SchoolTable, tablename="gradebook"):
    """One class's book of one subject for its year. It keeps what it was opened under."""

    class_subject_id = belongs_to(ClassSubject)
    school_class_id = belongs_to(SchoolClass)
    subject_id = belongs_to(Subject)
    scheme = _code(60, "Name of the grading scheme that governs the book.", "vn", null=False)
    scheme_version = _code(60, "The regulation and its year.", "1", null=False)
    grade = SmallInt(default=None, help_text="Grade level of the class.")
    school_year_start = SmallInt(default=None, help_text="Calendar year in which the school year starts.")
    ends_on = Date(default=None, help_text="Last day of the school year.")
    measure = _measure()
    subject_key = _code(40, "What the scheme calls the subject, if it treats it in a way of its own.", "math")
    periods_per_year = SmallInt(default=None, help_text="Lesson periods in the whole year.")
    concluded = flag("Results over all subjects depend on the book.")
    version = Integer(default=1, help_text="Rises with every change of a mark in the book.")


class Assessment(SchoolTable, tablename="assessment"):
    """One column of a book: something that is assessed once in a term."""

    gradebook_id = belongs_to(Gradebook)
    term_id = belongs_to(Term)
    term_number = SmallInt(default=None, help_text="1 for the first term of the year.")
    kind = _code(40, "The scheme's kind, such as regular, midterm, final.", "final", null=False)
    ordinal = SmallInt(default=1, help_text="Counts the assessments of one kind in a term.")
    title = text(120, "As people call it.")
    position = SmallInt(default=0, help_text="Orders the columns of a term.")
    coefficient = SmallInt(default=1, help_text="Weight in the average; 0 if it enters none.")
    scale = _code(60, "Name of the scale that marks are written in.", "ten", null=False)


class EntryRound(SchoolTable, tablename="entry_round"):
    """A time in which marks of a term may be entered (đợt nhập điểm)."""

    title = text(120, "As people call it.")
    term_id = belongs_to(Term, sight=True)
    kind = _code(40, "Only assessments of this kind; none: every kind.", "final")
    school_class_id = belongs_to(SchoolClass, null=True)
    opens_at = Timestamptz(default=None, help_text="From when marks may be entered.")
    closes_at = Timestamptz(null=True, default=None, help_text="When it ends by itself; none: when somebody closes it.")
    status = Varchar(length=10, default=RoundStatus.OPEN, choices=RoundStatus, help_text="Whether it is open.")
    reason = text(500, "Why it was opened again.", null=True)
    #: The account and the persons of who opened it for corrections; empty for a first round.
    opened_by = Array(base_column=UUID(), default=list)
    version = version()


# Marks ------------------------------------------------------------------------------------------------------


class SubjectResult(SchoolTable, tablename="subject_result"):
    """A student's line in a book: the average or judgement of a term, or of the year.

    Stored by the command that changes a mark, with the rules that made it; empty while required marks are missing.
    """

    gradebook_id = belongs_to(Gradebook)
    student_id = belongs_to(Student)
    term_id = belongs_to(Term, null=True)
    span = _span()
    score = _score("The average, or the mark of the closing test.")
    code = _code(20, "The judgement, as the scheme writes it.", "passed")
    again_score = _score("After the year, in a subject that was assessed again.")
    again_code = _code(20, "The same, as a judgement.", "passed")
    exempt = flag("The student is excused from the subject; it does not count.")
    taken_from = text(
        200, "The school and the document that the result was taken over from; none if marks made it.", null=True
    )
    scheme_version = _code(200, "The rules that made the result.", "1")


class Mark(SchoolTable, tablename="mark"):
    """One mark of one student: a number or a code; neither if it was taken back."""

    assessment_id = belongs_to(Assessment)
    student_id = belongs_to(Student)
    subject_result_id = belongs_to(SubjectResult)
    gradebook_id = belongs_to(Gradebook)
    number = _score("The mark, if it is a number.")
    code = _code(20, "The mark, if it is a judgement.", "passed")
    version = Integer(default=1, help_text="To be sent back with a change, so that no other change is lost.")


# Results over all subjects ----------------------------------------------------------------------------------


class TraitMark(SchoolTable, tablename="trait_mark"):
    """What the homeroom teacher judges: conduct, a quality, a competence; for a term or for the year."""

    school_class_id = belongs_to(SchoolClass)
    student_id = belongs_to(Student)
    term_id = belongs_to(Term, null=True)
    span = _span()
    trait = _code(40, "The scheme's code, such as conduct.", "conduct", null=False)
    level = _code(20, "The scheme's code of the level.", "good", null=False)
    level_label = text(120, "The level in words, as it was printed.")
    again_level = _code(20, "After training in summer.", "good")
    again_level_label = text(120, "That level in words.", null=True)
    source = Varchar(
        length=20, default=TraitSource.JUDGED, choices=TraitSource, help_text="Where the level comes from."
    )
    version = version()


class StudentResult(SchoolTable, tablename="student_result"):
    """A student's term or year over all subjects: level, title, and at the end of the year a proposal.

    Stored by the command that concludes the period and kept right by those that change what it depends on.
    """

    school_class_id = belongs_to(SchoolClass)
    student_id = belongs_to(Student)
    term_id = belongs_to(Term, null=True)
    span = _span()
    absences = SmallInt(null=True, default=None, help_text="Sessions missed in the year, excused or not.")
    commended = flag("A person has recognised the student, where the rules ask for it.")
    average = _score("Mean over subjects, where the rules have one.")
    level = _code(20, "The scheme's code of the level.", "good")
    level_label = text(120, "The level in words, as it was printed.", null=True)
    unadjusted_level = _code(20, "Before the mercy for one subject.", "good")
    title = _code(40, "The scheme's code of the title that was earned, if any.", "excellent")
    title_label = text(200, "The title in words.", null=True)
    promotion = _code(20, "The proposal; the school decides.", "promoted")
    promotion_label = text(200, "The proposal in words.", null=True)
    promotion_reason = _code(40, "The scheme's code of the reason.", "results")
    final_level = _code(20, "After the summer, if it was needed.", "good")
    final_level_label = text(120, "That level in words.", null=True)
    final_promotion = _code(20, "The proposal after the summer.", "promoted")
    final_promotion_label = text(200, "That proposal in words.", null=True)
    final_promotion_reason = _code(40, "The scheme's code of the reason.", "results")
    scheme_version = _code(200, "The rules that made the result.", "1")
    version = version()
