"""Students who cannot be chosen for a task: those who are suspended, rest or have left."""

from __future__ import annotations

from typing import Final

from homeroom.eligibility import Bar
from homeroom_school.tables import Student

__all__ = ["BARS"]

_ABSENT: Final = """
SELECT student_id AS row FROM student_status WHERE student_id = ANY($1::uuid[]) AND status <> 'enrolled'
    AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
"""

BARS: Final = (Bar("school.status", Student, _ABSENT),)
