"""How the console shows the audit."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "AuditEntry",
        columns=("at", "login", "command", "via", "reason"),
        filters=("at", "login", "command", "via"),
        shows=("lines",),
        nav=Nav("settings", 60, whole=True),
    ),
)
