"""Codes of refusals and failures: a stable word for programs, and a text for people in their language.

A plugin declares its own codes in the module ``refusals`` of its package, and uses the shared ones of this module where
they fit. A text is written in English and names values in braces (``{most}``); the catalogues of the plugin
(:mod:`homeroom.languages`) have it in the other languages. See :mod:`homeroom.messages` for how texts are shown.
"""

from __future__ import annotations

from typing import Final, Self

__all__ = ["Code", "FailureCode", "FieldName", "Label"]


class Code(str):
    """A code of a refusal. It is equal to its name, so programs and tests compare it with a text.

    Args:
        name: Upper snake case. Unique among the plugins of an installation.
        text: A full sentence in English. Values are named in braces.
    """

    __slots__ = ("base", "text")
    text: str
    #: The code that this one says in other words, if it does.
    base: Self | None

    def __new__(cls, name: str, text: str) -> Self:
        """Make a code."""
        made = super().__new__(cls, name)
        made.text = text
        made.base = None
        return made

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """What a copy is made from."""
        return str(self), self.text

    def with_text(self, text: str) -> Self:
        """The same code with a text of its own, for people who need to know more than programs.

        Args:
            text: As above. It is declared in the module ``refusals`` of a package, too.
        """
        made = type(self)(str(self), text)
        made.base = self
        return made


class FailureCode(Code):
    """A code of a request that fails as a whole.

    Args:
        name: Upper snake case. Failures and refusals may share a name.
        text: A full sentence in English. Values are named in braces.
        status: The HTTP status.
    """

    __slots__ = ("status",)
    status: int

    def __new__(cls, name: str, text: str, status: int = 400) -> Self:
        """Make a code."""
        made = super().__new__(cls, name, text)
        made.status = status
        return made

    def __getnewargs__(self) -> tuple[str, str, int]:  # type: ignore[override]
        """What a copy is made from."""
        return str(self), self.text, self.status

    def with_text(self, text: str) -> Self:
        """The same code and status with a text of its own."""
        made = type(self)(str(self), text, self.status)
        made.base = self
        return made


class Label(str):
    """A value of a text that is itself a text of the catalogues, such as the name of a noun."""

    __slots__ = ()


class FieldName(str):
    """A value of a text that is the name of a field, such as ``starts_on``; people see its label."""

    __slots__ = ()


# Shared codes of refusals -------------------------------------------------------------------------------

REFUSED: Final = Code("REFUSED", "This is not possible.")
INVALID: Final = Code("INVALID", "This value is not valid.")
REQUIRED: Final = Code("REQUIRED", "A value is required.")
TOO_LONG: Final = Code("TOO_LONG", "The text is too long. At most {most} characters are allowed.")
LENGTH: Final = INVALID.with_text("The text must have 1 to {most} characters.")
ONE_OF: Final = INVALID.with_text("The value must be one of these: {options}.")
BAD_CHARACTER: Final = Code("BAD_CHARACTER", "The character {character} is not allowed.")
BAD_FORMAT: Final = Code("BAD_FORMAT", "The value does not have the expected format.")
OUT_OF_RANGE: Final = Code("OUT_OF_RANGE", "The value must be between {least} and {most}.")
TOO_SMALL: Final = OUT_OF_RANGE.with_text("The value must be at least {least}.")
TOO_GREAT: Final = OUT_OF_RANGE.with_text("The value must be at most {most}.")
IN_THE_FUTURE: Final = OUT_OF_RANGE.with_text("The date is in the future.")
IN_THE_PAST: Final = OUT_OF_RANGE.with_text("The date is in the past.")
TOO_PRECISE: Final = BAD_FORMAT.with_text("At most {places} digits after the decimal point are allowed.")
IN_ANOTHER_LIST: Final = INVALID.with_text("This entry belongs to a different list than the first one.")
MISSING_ENTRIES: Final = REQUIRED.with_text("At least one entry is required.")
TOO_MANY: Final = Code("TOO_MANY", "At most {most} entries are allowed at once.")
LISTED_TWICE: Final = Code("LISTED_TWICE", "The same entry is listed more than once.")
DUPLICATE: Final = Code("DUPLICATE", "There is already an entry with this value.")
SIMILAR: Final = DUPLICATE.with_text("There is already an entry with this name, or with one that looks the same.")
TAKEN: Final = DUPLICATE.with_text("“{name}” is already taken.")
OVERLAP: Final = Code("OVERLAP", "The period overlaps another one.")
OUTSIDE_PERIOD: Final = OUT_OF_RANGE.with_text("The days must lie between {first} and {last}.")
BEGINS_LATER: Final = INVALID.with_text("This begins on {day}, after that day. Remove it if it was entered by mistake.")
ENDS_BEFORE_START: Final = Code("ENDS_BEFORE_START", "The end must not be before the start.")
EXACTLY_ONE: Final = Code("EXACTLY_ONE", "Give exactly one of these: {fields}.")
NOT_TOGETHER: Final = Code("NOT_TOGETHER", "These cannot be given together: {fields}.")
CONFLICT: Final = Code(
    "CONFLICT", "Somebody else has changed this in the meantime. Load it again, then repeat your change."
)
MERGE_CONFLICT: Final = Code(
    "MERGE_CONFLICT", "Both records have {noun} that cannot be those of one person. Correct one of them first."
)
SAME_RECORD: Final = INVALID.with_text("The two records are the same one.")
IN_USE: Final = Code("IN_USE", "This cannot be removed because it is in use: {uses}.")
NOT_FOUND: Final = Code("NOT_FOUND", "There is no such entry, or you do not have access to it.")
REFERENCE_BROKEN: Final = NOT_FOUND.with_text(
    "This refers to something that is not there, or something else still refers to it."
)
UNKNOWN_ARGUMENT: Final = NOT_FOUND.with_text("The job {job} does not take this argument.")
NOT_ALLOWED: Final = Code("NOT_ALLOWED", "You do not have permission to do this.")
NOT_IN_STATE: Final = Code("NOT_IN_STATE", "This is not possible in the state {state}.")
CLOSED: Final = Code("CLOSED", "This is closed and can no longer be changed.")
UNKNOWN_CODE: Final = Code("UNKNOWN_CODE", "There is no code {code} here.")
INACTIVE_CODE: Final = Code("INACTIVE_CODE", "The code {code} is no longer in use.")
TOO_LARGE: Final = Code("TOO_LARGE", "The file is too large. At most {most} bytes are allowed.")
BUSY: Final = Code("BUSY", "Too many files are being read. Try again in a moment.")
KEY_REUSED: Final = Code("KEY_REUSED", "This key was already used for a different call.")
MORE_PROBLEMS: Final = Code("MORE_PROBLEMS", "There are {total} problems in all. The first {listed} are listed.")

# Shared codes of failures -------------------------------------------------------------------------------

INTERNAL: Final = FailureCode("INTERNAL", "An internal error occurred.", 500)
UNAUTHENTICATED: Final = FailureCode("UNAUTHENTICATED", "Sign in first.", 401)
FORBIDDEN: Final = FailureCode("FORBIDDEN", "You do not have permission to do this.", 403)
NOT_PERMITTED: Final = FORBIDDEN.with_text("You do not have the permission {permission}.")
CONFIRMATION_REQUIRED: Final = FailureCode(
    "CONFIRMATION_REQUIRED", "Confirm with your password that it is you, and do this again.", 403
)
UNAVAILABLE: Final = FailureCode("UNAVAILABLE", "The service is not available at the moment. Try again later.", 503)
INSUFFICIENT_STORAGE: Final = FailureCode(
    "INSUFFICIENT_STORAGE", "There is not enough storage left for this file. Tell the operator.", 507
)
BAD_REQUEST: Final = FailureCode("BAD_REQUEST", "The request is malformed.", 400)
MALFORMED: Final = BAD_REQUEST.with_text("The request is malformed: {detail}")
NOT_JSON: Final = BAD_REQUEST.with_text("The body is not JSON in UTF-8.")
JSON_NEEDED: Final = FailureCode("UNSUPPORTED_MEDIA_TYPE", "Send application/json in UTF-8.", 415)
REQUEST_TOO_LARGE: Final = FailureCode("TOO_LARGE", "The request is too large. At most {most} bytes are allowed.", 413)
NOTHING_HERE: Final = FailureCode("NOT_FOUND", "There is nothing here, or you do not have access to it.", 404)
TOO_BUSY: Final = FailureCode("TOO_BUSY", "Too many people are using this at the moment. Try again soon.", 503)
