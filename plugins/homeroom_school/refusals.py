"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.reading.refusals import (
    BAD_NUMBER,
    BAD_VALUE,
    FILE_TOO_LARGE,
)
from homeroom.refusals import (
    DUPLICATE,
    ENDS_BEFORE_START,
    INVALID,
    LISTED_TWICE,
    MERGE_CONFLICT,
    NOT_FOUND,
    OVERLAP,
    REQUIRED,
    TOO_LARGE,
    TOO_LONG,
    UNKNOWN_CODE,
    Code,
)

CLASH_CLASS: Final = Code("CLASH_CLASS", "{school_class} already has a lesson on {day} at {time}.")
CLASH_ROOM: Final = Code("CLASH_ROOM", "{school_class} is in room {room} on {day} at {time}.")
CLASH_STAFF: Final = Code("CLASH_STAFF", "{person} is with {school_class} on {day} at {time}.")
TIME_FORMAT: Final = INVALID.with_text("The value must be a time such as 08:05.")
PERIOD_TOO_EARLY: Final = INVALID.with_text("The period begins before the previous one ends.")
TERM_OUTSIDE_YEAR: Final = INVALID.with_text("The term must lie within its school year.")
TERM_TOO_EARLY: Final = INVALID.with_text("The term begins before the previous one has ended.")
TERM_ORDER: Final = INVALID.with_text("The terms of a year must follow each other in the order of their numbers.")
TERM_OVERLAPS: Final = OVERLAP.with_text("The term overlaps another term of its year.")
CURRENT_YEAR: Final = Code("CURRENT_YEAR", "This is the current school year. Make another one current first.")
NOT_LAST: Final = Code("NOT_LAST", "A later entry depends on this one. Remove that one first.")
YEAR_WITHIN: Final = OVERLAP.with_text("The school year {year} lies within these days.")
TERM_LEFT_OUT: Final = INVALID.with_text("A term lies outside these days.")
YEAR_LENGTH: Final = TOO_LONG.with_text("A school year has at most {most} days.")
OUTSIDE_YEAR: Final = Code("OUTSIDE_YEAR", "The days must lie in the school year.")
OUTSIDE_YEAR_OF_CLASS: Final = OUTSIDE_YEAR.with_text(
    "The days must lie in the school year of the class, {first} to {last}."
)
LEAVES_OUT: Final = OUTSIDE_YEAR.with_text("These days would leave out: {uses}.")
GRADE_NEEDED: Final = REQUIRED.with_text("A homeroom class needs a grade level.")
HAS_LEFT: Final = INVALID.with_text("This person has left already. Correct the day with changeEmployment.")
DAY_NEEDED: Final = REQUIRED.with_text("Give the first day, the last day or both.")
EMPLOYED_ALREADY: Final = DUPLICATE.with_text("This person already works at the school in these days.")
CLASS_NUMBER_TAKEN: Final = DUPLICATE.with_text("Another student has the class number {number} on these days.")
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
BOTH_DAYS: Final = INVALID.with_text("Give both the first day and the last day.")
NOT_TAUGHT: Final = Code("NOT_TAUGHT", "The class is not taught this subject.")
PERIOD_OR_TIMES: Final = INVALID.with_text("Give a period, or both times.")
NO_SUCH_PERIOD: Final = Code("NO_SUCH_PERIOD", "No bell schedule has period {period} on {day}.")
NO_SCHOOL_DAY: Final = Code("NO_SCHOOL_DAY", "There is no school on that date.")
SUBJECT_OR_TITLE: Final = INVALID.with_text("Give a subject or a title.")
WEEKDAY_OR_CYCLE: Final = INVALID.with_text("Give a weekday or a cycle day, not both.")
TOO_MANY_LESSONS: Final = Code(
    "TOO_MANY_LESSONS", "The pattern makes more than {most} lessons. Plan fewer classes or days at once."
)
NOT_THERE: Final = Code("NOT_THERE", "This person does not teach the lesson.")
ON_LESSON: Final = DUPLICATE.with_text("This person is already on the lesson.")
HAS_LOGIN: Final = Code("HAS_LOGIN", "An account belongs to this person. End its membership first.")
IN_TWO_CLASSES: Final = MERGE_CONFLICT.with_text(
    "Both records are in homeroom classes on the same day. Correct one of the enrolments first."
)
NO_PICTURE: Final = NOT_FOUND.with_text("There is no picture.")
NO_SUCH_BUILDING: Final = NOT_FOUND.with_text("The campus has no such building.")
WEEKDAY_NEEDED: Final = REQUIRED.with_text("A school has lessons on at least one weekday.")
MAKE_UP_ONLY: Final = INVALID.with_text("Only a make-up day can follow the timetable of another day.")
NO_CYCLE_DAY: Final = INVALID.with_text("The school's cycle has no such day.")
ENTRY_OVERLAPS: Final = OVERLAP.with_text("This overlaps {name}, which is of the same kind.")
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
NOBODY_HAS_NUMBER: Final = NOT_FOUND.with_text("{file}: nobody has this number.")
SAME_PERSON: Final = DUPLICATE.with_text("{file}: this is the same person as {other}.")
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
PICTURE_TOO_LARGE: Final = TOO_LARGE.with_text("{file}: the picture is too large.")
NOT_A_PICTURE: Final = Code("NOT_A_PICTURE", "{file}: this is not a JPEG, PNG or WebP picture that can be read.")

# Files of rosters, lessons and holidays -----------------------------------------------------------------

LESSON_OUTSIDE_YEAR: Final = OUTSIDE_YEAR.with_text("{day} is outside the school year of {name}.")
AMBIGUOUS: Final = Code("AMBIGUOUS", "“{value}” may be any of {count}. Use the code.")
OUTSIDE_SPAN: Final = Code("OUTSIDE_SPAN", "{day} is outside the dates of this import.")
CLASS_NOT_TAUGHT: Final = NOT_TAUGHT.with_text("{name} is not taught “{subject}”.")
NO_SCHOOL_ON: Final = NO_SCHOOL_DAY.with_text("There is no school on {day}.")
LESSON_ENDS_EARLY: Final = ENDS_BEFORE_START.with_text("The lesson ends before it begins.")
EVENT_ENDS_EARLY: Final = ENDS_BEFORE_START.with_text("The event ends before it begins.")
SAME_LESSON: Final = LISTED_TWICE.with_text("Line {line} has the same lesson. If both are meant, give each an ID.")
NUMBER_OF_PERIOD: Final = BAD_NUMBER.with_text("“{value}” is not a number from 1 to 30.")
BAD_TIME: Final = Code("BAD_TIME", "“{value}” is not a time such as 08:05.")
PERIOD_NEEDED: Final = REQUIRED.with_text("A period or both times are required.")
TITLE_OR_SUBJECT_NEEDED: Final = REQUIRED.with_text("A subject or a title is required.")
BAD_CALENDAR: Final = Code("BAD_CALENDAR", "This is not an iCalendar file: {detail}")
NO_CALENDAR: Final = BAD_CALENDAR.with_text("This is not an iCalendar file. It does not begin with BEGIN:VCALENDAR.")
UNKNOWN_TIME_ZONE: Final = BAD_CALENDAR.with_text("A time has a time zone that is not known.")
TOO_MANY_EVENTS: Final = FILE_TOO_LARGE.with_text("The file has more than {most} events.")
TOO_MANY_ENTRIES: Final = FILE_TOO_LARGE.with_text("The events make more than {most} entries.")
SUMMARY_NEEDED: Final = REQUIRED.with_text("An event needs a summary.")
GIVEN_TWICE: Final = BAD_VALUE.with_text("The event has {name} more than once.")
NOT_A_DURATION: Final = BAD_VALUE.with_text("“{value}” is not a duration.")
NOT_A_DATE: Final = BAD_VALUE.with_text("“{value}” is not a date.")
START_NEEDED: Final = BAD_VALUE.with_text("An event needs the date on which it starts.")
NO_DATE_IN: Final = BAD_VALUE.with_text("{name} has something that is not a date.")
RULE_NUMBER: Final = BAD_VALUE.with_text("{name} is {value}. It must be between {least} and {most}.")
NOT_A_RULE: Final = BAD_VALUE.with_text("“{value}” is not a rule.")
NOT_WHOLE_DAYS: Final = Code("NOT_WHOLE_DAYS", "The event must have whole days.")
REPEATED_EVENT: Final = Code("REPEATED_EVENT", "The rule “{value}” is not read. List the dates of the event.")
SEVERAL_RULES: Final = REPEATED_EVENT.with_text("An event with several rules is not read. List its dates.")
NEVER_COMES: Final = REPEATED_EVENT.with_text("The event has no date.")
TOO_MANY_DATES: Final = REPEATED_EVENT.with_text("The event has too many dates before this school year.")
NOT_A_ZIP: Final = Code("NOT_A_ZIP", "The file is not a zip.")
NO_PICTURES: Final = INVALID.with_text("The zip has no picture.")
PICTURE_BYTES: Final = TOO_LARGE.with_text("The picture has more than {most} bytes.")
PICTURE_PIXELS: Final = TOO_LARGE.with_text("The picture has more than {most} pixels.")
PICTURE_FORMAT: Final = NOT_A_PICTURE.with_text("This is not a JPEG, PNG or WebP picture that can be read.")
