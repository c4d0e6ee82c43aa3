"""Grade levels, subjects, and the plan of subjects of each grade level."""

from __future__ import annotations

from homeroom.nouns import Noun, row_type
from homeroom_school.tables import GradeLevel, GradeSubject, Subject

GRADE_LEVEL = Noun(GradeLevel, "school.grade_level")
SUBJECT = Noun(Subject, "school.subject")
GRADE_SUBJECT = Noun(GradeSubject, "school.grade_subject")

create_grade_level = GRADE_LEVEL.create("Add a grade level; number and code are unique.")
change_grade_level = GRADE_LEVEL.change(
    "Change a grade level. Its number stays: the rules of the region speak of it.", fixed=("number",)
)
remove_grade_level = GRADE_LEVEL.remove(
    "Remove a grade level that was entered by mistake, with its plan of subjects; IN_USE names what refers to it.",
)
create_subject = SUBJECT.create("Add a subject; its code is unique.")
change_subject = SUBJECT.change(
    "Change a subject, or retire it. Its code stays: the rules of the region speak of it.", fixed=("code",)
)
remove_subject = SUBJECT.remove("Remove a subject that was entered by mistake; IN_USE names what refers to it.")


plan_grade_subjects = GRADE_SUBJECT.put(
    "Put subjects into the plans of grade levels, or change their periods a year. Classes that exist keep theirs.",
    by=("grade_level", "subject"),
    verb="plan",
    row="GradeSubjectRow",
)
GradeSubjectRow = row_type(plan_grade_subjects)
