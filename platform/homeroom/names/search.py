"""Finding people by name, however one writes it.

A name is kept as words to be found by: without accents and case (Nguyễn as nguyen), in simplified characters, and for
Chinese names by pinyin and jyutping without tones, as single syllables and joined. What is asked for is folded the same
way, so that 陳, 陈, chen and chan find one another; each word asked for must begin a word of the name, and Chinese
characters may stand anywhere in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from homeroom.names.chinese import pinyin_syllables
from homeroom.names.key import words_of
from homeroom.names.person_name import PersonName
from homeroom.texts import is_ideograph

__all__ = ["search_patterns", "search_text", "text_words"]

#: Words of a question that count; more would cost and find nothing.
_MOST_WORDS: Final = 10
_LONGEST: Final = 2000
_LONGEST_WORDS: Final = 4000
# Letters that Unicode does not take apart.
_LETTERS: Final = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ı": "i"})


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    # Its dictionary takes long to load, and most processes never meet a Chinese name.
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=16384)
def _simplified(text: str) -> str:
    made: str = _simplifier().convert(text)
    return made


@lru_cache(maxsize=16384)
def _jyutping(text: str) -> list[str]:
    from ToJyutping import get_jyutping_list

    return [spoken.rstrip("123456") for _, spoken in get_jyutping_list(text) if spoken]


def _is_han(character: str) -> bool:
    return is_ideograph(character)


def _folded(word: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))
    plain = bare.casefold().translate(_LETTERS)
    return _simplified(plain) if any(map(_is_han, plain)) else plain


def search_text(name: PersonName) -> str:
    """The words that a name is found by, with a space before each."""
    parts = (name.family, name.middle, name.given)
    words = [_folded(word) for part in parts for word in words_of(part)]
    if any(map(_is_han, "".join(parts))):
        family, given = name.family, name.middle + name.given
        words.append(_folded(family + given))
        for spoken in (pinyin_syllables(family, given), (_jyutping(family), _jyutping(given))):
            words += [*spoken[0], *spoken[1], "".join(spoken[1]), "".join(spoken[0] + spoken[1])]
    return "".join(f" {word}" for word in dict.fromkeys(words) if word)[:_LONGEST]


def text_words(texts: Iterable[str]) -> str:
    """The words of texts as :func:`search_patterns` finds them, with a space before each."""
    words = dict.fromkeys(_folded(word) for text in texts for word in words_of(text))
    return "".join(f" {word}" for word in words if word)[:_LONGEST_WORDS]


def search_patterns(asked: str) -> list[str]:
    """What a name's :func:`search_text` must all be LIKE to be found; nothing asked finds everybody."""
    # Only letters, marks and digits make up words: nothing in them means anything to LIKE.
    words = [_folded(word) for word in words_of(asked)][:_MOST_WORDS]
    return [f"%{word}%" if any(map(_is_han, word)) else f"% {word}%" for word in words]
