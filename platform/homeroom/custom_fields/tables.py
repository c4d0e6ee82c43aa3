"""A school's own fields, and their values."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, Numeric, SmallInt, Text, Varchar

from homeroom.custom import FieldKind
from homeroom.data_categories import DataCategory
from homeroom.database.tables import SchoolTable, belongs_to, coded

__all__ = ["CustomFieldRow", "CustomValue"]


class CustomFieldRow(SchoolTable, tablename="custom_field"):
    """A field that the school has added to something that it keeps."""

    noun = coded(Varchar(length=120, default=None, help_text="What it is a field of, such as Student."), "Student")
    name = coded(
        Varchar(length=40, default=None, help_text="In the schema, after `custom`; it never changes."), "shoe_size"
    )
    kind = Varchar(length=20, default=None, choices=FieldKind, help_text="What its values are; it never changes.")
    title = Varchar(length=120, default=None, help_text="In the school's own language.")
    titles = JSONB(default="{}", help_text="Titles in other languages: language tag to text.")
    help = Text(default="", help_text="What more there is to say.")
    codes = coded(Array(base_column=Text(), default=list, help_text="What may be chosen."), "{}")
    code_titles = JSONB(default="{}", help_text="Code to what people read.")
    minimum = Numeric(null=True, default=None, help_text="Of a number: the least; of a text: its shortest length.")
    maximum = Numeric(null=True, default=None, help_text="Of a number: the most; of a text: its longest length.")
    sensitive = Boolean(default=False, help_text="Reading needs a rule of its own, and is kept in the audit.")
    category = Varchar(
        length=40,
        null=True,
        default=None,
        choices=DataCategory,
        help_text="What sort of data it holds, for how long they are kept; none: as long as what it is a field of.",
    )
    active = Boolean(default=True, help_text="Whether it is in the schema.")
    position = SmallInt(default=0, help_text="Orders the fields of a noun.")
    version = Integer(default=1)


class CustomValue(SchoolTable, tablename="custom_value"):
    """The value of one field of one row."""

    field_id = belongs_to(CustomFieldRow)
    row_id = UUID()
    text_value = Text(null=True, default=None)
    number_value = Numeric(null=True, default=None)
    date_value = Date(null=True, default=None)
    boolean_value = Boolean(null=True, default=None)
    code_value = coded(Text(null=True, default=None), "bus")
    codes_value = coded(Array(base_column=Text(), null=True, default=None), "{}")
