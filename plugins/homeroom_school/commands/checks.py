"""Checks that several commands make."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import asyncpg

from homeroom.errors import Invalid

__all__ = ["given", "period", "refuse_duplicate", "required_text"]


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


def required_text(text: str, longest: int, field: str, row: int | None = None) -> str:
    """The text without surrounding spaces. Raises Invalid where it is empty or too long.

    Args:
        text: What was given.
        longest: Characters that the column takes.
        field: The input field in GraphQL spelling.
        row: The row of a list that the field lies in.
    """
    stripped = " ".join(text.split())
    if not stripped:
        raise Invalid("a value is needed", field=field, row=row)
    if len(stripped) > longest:
        raise Invalid(f"at most {longest} characters", field=field, row=row)
    return stripped


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns to change: those that are not None; an empty text clears its column."""
    return {name: None if value == "" else value for name, value in values.items() if value is not None}
