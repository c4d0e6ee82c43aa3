"""Codes of requests that GraphQL does not carry out, and of values that do not fit their type."""

from __future__ import annotations

from typing import Final

from homeroom.refusals import (
    BAD_FORMAT,
    BAD_REQUEST,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    REQUEST_TOO_LARGE,
    UNAVAILABLE,
    FailureCode,
)

# Documents ----------------------------------------------------------------------------------------------

#: The texts of the parser and of validation are English; other languages introduce them.
SYNTAX: Final = FailureCode("GRAPHQL_PARSE_FAILED", "{detail}")
NUMBER_TOO_LONG: Final = SYNTAX.with_text("A number in the document is too long.")
NESTED_TOO_DEEPLY: Final = SYNTAX.with_text("The query is nested too deeply.")
NOT_VALID: Final = FailureCode("GRAPHQL_VALIDATION_FAILED", "{detail}")
NO_OPERATION: Final = FailureCode("OPERATION_RESOLUTION_FAILURE", "The document has no operation named “{name}”.")
CHOOSE_OPERATION: Final = NO_OPERATION.with_text("operationName must choose one of the operations of the document.")
OVER_WEBSOCKET: Final = FailureCode("OPERATION_NOT_SUPPORTED", "Subscriptions are sent over a WebSocket.")
#: Apollo's clients look for this text before they send the document.
UNKNOWN_DOCUMENT: Final = FailureCode("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", 404)
NOT_REGISTERED: Final = FailureCode(
    "PERSISTED_QUERY_NOT_ALLOWED", "Only registered documents are answered here. This one is not registered.", 403
)
TOO_MANY_DOCUMENTS: Final = FailureCode(
    "TOO_MANY_DOCUMENTS", "Too many new documents were sent. Send fewer, and put what changes into variables.", 429
)
REFUSED_DOCUMENT: Final = INVALID.with_text("This school does not answer the document: {detail}")
ONE_QUERY: Final = INVALID.with_text("The document must have one operation, which is a query.")
NO_SUCH_DOCUMENT: Final = NOT_FOUND.with_text("This school has registered no document {hash}.")
NO_SUCH_VERB: Final = NOT_FOUND.with_text("This school has no mutation {name}.")
NO_SUCH_VERB_BUT: Final = NOT_FOUND.with_text("This school has no mutation {name}. Alike are: {names}.")
IN_FILE: Final = INVALID.with_text("{file}: {problem}")

# Limits -------------------------------------------------------------------------------------------------

TOO_COMPLEX: Final = FailureCode("TOO_COMPLEX", "The query asks for too much.")
DOCUMENT_LENGTH: Final = TOO_COMPLEX.with_text("A document has at most {most} characters. Use variables.")
VARIABLES_TOO_DEEP: Final = TOO_COMPLEX.with_text("The variables are nested too deeply.")
QUERY_TOO_DEEP: Final = TOO_COMPLEX.with_text("The query is nested too deeply.")
DEPTH: Final = TOO_COMPLEX.with_text("The query is deeper than {most} levels.")
ROOT_FIELDS: Final = TOO_COMPLEX.with_text("An operation has at most {most} fields at its root.")
DIRECTIVES: Final = TOO_COMPLEX.with_text("The query has more than {most} directives.")
ALIASES: Final = TOO_COMPLEX.with_text("The query has more than {most} aliases.")
UNFOLDED: Final = TOO_COMPLEX.with_text("The query has more than {most} fields where its fragments are spread.")
SAME_FIELDS: Final = TOO_COMPLEX.with_text("The query selects the same fields too often.")
SCHEMA_TOO_OFTEN: Final = TOO_COMPLEX.with_text("The query asks for the schema too often.")
FIELDS: Final = TOO_COMPLEX.with_text("The query asks for more than {most} fields and conditions.")
COST: Final = TOO_COMPLEX.with_text(
    "The answer could have more than {most} objects. Ask for shorter pages, or for fewer levels."
)
FILTER_LEVELS: Final = TOO_COMPLEX.with_text("A filter has at most {most} levels.")
FILTER_RELATIONS: Final = TOO_COMPLEX.with_text("A filter follows at most {most} relations.")
ORDER_TERMS: Final = TOO_COMPLEX.with_text("An order has at most {most} terms.")
GROUPINGS: Final = TOO_COMPLEX.with_text("Rows are grouped by at most {most} fields.")
TOO_SLOW: Final = TOO_COMPLEX.with_text("The query took too long.")

# Values -------------------------------------------------------------------------------------------------

BAD_INPUT: Final = FailureCode("BAD_USER_INPUT", "A value is malformed or out of range.")
BAD_VALUE: Final = BAD_INPUT.with_text("{place}: {problem}")
TEXT_EXPECTED: Final = BAD_FORMAT.with_text("A text is expected.")
WHOLE_NUMBER_EXPECTED: Final = BAD_FORMAT.with_text("A whole number of {bits} bits is expected.")
NUMBER_EXPECTED: Final = BAD_FORMAT.with_text("A number is expected.")
NUMBER_TOO_LARGE: Final = BAD_FORMAT.with_text("The number is too large.")
DECIMAL_EXPECTED: Final = BAD_FORMAT.with_text("A decimal number such as 36.5 is expected.")
TRUE_OR_FALSE: Final = BAD_FORMAT.with_text("Either true or false is expected.")
DATE_EXPECTED: Final = BAD_FORMAT.with_text("A date such as 2026-09-05 is expected.")
MOMENT_EXPECTED: Final = BAD_FORMAT.with_text("A time with its offset, such as 2026-09-05T07:30:00Z, is expected.")
ID_EXPECTED: Final = BAD_FORMAT.with_text("An ID is expected.")
ID_OF_EXPECTED: Final = BAD_FORMAT.with_text("The ID of a {resource} is expected.")
PERSON_KIND_EXPECTED: Final = BAD_FORMAT.with_text("A kind of person is expected.")
OBJECT_EXPECTED: Final = BAD_FORMAT.with_text("An object is expected.")
FILE_EXPECTED: Final = BAD_FORMAT.with_text(
    "A file is expected, sent as the GraphQL multipart request specification says."
)
FILE_NOT_EXPECTED: Final = BAD_FORMAT.with_text("No file is expected here.")
VALUE_TOO_DEEP: Final = BAD_FORMAT.with_text("The value is nested too deeply.")
NO_SUCH_FIELD: Final = NOT_FOUND.with_text("There is no such field.")
BAD_CURSOR: Final = INVALID.with_text("This is not a cursor of this list.")
FIRST_OR_LAST: Final = INVALID.with_text("Give first or last, not both.")
NEGATIVE_OFFSET: Final = INVALID.with_text("An offset is a number from 0.")
GROUPED_TWICE: Final = INVALID.with_text("The rows are grouped by {name} more than once.")
NOT_GROUPED: Final = INVALID.with_text("The rows are not grouped by {name}.")
NOT_DATED: Final = INVALID.with_text("{name} is not a date.")
KEY_OR_MEASURE: Final = INVALID.with_text("Give exactly one of key and measure.")
MEASURE_OF: Final = INVALID.with_text("Name the number that the measure is of. COUNT takes none.")
DATE_MEASURE: Final = INVALID.with_text("{name} is a date, which can only be the least or the greatest.")
PAGE_LENGTH: Final = INVALID.with_text("A page has 0 to {most} rows.")
TOO_MANY_IDS: Final = INVALID.with_text("At most {most} IDs are allowed at once.")
NOTHING_LEFT: Final = INVALID.with_text("@skip and @include leave nothing of the subscription.")

# Permissions --------------------------------------------------------------------------------------------

NOT_READABLE: Final = FORBIDDEN.with_text("You do not have permission to read {name}.")
SCHEMA_NOT_READABLE: Final = FORBIDDEN.with_text("You do not have permission to read the schema.")
SWITCHED_OFF: Final = FORBIDDEN.with_text("The plugin of this subscription is switched off.")

# HTTP and WebSockets ------------------------------------------------------------------------------------

NOT_ACCEPTABLE: Final = FailureCode("NOT_ACCEPTABLE", "Answers are application/graphql-response+json.", 406)
METHOD_NOT_ALLOWED: Final = FailureCode("METHOD_NOT_ALLOWED", "Use POST or GET.", 405)
POST_NEEDED: Final = METHOD_NOT_ALLOWED.with_text("Send a mutation by POST.")
BAD_QUERY_STRING: Final = BAD_REQUEST.with_text("The query string is not a form in UTF-8.")
PARAMETER_TWICE: Final = BAD_REQUEST.with_text("The parameter {name} is given more than once.")
PARAMETER_NOT_JSON: Final = BAD_REQUEST.with_text("The parameter {name} is not JSON.")
QUERY_MISSING: Final = BAD_REQUEST.with_text("The parameter query is missing.")
CUT_OFF: Final = BAD_REQUEST.with_text("The body ended too early.")
HASH_DIFFERS: Final = BAD_REQUEST.with_text("The hash is not that of the document.")
BAD_DOCUMENT_ID: Final = BAD_REQUEST.with_text(
    "A documentId has 1 to 200 letters, digits and the characters : . _ and -."
)
BAD_PERSISTED_QUERY: Final = BAD_REQUEST.with_text("persistedQuery needs version 1 and a sha256Hash of 64 digits.")
FORM_INCOMPLETE: Final = BAD_REQUEST.with_text("The form has no operations, or no map.")
FORM_ORDER: Final = BAD_REQUEST.with_text(
    "A form has the fields operations and map, in this order, and the files after them."
)
BAD_MAP: Final = BAD_REQUEST.with_text("The map is not a JSON object of lists of texts.")
FILE_MISSING: Final = BAD_REQUEST.with_text("The map names the file {name}, which is missing.")
FILE_NOT_NAMED: Final = BAD_REQUEST.with_text("The form has a field that its map does not name, or has it twice.")
NO_BOUNDARY: Final = BAD_REQUEST.with_text("The form has no boundary.")
NOT_A_FORM: Final = BAD_REQUEST.with_text("The body is not a form.")
NO_NULL: Final = BAD_REQUEST.with_text("There is no null at {path} that a file could replace.")
FORM_FILE_TOO_LARGE: Final = REQUEST_TOO_LARGE.with_text("A file has at most {most} bytes.")
TOO_MANY_FILES: Final = REQUEST_TOO_LARGE.with_text("At most {most} files are allowed at once.")
FORM_HEAD_TOO_LARGE: Final = REQUEST_TOO_LARGE.with_text("The form has too many fields, or too long headers.")
FELL_BEHIND: Final = FailureCode("FELL_BEHIND", "More has changed than could be sent. Ask again.")
TOO_MANY_SUBSCRIPTIONS: Final = FailureCode(
    "TOO_MANY_SUBSCRIPTIONS", "At most {most} are allowed at the same time.", 429
)
LOOK_FIRST: Final = UNAVAILABLE.with_text(
    "The service was not available. Check whether this was done, and then try again."
)
