"""Checks that several commands make."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date

import asyncpg

from homeroom.errors import Refusal
from homeroom.refusals import DUPLICATE, ENDS_BEFORE_START, OUT_OF_RANGE, Code
from homeroom.texts import code_text, plain_text, required_code, required_text

__all__ = [
    "code_text",
    "in_range",
    "period",
    "plain_text",
    "refuse_duplicate",
    "required_code",
    "required_text",
]


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


def in_range(number: int | None, lowest: int, highest: int, field: str, row: int | None = None) -> None:
    """Raise Refusal where a number is given that lies outside its range, both ends allowed."""
    if number is not None and not lowest <= number <= highest:
        raise Refusal(OUT_OF_RANGE, field, row, least=lowest, most=highest)
