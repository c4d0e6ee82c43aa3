"""The texts of the console for people who are not signed in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.languages import KERNEL_LOCALE, text_among

__all__ = ["LOCALE", "anonymous_text"]

LOCALE: Final = Path(__file__).parent / "locale"


def anonymous_text(text: str, language: str) -> str:
    """A text of the console in a language; in English where it has no translation."""
    return text_among((LOCALE, KERNEL_LOCALE), language, text) or text
