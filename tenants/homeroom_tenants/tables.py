"""The one table of the directory that belongs to a space each: whom its office has invited."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, coded
from homeroom.notices.states import DeliveryState

__all__ = ["Invitation"]


class Invitation(SchoolTable, tablename="invitation"):
    """The office has invited somebody by mail. Nothing is made of it until that person accepts."""

    address = Text(help_text="The e-mail address that the link went to.")
    roles = Array(base_column=Text(), default=list, help_text="What the person will be here.")
    person_id = UUID(null=True, default=None)
    invited_by = Text(help_text="The login of who invited.")
    digest = coded(Varchar(length=64, null=True, default=None), "0" * 64)
    account_id = UUID(null=True, default=None)
    created_at = Timestamptz(help_text="When it was asked for.")
    expires_at = Timestamptz(help_text="Until when the link is good.")
    mailed_at = Timestamptz(null=True, default=None, help_text="When the mail server took it; null: it has not yet.")
    mail_state = Text(choices=DeliveryState, default=DeliveryState.QUEUED.value, help_text="How far the mail has come.")
    mail_error = Text(null=True, default=None, help_text="Why the mail is held or did not go, last time.")
    accepted_at = Timestamptz(null=True, default=None, help_text="When the person accepted.")
    revoked_at = Timestamptz(null=True, default=None, help_text="When the office thought better of it.")
