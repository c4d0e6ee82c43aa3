"""Who belongs to whom and to what, from which day to which.

A period includes both its days; without an end it continues.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from piccolo.columns import Boolean

from homeroom.columns import choice, first_day, last_day, number, version
from homeroom.database.dated import dated
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.database.within import lies_within
from homeroom_school.refusals import (
    EMPLOYED_ALREADY,
    ENROLMENT_OVERLAPS,
    GUARDIANSHIP_OVERLAPS,
    OUTSIDE_YEAR_OF_CLASS,
    TEACHING_OVERLAPS,
    TWO_HEADS,
)
from homeroom_school.tables.classes import ClassSubject, SchoolClass
from homeroom_school.tables.people import Guardian, Staff, Student

__all__ = ["ClassEnrolment", "Employment", "Guardianship", "HomeroomAppointment", "Relation", "TeachingAssignment"]

_IN_YEAR_OF_CLASS: Final = lies_within("school_class_id.school_year_id", code=OUTSIDE_YEAR_OF_CLASS)


class Relation(StrEnum):
    """What a guardian is to a student."""

    MOTHER = "mother"
    FATHER = "father"
    PARENT = "parent"
    GRANDPARENT = "grandparent"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    OTHER = "other"


class Guardianship(SchoolTable, tablename="guardianship"):
    """A guardian stands for a student; custody has a history, so it is dated."""

    student_id = belongs_to(Student)
    guardian_id = belongs_to(Guardian)
    relation = choice(Relation, "Who the guardian is to the student.", default=Relation.GUARDIAN)
    starts_on = first_day()
    ends_on = last_day()
    version = version()
    periods = dated(by=("student_id", "guardian_id"), code=GUARDIANSHIP_OVERLAPS)


class ClassEnrolment(SchoolTable, tablename="class_enrolment"):
    """A student is in a class. At any day a student is in at most one homeroom class."""

    student_id = belongs_to(Student)
    school_class_id = belongs_to(SchoolClass)
    class_number = number(1, 999, "The student's number in the class (班號, STT).", null=True)
    starts_on = first_day()
    ends_on = last_day()
    one_at_a_time = Boolean(default=False, help_text="Whether the class is a homeroom class; the database keeps it.")
    version = version()
    periods = (
        dated(by=("student_id", "school_class_id"), code=ENROLMENT_OVERLAPS),
        dated(by="student_id", where="one_at_a_time", code=ENROLMENT_OVERLAPS),
    )
    within = _IN_YEAR_OF_CLASS


class Employment(SchoolTable, tablename="employment"):
    """Somebody works at the school. Staff without a row work there."""

    staff_id = belongs_to(Staff)
    starts_on = first_day("The first day; none where nobody knows.", null=True)
    ends_on = last_day()
    version = version()
    periods = dated(by="staff_id", code=EMPLOYED_ALREADY)


class HomeroomAppointment(SchoolTable, tablename="homeroom_appointment"):
    """Somebody is homeroom teacher of a class (giáo viên chủ nhiệm, 班主任)."""

    school_class_id = belongs_to(SchoolClass)
    staff_id = belongs_to(Staff, sight=True)
    starts_on = first_day()
    ends_on = last_day()
    version = version()
    periods = dated(by=("school_class_id", "staff_id"), code=TWO_HEADS)
    within = _IN_YEAR_OF_CLASS


class TeachingAssignment(SchoolTable, tablename="teaching_assignment"):
    """Somebody teaches a class a subject (phân công giảng dạy, 任課)."""

    class_subject_id = belongs_to(ClassSubject)
    staff_id = belongs_to(Staff, sight=True)
    starts_on = first_day()
    ends_on = last_day()
    version = version()
    periods = dated(by=("class_subject_id", "staff_id"), code=TEACHING_OVERLAPS)
    within = lies_within("class_subject_id.school_class_id.school_year_id", code=OUTSIDE_YEAR_OF_CLASS)
