"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import DUPLICATE, INVALID, NOT_FOUND, NOT_IN_STATE, Code

EXPIRY_RANGE: Final = INVALID.with_text("The day must lie between today and {most} days from now.")
NO_OTHER_SCHOOL: Final = NOT_FOUND.with_text("There is no other school with this name.")
ANSWERED: Final = NOT_IN_STATE.with_text("The other school has already answered.")
OFFER_OVER: Final = NOT_IN_STATE.with_text("This offer no longer waits for an answer.")
BROKEN_SEAL: Final = Code("BROKEN_SEAL", "The transfer's checksum does not match.")
BROKEN_RECORD: Final = BROKEN_SEAL.with_text("The checksum of the record {record} does not match.")
SAME_NUMBER: Final = DUPLICATE.with_text(
    "Somebody of this school has the same number. Name the student if it is the same person."
)
STUDENT_OR_GUARDIAN: Final = INVALID.with_text("Give either the student or a guardian.")
ANOTHER_STUDENT: Final = NOT_FOUND.with_text("This is another student.")
NO_SUCH_GUARDIAN: Final = NOT_FOUND.with_text("The student has no such guardian today.")
CONSENT_NEEDED: Final = Code("CONSENT_NEEDED", "This school asks for the consent of the student or of a guardian.")
STUDENT_CONSENT_NEEDED: Final = CONSENT_NEEDED.with_text("This school asks for the student's consent.")
GUARDIAN_CONSENT_NEEDED: Final = CONSENT_NEEDED.with_text("This school asks for a guardian's consent.")
PICTURE_LOST: Final = INVALID.with_text("The content of the picture cannot be found. Tell the operator.")
PARCEL_TOO_LARGE: Final = INVALID.with_text("The files that are sent have more than {most} bytes.")
