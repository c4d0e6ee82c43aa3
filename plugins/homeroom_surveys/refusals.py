"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import Code

CONFIRMED: Final = Code("CONFIRMED", "The survey of this day is confirmed.")
TOO_EARLY: Final = Code("TOO_EARLY", "A survey is taken and confirmed on its day or after it.")
