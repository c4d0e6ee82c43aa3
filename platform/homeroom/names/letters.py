"""In what a name is written, as its letters tell."""

from __future__ import annotations

import re
from typing import Final

from homeroom.names.person_name import Script

__all__ = ["script_of"]

_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def script_of(text: str, own: Script) -> Script:
    """In what a name is written, as far as its letters tell.

    Args:
        text: The name.
        own: The school's own script, which decides between those that share their letters.
    """
    if _HAN.search(text):
        if own in (Script.HAN_SIMPLIFIED, Script.HAN_TRADITIONAL):
            return own
        traditional = _fits(text, "big5hkscs") and not _fits(text, "gb2312")
        return Script.HAN_TRADITIONAL if traditional else Script.HAN_SIMPLIFIED
    return Script.VIETNAMESE if own is Script.VIETNAMESE else Script.LATIN


def _fits(text: str, encoding: str) -> bool:
    """Whether the characters of a place's older standard suffice for the text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
