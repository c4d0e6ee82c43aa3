"""How the console shows who may use a school."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "SpaceMember",
        columns=("name", "login", "disabled_at"),
        actions=("tenants.member.add", "tenants.member.remove"),
        shows=("roles",),
    ),
    Look("SpaceRole", columns=("role", "member", "origin", "valid_from", "valid_until", "granted_by")),
    Look(
        "Invitation",
        columns=("address", "roles", "mail_state", "created_at", "expires_at", "accepted_at"),
        names=("address",),
        filters=("mail_state", "created_at"),
    ),
    Look("DistrictSchool", columns=("name", "slug", "region", "created_at"), shows=("grants",)),
    Look("DistrictGrant", nav=Nav("people", 10)),
)
