"""The languages of the house: which there are, the message catalogues of plugins, and how each writes a date.

A catalogue is one PO file a language (``locale/vi.po``); its message ids are the English texts, so English has none.
A plugin names the folder as ``locale``. A message with a context (``msgctxt``) is the text at one place alone.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

__all__ = [
    "ENGLISH",
    "KERNEL_LOCALE",
    "LANGUAGES",
    "catalogue_faults",
    "decimal_sign",
    "language_of",
    "placeholders",
    "read_catalogue",
    "text_among",
    "text_in",
    "texts_in",
    "written",
]

#: The language of declarations.
ENGLISH: Final = "en"
#: What every text of the house is there in; the first is the one of declarations.
LANGUAGES: Final = (ENGLISH, "zh-Hant", "zh-Hans", "vi")
#: Where the host's own texts lie.
KERNEL_LOCALE: Final = Path(__file__).parent / "locale"
#: Between context and message, as gettext has it in its own files.
_CONTEXT: Final = "\x04"
#: Language to the locale of Babel and the pattern of a date on paper. The English is British, as Hong Kong writes
#: dates; Vietnamese tables have them in digits, two for day and month.
_DATES: Final = {
    "en": ("en_GB", "long"),
    "zh-Hant": ("zh_Hant", "long"),
    "zh-Hans": ("zh_Hans", "long"),
    "vi": ("vi", "dd/MM/y"),
}


def language_of(tag: str | None) -> str:
    """The language of the house that fits a language tag (BCP 47) best: English if none does."""
    parts = (tag or "").lower().split("-")
    if parts[0] == "vi":
        return "vi"
    if parts[0] == "zh":
        return "zh-Hans" if "hans" in parts or parts[1:2] in (["cn"], ["sg"]) else "zh-Hant"
    return ENGLISH


@functools.cache
def read_catalogue(path: Path) -> Mapping[str, str]:
    """The texts of a PO file by their message ids; those without a translation, or with a doubtful one, are left out.

    Raises:
        OSError: There is no such file.
        ValueError: It is no PO file.
    """
    from babel.messages.pofile import PoFileError, read_po

    with path.open("rb") as file:
        try:
            messages = list(read_po(file, abort_invalid=True))
        except PoFileError as error:
            raise ValueError(str(error)) from None
    return {
        message.id if message.context is None else f"{message.context}{_CONTEXT}{message.id}": message.string
        for message in messages
        if message.id and isinstance(message.id, str) and isinstance(message.string, str)
        if message.string and not message.fuzzy
    }


@functools.cache
def texts_in(folder: Path | None, language: str) -> Mapping[str, str]:
    """All texts of a folder of catalogues in a language; none in English, and none where there is no catalogue.

    Args:
        folder: A plugin's ``locale``.
        language: One of :data:`LANGUAGES`.
    """
    path = None if folder is None or language == ENGLISH else folder / f"{language}.po"
    return {} if path is None or not path.is_file() else read_catalogue(path)


def text_in(folder: Path | None, language: str, text: str, context: str = "") -> str:
    """A text in a language: that of its context, else that without one, else English.

    Args:
        folder: A plugin's ``locale``.
        language: One of :data:`LANGUAGES`.
        text: In English.
        context: Where it is used, if that matters.
    """
    texts = texts_in(folder, language)
    return texts.get(f"{context}{_CONTEXT}{text}") or texts.get(text, text)


def text_among(folders: Sequence[Path], language: str, text: str, context: str = "") -> str | None:
    """A text in a language from the first of several folders of catalogues that has it; none if none has it.

    Args:
        folders: Those of a plugin, of what it requires, and the host's own.
        language: One of :data:`LANGUAGES`.
        text: In English.
        context: Where it is used, if that matters.
    """
    if language == ENGLISH:
        return text
    for folder in folders:
        texts = texts_in(folder, language)
        found = texts.get(f"{context}{_CONTEXT}{text}") or texts.get(text)
        if found:
            return found
    return None


@functools.cache
def catalogue_faults(folder: Path) -> tuple[str, ...]:
    """What is wrong with a plugin's catalogues. A text that lacks its translation is no fault: it stays English."""
    return tuple(_faults(folder))


def _faults(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"there is no folder {folder} of catalogues"
        return
    for language in LANGUAGES[1:]:
        try:
            texts = texts_in(folder, language)
        except (OSError, ValueError) as error:
            yield f"{language}.po cannot be read: {error}"
            continue
        for text, translated in texts.items():
            plain = text.rpartition(_CONTEXT)[2]
            try:
                agree = placeholders(plain) == placeholders(translated)
            except ValueError as error:
                yield f"{language}.po: {plain!r}: {error}"
                continue
            if not agree:
                yield f"{language}.po has other values than {plain!r}"


def placeholders(text: str) -> set[str]:
    """The names in braces within a text. Raises ValueError where braces do not match."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def written(value: date, language: str) -> str:
    """A date, or a moment to the minute, as a language writes it on paper: 15/10/2025, 2025年10月15日, 15 October 2025.

    Args:
        value: A date; a moment in the time zone in which it is shown.
        language: One of :data:`LANGUAGES`.
    """
    from babel.dates import format_date

    locale, pattern = _DATES[language]
    day = format_date(value, pattern, locale=locale)
    return f"{day} {value:%H:%M}" if isinstance(value, datetime) else day


def decimal_sign(language: str) -> str:
    """What separates the whole from its parts: a comma in Vietnamese."""
    from babel.numbers import get_decimal_symbol

    return get_decimal_symbol(_DATES[language][0])
