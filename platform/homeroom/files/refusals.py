"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import INVALID, NOTHING_HERE, TOO_MANY, UNAVAILABLE

EMPTY_FILE: Final = INVALID.with_text("The file is empty.")
FILE_KIND: Final = INVALID.with_text("The file must be one of these kinds: {kinds}.")
TOO_MANY_FILES: Final = TOO_MANY.with_text("At most {most} files can be attached.")
NO_SUCH_FILE: Final = NOTHING_HERE.with_text("There is no such file, or you do not have access to it.")
CONTENT_LOST: Final = UNAVAILABLE.with_text("The content of this file cannot be found. Tell the operator.")
