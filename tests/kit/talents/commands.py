"""What can be done beside the ordinary."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from homeroom import Context, Ref, command
from homeroom.notices import notify_about
from homeroom.privacy.consent import who_consented
from homeroom.recipients import everybody, holders_of
from homeroom_school.recipients import FAMILY
from talents.consent_purposes import BANK
from talents.notices import PUBLISHED
from talents.tables import Talent

INFORMED = everybody(FAMILY.through(Talent.student_id), holders_of("principal"))


@command("talents.talent.publish", returns="Talent", many=True)
async def publish_talents(context: Context, *, talents: list[Annotated[UUID, Ref("Talent")]]) -> list[UUID]:
    """Publish those talents whose family has agreed."""
    await context.permit("Talent", talents, field="talents", rows=True)
    rows = await context.fetch("SELECT id, student_id, title FROM talent WHERE id = ANY($1::uuid[])", talents)
    agreed = await who_consented(context, [row["student_id"] for row in rows], BANK.code)
    shown = {row["id"]: row["title"] for row in rows if row["student_id"] in agreed}
    await notify_about(context, PUBLISHED, INFORMED, list(shown), values=lambda talent: {"title": shown[talent]})
    return list(shown)


COMMANDS = (publish_talents,)
