"""How the console shows imports."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "ImportRun",
        columns=("file_name", "command", "state", "kind", "at", "login"),
        filters=("state", "kind", "at"),
        names=("file_name", "command"),
        actions=("imports.run.undo",),
    ),
    Look("ImportLink", columns=("source_id", "noun", "system", "made", "present"), names=("source_id",)),
)
