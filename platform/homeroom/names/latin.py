"""Order of names in Latin letters: case and accents decide only between names that are otherwise equal."""

from __future__ import annotations

import unicodedata

from homeroom.names.key import join_fields, join_words, words_of

__all__ = ["latin_key"]


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def latin_key(*fields: str) -> str:
    """The key of name parts in the order in which they weigh (for most lists: family, given, middle).

    All parts without accents come first, then all parts with them, so that an accent in the family
    name weighs less than a letter of the given name.  Compare keys byte by byte.
    """
    split = [words_of(field) for field in fields]
    return join_fields(
        [join_words(_bare(word) for word in words) for words in split] + [join_words(words) for words in split]
    )
