"""Names of people in several scripts, and the keys that put them in the order each script expects."""

from __future__ import annotations

from homeroom.names.chinese import load_readings, pinyin_key, stroke_key
from homeroom.names.inputs import NameArgument, NameInput, name_of
from homeroom.names.latin import latin_key
from homeroom.names.letters import script_of
from homeroom.names.person_name import (
    LONGEST_KEY,
    Order,
    PersonName,
    Script,
    order_for,
    sort_key,
    split_full_name,
)
from homeroom.names.search import search_patterns, search_text
from homeroom.names.tables import NAME_COLUMNS, NamedTable, name_columns, name_in
from homeroom.names.vietnamese import vietnamese_key

__all__ = [
    "LONGEST_KEY",
    "NAME_COLUMNS",
    "NameArgument",
    "NameInput",
    "NamedTable",
    "Order",
    "PersonName",
    "Script",
    "latin_key",
    "load_readings",
    "name_columns",
    "name_in",
    "name_of",
    "order_for",
    "pinyin_key",
    "script_of",
    "search_patterns",
    "search_text",
    "sort_key",
    "split_full_name",
    "stroke_key",
    "vietnamese_key",
]
