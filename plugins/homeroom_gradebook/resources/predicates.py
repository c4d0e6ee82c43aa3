"""Whose books and lines are whose, as SQL: see :mod:`homeroom.resources` for what the parameters mean.

Written out, and not by way of the registry's own scopes: from the few assignments or enrolments of one person
to the books is the short way, and every list of marks asks for it. All of a book speaks of it in the same words, so
that what is seen through a visible book, line or column is not asked for again.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "BOOKS_OF_CHILDREN",
    "BOOKS_OF_SELF",
    "BOOKS_OWN",
    "BOOKS_TAUGHT",
    "CLASSES_OWN",
    "OWN_CHILD",
    "OWN_STUDENT",
]

_TODAY: Final = "{0}.starts_on <= :today AND ({0}.ends_on IS NULL OR {0}.ends_on >= :today)"

#: Ids of the books of the classes and subjects that the caller teaches today.
BOOKS_TAUGHT: Final = (
    "SELECT gb.id FROM teaching_assignment ta JOIN gradebook gb ON gb.class_subject_id = ta.class_subject_id"
    f" WHERE ta.staff_id = ANY(:persons) AND {_TODAY.format('ta')}"
)
#: Ids of the books of the class whose homeroom teacher the caller is today.
BOOKS_OWN: Final = (
    "SELECT gb.id FROM homeroom_appointment ha JOIN gradebook gb ON gb.school_class_id = ha.school_class_id"
    f" WHERE ha.staff_id = ANY(:persons) AND {_TODAY.format('ha')}"
)
#: Ids of the classes whose homeroom teacher the caller is today.
CLASSES_OWN: Final = (
    "SELECT ha.school_class_id FROM homeroom_appointment ha"
    f" WHERE ha.staff_id = ANY(:persons) AND {_TODAY.format('ha')}"
)
#: Ids of the students for whom the caller stands today.
_CHILDREN: Final = (
    f"SELECT gs.student_id FROM guardianship gs WHERE gs.guardian_id = ANY(:persons) AND {_TODAY.format('gs')}"
)
_BOOKS_OF: Final = (
    "SELECT gb.id FROM class_enrolment ce JOIN gradebook gb ON gb.school_class_id = ce.school_class_id"
    " WHERE ce.student_id {0}"
)
#: Ids of the books of the classes in which the caller, or a child of the caller, is or was.
BOOKS_OF_SELF: Final = _BOOKS_OF.format("= ANY(:persons)")
BOOKS_OF_CHILDREN: Final = _BOOKS_OF.format(f"IN ({_CHILDREN})")
#: The row is one of the caller's own, or of a child of the caller.
OWN_STUDENT: Final = "{row}.student_id = ANY(:persons)"
OWN_CHILD: Final = f"{{row}}.student_id IN ({_CHILDREN})"
