"""Codes of refusals of the circulars."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import INVALID

NO_KEY_SUBJECT: Final = INVALID.with_text(
    "{scheme} needs mathematics, literature or a foreign language among the subjects."
)
