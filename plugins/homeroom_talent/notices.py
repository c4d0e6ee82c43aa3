"""Notices of the talent bank."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.notices import NoticeKind

__all__ = ["NOTICE_KINDS", "PUBLISHED"]

PUBLISHED: Final = NoticeKind(
    "talent.item_published",
    "Achievements of one's child",
    "An achievement was published in the talent bank",
    "{title} of {day} is now in the talent bank of the school.",
    values={"title": "what the achievement is called", "day": "the day of the result"},
    locale=Path(__file__).parent / "locale",
    channel="mail",
)

NOTICE_KINDS: Final = (PUBLISHED,)
