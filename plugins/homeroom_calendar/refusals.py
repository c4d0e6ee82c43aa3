"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.reading.refusals import BAD_VALUE, FILE_TOO_LARGE
from homeroom.refusals import (
    DUPLICATE,
    ENDS_BEFORE_START,
    INVALID,
    OVERLAP,
    REQUIRED,
    Code,
)
from homeroom_school.refusals import OUTSIDE_YEAR

CLASH_CLASS: Final = Code("CLASH_CLASS", "{school_class} already has a lesson on {day} at {time}.")
CLASH_ROOM: Final = Code("CLASH_ROOM", "{school_class} is in room {room} on {day} at {time}.")
CLASH_STAFF: Final = Code("CLASH_STAFF", "{person} is with {school_class} on {day} at {time}.")
PERIOD_TOO_EARLY: Final = INVALID.with_text("The period begins before the previous one ends.")
BOTH_DAYS: Final = INVALID.with_text("Give both the first day and the last day.")
NOT_TAUGHT: Final = Code("NOT_TAUGHT", "The class is not taught this subject.")
PERIOD_OR_TIMES: Final = INVALID.with_text("Give a period, or both times.")
NO_SUCH_PERIOD: Final = Code("NO_SUCH_PERIOD", "No bell schedule has period {period} on {day}.")
NO_SCHOOL_DAY: Final = Code("NO_SCHOOL_DAY", "There is no school on {day}.")
SUBJECT_OR_TITLE: Final = INVALID.with_text("Give a subject or a title.")
WEEKDAY_OR_CYCLE: Final = INVALID.with_text("Give a weekday or a cycle day, not both.")
TOO_MANY_LESSONS: Final = Code(
    "TOO_MANY_LESSONS", "The pattern makes more than {most} lessons. Plan fewer classes or days at once."
)
NOT_THERE: Final = Code("NOT_THERE", "This person does not teach the lesson.")
ON_LESSON: Final = DUPLICATE.with_text("This person is already on the lesson.")
WEEKDAY_NEEDED: Final = REQUIRED.with_text("A school has lessons on at least one weekday.")
MAKE_UP_ONLY: Final = INVALID.with_text("Only a make-up day can follow the timetable of another day.")
NO_CYCLE_DAY: Final = INVALID.with_text("The school's cycle has no such day.")
ENTRY_OVERLAPS: Final = OVERLAP.with_text("This overlaps {name}, which is of the same kind.")
LESSON_OUTSIDE_YEAR: Final = OUTSIDE_YEAR.with_text("{day} is outside the school year of {name}.")
OUTSIDE_SPAN: Final = Code("OUTSIDE_SPAN", "{day} is outside the dates of this import.")
EVENT_ENDS_EARLY: Final = ENDS_BEFORE_START.with_text("The event ends before it begins.")
BAD_TIME: Final = Code("BAD_TIME", "The value must be a time such as 08:05.")
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
