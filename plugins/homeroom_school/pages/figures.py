"""What a district sees of the registries of its schools, where it may."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Figure

__all__ = ["FIGURES"]

FIGURES: Final = (
    Figure(
        "school.students",
        "Students",
        "{ students(filter: {currentEnrolment: {}}) { totalCount } }",
        "students",
        order=10,
    ),
    Figure(
        "school.teachers",
        "Teachers",
        "{ staffMembers(filter: {teachingAssignments: {}}) { totalCount } }",
        "staffMembers",
        order=11,
    ),
    Figure(
        "school.classes",
        "Classes",
        "{ schoolClasses(filter: {schoolYear: {status: {eq: CURRENT}}}) { totalCount } }",
        "schoolClasses",
        order=12,
    ),
)
