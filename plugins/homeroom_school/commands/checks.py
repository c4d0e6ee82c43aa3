"""Checks that several commands make."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import asyncpg

from homeroom.commands import UNSET
from homeroom.errors import Invalid
from homeroom.texts import code_text, plain_text, required_code, required_text
from homeroom_school.rules.days import LONGEST_YEAR

__all__ = [
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


@contextlib.contextmanager
def refuse_duplicate(message: str, field: str) -> Iterator[None]:
    """Turn a broken unique key into a refusal that names the field.

    Args:
        message: For people.
        field: The input field in GraphQL spelling.
    """
    try:
        yield
    except asyncpg.UniqueViolationError:
        raise Invalid(message, code="DUPLICATE", field=field) from None


def period(starts_on: date, ends_on: date | None, *, field: str = "endsOn", row: int | None = None) -> None:
    """Raise Invalid where a period ends before it begins."""
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("the last day lies before the first", field=field, row=row)


def year_period(starts_on: date, ends_on: date, *, field: str = "endsOn") -> None:
    """Raise Invalid where a school year ends before it begins, or takes longer than two years."""
    if ends_on <= starts_on:
        raise Invalid("the last day lies before the first", field=field)
    if (ends_on - starts_on).days >= LONGEST_YEAR:
        raise Invalid(f"a school year has at most {LONGEST_YEAR} days", code="TOO_LONG", field=field)


def in_range(number: int | None, lowest: int, highest: int, field: str, row: int | None = None) -> None:
    """Raise Invalid where a number is given that lies outside its range, both ends allowed."""
    if number is not None and not lowest <= number <= highest:
        raise Invalid(f"a number from {lowest} to {highest}", field=field, row=row)


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to change: those that were given; None and an empty text clear a column."""
    return {name: None if value == "" else value for name, value in values.items() if value is not UNSET}
