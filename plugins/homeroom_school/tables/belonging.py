"""Who belongs to whom and to what, from which day to which.

A period includes both its days; without an end it goes on.
"""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Date, Integer, SmallInt, Varchar

from homeroom.database.dated import dated
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.tables.classes import ClassSubject, SchoolClass
from homeroom_school.tables.people import Guardian, Staff, Student

__all__ = ["ClassEnrolment", "Employment", "Guardianship", "HomeroomAppointment", "Relation", "TeachingAssignment"]

_FROM = "The first day."
_TO = "The last day; none while it goes on."


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
    relation = Varchar(
        length=20, default=Relation.GUARDIAN, choices=Relation, help_text="Who the guardian is to the student."
    )
    starts_on = Date(default=None, help_text=_FROM)
    ends_on = Date(null=True, default=None, help_text=_TO)
    version = Integer(default=1)
    periods = dated(by=("student_id", "guardian_id"))


class ClassEnrolment(SchoolTable, tablename="class_enrolment"):
    """A student is in a class. At any day a student is in at most one homeroom class."""

    student_id = belongs_to(Student)
    school_class_id = belongs_to(SchoolClass)
    class_number = SmallInt(null=True, default=None, help_text="The student's number in the class (班號, STT).")
    starts_on = Date(default=None, help_text=_FROM)
    ends_on = Date(null=True, default=None, help_text=_TO)
    one_at_a_time = Boolean(default=False, help_text="Whether the class is a homeroom class; the database keeps it.")
    version = Integer(default=1)
    periods = (dated(by=("student_id", "school_class_id")), dated(by="student_id", where="one_at_a_time"))


class Employment(SchoolTable, tablename="employment"):
    """Somebody works at the school. Of whom nothing is told, works there."""

    staff_id = belongs_to(Staff)
    starts_on = Date(null=True, default=None, help_text="The first day; none where nobody knows.")
    ends_on = Date(null=True, default=None, help_text=_TO)
    version = Integer(default=1)
    periods = dated(by="staff_id")


class HomeroomAppointment(SchoolTable, tablename="homeroom_appointment"):
    """Somebody is homeroom teacher of a class (giáo viên chủ nhiệm, 班主任)."""

    school_class_id = belongs_to(SchoolClass)
    staff_id = belongs_to(Staff)
    starts_on = Date(default=None, help_text=_FROM)
    ends_on = Date(null=True, default=None, help_text=_TO)
    version = Integer(default=1)
    periods = dated(by=("school_class_id", "staff_id"))


class TeachingAssignment(SchoolTable, tablename="teaching_assignment"):
    """Somebody teaches a class a subject (phân công giảng dạy, 任課)."""

    class_subject_id = belongs_to(ClassSubject)
    staff_id = belongs_to(Staff)
    starts_on = Date(default=None, help_text=_FROM)
    ends_on = Date(null=True, default=None, help_text=_TO)
    version = Integer(default=1)
    periods = dated(by=("class_subject_id", "staff_id"))
