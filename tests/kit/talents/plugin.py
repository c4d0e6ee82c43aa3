"""The plugin."""

from __future__ import annotations

from homeroom import Context, Event, hookimpl
from homeroom.plugins import Plugin
from homeroom.privacy.events import CONSENT_WITHDRAWN


class TalentsPlugin(Plugin):
    """Talents of students."""

    name = "talents"
    title = "Talents"
    requires = ("school",)
    events = frozenset({CONSENT_WITHDRAWN})

    @hookimpl
    async def event(self, context: Context, event: Event) -> None:
        """Forget the talents of whom the family agrees no more."""
        from talents.nouns import EVIDENCE
        from talents.tables import Talent

        if event.values["purpose"] == "talents_bank":
            rows = await context.fetch("SELECT id FROM talent WHERE student_id = $1", event.values["person"])
            ids = [row["id"] for row in rows]
            await EVIDENCE.drop(context, ids)
            await context.rows(Talent).delete_many(ids)
