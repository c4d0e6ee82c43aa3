"""Checks that several commands make."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import asyncpg

from homeroom.commands import UNSET
from homeroom.errors import Refusal
from homeroom.refusals import DUPLICATE, ENDS_BEFORE_START, OUT_OF_RANGE, Code
from homeroom.texts import code_text, plain_text, required_code, required_text
from homeroom_school.refusals import YEAR_LENGTH

__all__ = [
    "LONGEST_YEAR",
    "code_text",
    "given",
    "in_range",
    "period",
    "plain_text",
    "refuse_duplicate",
    "required_code",
    "required_text",
    "year_period",
]


#: Days of a school year, both ends counted: two years, for programmes that are planned so.
LONGEST_YEAR: Final = 731


@contextlib.contextmanager
def refuse_duplicate(field: str, code: Code = DUPLICATE) -> Iterator[None]:
    """Turn a broken unique key into a refusal that names the field.

    Args:
        field: The input field.
        code: A code of refusals.
    """
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise Refusal(code, field) from None


def period(starts_on: date, ends_on: date | None, *, field: str = "endsOn", row: int | None = None) -> None:
    """Raise Refusal where a period ends before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise Refusal(ENDS_BEFORE_START, field, row)


def year_period(starts_on: date, ends_on: date, *, field: str = "endsOn") -> None:
    """Raise Refusal where a school year ends before it begins, or takes longer than two years."""
    if ends_on <= starts_on:
        raise Refusal(ENDS_BEFORE_START, field)
    if (ends_on - starts_on).days >= LONGEST_YEAR:
        raise Refusal(YEAR_LENGTH, field, most=LONGEST_YEAR)


def in_range(number: int | None, lowest: int, highest: int, field: str, row: int | None = None) -> None:
    """Raise Refusal where a number is given that lies outside its range, both ends allowed."""
    if number is not None and not lowest <= number <= highest:
        raise Refusal(OUT_OF_RANGE, field, row, least=lowest, most=highest)


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to change: those that were given; None and an empty text clear a column."""
    return {name: None if value == "" else value for name, value in values.items() if value is not UNSET}
