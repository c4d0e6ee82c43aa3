"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import INVALID

ROW_OR_MOMENT: Final = INVALID.with_text("Give a row, or a time before which entries are erased.")
