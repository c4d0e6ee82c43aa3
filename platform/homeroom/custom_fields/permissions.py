"""What roles may do with custom fields by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["RULES"]

#: Everybody sees which fields there are; administrators define them.
RULES: Final = (
    Rule(EVERYBODY, "CustomField"),
    *(Rule(role, "custom_fields.*", "run") for role in ("admin", "district_admin")),
)
