"""Declaring columns: each function gives a Piccolo column that knows its kind."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any, Final, TypeVar

from piccolo.columns import JSONB, BigInt, Boolean, Column, Date, Integer, Numeric, SmallInt, Varchar

from homeroom.columns.kinds import (
    ColumnKind,
    DayKind,
    EmailKind,
    EnumKind,
    FlagKind,
    NumberKind,
    QuantityKind,
    StateKind,
    TextKind,
    TranslatedKind,
    VersionKind,
)

__all__ = [
    "choice",
    "day",
    "email",
    "first_day",
    "flag",
    "found_by",
    "in_use",
    "last_day",
    "money",
    "number",
    "of_kind",
    "quantity",
    "state",
    "text",
    "translated",
    "version",
]

AnyColumn = TypeVar("AnyColumn", bound=Column)
_LONGEST_ENUM: Final = 20

#: Characters of an e-mail address at most (RFC 5321, 4.5.3.1.3).
_EMAIL: Final = 254


def of_kind(column: AnyColumn, kind: ColumnKind) -> AnyColumn:
    """Declare what a column may hold.

    Args:
        column: A Piccolo column, or one of :func:`~homeroom.database.tables.belongs_to`.
        kind: What may stand in it, such as a plugin's own subclass of :class:`ColumnKind`.
    """
    column._homeroom_kind = kind  # type: ignore[attr-defined]
    return column


def text(
    longest: int,
    help: str,
    *,
    optional: bool = False,
    null: bool = False,
    code: bool = False,
    several_lines: bool = False,
) -> Any:
    """A text: composed, with single spaces, without characters that nobody can see.

    Args:
        longest: Characters at most; a longer text is refused and never cut.
        help: What it is, in one sentence.
        optional: Whether it may be empty; it is then ``''`` and never NULL.
        null: Whether it may be empty and is then NULL, such as a number that is unique where there is one.
        code: Whether it is a short code or number: full-width letters and digits become the plain ones.
        several_lines: Whether it may have several lines.
    """
    column = Varchar(length=longest, null=null, default="" if optional else None, help_text=help)
    return of_kind(column, TextKind(longest, optional or null, code, several_lines))


def email(help: str, *, null: bool = False) -> Any:
    """An e-mail address, which is checked as those are to which notices are sent.

    Args:
        help: What it is, in one sentence.
        null: Whether it may be empty and is then NULL; otherwise an empty one is ``''``.
    """
    column = Varchar(length=_EMAIL, null=null, default=None if null else "", help_text=help)
    return of_kind(column, EmailKind(_EMAIL, optional=True))


def found_by(*columns: str) -> Any:
    """The words that a row is found by, which verbs of nouns take from other columns; lists get the filter ``search``.

    Words are found without accents and case, Chinese in either kind of characters. The migration makes it a
    ``varchar(4000) NOT NULL DEFAULT ''``.

    Args:
        columns: Columns with texts, or with translated texts.
    """
    column = Varchar(length=4_000, default="", help_text="The words that it is found by.")
    column._homeroom_found_by = columns  # type: ignore[attr-defined]
    return column


def number(lowest: int, highest: int, help: str, *, null: bool = False, default: int | None = None) -> Any:
    """A whole number.

    Args:
        lowest: The lowest that is allowed.
        highest: The highest that is allowed; it decides how large the column is.
        help: What it is, in one sentence.
        null: Whether it may be empty.
        default: What a new row has where nothing was given.
    """
    bound = max(-lowest - 1, highest)
    column: Any = SmallInt if bound < 2**15 else Integer if bound < 2**31 else BigInt
    return of_kind(column(null=null, default=default, help_text=help), NumberKind(lowest, highest))


def quantity(lowest: Decimal | int, highest: Decimal | int, places: int, help: str, *, null: bool = False) -> Any:
    """A decimal number, such as a weight.

    Args:
        lowest: The lowest that is allowed.
        highest: The highest that is allowed; with ``places`` it decides how large the column is.
        places: Digits after the point at most.
        help: What it is, in one sentence.
        null: Whether it may be empty.
    """
    low, high = Decimal(lowest), Decimal(highest)
    digits = len(str(int(max(abs(low), abs(high))))) + places
    column = Numeric(digits=(digits, places), null=null, default=None, help_text=help)
    return of_kind(column, QuantityKind(low, high, places))


def money(help: str, *, null: bool = False) -> Any:
    """An amount in the school's currency, not below zero, with two digits after the point.

    Example:
        fee = money("What a lost key costs.")
    """
    highest = Decimal("9999999999.99")
    column = Numeric(digits=(12, 2), null=null, default=None, help_text=help)
    return of_kind(column, QuantityKind(Decimal(0), highest, 2, money=True))


def day(help: str, *, null: bool = False, future: bool = True, past: bool = True, like: str = "") -> Any:
    """A date.

    Args:
        help: What it is, in one sentence.
        null: Whether it may be empty.
        future: Whether it may lie after today.
        past: Whether it may lie before today.
        like: The column whose day a new row gets where no day is given, such as ``starts_on`` of a last day.
    """
    return of_kind(Date(null=null, default=None, help_text=help), DayKind(future, past, like=like))


def first_day(help: str = "The first day.", *, null: bool = False) -> Any:
    """The first day of a period; call it ``starts_on``. Where none is given, a new row starts today.

    Args:
        help: What it is, in one sentence.
        null: Whether it may be empty, where nobody knows it.
    """
    return of_kind(Date(null=null, default=None, help_text=help), DayKind(today=True))


def last_day(help: str = "The last day; none while it has no end.") -> Any:
    """The last day of a period, which belongs to it; call it ``ends_on``."""
    return day(help, null=True)


def choice(values: type[enum.Enum], help: str = "", *, null: bool = False, default: enum.Enum | None = None) -> Any:
    """One value of an enum, whose docstring describes it unless ``help`` does.

    Args:
        values: A ``StrEnum`` of at most 20 characters each.
        help: What it is, in one sentence.
        null: Whether it may be empty.
        default: What a new row has where nothing was given.
    """
    column = Varchar(length=_LONGEST_ENUM, null=null, default=default, choices=values, help_text=help or None)
    return of_kind(column, EnumKind(values))


def state(first: enum.Enum, help: str = "") -> Any:
    """The state of a row. Only the steps of its noun change it (:class:`homeroom.nouns.Step`).

    Args:
        first: The state of a new row: a value of a ``StrEnum`` of at most 20 characters each.
        help: What it is, in one sentence; by default the docstring of the enum.
    """
    column = Varchar(length=_LONGEST_ENUM, default=first, choices=type(first), help_text=help or None)
    return of_kind(column, StateKind(type(first)))


def flag(help: str, *, default: bool = False) -> Any:
    """Yes or no; ``default`` where nothing was given.

    Example:
        public = flag("Whether families see it.", default=True)
    """
    return of_kind(Boolean(default=default, help_text=help), FlagKind())


def in_use(help: str = "Whether it is still in use.") -> Any:
    """Whether a row is in use: new rows are, ``change`` and ``retire`` take them out of use. Call it ``active``."""
    return of_kind(Boolean(default=True, help_text=help), FlagKind(in_use=True))


def translated(of: Any, *, null: bool = False) -> Any:
    """A text in several languages: ``translated(text(300, "The title."))``.

    Args:
        of: What each text may be.
        null: Whether it may be NULL; an optional text is ``{}`` without it.

    Example:
        title = translated(text(300, "As families read it."))
    """
    said: TextKind = of._homeroom_kind
    default = "{}" if said.optional and not null else None
    column = JSONB(null=null, default=default, help_text=of._meta.help_text)
    return of_kind(column, TranslatedKind(said))


def version() -> Any:
    """The row's version: it rises with every change, and ``change`` compares it with ``expected_version``."""
    return of_kind(Integer(default=1), VersionKind())
