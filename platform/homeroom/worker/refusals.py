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

# Why an attempt of a job did not succeed: kept with the job, in the language of the person who asked for it.

ATTEMPT_LOST: Final = Code("ATTEMPT_LOST", "The job was given up after {attempts} attempts: the last one did not end.")
WORKER_STOPPED: Final = Code("WORKER_STOPPED", "The worker was stopped.")
TIME_LIMIT: Final = Code("TIME_LIMIT", "The job took longer than {seconds} s.")
INTERNAL_ERROR: Final = Code("INTERNAL_ERROR", "An internal error occurred ({kind}).")
