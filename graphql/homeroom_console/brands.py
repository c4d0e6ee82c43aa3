"""By what people recognize their school: its name, its colour, its crest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from homeroom_console.reader import Reader

__all__ = ["HOMEROOM", "Accent", "Brand", "brand_of"]


class Accent(StrEnum):
    """The colours of which a school chooses one, in light and in dark."""

    TEAL = "teal"
    BLUE = "blue"
    INDIGO = "indigo"
    PLUM = "plum"
    RED = "red"
    BROWN = "brown"
    GREEN = "green"
    SLATE = "slate"


@dataclass(frozen=True, slots=True)
class Brand:
    """How the pages of a school look.

    Args:
        name: Of the school; empty where the address names none.
        accent: One of the colours of the style sheet.
        crest: The address of its picture; empty if it has none.
    """

    name: str
    accent: str
    crest: str


#: What pages look like that belong to no school.
HOMEROOM: Final = Brand("", "teal", "")


def brand_of(reader: Reader) -> Brand:
    """How the pages of the reader's school look."""
    found = reader.kept.get("brand")
    return found if isinstance(found, Brand) else Brand(reader.space.name, HOMEROOM.accent, HOMEROOM.crest)
