"""One name of one person in one script, and which order its lists use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homeroom.names.chinese import pinyin_key, split_chinese, stroke_key
from homeroom.names.latin import latin_key
from homeroom.names.vietnamese import split_vietnamese, vietnamese_key

__all__ = ["LONGEST_KEY", "Order", "PersonName", "Script", "order_for", "sort_key", "split_full_name"]


LONGEST_KEY: Final = 400


class Script(StrEnum):
    """In what a name is written; it decides how the parts are put together and ordered."""

    LATIN = "latin"
    VIETNAMESE = "vietnamese"
    HAN_TRADITIONAL = "han_traditional"
    HAN_SIMPLIFIED = "han_simplified"


class Order(StrEnum):
    """How a list of names is ordered."""

    LATIN = "latin"
    VIETNAMESE = "vietnamese"
    PINYIN = "pinyin"
    STROKES = "strokes"


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its parts.

    Args:
        script: in what it is written.
        given: the given name; the only part that must not be empty.
        family: the family name; empty for people who have none.
        middle: tên đệm, or middle names; Chinese names have none.
    """

    script: Script
    given: str
    family: str = ""
    middle: str = ""

    @property
    def full(self) -> str:
        """The whole name as the script writes it."""
        if self.script in (Script.HAN_TRADITIONAL, Script.HAN_SIMPLIFIED):
            joint = " " if self.family.isascii() and self.family else ""
            return joint.join(part for part in (self.family, self.middle, self.given) if part)
        if self.script is Script.VIETNAMESE:
            parts = (self.family, self.middle, self.given)
        else:
            parts = (self.given, self.middle, self.family)
        return " ".join(part for part in parts if part)


def order_for(script: Script) -> Order:
    """The order a script's lists use unless the school says otherwise: strokes for traditional characters."""
    return {
        Script.LATIN: Order.LATIN,
        Script.VIETNAMESE: Order.VIETNAMESE,
        Script.HAN_SIMPLIFIED: Order.PINYIN,
        Script.HAN_TRADITIONAL: Order.STROKES,
    }[script]


def sort_key(name: PersonName, order: Order | None = None) -> str:
    """The text that a column with the C collation orders by; `order` defaults to the script's own.

    At most `LONGEST_KEY` characters: an index takes no longer ones, and names that agree so far may stand
    in any order.
    """
    match order or order_for(name.script):
        case Order.VIETNAMESE:
            key = vietnamese_key(name.family, name.middle, name.given)
        case Order.PINYIN:
            key = pinyin_key(name.family, name.middle + name.given)
        case Order.STROKES:
            key = stroke_key(name.family, name.middle + name.given)
        case _:
            key = latin_key(name.family, name.given, name.middle)
    return key[:LONGEST_KEY]


def split_full_name(script: Script, full: str) -> PersonName:
    """The parts of a name that was written whole.

    Vietnamese: first word, words between, last word.  Chinese: a compound family name or the first
    character.  Latin: the last word is the family name.  A guess by nature: forms with parts are better.
    """
    if script is Script.VIETNAMESE:
        family, middle, given = split_vietnamese(full)
        return PersonName(script, given=given, family=family, middle=middle)
    if script in (Script.HAN_TRADITIONAL, Script.HAN_SIMPLIFIED):
        family, given = split_chinese(full)
        return PersonName(script, given=given or family, family=family if given else "")
    words = full.split()
    if len(words) < 2:
        return PersonName(script, given=" ".join(words))
    return PersonName(script, given=words[0], family=words[-1], middle=" ".join(words[1:-1]))
