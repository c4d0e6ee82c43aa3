"""What roles may do with members, accounts and districts by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import GIVE, Rule

__all__ = ["ROLE_TITLES", "RULES"]

ROLE_TITLES: Final = {"admin": "Administrator", "district_admin": "District administrator"}
RULES: Final = (
    Rule("district_admin", "DistrictSchool"),
    Rule("district_admin", "DistrictGrant"),
    *(
        rule
        for role in ("admin", "district_admin")
        for rule in (
            Rule(role, "tenants.*", "run"),
            Rule(role, f"{GIVE}*", "run"),
            Rule(role, "Invitation"),
            Rule(role, "SpaceMember"),
            Rule(role, "SpaceRole"),
        )
    ),
)
