"""What a term or a year of a student came to, over all subjects."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Integer, Numeric, SmallInt, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom_gradebook.tables.marks import Span
from homeroom_school.tables import SchoolClass, Student, Term

__all__ = ["SchemeChoice", "StudentResult", "TraitMark", "TraitSource"]


class TraitSource(StrEnum):
    """Where the level of a trait comes from."""

    #: A person judged.
    JUDGED = "judged"
    #: The regulation settles the year from the terms.
    RULE = "rule"
    #: What the terms suggest; it does not count before a person has judged.
    SUGGESTED = "suggested"


class TraitMark(SchoolTable, tablename="trait_mark"):
    """What the homeroom teacher judges: conduct, a quality, a competence; for a term or for the year."""

    school_class_id = belongs_to(SchoolClass)
    student_id = belongs_to(Student)
    term_id = belongs_to(Term, null=True)
    span = Varchar(length=10, default=Span.TERM, choices=Span, help_text="Whether it is for a term or for the year.")
    trait = coded(Varchar(length=40, default=None, help_text="The scheme's code, such as conduct."), "conduct")
    level = coded(Varchar(length=20, default=None, help_text="The scheme's code of the level."), "good")
    level_label = Varchar(length=120, default=None, help_text="The level in words, as it was printed.")
    again_level = coded(Varchar(length=20, null=True, default=None, help_text="After training in summer."), "good")
    again_level_label = Varchar(length=120, null=True, default=None, help_text="That level in words.")
    source = Varchar(
        length=20, default=TraitSource.JUDGED, choices=TraitSource, help_text="Where the level comes from."
    )
    version = Integer(default=1)


class StudentResult(SchoolTable, tablename="student_result"):
    """A student's term or year over all subjects: level, title, and at the end of the year a proposal.

    Stored by the command that concludes the period and kept right by those that change what it rests on.
    """

    school_class_id = belongs_to(SchoolClass)
    student_id = belongs_to(Student)
    term_id = belongs_to(Term, null=True)
    span = Varchar(length=10, default=Span.TERM, choices=Span, help_text="Whether it is for a term or for the year.")
    absences = SmallInt(null=True, default=None, help_text="Sessions missed in the year, excused or not.")
    commended = Boolean(default=False, help_text="A person has recognised the student, where the rules ask for it.")
    average = Numeric(digits=(6, 2), null=True, default=None, help_text="Mean over subjects, where the rules have one.")
    level = coded(Varchar(length=20, null=True, default=None, help_text="The scheme's code of the level."), "good")
    level_label = Varchar(length=120, null=True, default=None, help_text="The level in words, as it was printed.")
    unadjusted_level = coded(
        Varchar(length=20, null=True, default=None, help_text="Before the mercy for one subject."), "good"
    )
    title = coded(
        Varchar(
            length=40, null=True, default=None, help_text="The scheme's code of the title that was earned, if any."
        ),
        "excellent",
    )
    title_label = Varchar(length=200, null=True, default=None, help_text="The title in words.")
    promotion = coded(
        Varchar(length=20, null=True, default=None, help_text="The proposal; the school decides."), "promoted"
    )
    promotion_label = Varchar(length=200, null=True, default=None, help_text="The proposal in words.")
    promotion_reason = coded(
        Varchar(length=40, null=True, default=None, help_text="The scheme's code of the reason."), "results"
    )
    final_level = coded(
        Varchar(length=20, null=True, default=None, help_text="After the summer, if it was needed."), "good"
    )
    final_level_label = Varchar(length=120, null=True, default=None, help_text="That level in words.")
    final_promotion = coded(
        Varchar(length=20, null=True, default=None, help_text="The proposal after the summer."), "promoted"
    )
    final_promotion_label = Varchar(length=200, null=True, default=None, help_text="That proposal in words.")
    final_promotion_reason = coded(
        Varchar(length=40, null=True, default=None, help_text="The scheme's code of the reason."), "results"
    )
    scheme_version = coded(
        Varchar(length=200, null=True, default=None, help_text="The rules that made the result."), "1"
    )
    version = Integer(default=1)


class SchemeChoice(SchoolTable, tablename="scheme_choice"):
    """The school's decision of a point that a regulation leaves open."""

    scheme = coded(Varchar(length=60, default=None, help_text="Name of the grading scheme."), "vn")
    name = coded(Varchar(length=60, default=None, help_text="What the scheme leaves to the school."), "rounding")
    value = coded(Varchar(length=60, default=None, help_text="What the school has chosen."), "half_up")
    version = Integer(default=1)
