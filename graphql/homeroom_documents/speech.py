"""In which language a paper or a list speaks, and how a paper speaks it: texts, dates, decimals, letters."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import Refusal
from homeroom.languages import LANGUAGES, decimal_sign, language_of, texts_in, written
from homeroom.refusals import ONE_OF

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.callers import Caller, Space
    from homeroom.host import Host

__all__ = ["asked_language", "language_for", "speech_of"]

#: A date or a moment as GraphQL answers it.
_DATED: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}.*)?")
_LONGEST_DATE: Final = 40
#: What Typst hyphenates, breaks lines and sets punctuation by (ISO 639 and 3166).
_TYPST: Final = {"en": ("en", None), "vi": ("vi", "VN"), "zh-Hans": ("zh", "CN"), "zh-Hant": ("zh", "TW")}
#: Regions that write traditional characters in the shapes of Hong Kong.
_AS_IN_HONG_KONG: Final = frozenset({"hk", "mo"})
#: Region to the shapes of its characters; everywhere else they are those of the mainland.
_SHAPES: Final = {"hk": "HK", "mo": "HK", "tw": "TW"}


def asked_language(asked: str) -> str:
    """A language that was asked for by name. Raises Refusal naming ``language`` if the house does not speak it."""
    if asked not in LANGUAGES:
        raise Refusal(ONE_OF, "language", options=LANGUAGES)
    return asked


async def language_for(host: Host, caller: Caller, asked: str | None) -> str:
    """The language that a reader is answered in: the one asked for, the account's, the school's, else English.

    Args:
        host: The host.
        caller: The reader.
        asked: By name, or none.

    Raises:
        Refusal: The house does not speak what was asked for.
    """
    if asked is not None:
        return asked_language(asked)
    chosen = None if caller.account is None else await host.directory.language(caller.account)
    return language_of(chosen or caller.space.locale)


def speech_of(language: str, space: Space, folder: Path | None, answer: Any) -> dict[str, Any]:
    """All that a template needs in order to speak a language.

    Args:
        language: One of :data:`~homeroom.languages.LANGUAGES`.
        space: Whose paper it is: the same characters have other shapes in other regions.
        folder: The catalogues of the plugin that brings the template.
        answer: What the paper shows; its dates and moments are written out, in the space's time zone.
    """
    lang, region = _TYPST[language]
    if language == "zh-Hant" and space.region in _AS_IN_HONG_KONG:
        region = "HK"
    shapes = region if lang == "zh" else _SHAPES.get(space.region, "CN")
    return {
        "name": language,
        "lang": lang,
        "region": region,
        "shapes": shapes,
        "decimal": decimal_sign(language),
        "between": "、" if lang == "zh" else ", ",
        "texts": dict(texts_in(folder, language)),
        "dates": {text: _written(text, language, space) for text in dict.fromkeys(_dates(answer))},
    }


def _dates(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        if len(answer) <= _LONGEST_DATE and _DATED.fullmatch(answer):
            yield answer
    elif isinstance(answer, dict | list):
        for each in answer.values() if isinstance(answer, dict) else answer:
            yield from _dates(each)


def _written(text: str, language: str, space: Space) -> str:
    try:
        if "T" not in text:
            return written(date.fromisoformat(text), language)
        return written(datetime.fromisoformat(text).astimezone(space.time_zone), language)
    except (ValueError, OverflowError):  # somebody's own words that look like a date
        return text
