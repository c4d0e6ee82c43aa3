"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import (
    DUPLICATE,
    INVALID,
    MERGE_CONFLICT,
    OVERLAP,
    REQUIRED,
    TOO_LONG,
    UNKNOWN_CODE,
    Code,
)

TERM_OUTSIDE_YEAR: Final = INVALID.with_text("The term must lie within its school year.")
TERM_ORDER: Final = INVALID.with_text("The terms of a year must follow each other in the order of their numbers.")
TERM_OVERLAPS: Final = OVERLAP.with_text("The term overlaps another term of its year.")
CURRENT_YEAR: Final = Code("CURRENT_YEAR", "This is the current school year. Make another one current first.")
NOT_LAST: Final = Code("NOT_LAST", "A later entry depends on this one. Remove that one first.")
YEAR_WITHIN: Final = OVERLAP.with_text("The school year {name} lies within these days.")
YEAR_LENGTH: Final = TOO_LONG.with_text("A school year has at most 731 days.")
OUTSIDE_YEAR: Final = Code("OUTSIDE_YEAR", "The days must lie in the school year.")
OUTSIDE_YEAR_OF_CLASS: Final = OUTSIDE_YEAR.with_text(
    "The days must lie in the school year of the class, {first} to {last}."
)
LEAVES_OUT: Final = OUTSIDE_YEAR.with_text("These days would leave out: {uses}.")
GRADE_NEEDED: Final = REQUIRED.with_text("A homeroom class needs a grade level.")
HAS_LEFT: Final = INVALID.with_text("This person has left already. Correct the day with changeEmployment.")
DAY_NEEDED: Final = REQUIRED.with_text("Give the first day, the last day or both.")
EMPLOYED_ALREADY: Final = DUPLICATE.with_text("This person already works at the school in these days.")
CLASS_NUMBER_TAKEN: Final = DUPLICATE.with_text("Another student has the class number {class_number} on these days.")
LEFT_SCHOOL: Final = Code(
    "LEFT_SCHOOL", "The student has left the school (status {status} since {day}). Record a readmission first."
)
NOT_ENROLLED: Final = Code("NOT_ENROLLED", "The student is not in a class then.")
CAME_LATER: Final = INVALID.with_text(
    "The student came into the old class on or after that day. Correct or remove that enrolment."
)
ENROLMENT_OVERLAPS: Final = OVERLAP.with_text(
    "The student is in this class, or in another homeroom class, on these days."
)
GROUP_OVERLAPS: Final = OVERLAP.with_text("The student is in this group, or in another house, on these days.")
GUARDIANSHIP_OVERLAPS: Final = OVERLAP.with_text("This guardian is already recorded for the student on these days.")
TWO_HEADS: Final = OVERLAP.with_text("The class has another homeroom teacher on these days.")
TEACHING_OVERLAPS: Final = OVERLAP.with_text("This teacher already teaches the class this subject on these days.")
INACTIVE: Final = Code("INACTIVE", "Nobody can join this group any more.")
BASE64_NEEDED: Final = INVALID.with_text("The file must be in Base64.")
HAS_LOGIN: Final = Code("HAS_LOGIN", "An account belongs to this person. End its membership first.")
IN_TWO_CLASSES: Final = MERGE_CONFLICT.with_text(
    "Both records are in homeroom classes on the same day. Correct one of the enrolments first."
)
SEATED: Final = DUPLICATE.with_text("The student already has a seat.")
NO_SUCH_SEAT: Final = INVALID.with_text("The plan has no such seat.")
SEAT_TAKEN: Final = DUPLICATE.with_text("Somebody already has this seat.")
LATER_CHANGE: Final = OVERLAP.with_text("Another change takes effect on or after that day.")
NOT_ALLOWED_FROM_HERE: Final = Code("NOT_ALLOWED_FROM_HERE", "This change is not allowed from the status {status}.")
UNKNOWN_CHANGE_TYPE: Final = UNKNOWN_CODE.with_text("The rules know no change of this type.")
RETURN_TOO_EARLY: Final = INVALID.with_text("The return must not be before the change.")
PENDING_CHANGE: Final = Code("PENDING_CHANGE", "Another change of this student is pending.")
LONG_AGO: Final = Code(
    "LONG_AGO", "{day} is before the student's first enrolment or in a past school year. Confirm such a day."
)
HEAD_ALREADY: Final = DUPLICATE.with_text("This teacher is already the homeroom teacher.")
LATER_APPOINTMENT: Final = INVALID.with_text("Another appointment begins on or after that day.")
NUMBER_TAKEN: Final = DUPLICATE.with_text("Another person has this number.")
NUMBER_INVALID: Final = INVALID.with_text("The number is not valid: {detail}")
NUMBER_LENGTH: Final = Code("LENGTH", "The number does not have the right length.")
NUMBER_CHARACTERS: Final = Code("CHARACTERS", "The number has characters that are not allowed.")
CHECK_CHARACTER: Final = Code(
    "CHECK_CHARACTER", "The check character does not fit the number. Look for a mistyped digit."
)
NUMBER_BIRTH_DATE: Final = Code("BIRTH_DATE", "The digits of the birth date in the number are not a date.")
UNKNOWN_KIND: Final = Code("UNKNOWN_KIND", "There is no such kind of number.")

#: Code of a fault of an identifier to the code of its refusal.
NUMBER_FAULTS: Final = {
    "length": NUMBER_LENGTH,
    "characters": NUMBER_CHARACTERS,
    "check_character": CHECK_CHARACTER,
    "birth_date": NUMBER_BIRTH_DATE,
    "unknown_kind": UNKNOWN_KIND,
    "empty": REQUIRED,
}
