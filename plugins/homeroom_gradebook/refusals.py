"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import CONFLICT, IN_USE, INVALID, MERGE_CONFLICT, REQUIRED, Code

NOT_A_NUMBER: Final = INVALID.with_text("“{value}” is not an exact number.")
OUTSIDE_SCALE: Final = INVALID.with_text("The scale has marks from {least} to {most}; {value} lies outside it.")
TOO_FINE: Final = INVALID.with_text("{value} is finer than steps of {step}.")
NOT_OF_SCALE: Final = INVALID.with_text("“{value}” is none of {known}.")
NO_GRADE_LEVEL: Final = INVALID.with_text("The class has no grade level, so no regulation applies to it.")
TERM_COUNT: Final = INVALID.with_text("{scheme} expects {expected} terms, but the school year has {found}.")
NO_SCHEME: Final = INVALID.with_text("No grading scheme governs grade {grade} in the school year from {year}.")
SEVERAL_SCHEMES: Final = INVALID.with_text(
    "Several grading schemes govern grade {grade} in the school year from {year}: {schemes}."
)
NO_MEASURE: Final = INVALID.with_text("{subject}: say first how the subject is graded.")
NO_PERIODS: Final = INVALID.with_text("{subject}: its number of periods a year is not known.")
NO_SUCH_COLUMN: Final = INVALID.with_text("{scheme} has no column {kind} here.")
ONE_IN_A_TERM: Final = INVALID.with_text("{kind}: there can be only one in a term.")
COLUMN_HAS_MARKS: Final = INVALID.with_text("The column has marks.")
COLUMN_NEEDED: Final = INVALID.with_text("{scheme} requires this column.")
OTHER_KIND_OF_CLASS: Final = INVALID.with_text("There must be two classes, of the same school year and kind.")
NOT_IN_CLASS: Final = Code("NOT_IN_CLASS", "The student is not in the class.")
LEFT_CLASS: Final = NOT_IN_CLASS.with_text("The student left this class on {day}.")
HAS_MARKS: Final = Code("HAS_MARKS", "The student has marks of this term here, which make its result.")
NO_NUMBERS: Final = INVALID.with_text("The subject has no numeric marks.")
NO_JUDGEMENTS: Final = INVALID.with_text("The subject has no graded judgements.")
NO_SUCH_SCHEME: Final = INVALID.with_text("This school has no grading scheme {scheme}.")
NO_SUCH_SETTING: Final = INVALID.with_text("{scheme} has no setting {name}.")
NO_SUCH_TRAIT: Final = INVALID.with_text("{scheme} has no {trait}.")
JUDGE_TERMS_FIRST: Final = INVALID.with_text("Judge the terms first.")
SETTLED_BY_TERMS: Final = INVALID.with_text("The regulation settles the year by the terms.")
BUSY_BOOK: Final = CONFLICT.with_text("Too many people are writing into this gradebook at once. Try again.")
ROUND_CLOSED: Final = Code("ROUND_CLOSED", "No entry round is open for this.")
TAKEN_OVER: Final = Code(
    "TAKEN_OVER", "The result of this term was taken over from another school. Take it back first."
)
MARK_MOVED: Final = Code(
    "MARK_MOVED", "The student has moved, and this mark with them. The teacher of the new class corrects it."
)
OTHER_PERSON_NEEDED: Final = Code(
    "OTHER_PERSON_NEEDED", "You opened this round for corrections, so another person has to change the mark."
)
ROUND_OPEN: Final = INVALID.with_text("The round is open.")
ROUND_END: Final = INVALID.with_text("A round must end after it begins, and not in the past.")
NO_REASSESSMENT: Final = INVALID.with_text("This subject need not be assessed again.")
NOT_CONCLUDED: Final = INVALID.with_text("The year is not concluded.")
NO_TRAINING: Final = INVALID.with_text("The year asks for no training in the summer.")
SCORE_OR_CODE: Final = REQUIRED.with_text("Give a score or a code.")
NO_BOOKS: Final = INVALID.with_text("The class has no gradebooks.")
NO_COLUMN: Final = Code("NO_COLUMN", "{subject}: the gradebook of the new class has no column for {title}.")
MARK_EXISTS: Final = Code("MARK_EXISTS", "{subject}: the gradebook of the new class has another mark for {title}.")
MARKS_IN_USE: Final = IN_USE.with_text("This cannot be removed because it is in use: {count} marks.")
MARKS_DIFFER: Final = MERGE_CONFLICT.with_text("{subject}: both records have a mark for {title}, and they differ.")
