"""The components of subjects, with their weights."""

from __future__ import annotations

from homeroom.nouns import Noun, row_type
from homeroom_school.tables import SubjectComponent

COMPONENT = Noun(SubjectComponent, "school.subject")

plan_subject_components = COMPONENT.replace(
    "Set all components of a subject, for one grade level or for those that have none of their own, in the order of the"
    " list. A component that is not listed is removed; IN_USE names what refers to it.",
    of=("subject", "grade_level"),
    by="code",
    position="position",
    verb="plan_components",
    row="ComponentRow",
    name="plan_subject_components",
)
ComponentRow = row_type(plan_subject_components)
