"""How the console shows notices."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "Notice",
        columns=("subject", "todo", "due_on", "created_at", "read_at", "done_at"),
        names=("subject",),
        filters=("todo", "created_at", "due_on"),
        quiet=("kind", "language"),
    ),
    Look("NoticeDelivery", columns=("kind", "state", "login", "created_at", "sent_at"), names=("kind",)),
)
