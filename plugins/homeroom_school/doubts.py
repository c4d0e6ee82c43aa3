"""What in a person's numbers contradicts the person's record: kept beside the number, never refused.

Which of the two is wrong only the office can find out.  The doubts are computed again by every command that
changes a number, a birth date or a sex.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from homeroom.context import Context
from homeroom.identifiers import IdentifierError, compare_with_person, normalise
from homeroom_school.tables import PersonIdentifier

_NUMBERS: Final = """
SELECT i.id, i.kind, i.value, coalesce(s.birth_date, t.birth_date) AS birth_date, coalesce(s.sex, t.sex) AS sex
FROM person_identifier i LEFT JOIN student s ON s.id = i.student_id LEFT JOIN staff t ON t.id = i.staff_id
WHERE coalesce(i.student_id, i.staff_id, i.guardian_id) = ANY($1::uuid[])
"""


async def refresh_doubts(context: Context, people: Sequence[UUID]) -> None:
    """Compare the numbers of these students, staff and guardians with their records."""
    changes = []
    for row in await context.fetch(_NUMBERS, list(people)):
        try:
            checked = normalise(row["kind"], row["value"])
        except IdentifierError:
            # The kind's plugin was taken away, or its rule became stricter: nothing to compare by.
            continue
        found = compare_with_person(checked, birth_date=row["birth_date"], sex=row["sex"])
        changes.append({"id": row["id"], "doubts": sorted(doubt.code for doubt in found)})
    await context.rows(PersonIdentifier).update_many(changes)
