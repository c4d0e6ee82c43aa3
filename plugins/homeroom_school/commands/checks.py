"""Checks that several commands make."""

from __future__ import annotations

from homeroom.errors import Refusal
from homeroom.refusals import OUT_OF_RANGE
from homeroom.texts import plain_text, required_text

__all__ = [
    "in_range",
    "plain_text",
    "required_text",
]


def in_range(number: int | None, lowest: int, highest: int, field: str, row: int | None = None) -> None:
    """Raise Refusal where a number is given that lies outside its range, both ends allowed."""
    if number is not None and not lowest <= number <= highest:
        raise Refusal(OUT_OF_RANGE, field, row, least=lowest, most=highest)
