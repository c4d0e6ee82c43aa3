"""Whose books and lines the scopes let through, as SQL; :mod:`homeroom.resources` explains the parameters.

They do not use the registry's own scopes: the short way leads from the few assignments or enrolments of one person to
the books. A reader who sees a book sees what is in it, so a visible book, line or mark carries the scope to its
relations (``carries``).
"""

from __future__ import annotations

from typing import Final

from homeroom_school.resources.predicates import CHILDREN, CLASS_SUBJECTS_TAUGHT, CLASSES_OWN, current

#: Ids of the books of the classes and subjects that the caller teaches today.
BOOKS_TAUGHT: Final = (
    "SELECT gb.id FROM teaching_assignment ta JOIN gradebook gb ON gb.class_subject_id = ta.class_subject_id"
    f" WHERE ta.staff_id = ANY(:persons) AND {current('ta')}"
)
#: Ids of the books of the class whose homeroom teacher the caller is today.
BOOKS_OWN: Final = (
    "SELECT gb.id FROM homeroom_appointment ha JOIN gradebook gb ON gb.school_class_id = ha.school_class_id"
    f" WHERE ha.staff_id = ANY(:persons) AND {current('ha')}"
)
#: The same of a book itself, which needs no way back to it.
BOOK_IS_TAUGHT: Final = f"{{row}}.class_subject_id IN ({CLASS_SUBJECTS_TAUGHT})"
BOOK_IS_OWN: Final = f"{{row}}.school_class_id IN ({CLASSES_OWN})"
_BOOKS_OF: Final = (
    "SELECT gb.id FROM class_enrolment ce JOIN gradebook gb ON gb.school_class_id = ce.school_class_id"
    " WHERE ce.student_id {0} UNION ALL SELECT sr.gradebook_id FROM subject_result sr WHERE sr.student_id {0}"
)
#: Ids of the books of the classes in which the caller, or a child of the caller, is or was, and of those in which the
#: student has a line.
BOOKS_OF_SELF: Final = _BOOKS_OF.format("= ANY(:persons)")
BOOKS_OF_CHILDREN: Final = _BOOKS_OF.format(f"IN ({CHILDREN})")
#: The row is one of the caller's own, or of a child of the caller.
OWN_STUDENT: Final = "{row}.student_id = ANY(:persons)"
OWN_CHILD: Final = f"{{row}}.student_id IN ({CHILDREN})"
#: The row is a student who has a line in a book that the caller teaches, or in one of the own class: also when the
#: student has left, because a line without a name is of no use.
STUDENT_IN_OWN_BOOKS: Final = (
    "{row}.id IN (SELECT sr.student_id FROM subject_result sr"
    f" WHERE sr.gradebook_id IN ({BOOKS_TAUGHT} UNION ALL {BOOKS_OWN}))"
)
