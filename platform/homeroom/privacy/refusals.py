"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import CONFLICT, FORBIDDEN, INVALID, NOT_FOUND, OUT_OF_RANGE, Code

CONSENT_AGE_ORDER: Final = OUT_OF_RANGE.with_text(
    "The age must be between 1 and the age below which a guardian answers."
)
GUARDIAN_ANSWERS: Final = INVALID.with_text("A guardian must answer this.")
PERSON_ANSWERS: Final = INVALID.with_text("Only the person can answer this.")
HOLD_LIFTED: Final = INVALID.with_text("This hold was already lifted.")
ERASURE_ASKED: Final = CONFLICT.with_text("The erasure of this data was already requested or done.")
ANOTHER_APPROVES: Final = FORBIDDEN.with_text("The person who requested an erasure cannot approve it.")
ERASURE_DECIDED: Final = CONFLICT.with_text("This request was already decided.")
ON_HOLD: Final = Code("ON_HOLD", "A hold keeps this data for now: {reason}.")
ERASED_WHOLE: Final = INVALID.with_text(
    "This is only erased with the whole person. These parts can be erased alone: {parts}."
)
NO_PROPOSAL: Final = INVALID.with_text("The region {region} proposes nothing.")
LEAVING_UNKNOWN: Final = INVALID.with_text("It is not known when persons of this kind leave.")
NOT_CHOSEN: Final = NOT_FOUND.with_text("This space has not chosen this field.")
FIELD_COUNT: Final = INVALID.with_text("Name 1 to {most} fields.")
NO_SUCH_TYPE: Final = INVALID.with_text("There is no such type.")
ABOUT_NOBODY: Final = INVALID.with_text("The rows of this type are not about persons.")
NO_SUCH_FIELD: Final = INVALID.with_text("The rows of this type have no such field of their own.")
LOGGED_ANYWAY: Final = INVALID.with_text("Reads of this field are always logged: it is declared as sensitive.")
