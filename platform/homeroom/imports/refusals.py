"""Codes with which imports are refused."""

from __future__ import annotations

from typing import Final

from homeroom.reading import refusals as of_files
from homeroom.refusals import DUPLICATE, IN_USE, LISTED_TWICE, NOT_FOUND, OVERLAP, TOO_LONG, Code

__all__: list[str] = []

MISSING_COLUMN: Final = of_files.MISSING_COLUMN.with_text(
    "The column “{name}” is missing. The file has these headers: {found}."
)
DUPLICATE_COLUMN: Final = of_files.DUPLICATE_COLUMN.with_text("Two columns are the same: “{one}” and “{other}”.")
NO_SUCH_HEADER: Final = NOT_FOUND.with_text("The file has no column “{name}”.")
NO_SUCH_COLUMN: Final = NOT_FOUND.with_text("This import has no column “{name}”. It has these: {columns}.")
NO_ROWS: Final = of_files.EMPTY_FILE.with_text("The file has no rows.")
BAD_WIDTH: Final = of_files.BAD_WIDTH.with_text("The line has {count} values, but there are {headers} headers.")
BAD_NUMBER: Final = of_files.BAD_NUMBER.with_text("“{text}” is not a whole number.")
BAD_DECIMAL: Final = BAD_NUMBER.with_text("“{text}” is not a number such as 36.5.")
BAD_DATE: Final = of_files.BAD_DATE.with_text("“{text}” is not a date such as 2026-04-03.")
NO_DATE_ORDER: Final = BAD_DATE.with_text(
    "“{text}” can be read in two ways. Say whether the day or the month comes first."
)
BAD_BOOLEAN: Final = of_files.BAD_BOOLEAN.with_text("“{text}” is neither yes nor no.")
BAD_WORD: Final = of_files.BAD_WORD.with_text("“{text}” is not one of these: {options}.")
UNKNOWN_REFERENCE: Final = of_files.UNKNOWN_REFERENCE.with_text(
    "There is no “{text}”, or you do not have access to it."
)
AMBIGUOUS_REFERENCE: Final = Code("AMBIGUOUS_REFERENCE", "“{text}” may be any of {count} entries.")
SAME_RECORD: Final = LISTED_TWICE.with_text("Line {line} has the same entry. If both are meant, give each an ID.")
ROW_EXISTS: Final = DUPLICATE.with_text(
    "There is already an entry with this value, and this import does not change entries."
)
MANY_ENDINGS: Final = Code(
    "MANY_ENDINGS",
    "This would end {count} of {of} ({noun}): {names}. If the file is complete and this is meant, set “{allow}”.",
)
MANY_CHANGES: Final = Code(
    "MANY_CHANGES", "This would change {count} of {of} ({noun}): {names}. If this is meant, set “{allow}”."
)
NOT_AN_IMPORT: Final = Code("NOT_AN_IMPORT", "This run changed nothing. Only an import can be undone.")
UNDONE: Final = Code("UNDONE", "This import was already undone.")
NOT_KEPT: Final = Code("NOT_KEPT", "The record of what this import did is no longer kept.")
NOT_THE_LAST: Final = Code("NOT_THE_LAST", "Undo the later import of {system} first, the one of {at} UTC.")
RESTS_ON_IMPORT: Final = IN_USE.with_text("{count} rows of {noun} depend on what this import made.")
LOGINS_REST: Final = IN_USE.with_text("Accounts stand for people that this import made: {people}.")
CHANGED_SINCE: Final = Code("CHANGED_SINCE", "Somebody has changed what this import created. {noun}: {names}.")
NAMELESS_CHANGED_SINCE: Final = CHANGED_SINCE.with_text(
    "Somebody has changed {count} rows of {noun} that this import created."
)
UNDO_CONTRADICTION: Final = Code(
    "UNDO_CONTRADICTION", "What was changed since contradicts what the import found. Nothing was undone."
)
LONG_VALUE: Final = TOO_LONG.with_text("{name}: the value has {count} characters, and at most {most} are kept.")
VALUE_TAKEN: Final = DUPLICATE.with_text("{name}: the {column} “{value}” belongs to another {noun}.")
RECORDED_TWICE: Final = OVERLAP.with_text("{title} would be recorded twice from {day} on.")
CONTRADICTION: Final = Code("CONTRADICTION", "The file contradicts rows that the school has. Nothing was changed.")
NO_SUCH_IMPORT: Final = NOT_FOUND.with_text("There is no import {name} in this school. There are: {names}.")
NOTHING_TO_UNDO: Final = NOT_FOUND.with_text("There is no import left to undo.")
