"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import INVALID, NOT_FOUND, Code

SET_BY_DISTRICT: Final = Code("SET_BY_DISTRICT", "The district has set this, and only the district can change it.")
SET_BY_THE_DISTRICT: Final = SET_BY_DISTRICT.with_text(
    "The district {district} has set this, and only the district can change it."
)
DENIED_BY_DISTRICT: Final = SET_BY_DISTRICT.with_text("The district denies {permission}. A school cannot give it.")
DISTRICT_RULE: Final = SET_BY_DISTRICT.with_text(
    "This rule belongs to the district, and only the district can remove it."
)
GIVES_MORE_THAN_OWN: Final = INVALID.with_text(
    "You cannot give or take away a permission that you do not have: {permission}."
)
NO_SUCH_SCOPE: Final = INVALID.with_text("There is no {object} with a scope {scope} here.")
BAD_RULE: Final = INVALID.with_text("The rule is not valid: {detail}")
NO_OWN_RULE: Final = NOT_FOUND.with_text("This space has no such rule of its own.")
NO_DISTRICT: Final = INVALID.with_text("This is not a district.")
NOTHING_OF_NAME: Final = INVALID.with_text("There is nothing with the name {name} here.")
LOCKS_OUT: Final = Code(
    "LOCKS_OUT", "After this nobody here could change rules any longer. Give somebody else the right first."
)
NOTHING_APPLIED: Final = NOT_FOUND.with_text("The district has no rule that is not applied yet.")
