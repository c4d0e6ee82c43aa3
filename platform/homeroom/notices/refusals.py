"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import BAD_FORMAT, INVALID

NOTHING_TO_DO: Final = INVALID.with_text("This notice asks for nothing to be done.")
ALWAYS_SENT: Final = INVALID.with_text("This kind of notice cannot be turned off.")
NO_INBOX: Final = INVALID.with_text("The installation itself has no inbox.")
BAD_EMAIL: Final = BAD_FORMAT.with_text("This is not a valid e-mail address.")
