"""What became of the mail of an invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add two columns. Of earlier invitations, those that never went and are good still go when there is a server."""
    await schema.add_column("invitation", "mail_state", "text NOT NULL DEFAULT 'sent'")
    await schema.execute("ALTER TABLE invitation ALTER mail_state SET DEFAULT 'queued'")
    await schema.execute("UPDATE invitation SET mail_state = 'held' WHERE mailed_at IS NULL")
    await schema.execute(
        "ALTER TABLE invitation ADD CONSTRAINT invitation_mail_state"
        " CHECK (mail_state IN ('queued', 'sent', 'failed', 'held'))"
    )
    await schema.add_column("invitation", "mail_error", "text")
