"""A member of staff leaves: the lessons that need somebody else are counted."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from homeroom.context import Context


async def staff_leaving(context: Context, staff: UUID, last_day: date, unstaffed: Counter[str]) -> None:
    """Count the planned lessons after the last day at which this person is still listed."""
    unstaffed["Lesson"] += await context.fetchval(
        "SELECT count(*) FROM lesson_staff s JOIN lesson l ON l.id = s.lesson_id"
        " WHERE s.staff_id = $1 AND s.present AND l.date > $2 AND l.status = 'planned'",
        staff,
        last_day,
    )
