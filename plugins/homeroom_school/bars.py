"""Students who cannot be chosen for a task: those who are suspended, rest or have left.

A change of status that waits for its decision already counts from its first day on; a refusal takes that back.
"""

from __future__ import annotations

from typing import Final

from homeroom.eligibility import Bar
from homeroom_school.tables import Student

_ABSENT: Final = """
SELECT student_id AS row FROM student_status WHERE student_id = ANY($1::uuid[]) AND status <> 'enrolled'
    AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
UNION ALL
SELECT student_id FROM student_status_change WHERE student_id = ANY($1::uuid[]) AND state = 'pending'
    AND to_status <> 'enrolled' AND effective_on <= $2
"""

BARS: Final = (Bar("school.status", Student, _ABSENT),)
