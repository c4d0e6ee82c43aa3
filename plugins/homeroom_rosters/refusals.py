"""Codes of refusals of this package."""

from __future__ import annotations

from typing import Final

from homeroom.imports.refusals import CONTRADICTION
from homeroom.reading.refusals import EMPTY_FILE, FILE_TOO_LARGE, TOO_MANY_FILES, UNKNOWN_REFERENCE
from homeroom.refusals import (
    DUPLICATE,
    ENDS_BEFORE_START,
    FORBIDDEN,
    INVALID,
    LISTED_TWICE,
    NOT_FOUND,
    OVERLAP,
    Code,
)
from homeroom_school.refusals import OUTSIDE_YEAR

NO_ROSTER: Final = NOT_FOUND.with_text("No roster of this system was imported.")
NO_OWN_FIELDS_IN_FORMAT: Final = INVALID.with_text("Only the format {format} has a place for the school's own fields.")
NO_SUCH_FILE_HERE: Final = FORBIDDEN.with_text("There is no such file here.")
NO_SCHOOL_YEAR: Final = NOT_FOUND.with_text("There is no school year with this name.")
NO_CURRENT_YEAR: Final = NOT_FOUND.with_text("No school year is current.")
ROSTER_MISSING: Final = Code("MISSING", "There is no such folder or file.")
EMPTY_BUNDLE: Final = EMPTY_FILE.with_text("The bundle has no CSV file.")
BUNDLE_TOO_LARGE: Final = FILE_TOO_LARGE.with_text("The files are larger than a bundle may be.")
TOO_MANY_RECORDS: Final = FILE_TOO_LARGE.with_text(
    "The school's part has {count} records, and at most {most} are allowed. Import larger ones with “homeroom import”."
)
CSV_FILES: Final = TOO_MANY_FILES.with_text("The zip has more than {most} CSV files.")
SEVERAL_FOLDERS: Final = Code("SEVERAL_FOLDERS", "The CSV files of the zip are in more than one folder.")
DUPLICATE_FILE: Final = Code("DUPLICATE_FILE", "The zip has this file more than once.")
MISSING_FILE: Final = Code("MISSING_FILE", "The bundle lacks this file.")
ANNOUNCED_FILE: Final = MISSING_FILE.with_text("{name} is announced but missing.")
FILE_OF_LAST_IMPORT: Final = MISSING_FILE.with_text(
    "The last import had this file. If it is meant to be missing, choose allowEndings."
)
UNANNOUNCED_FILE: Final = Code("UNANNOUNCED_FILE", "{name} is not announced.")
DELTA: Final = Code("DELTA", "{name} is a delta. Only bulk files are read.")
BAD_VERSION: Final = Code("BAD_VERSION", "oneroster.version must be {version}.")
UNKNOWN_FORMAT: Final = Code("UNKNOWN_FORMAT", "The files have no known roster format.")
NO_SUCH_FORMAT: Final = UNKNOWN_FORMAT.with_text("“{value}” is not one of these formats: {options}.")
UNKNOWN_ORG: Final = Code("UNKNOWN_ORG", "The bundle has no organisation “{value}”.")
NO_ORG: Final = Code("NO_ORG", "No organisation of the bundle is chosen for the school.")
SEVERAL_ORGS: Final = NO_ORG.with_text(
    "The files are of several organisations. Name the one that is this school: {options}."
)
OTHER_ORGANISATION: Final = Code(
    "OTHER_ORGANISATION",
    "The last import from this system took {before}, and this one takes {now}. If that is meant, choose"
    " allowOtherOrganisations.",
)
NOT_IN_FILES: Final = UNKNOWN_REFERENCE.with_text("“{value}” is not in {files}.")
CIRCULAR: Final = Code("CIRCULAR", "The row is its own ancestor.")
CONTRADICTS_LINE: Final = CONTRADICTION.with_text("Another line says something else about {name} “{value}”.")
CLASS_OF_OTHER_ORG: Final = CONTRADICTION.with_text("The class belongs to the organisation “{value}”.")
ALSO_STUDENT: Final = LISTED_TWICE.with_text("The same SIS ID is in Student.csv.")
YEAR_UNKNOWN: Final = Code("NO_SCHOOL_YEAR", "The school year of the class “{name}” is not known. Choose one.")
YEAR_LEAVES_OUT: Final = OUTSIDE_YEAR.with_text(
    "The school year “{name}” would leave out {uses}. Change its days in the school first."
)
TERM_LEAVES_YEAR: Final = OUTSIDE_YEAR.with_text("The term “{name}” does not lie in its school year “{year}”.")
YEAR_TOO_LONG: Final = Code("YEAR_TOO_LONG", "The school year “{name}” has more than {most} days.")
ONE_DAY: Final = ENDS_BEFORE_START.with_text("“{name}” has no more than one day.")
YEARS_MEET: Final = OVERLAP.with_text("The school years “{one}” and “{other}” have days in common.")
TERMS_MEET: Final = OVERLAP.with_text("The terms “{one}” and “{other}” have days in common.")
TWO_CLASSES: Final = OVERLAP.with_text("{name} ({number}) would be in {one} and {other} at the same time.")
SIMILAR_CLASS_NAME: Final = DUPLICATE.with_text(
    "The homeroom classes “{one}” and “{other}” of one year have names that look the same: “{name}” and “{second}”."
)
SAME_USER_NUMBER: Final = DUPLICATE.with_text("The users “{one}” and “{other}” have the same {kind}.")
USER_NUMBER_TAKEN: Final = DUPLICATE.with_text("User “{user}”: another person of the school has this {kind}.")
NUMBER_SHARED: Final = DUPLICATE.with_text(
    "The number “{number}” is given to {count} records of {noun}, “{name}” among them."
)
NUMBER_OF_ANOTHER: Final = DUPLICATE.with_text(
    "The number “{number}” belongs to {person}, another {noun} of this system."
)
OTHER_PERSON: Final = Code(
    "OTHER_PERSON",
    "The ID “{id}” belonged to {before} and now belongs to {now}. If that is the same person, choose allowRenames.",
)
NUMBER_OF_OTHER_PERSON: Final = OTHER_PERSON.with_text(
    "The number “{number}” belongs to {before}, and the roster gives it to {now}."
)
