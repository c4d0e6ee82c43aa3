"""What roles may see of the audit by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["RULES"]

#: Administrators answer for a space, and see everything that was done there.
RULES: Final = tuple(
    Rule(role, each) for role in ("admin", "district_admin") for each in ("AuditEntry", "AuditLine", "AuditLine.*")
)
