"""How the console shows the talent bank."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav
from homeroom_talent.home import WIDGETS

__all__ = ["LOOKS", "WIDGETS"]

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
