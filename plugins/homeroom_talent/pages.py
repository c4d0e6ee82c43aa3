"""How the console shows the talent bank."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Look, Nav, Widget

__all__ = ["LOOKS", "WIDGETS"]

_HERE: Final = Path(__file__).parent / "home"

LOOKS: Final = (
    Look(
        "TalentItem",
        columns=("title", "student", "school_class", "section", "level", "state", "happened_on"),
        filters=("student", "school_class", "section", "category", "level", "state", "happened_on"),
        quiet=("evidence_hash", "source"),
        actions=("talent.item.change",),
        shows=("evidence",),
        nav=Nav("people", 50),
    ),
    Look("TalentEvidence", columns=("name", "file_url", "media_type", "size"), quiet=("digest",)),
)
WIDGETS: Final = (
    Widget(
        "talent.student",
        title="Talent bank",
        query=_HERE / "student.graphql",
        template=_HERE / "student.html",
        place="Student",
        order=40,
    ),
)
