"""Codes of what is wrong with files that people send; the texts are in the catalogues of the kernel."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import (
    BAD_CHARACTER,
    BAD_FORMAT,
    ENDS_BEFORE_START,
    LISTED_TWICE,
    OUT_OF_RANGE,
    TOO_LONG,
    Code,
)

# Files as a whole ---------------------------------------------------------------------------------------

#: How a fault names its place: file, line and column.
PLACED: Final = BAD_FORMAT.with_text("{place}: {problem}")
#: How the command line names the place of a problem.
AT_ROW: Final = BAD_FORMAT.with_text("row {row}")
AT_COLUMN: Final = BAD_FORMAT.with_text("column {column}")
AT_FIELD: Final = BAD_FORMAT.with_text("field {field}")
UNREADABLE: Final = Code("UNREADABLE", "The file cannot be read ({detail}).")
EMPTY_FILE: Final = Code("EMPTY_FILE", "The file is empty.")
EMPTY_ZIP: Final = EMPTY_FILE.with_text("The zip is empty.")
FILE_TOO_LARGE: Final = Code("FILE_TOO_LARGE", "The file is larger than can be read.")
FILE_BYTES: Final = FILE_TOO_LARGE.with_text("The file has more than {most} bytes.")
TAKES_TOO_LONG: Final = FILE_TOO_LARGE.with_text("Reading the file takes more time or memory than a file may take.")
TOO_MANY_LINES: Final = FILE_TOO_LARGE.with_text("The file has more lines than can be read.")
TOO_MANY_CELLS: Final = FILE_TOO_LARGE.with_text("The file has more cells than can be read.")
TOO_MANY_COLUMNS: Final = FILE_TOO_LARGE.with_text("The file has more than {most} columns.")
SHEET_CELLS: Final = FILE_TOO_LARGE.with_text("The sheet has more than {most} cells.")
SHEET_ROWS: Final = FILE_TOO_LARGE.with_text("The sheet has more than {most} rows.")
SHEET_EXTENT: Final = FILE_TOO_LARGE.with_text("The cell {cell} makes the sheet larger than can be read.")
ZIP_TOO_LARGE: Final = FILE_TOO_LARGE.with_text("The zip unpacks to more than {most} bytes.")
TOO_MANY_FILES: Final = Code("TOO_MANY_FILES", "The zip has more than {most} files.")
BAD_ZIP: Final = Code("BAD_ZIP", "The zip cannot be opened: {detail}")
DAMAGED: Final = BAD_ZIP.with_text("The file is damaged: {detail}")
ENCRYPTED: Final = Code("ENCRYPTED", "The file is encrypted.")
ENCRYPTED_WORKBOOK: Final = ENCRYPTED.with_text("The workbook is encrypted. Save it without a password.")
OTHER_FORMAT: Final = Code("OTHER_FORMAT", "This is not a table, but {kind}. Save the table as XLSX or CSV.")
WORD_DOCUMENT: Final = OTHER_FORMAT.with_text("This is a Word document. Put the table into a spreadsheet.")
PRESENTATION: Final = OTHER_FORMAT.with_text("This is a presentation. Put the table into a spreadsheet.")
MARKUP: Final = OTHER_FORMAT.with_text(
    "This is a web page or an XML file, whatever its name is. Save the table as XLSX or CSV."
)
OTHER_ZIP: Final = OTHER_FORMAT.with_text(
    "This is a zip and not a workbook. Unpack it, and send the XLSX or CSV in it."
)
BAD_WORKBOOK: Final = Code("BAD_WORKBOOK", "The workbook cannot be read: {detail}")
OLD_WORKBOOK: Final = BAD_WORKBOOK.with_text("This is a workbook of an old kind (.xls). Save it as XLSX or CSV.")
SHEET_ENCODING: Final = BAD_WORKBOOK.with_text("The sheet is not written in UTF-8. Save the workbook again as .xlsx.")
NO_SHEET: Final = BAD_WORKBOOK.with_text("The workbook has no sheet that can be found.")
DOCUMENT_TYPE: Final = BAD_WORKBOOK.with_text("The workbook declares a document type.")
NOT_UTF8: Final = Code("NOT_UTF8", "The file is not UTF-8. Choose its encoding, or save it as CSV UTF-8.")
NOT_UTF8_BUT: Final = NOT_UTF8.with_text(
    "The file is not UTF-8. It may be {encodings}. Choose its encoding, or save it as CSV UTF-8."
)
BAD_ENCODING: Final = Code("BAD_ENCODING", "The file is not {encoding}.")
BAD_CSV: Final = Code("BAD_CSV", "The line is not CSV: {detail}")
OPEN_QUOTE: Final = BAD_CSV.with_text("The line is not CSV: a quotation mark is opened here and not closed.")
LONG_CELL: Final = BAD_CSV.with_text(
    "The line is not CSV: a cell has more than {most} characters. Is a quotation mark open?"
)

# Columns ------------------------------------------------------------------------------------------------

UNKNOWN_COLUMN: Final = Code("UNKNOWN_COLUMN", "There is no column of this name. The columns are {columns}.")
MISSING_COLUMN: Final = Code(
    "MISSING_COLUMN", "This column is required. Line {line}, which must have the headers, has {found}."
)
DUPLICATE_COLUMN: Final = Code("DUPLICATE_COLUMN", "There is more than one column of this name.")
BAD_WIDTH: Final = Code("BAD_WIDTH", "The line has {count} values, but there are {width} headers.")

# Cells --------------------------------------------------------------------------------------------------

VALUE_TOO_LONG: Final = TOO_LONG.with_text("“{value}” is too long. At most {most} characters are allowed.")
LINE_BREAK: Final = Code("LINE_BREAK", "A value must not have a line break.")
NUL_CHARACTER: Final = BAD_CHARACTER.with_text("The file has a NUL character.")
BAD_VALUE: Final = Code("BAD_VALUE", "The cell has no value.")
CELL_ERROR: Final = BAD_VALUE.with_text("The cell has no value, but the error {error}.")
SHORTENED: Final = BAD_VALUE.with_text(
    "A spreadsheet shortened a long number to {value}. Give the column the format Text and enter it again."
)
NO_RESULT: Final = BAD_VALUE.with_text(
    "The formula was saved without its value. Open the file in a spreadsheet and save it again."
)
ROUNDED: Final = BAD_VALUE.with_text(
    "A spreadsheet keeps 15 digits of a number, and this one had more. Enter it again as a text."
)
BAD_BOOLEAN: Final = Code("BAD_BOOLEAN", "“{value}” is not true or false.")
BAD_WORD: Final = Code("BAD_WORD", "“{value}” is not one of these: {options}.")
BAD_NUMBER: Final = Code("BAD_NUMBER", "“{value}” is not a number.")
BAD_DATE: Final = Code("BAD_DATE", "“{value}” is not a date such as 2026-04-03.")
DATE_AS_NUMBER: Final = BAD_DATE.with_text(
    "“{value}” is not a date such as 2026-04-03. A spreadsheet shows a date as a number if the cell has no date format."
)
DATE_OF_ERA: Final = BAD_DATE.with_text("“{value}” is not a date such as 2026-04-03. Years of an era are not read.")
NO_SUCH_DATE: Final = BAD_DATE.with_text("There is no date “{value}”.")
DATE_ORDER_NEEDED: Final = BAD_DATE.with_text(
    "“{value}” is not a date such as 2026-04-03. If the year comes last, choose a date order: DAY_FIRST or MONTH_FIRST."
)
NOT_DAY_FIRST: Final = BAD_DATE.with_text(
    "“{value}” is no date if the day comes first. Check the date order of the import."
)
NOT_MONTH_FIRST: Final = BAD_DATE.with_text(
    "“{value}” is no date if the month comes first. Check the date order of the import."
)
DATE_OUT_OF_RANGE: Final = OUT_OF_RANGE.with_text("“{value}” is not between {least} and {most}.")
BUDDHIST_YEAR: Final = OUT_OF_RANGE.with_text(
    "“{value}” is not between {least} and {most}. Years of the Buddhist era are not read."
)
ENDS_EARLY: Final = ENDS_BEFORE_START.with_text("The end {end} is before the start {start}.")
LISTED_BEFORE: Final = LISTED_TWICE.with_text("The same value is in line {line}.")
UNKNOWN_REFERENCE: Final = Code("UNKNOWN_REFERENCE", "There is no “{value}”.")
