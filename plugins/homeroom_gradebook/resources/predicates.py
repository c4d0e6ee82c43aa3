"""The books of a teacher, as SQL: see :mod:`homeroom.resources` for what the parameters mean.

Written out, and not by way of the registry's own scopes: from the few assignments of one person to their books is
the short way, and every list of marks asks for it.
"""

from __future__ import annotations

from typing import Final

__all__ = ["BOOKS_OWN", "BOOKS_TAUGHT", "CLASSES_OWN", "OWN_STUDENT"]

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
#: The row is one of the caller's own.
OWN_STUDENT: Final = "{row}.student_id = ANY(:persons)"
