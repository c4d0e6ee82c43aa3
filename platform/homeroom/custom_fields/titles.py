"""What a school calls its own fields, for lists, forms and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.custom import PREFIX
from homeroom.languages import language_of

if TYPE_CHECKING:
    from homeroom.database.engine import Transaction

__all__ = ["OwnField", "own_fields"]


@dataclass(frozen=True, slots=True)
class OwnField:
    """One of the school's own fields, as people read it.

    Args:
        noun: What it is a field of: ``Student``.
        name: As the resource has it: ``custom_bus``.
        title: In the language that was asked for, else in the school's.
        codes: Of a choice: code to what people read.
        minimum: The lowest number, or the shortest length of a text; none if there is no bound.
        maximum: The highest number, or the greatest length of a text; none if there is no bound.
    """

    noun: str
    name: str
    title: str
    codes: Mapping[str, str]
    minimum: Decimal | None
    maximum: Decimal | None


async def own_fields(transaction: Transaction, language: str) -> list[OwnField]:
    """The own fields of a school that are in use.

    Args:
        transaction: Within the school.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
    """
    found = await transaction.fetch(
        "SELECT noun, name, title, titles::text, codes, code_titles::text, minimum, maximum"
        " FROM custom_field WHERE active ORDER BY noun, position, name"
    )
    return [
        OwnField(
            row["noun"],
            PREFIX + row["name"],
            _said(_texts(row["titles"]), language) or row["title"],
            {code: str(_texts(row["code_titles"]).get(code) or code) for code in row["codes"]},
            row["minimum"],
            row["maximum"],
        )
        for row in found
    ]


def _texts(stored: str) -> dict[str, Any]:
    return msgspec.json.decode(stored, type=dict[str, Any])


def _said(titles: Mapping[str, Any], language: str) -> str:
    """The title in a language, also where its tag names a region."""
    found = titles.get(language) or next((said for tag, said in titles.items() if language_of(tag) == language), "")
    return str(found or "")
