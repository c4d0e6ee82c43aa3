"""An enrolment was a mistake: it cannot be removed where the student has marks in the class."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom_gradebook.refusals import MARKS_IN_USE

#: How many marks of every kind a student ($1) has in a class ($2).
_MARKS_IN: Final = """
SELECT (SELECT count(*) FROM mark m JOIN gradebook g ON g.id = m.gradebook_id
        WHERE m.student_id = $1 AND g.school_class_id = $2)
     + (SELECT count(*) FROM trait_mark t WHERE t.student_id = $1 AND t.school_class_id = $2)
"""


async def enrolment_removing(context: Context, student: UUID, school_class: UUID) -> None:
    """Refuse with IN_USE where a student has marks in a class, because they show that the student was in it."""
    count = await context.fetchval(_MARKS_IN, student, school_class)
    if count:
        raise Refusal(MARKS_IN_USE, count=count)
