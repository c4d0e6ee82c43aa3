"""How the console shows imports."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Figure, Look

__all__ = ["FIGURES", "LOOKS"]

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
FIGURES: Final = (
    Figure(
        "imports.refused",
        "Imports refused this week",
        "query Refused($weekAgo: DateTime!) {"
        " importRuns(filter: {state: {eq: REFUSED}, at: {gte: $weekAgo}}) { totalCount } }",
        "importRuns",
        wrong=True,
        order=60,
    ),
)
