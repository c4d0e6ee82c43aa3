"""The status of a student is about to change: it cannot while another school has the student on offer."""

from __future__ import annotations

from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom_transfers.refusals import ON_OFFER


async def status_change_deciding(context: Context, student: UUID) -> None:
    """Refuse the decision while another school has the student's offer.

    Args:
        context: The command's.
        student: The student.

    Raises:
        Refusal: ON_OFFER.
    """
    if await context.fetchval(
        "SELECT true FROM student_transfer WHERE student_id = $1 AND direction = 'out' AND state = 'offered'", student
    ):
        raise Refusal(ON_OFFER, "change")
