"""An import of students is undone: the empty lines that were opened for them are removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from homeroom.context import Context


async def import_undoing(context: Context, made: Mapping[str, Sequence[UUID]]) -> None:
    """Remove the lines of books in which nothing was entered. The audit has no record of them, opened or removed."""
    await context.execute(
        "DELETE FROM subject_result r WHERE r.student_id = ANY($1::uuid[]) AND r.score IS NULL AND r.code IS NULL"
        " AND r.again_score IS NULL AND r.again_code IS NULL AND NOT r.exempt"
        " AND NOT EXISTS (SELECT FROM mark m WHERE m.subject_result_id = r.id)",
        list(made.get("student", ())),
    )
