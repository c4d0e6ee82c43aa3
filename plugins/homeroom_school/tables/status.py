"""Student status: dated rows, and the changes that made them. And where those who left went."""

from __future__ import annotations

from piccolo.columns import JSONB, Date, Integer, Text, Varchar

from homeroom.code_tables import code_of
from homeroom.columns import TextKind, day, first_day, holds, of_kind, text, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom_school.refusals import RETURN_TOO_EARLY
from homeroom_school.rules.status import ChangeState, Status
from homeroom_school.tables.people import Student

__all__ = ["GraduateDestination", "StudentStatus", "StudentStatusChange"]


class StudentStatusChange(SchoolTable, tablename="student_status_change"):
    """A change of a student's status (学籍异动, 學籍異動, biến động học sinh), from application to effect."""

    student_id = belongs_to(Student)
    change_type_id = code_of("school.status_change")
    from_status = Varchar(length=30, default=None, choices=Status)
    to_status = Varchar(length=30, default=None, choices=Status)
    state = Varchar(length=20, default=ChangeState.PENDING, choices=ChangeState)
    applied_on = Date(default=None, help_text="The day of the application.")
    effective_on = first_day("The first day of the new status.")
    return_by = day("Suspension and retention: until when to come back.", null=True)
    reason = of_kind(Text(default="", help_text="Why it was applied for."), TextKind(2000, optional=True))
    document_number = text(60, "The number of the paper that is kept of it.", optional=True)
    decided_on = Date(null=True, default=None, help_text="The day of the decision.")
    decision_note = Text(default="", help_text="What was said with the decision.")
    ended_enrolments = JSONB(null=True, default=None, help_text="The last days of enrolments that it moved.")
    version = Integer(default=1)
    checks = (holds("return_by", "return_by > effective_on", ("effective_on", "return_by"), RETURN_TOO_EARLY),)


class StudentStatus(SchoolTable, tablename="student_status"):
    """What a student is to the school, from which day to which. Of whom there is none, is enrolled."""

    student_id = belongs_to(Student)
    status = Varchar(length=30, default=None, choices=Status)
    starts_on = Date(default=None, help_text="The first day.")
    ends_on = Date(null=True, default=None, help_text="The last day; none while it has no end.")
    change_id = belongs_to(StudentStatusChange, null=True)
    version = Integer(default=1)


class GraduateDestination(SchoolTable, tablename="graduate_destination"):
    """Where a student went who left: a school, a job (畢業生出路, 毕业去向)."""

    student_id = belongs_to(Student)
    kind_id = code_of("school.destination")
    left_on = day("The last day at the school.")
    name = text(200, "The school or employer.", optional=True)
    programme = text(200, "The course of study or the post.", optional=True)
    place = text(120, "The district, city or country.", optional=True)
    note = of_kind(Text(default="", help_text="What else is to be said."), TextKind(2000, optional=True))
    version = version()
    unique = (("student_id", "left_on"),)
