"""Order of Vietnamese names: by given name first (the last word), then middle names, then family name.

Letters follow the Vietnamese alphabet (a ă â b c d đ e ê ...), and tones decide only between syllables
with the same letters, in the order of Vietnamese dictionaries: none, huyền, hỏi, ngã, sắc, nặng.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from homeroom.names.key import join_fields, join_words, words_of

__all__ = ["split_vietnamese", "vietnamese_key"]

# f, j, w and z are not Vietnamese letters but stand in names of other peoples of the country.
_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
#: One ASCII letter for each letter, in order: 33 letters fit into A..Z, a..z.
_WEIGHT: Final = {
    letter: chr(ord("A") + place) if place < 26 else chr(ord("a") + place - 26)
    for place, letter in enumerate(_ALPHABET)
}
_TONES: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_QUALITY: Final = {"\u0306", "\u0302", "\u031b"}


def _syllable_key(word: str) -> str:
    tone = "0"
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", word):
        if character in _TONES:
            tone = _TONES[character]
        elif character in _QUALITY and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + character)
        elif not unicodedata.combining(character):
            letters.append(character)
    # Anything foreign to the alphabet sorts after it by code point, in a fixed width.
    return "".join(_WEIGHT.get(letter, f"~{ord(letter[0]):06x}") for letter in letters) + tone


def vietnamese_key(family: str, middle: str, given: str) -> str:
    """The key of a Vietnamese name.  Compare keys byte by byte."""
    return join_fields(join_words(_syllable_key(word) for word in words_of(field)) for field in (given, middle, family))


def split_vietnamese(full: str) -> tuple[str, str, str]:
    """(family, middle, given) of a full name: the first word, those between, the last word.

    A name of one word is a given name.  Families that write a double family name enter the parts
    themselves: from the full name alone nobody can tell it from a middle name.
    """
    words = full.split()
    if len(words) < 2:
        return "", "", " ".join(words)
    return words[0], " ".join(words[1:-1]), words[-1]
