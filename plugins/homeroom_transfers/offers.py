"""Students who are offered to another school."""

from __future__ import annotations

from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom_transfers.refusals import ON_OFFER

__all__ = ["refuse_offered"]


async def refuse_offered(context: Context, student: UUID) -> None:
    """Refuse what this school may not decide while another one has the student's offer.

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
