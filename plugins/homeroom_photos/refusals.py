"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import NOT_FOUND

NO_PICTURE: Final = NOT_FOUND.with_text("There is no picture.")
