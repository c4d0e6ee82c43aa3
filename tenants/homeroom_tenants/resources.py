"""What administrators read of invitations."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, resource

from .tables import Invitation

__all__ = ["INVITATION"]

INVITATION = resource(
    Invitation,
    scopes={"school": EVERYTHING},
    exclude=("person_id", "digest", "account_id"),
    filters=("address", "mail_state", "created_at", "expires_at", "accepted_at", "revoked_at"),
    order=("created_at", "expires_at"),
    default_order=("-created_at",),
    enums={"mail_state": "InvitationMailState"},
)
