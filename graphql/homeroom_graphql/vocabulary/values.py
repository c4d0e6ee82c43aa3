"""What the query ``vocabulary`` answers with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from homeroom.values import Shared

__all__ = [
    "Control",
    "VerbPlace",
    "Vocabulary",
    "VocabularyColumn",
    "VocabularyField",
    "VocabularyInput",
    "VocabularyNoun",
    "VocabularyTitle",
    "VocabularyValue",
    "VocabularyVerb",
]


class Control(StrEnum):
    """How people enter a value."""

    #: One line of text.
    TEXT = "text"
    #: Text of several lines.
    LINES = "lines"
    #: A whole number.
    NUMBER = "number"
    #: A decimal number, sent as a text.
    DECIMAL = "decimal"
    DATE = "date"
    #: A date with a time.
    MOMENT = "moment"
    #: Yes or no.
    FLAG = "flag"
    #: One of `values`.
    CHOICE = "choice"
    #: A code of `codeTable`.
    CODE = "code"
    #: The id of a row of `noun`; of whatever noun where none is named.
    REFERENCE = "reference"
    #: The version that was read: no control, but sent back.
    VERSION = "version"
    #: A file.
    FILE = "file"
    #: A text for each language: language tag to text.
    TRANSLATED = "translated"
    #: The `inputs` together.
    GROUP = "group"
    #: Any JSON.
    JSON = "json"


class VerbPlace(StrEnum):
    """Where a verb is offered."""

    #: At one row of `subjectNoun`, whose id is the input `subject`.
    ROW = "row"
    #: At several rows of `subjectNoun` at once, whose ids are the input `subject`.
    ROWS = "rows"
    #: At the list of its noun, where it adds a row; with a `subject`, also at that row.
    LIST = "list"
    #: At the list of its noun, as a table of which the input `table` has the rows; with a `subject`, also at that row.
    TABLE = "table"
    #: By itself: it is about no noun.
    APART = "apart"


@dataclass(frozen=True)
class VocabularyValue:
    """A value of an enum.

    Args:
        value: As the schema has it.
        label: What people call it.
    """

    value: str
    label: str


@dataclass(frozen=True)
class VocabularyTitle:
    """Something with a name and a label.

    Args:
        name: Its name.
        label: What people call it.
        description: More about it; empty if there is nothing more.
    """

    name: str
    label: str
    description: str


@dataclass(frozen=True)
class VocabularyField:
    """A field of a noun that the reader can read in some row.

    Args:
        name: In the schema.
        label: What people call it.
        description: What it is.
        type: In the notation of GraphQL; of a relation, the name of the noun.
        noun: Of a relation: the noun that it leads to; null otherwise.
        many: Whether it is a connection to several rows.
        values: Of an enum: its values; empty otherwise.
        filterable: Whether `filter` knows it.
        orderable: Whether `orderBy` knows it; the enum's value is its name in capitals, with underscores.
        sensitive: Whether every read is kept in the audit: show it on demand, never in lists.
        logged: Whether the school has reads of it kept in the audit.
        file: Whether it is the address of a file.
        own: Whether the school added it: write it with `setCustomValues`.
        search: Whether one only filters by it, by words.
        technical: Whether it serves programs alone, such as a version.
        lowest: Of an own field: the lowest number, or the shortest length; null if there is no bound.
        highest: Of an own field: the highest number, or the greatest length; null if there is no bound.
    """

    name: str
    label: str
    description: str
    type: str
    noun: str | None
    many: bool
    values: list[VocabularyValue]
    filterable: bool
    orderable: bool
    sensitive: bool
    logged: bool
    file: bool
    own: bool
    search: bool
    technical: bool
    lowest: str | None = None
    highest: str | None = None


@dataclass(frozen=True)
class VocabularyInput:
    """An argument of a verb, a field of its rows, or an argument of a computed query.

    Args:
        name: In the schema.
        label: What people call it.
        description: What it is, and what it allows.
        type: In the notation of GraphQL.
        control: How people enter it.
        required: Whether it must be given.
        many: Whether it is a list; `control` is that of one element.
        clears: Whether null is allowed and clears what is there. Otherwise leave out what is empty.
        default: What it is where it is left out; null if it has no default.
        noun: Of a reference: the noun.
        code_table: Of a code: the code table; its codes are `codeValues(filter: {codeTable: {eq: ...}})`.
        values: Of a choice: its values.
        longest: Of a text: characters at most.
        lowest: Of a number: the lowest that is allowed.
        highest: Of a number: the highest that is allowed.
        places: Of a decimal number: digits after the point at most.
        money: Whether it is an amount in the school's currency.
        future: Of a date: whether it may lie after today.
        past: Of a date: whether it may lie before today.
        limits: What a kind of column of a plugin's own allows beside, by name; null for all others.
        current: Where the present value is read in a row of the subject's noun: the names of fields, one within
            another; empty if it is nowhere.
        inputs: Of a group: its fields.
    """

    name: str
    label: str
    description: str
    type: str
    control: Control
    required: bool
    many: bool
    clears: bool
    default: dict[str, Any] | None
    noun: str | None
    code_table: str | None
    values: list[VocabularyValue]
    longest: int | None
    lowest: str | None
    highest: str | None
    places: int | None
    money: bool
    future: bool
    past: bool
    limits: dict[str, Any] | None
    current: list[str]
    inputs: list[VocabularyInput]


@dataclass(frozen=True)
class VocabularyColumn:
    """A column that the file of an import may have.

    Args:
        name: As `headers` of the import names it.
        header: What the first line of the file calls it, in the language of the vocabulary. A file may also have it in
            another language, or the name.
        required: Whether a new row needs it.
        key: Whether it tells one row from another.
        control: What may be written in its cells.
        many: Whether a cell may hold several values, with commas between them.
        noun: Of a reference: the noun; null otherwise.
        named_by: Of a reference: the labels of the fields by which cells name rows, the best first.
        code_table: Of a code: the code table; null otherwise.
        values: Of a choice: its values. Cells hold the labels, in any language, or the values.
        longest: Of a text: characters at most; null if there is no bound.
    """

    name: str
    header: str
    required: bool
    key: bool
    control: Control
    many: bool
    noun: str | None
    named_by: list[str]
    code_table: str | None
    values: list[VocabularyValue]
    longest: int | None


@dataclass(frozen=True)
class VocabularyVerb:
    """A verb that the reader may run, or a computed query that the reader may ask.

    Args:
        name: The permission.
        field: The mutation, or the field of `Query`.
        label: What people call it.
        description: What it does.
        noun: The noun that it is about; null if it is about none.
        place: Where it is offered.
        subject: The input with what it is offered at; null if there is none.
        subject_noun: The noun of that.
        table: The input with the rows of a table; null if there is none.
        inputs: What it takes.
        answers: The field of the payload with what it changed or answers; null if it answers with errors alone.
        many: Whether that is a list.
        reason: The input with the reason for the audit; null for computed queries.
        removes: Whether it removes rows: ask before it is done.
        file_columns: Of an import: the columns that its file may have, those that it needs first; empty otherwise. The
            school's own fields are columns as well, by their labels.
    """

    name: str
    field: str
    label: str
    description: str
    noun: str | None
    place: VerbPlace
    subject: str | None
    subject_noun: str | None
    table: str | None
    inputs: list[VocabularyInput]
    answers: str | None
    many: bool
    reason: str | None
    removes: bool
    file_columns: list[VocabularyColumn]


@dataclass(frozen=True)
class VocabularyNoun:
    """A noun of which the reader may see rows.

    Args:
        name: The type in the schema.
        one: What people call one of it.
        many: What people call several of it.
        description: What it is.
        row_field: The field of `Query` with one row.
        list_field: The field of `Query` with all rows; null where a school has one row.
        plugin: The plugin that it comes from.
        known_by: The fields by which people know a row, the best first.
        unlisted: A flag: the list leaves out rows in which it is true; null if it lists all.
        person: Whether its rows are people.
        fields: What can be read.
        verbs: The verbs that are about it.
    """

    name: str
    one: str
    many: str
    description: str
    row_field: str
    list_field: str | None
    plugin: str
    known_by: list[str]
    unlisted: str | None
    person: bool
    fields: list[VocabularyField]
    verbs: list[VocabularyVerb]


@dataclass(frozen=True, eq=False)
class Vocabulary(Shared):
    """The nouns and verbs of a school as far as the reader may use them, with labels in the reader's language.

    Args:
        language: The language of the labels.
        nouns: What can be read.
        verbs: What can be done.
        queries: What can be computed.
        roles: The roles.
        rights: What else may be permitted.
        plugins: What the school has switched on.
        jobs: What runs in the background.
        notices: The kinds of notice.
        documents: The papers.
        refusals: The codes that `errors { code }` of the verbs may have, with their ordinary text as the label, `…` in
            place of values. More may come with any release, so have an answer for a code that is not known.
    """

    for_programs: ClassVar[bool] = True

    language: str
    nouns: list[VocabularyNoun]
    verbs: list[VocabularyVerb]
    queries: list[VocabularyVerb]
    roles: list[VocabularyTitle]
    rights: list[VocabularyTitle]
    plugins: list[VocabularyTitle]
    jobs: list[VocabularyTitle]
    notices: list[VocabularyTitle]
    documents: list[VocabularyTitle]
    refusals: list[VocabularyTitle]
