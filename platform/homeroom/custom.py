"""Fields that a school adds to what its plugins keep: part of its own schema, and of no other school's."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from homeroom.resources import Field

__all__ = ["COLUMNS", "PREFIX", "CustomField", "CustomFields", "FieldKind"]

#: What the names of all of them begin with, so that no plugin's field of tomorrow has the same.
PREFIX: Final = "custom_"


class FieldKind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"
    #: One of several codes.
    CHOICE = "choice"
    #: Any of several codes.
    CHOICES = "choices"


#: Kind to the column that holds its values, and to the type in GraphQL.
COLUMNS: Final[Mapping[FieldKind, tuple[str, str]]] = {
    FieldKind.TEXT: ("text_value", "String"),
    FieldKind.INTEGER: ("number_value", "Int"),
    FieldKind.DECIMAL: ("number_value", "Decimal"),
    FieldKind.DATE: ("date_value", "Date"),
    FieldKind.BOOLEAN: ("boolean_value", "Boolean"),
    FieldKind.CHOICE: ("code_value", "String"),
    FieldKind.CHOICES: ("codes_value", "[String!]"),
}


class CustomField(msgspec.Struct, frozen=True):
    """A field as the schema needs it; its row has more.

    Args:
        id: The row's id.
        noun: The resource, such as ``Student``.
        name: Lower snake case, without the prefix.
        kind: What its values are.
        title: For people, in the school's language.
        help: What more there is to say.
        codes: Of a choice.
        sensitive: Whether reading needs a rule of its own and is kept in the audit.
    """

    id: UUID
    noun: str
    name: str
    kind: FieldKind
    title: str
    help: str = ""
    codes: tuple[str, ...] = ()
    sensitive: bool = False

    def as_field(self) -> Field:
        """The field of the resource."""
        column, kind = COLUMNS[self.kind]
        value = f"{column}::integer" if self.kind is FieldKind.INTEGER else column
        enum = self.kind is FieldKind.CHOICE
        return Field(
            name=PREFIX + self.name,
            type=kind,
            # The id is ours, a UUID; the walls of the table of values see to the school.
            sql=f"(SELECT {value} FROM custom_value WHERE field_id = '{self.id}' AND row_id = {{row}}.id)",
            description=". ".join(each.rstrip(".") for each in (self.title, self.help) if each) + ".",
            values=self.codes if enum else (),
            enum=f"{self.noun}Custom{_capitalised(self.name)}" if enum else "",
            enum_description=f"{self.title}." if enum else "",
        )


class CustomFields(tuple[CustomField, ...]):  # noqa: SLOT001 - a tuple has no room for slots that hold anything
    """The fields of one school, compared by what they are, whose hash is made once.

    Every request looks up by them what its school consists of; hashing fifty of them each time would cost more than the
    rest of the look-up.
    """

    _hash: int

    def __hash__(self) -> int:
        """The hash of the tuple."""
        try:
            return self._hash
        except AttributeError:
            self._hash = super().__hash__()
            return self._hash


def _capitalised(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
