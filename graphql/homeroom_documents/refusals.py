"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import BAD_FORMAT, INTERNAL, INVALID, NOTHING_HERE, REQUIRED, TOO_BUSY

NO_SUCH_LIST: Final = NOTHING_HERE.with_text("There is no such list, or you do not have permission to export lists.")
NO_SUCH_PAPER: Final = NOTHING_HERE.with_text("There is no such document, or you do not have access to it.")
LIST_TOO_LONG: Final = INVALID.with_text("The list has more than {most} rows. Give a filter.")
PRINTING_BUSY: Final = TOO_BUSY.with_text("Many documents are being printed. Try again in a moment.")
NOT_SET: Final = INTERNAL.with_text("This document cannot be made. Tell the operator.")
UNKNOWN_PARAMETER: Final = INVALID.with_text("There is no parameter of this name.")
MISSING_PARAMETER: Final = REQUIRED.with_text("This parameter is missing.")
LIST_PARAMETERS: Final = UNKNOWN_PARAMETER.with_text(
    "A list takes only the parameters filter, groupBy, measures and language."
)
NO_SUCH_GROUPING: Final = INVALID.with_text("The rows of this list cannot be grouped by {name}.")
NO_SUCH_MEASURE: Final = INVALID.with_text("This list has no measure {name}.")
FILTER_NOT_JSON: Final = BAD_FORMAT.with_text("The filter must be a JSON object.")
