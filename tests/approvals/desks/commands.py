"""Asking again for what was refused, and saying all fields that are queried."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from desks.nouns import FIELD, LEAVE
from homeroom import Context, Ref, command


@command("desks.leave.repeat", returns="StaffLeave")
async def repeat_staff_leave(context: Context, *, staff_leave: Annotated[UUID, Ref("StaffLeave")]) -> UUID:
    """Apply again for what was refused."""
    await context.permit("StaffLeave", [staff_leave], field="staff_leave")
    return staff_leave


replace_access_fields = FIELD.noun.replace("Say which fields are queried.", of="data_access", by="name")

COMMANDS = (LEAVE.opened_by(repeat_staff_leave), replace_access_fields)
