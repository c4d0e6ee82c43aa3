"""Columns that say once what may stand in them.

A table declares its columns with these functions, and everything else follows: the column's type, the CHECK that
``homeroom migration new`` writes, the GraphQL field with its description, the inputs of the verbs with their limits,
the checks of a command and what forms and imports ask::

    class Room(SchoolTable, tablename="room"):
        code = text(20, "Short and unique in the school.", code=True)
        capacity = number(1, 9999, "Seats in a lesson.", null=True)
        active = in_use()
        version = version()

        unique = (("code",),)

A plugin teaches a kind of its own with a subclass of :class:`ColumnKind` and :func:`of_kind`, such as a column that
holds a code of a code table. See :mod:`homeroom.nouns` for the verbs.
"""

from __future__ import annotations

from homeroom.columns.declare import (
    choice,
    day,
    email,
    first_day,
    flag,
    found_by,
    in_use,
    last_day,
    money,
    number,
    of_kind,
    quantity,
    state,
    text,
    translated,
    version,
)
from homeroom.columns.kinds import (
    ColumnKind,
    DayKind,
    EmailKind,
    EnumKind,
    FlagKind,
    NumberKind,
    QuantityKind,
    ReferenceKind,
    Refuse,
    StateKind,
    TextKind,
    TranslatedKind,
    VersionKind,
    kind_of,
)
from homeroom.columns.tables import TableCheck, column_checks, holds, in_order, once, table_checks, unique_groups

__all__ = [
    "ColumnKind",
    "DayKind",
    "EmailKind",
    "EnumKind",
    "FlagKind",
    "NumberKind",
    "QuantityKind",
    "ReferenceKind",
    "Refuse",
    "StateKind",
    "TableCheck",
    "TextKind",
    "TranslatedKind",
    "VersionKind",
    "choice",
    "column_checks",
    "day",
    "email",
    "first_day",
    "flag",
    "found_by",
    "holds",
    "in_order",
    "in_use",
    "kind_of",
    "last_day",
    "money",
    "number",
    "of_kind",
    "once",
    "quantity",
    "state",
    "table_checks",
    "text",
    "translated",
    "unique_groups",
    "version",
]
