"""How the console shows requests."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "Approval",
        columns=("title", "state", "flow", "asked_by", "asked_at", "due_on"),
        filters=("state", "flow", "waits_for_me", "asked_at"),
        quiet=("flow_version", "seen", "arguments"),
        shows=("steps",),
        order="-asked_at",
    ),
)
