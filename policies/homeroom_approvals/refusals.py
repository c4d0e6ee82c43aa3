"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import CONFLICT, DUPLICATE, NOT_ALLOWED, NOT_FOUND, NOT_IN_STATE, Code

ALREADY_ASKED: Final = DUPLICATE.with_text("There is an open request about this already.")
FACTS_CHANGED: Final = CONFLICT.with_text(
    "What the request depends on has changed since you read it. Read it again, then decide."
)
OWN_REQUEST: Final = Code("OWN_REQUEST", "Another person has to decide this: you have asked for it yourself.")
DECIDED_EARLIER: Final = OWN_REQUEST.with_text("Another person has to decide this: you have decided an earlier step.")
PERSON_UNKNOWN: Final = Code(
    "PERSON_UNKNOWN",
    "Two persons have to take part, and your account belongs to no person of the school. Ask an administrator to name"
    " your person.",
)
NOT_YOURS: Final = NOT_ALLOWED.with_text("This is not for you to decide.")
NOTE_NEEDED: Final = Code("NOTE_NEEDED", "Say why.")
NO_DECIDER: Final = Code("NO_DECIDER", "Nobody can decide the step “{step}” at present. Tell an administrator.")
NO_SUCH_FLOW: Final = NOT_FOUND.with_text("There is no flow {name} here.")
NO_SUCH_STEP: Final = NOT_FOUND.with_text("The flow has no step {name}.")
STEP_FIXED: Final = Code("STEP_FIXED", "This step cannot be changed in this way.")
APPROVED_ALREADY: Final = NOT_IN_STATE.with_text("This was approved as it is and cannot be changed any more.")
NO_ACCOUNT: Final = NOT_FOUND.with_text("This person has no account here.")
DEPUTY_IS_SELF: Final = Code("DEPUTY_IS_SELF", "Name another person as your deputy.")
NO_SUCH_ROLE: Final = NOT_FOUND.with_text("There is no role {name} here.")
