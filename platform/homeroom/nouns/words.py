"""English words for what nouns make: names in code, and sentences that describe verbs."""

from __future__ import annotations

__all__ = ["plural_of", "with_article"]


def plural_of(noun: str) -> str:
    """The regular plural of a word, or of the last of several: an author says where English has another."""
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


def with_article(words: str) -> str:
    """``an entry``, ``a room``, by the first letter."""
    return f"{'an' if words[:1] in 'aeio' else 'a'} {words}"
