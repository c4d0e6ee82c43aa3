"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import BAD_FORMAT, NOT_FOUND, Code

ARGUMENTS_NOT_JSON: Final = BAD_FORMAT.with_text("The arguments are not JSON: {detail}")
ARGUMENTS_NOT_OBJECT: Final = BAD_FORMAT.with_text("The arguments must be a JSON object.")
NO_SUCH_JOB: Final = NOT_FOUND.with_text("This school has no job {job}.")
JOB_NOT_FAILED: Final = Code(
    "JOB_NOT_FAILED", "The job is in the state {state}. Only a failed job can be run again or discarded."
)
