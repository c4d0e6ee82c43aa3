"""The talent bank looks for students for an activity: those who rest or have left are barred."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from homeroom.hookspecs import hookimpl

if TYPE_CHECKING:
    from homeroom.context import Context

_ABSENT: Final = """
SELECT student_id, status FROM student_status WHERE student_id = ANY($1::uuid[]) AND status <> 'enrolled'
    AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
"""


@hookimpl(optionalhook=True)
async def talent_barring(context: Context, on: date | None, barred: Any) -> None:
    """Bar students who are not in school on that day."""
    for row in await context.fetch(_ABSENT, list(barred.students), on or context.today):
        barred.add(row["student_id"], row["status"])
