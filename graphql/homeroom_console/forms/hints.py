"""Short hints at controls: what a value may be, in the reader's words and not in those of the schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from homeroom.languages import ENGLISH, decimal_sign
from homeroom.texts import folded
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyInput

__all__ = ["hint_of", "prose_of"]

#: Sentences of descriptions that a form says by its controls, or that are for programs alone.
_FOR_PROGRAMS: Final = re.compile(
    r"^(?:At most [\d,]+ characters|A code of \S+|From \S+ to \S+(?:, with at most \d+ digits after the point)?"
    r"|By language tag, such as \S+|Not (?:after|before) today|As JSON.*|.*\bnull\b.*|.*`.*|.*\bschema\b.*"
    r"|.*\bid\b.*|Raises .*|Today where it is not given)$",
    re.DOTALL,
)
_SENTENCE: Final = re.compile(r"(?<=\.)\s+")
#: Words that add nothing to what a label says.
_SMALL: Final = frozenset(("the", "a", "an", "of", "its", "their", "may", "be", "empty", "which", "it", "is"))
_NOT_LATIN: Final = re.compile(r"[^\x00-\x7f]")


def hint_of(reader: Reader, given: VocabularyInput) -> str:
    """What helps to fill in an input; empty if its label says all.

    Args:
        reader: Who fills it in.
        given: The input.
    """
    return " ".join(filter(None, (prose_of(reader, given.description, given.label), _limits(reader, given))))


def prose_of(reader: Reader, description: str, label: str = "") -> str:
    """What of a description is for people who read this language.

    Args:
        reader: Who reads.
        description: In the reader's language, or in English where it is not translated.
        label: What is written beside it already.
    """
    if reader.language != ENGLISH and not _NOT_LATIN.search(description):
        return ""
    sentences = [each for each in _SENTENCE.split(description) if not _FOR_PROGRAMS.match(each.rstrip("."))]
    known = {*_words(label), *_SMALL}
    return " ".join(each for each in sentences if not _words(each) <= known)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", folded(text)))


def _limits(reader: Reader, given: VocabularyInput) -> str:
    if given.control in (Control.NUMBER, Control.DECIMAL) and given.lowest is not None and given.highest is not None:
        sign = decimal_sign(reader.language)
        least, most = (each.replace(".", sign) for each in (given.lowest, given.highest))
        return reader.text("From {least} to {most}.").format(least=least, most=most)
    if given.control is Control.DATE and not given.future:
        return reader.text("Not after today.")
    if given.control is Control.DATE and not given.past:
        return reader.text("Not before today.")
    return ""
