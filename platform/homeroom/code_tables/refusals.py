"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import BAD_FORMAT, Code

CODE_FORMAT: Final = BAD_FORMAT.with_text("A code has at most 40 letters, digits, dots, hyphens and underscores.")
NOT_OWN_CODE: Final = Code("NOT_OWN_CODE", "This is not a code of the school's own. Retire it instead.")
UNKNOWN_CODE_TABLE: Final = Code("UNKNOWN_CODE_TABLE", "There is no such code table.")
