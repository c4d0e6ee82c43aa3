"""How the parts of a sort key are joined, so that comparing bytes compares names.

There is no ICU in the database: keys are text columns compared with the C collation, which compares
UTF-8 bytes and therefore code points.  A shorter field must come before a longer one that begins with it,
so the mark between fields is lower than the mark between words, and both are lower than anything inside
a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from homeroom.texts import is_ideograph

__all__ = ["FIELD", "WORD", "join_fields", "join_words", "words_of"]

FIELD = " "
WORD = "!"


def words_of(text: str) -> list[str]:
    """The words of a name: split at spaces, hyphens, apostrophes and middle dots, composed, case folded."""
    composed = unicodedata.normalize("NFC", text).casefold()
    # casefold may decompose again (it does for a few letters), so composing is repeated.
    composed = unicodedata.normalize("NFC", composed)
    spaced = "".join(" " if _separates(character) else character for character in composed)
    return spaced.split()


def _separates(character: str) -> bool:
    # Letters, marks and digits make up a word, and so do ideographs that Python's tables do not have yet.
    return unicodedata.category(character)[0] not in "LMN" and not is_ideograph(character)


def join_words(words: Iterable[str]) -> str:
    """One field of a key."""
    return WORD.join(words)


def join_fields(fields: Iterable[str]) -> str:
    """A whole key; the first field weighs most."""
    return FIELD.join(fields)
