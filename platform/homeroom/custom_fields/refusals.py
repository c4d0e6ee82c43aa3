"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import BAD_FORMAT, DUPLICATE, FORBIDDEN, INVALID, TOO_LONG, TOO_MANY

NO_OWN_FIELDS: Final = INVALID.with_text("No fields can be added to this.")
CODES_OF_CHOICE_ONLY: Final = INVALID.with_text("Only a field of the type choice has codes.")
CODES_NEEDED: Final = CODES_OF_CHOICE_ONLY.with_text("A field of the type choice needs 1 to {most} codes.")
CODE_FORMAT: Final = BAD_FORMAT.with_text("A code has 1 to {most} letters, digits, dots, hyphens and underscores.")
NO_LIMITS: Final = INVALID.with_text("Only text and number fields have a minimum and a maximum.")
MINIMUM_ABOVE_MAXIMUM: Final = INVALID.with_text("The minimum is greater than the maximum.")
REGISTER_KEPT_WHOLE: Final = INVALID.with_text(
    "A field cannot belong to the register, which is only erased with the whole person."
)
FIELD_NAME_FORMAT: Final = BAD_FORMAT.with_text(
    "A name has at most 40 lower case letters, digits and single underscores."
)
TOO_MANY_FIELDS: Final = TOO_MANY.with_text("A school can have at most {most} fields of its own.")
FIELD_NAME_USED: Final = DUPLICATE.with_text("There is, or was, a field with this name. Choose another name.")
OPENING_NEEDS_SIGHT: Final = FORBIDDEN.with_text(
    "Only somebody who may read this field in the whole school can open it to others."
)
TOO_SHORT: Final = TOO_LONG.with_text("The text must have at least {least} characters.")
WHOLE_NUMBER: Final = BAD_FORMAT.with_text("The value must be a whole number.")
NUMBER: Final = BAD_FORMAT.with_text("The value must be a number, as a text such as 36.5.")
DATE: Final = BAD_FORMAT.with_text("The value must be a date such as 2026-09-05.")
TRUE_OR_FALSE: Final = BAD_FORMAT.with_text("The value must be true or false.")
SOME_OF: Final = INVALID.with_text("The value must be a list of these: {options}.")
