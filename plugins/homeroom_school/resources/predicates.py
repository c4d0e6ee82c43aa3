"""The rows of the scopes, as SQL over ``{row}``; see :mod:`homeroom.resources`.

Sub-selects do not depend on the row, so PostgreSQL evaluates each once and hashes it.
"""

from __future__ import annotations

from typing import Final


def current(row: str) -> str:
    """The condition that the period of a dated row holds today.

    Args:
        row: Its SQL alias, or ``{row}``.
    """
    return f"{row}.starts_on <= :today AND ({row}.ends_on IS NULL OR {row}.ends_on >= :today)"


#: Ids of the students whom the caller represents today.
CHILDREN: Final = f"SELECT gs.student_id FROM guardianship gs WHERE gs.guardian_id = ANY(:persons) AND {current('gs')}"
#: Ids of the classes whose homeroom teacher the caller is today.
CLASSES_OWN: Final = (
    f"SELECT ha.school_class_id FROM homeroom_appointment ha WHERE ha.staff_id = ANY(:persons) AND {current('ha')}"
)
#: Ids of the subjects of classes that the caller teaches today.
CLASS_SUBJECTS_TAUGHT: Final = (
    f"SELECT ta.class_subject_id FROM teaching_assignment ta WHERE ta.staff_id = ANY(:persons) AND {current('ta')}"
)
#: Ids of the classes in which the caller teaches something today.
CLASSES_TAUGHT: Final = f"SELECT cs.school_class_id FROM class_subject cs WHERE cs.id IN ({CLASS_SUBJECTS_TAUGHT})"
#: Ids of the classes in which the caller is or was a student.
CLASSES_OF_SELF: Final = "SELECT ce.school_class_id FROM class_enrolment ce WHERE ce.student_id = ANY(:persons)"
#: Ids of the classes in which a child of the caller is or was a student.
CLASSES_OF_CHILDREN: Final = f"SELECT ce.school_class_id FROM class_enrolment ce WHERE ce.student_id IN ({CHILDREN})"
#: The row is the caller.
PERSON_IS_SELF: Final = "{row}.id = ANY(:persons)"


def students_of(classes: str) -> str:
    """The ids of the students who are today in one of the classes that a sub-select gives."""
    return f"SELECT ce.student_id FROM class_enrolment ce WHERE ce.school_class_id IN ({classes}) AND {current('ce')}"
