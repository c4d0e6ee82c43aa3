"""Declaring kinds of notice, and their texts in the languages of the house.

The English texts stand in the declaration; the others come from the plugin's message catalogues, one PO file a language
(``locale/vi.po``), whose message ids are the English texts. They are read when the host starts: a kind that lacks a
language, or whose translation names other values than the kind declares, does not start.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Literal

from homeroom.errors import ConfigurationError
from homeroom.languages import LANGUAGES, language_of, placeholders, read_catalogue
from homeroom.messages import Message

__all__ = ["LANGUAGES", "NoticeKind", "Value", "kind_faults", "language_of", "rendered", "title_in"]

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
#: Characters of a subject; longer ones are cut.
_LONGEST_SUBJECT: Final = 300
_LONGEST_VALUE: Final = 1000

#: A message is a text of its own, translated by the catalogues of the kind. A function makes the text for the language
#: of each reader.
Value = str | int | date | Message | Callable[[str], str]


@dataclass(frozen=True, slots=True, eq=False)
class NoticeKind:
    """A kind of notice. Placeholders in the texts are ``{name}``, of values that the kind declares.

    Args:
        name: Dotted: ``<plugin>.<what happened>``.
        title: For people who choose what they want to hear of, in English.
        subject: One line, in English. It is sent by mail, so it has nothing that a carrier of mail may not know.
        body: Paragraphs, in English.
        values: Names of the values to what each is, for people.
        channel: Where it is delivered unless the reader chose otherwise: to the inbox alone, by mail at once too, or
            into the mail of the day.
        optional: Whether the reader may turn it off.
        todo: Whether it is something to do; it is never turned off.
        mail_body: Whether the body may go by mail. Otherwise the mail says that there is a notice, and where.
        locale: The folder with the catalogues ``zh-Hant.po``, ``zh-Hans.po`` and ``vi.po``; by default the plugin's.
    """

    name: str
    title: str
    subject: str
    body: str
    values: Mapping[str, str] = field(default_factory=dict)
    channel: Literal["inbox", "mail", "digest"] = "inbox"
    optional: bool = True
    todo: bool = False
    mail_body: bool = False
    locale: Path | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"notice kind {self.name!r}: expected a name like school.lesson_moved")
        if "\n" in self.subject:
            raise ConfigurationError(f"notice kind {self.name}: a subject is one line")

    def belongs_to(self, folder: Path | None) -> None:
        """Say where the catalogues of the plugin are that declares it; the host does when it collects kinds."""
        if self.locale is None:
            object.__setattr__(self, "locale", folder)


def kind_faults(kind: NoticeKind) -> Iterator[str]:
    """What is wrong with the texts of a kind."""
    for text in (kind.subject, kind.body):
        yield from (f"notice kind {kind.name}: {fault}" for fault in _text_faults(text, kind.values))
    if kind.locale is None:
        yield f"notice kind {kind.name}: the plugin has no folder locale"
        return
    for language in LANGUAGES[1:]:
        try:
            catalogue = read_catalogue(kind.locale / f"{language}.po")
        except (OSError, ValueError) as error:
            yield f"notice kind {kind.name}: no catalogue for {language}: {error}"
            continue
        for text in (kind.title, kind.subject, kind.body):
            translated = catalogue.get(text)
            if translated is None:
                yield (
                    f"notice kind {kind.name}: {language}.po has no text for {text!r};"
                    f" `homeroom translations PLUGIN {language} --write` adds what is missing"
                )
            elif placeholders(translated) != placeholders(text):
                yield f"notice kind {kind.name}: {language}.po has other values than {text!r}"
            elif text == kind.subject and "\n" in translated:
                yield f"notice kind {kind.name}: {language}.po has a subject of several lines"


def title_in(kind: NoticeKind, language: str) -> str:
    """What a kind is called in a language of the house."""
    return _translated(kind, kind.title, language)


def rendered(kind: NoticeKind, language: str, values: Mapping[str, Value]) -> tuple[str, str]:
    """Subject and body in a language of the house.

    Args:
        kind: Whose texts.
        language: One of :data:`LANGUAGES`.
        values: All that the kind declares and nothing else; dates are written as the language does.

    Raises:
        ValueError: A value is missing, or is none of the kind's.
    """
    if values.keys() != kind.values.keys():
        raise ValueError(f"notice kind {kind.name}: wants the values {sorted(kind.values)}, got {sorted(values)}")
    shown = {name: _shown(_in_words(kind, value, language), language) for name, value in values.items()}
    subject = _one_line(_translated(kind, kind.subject, language).format_map(shown))
    return subject[:_LONGEST_SUBJECT], _translated(kind, kind.body, language).format_map(shown)


def _in_words(kind: NoticeKind, value: Value, language: str) -> Value:
    if not isinstance(value, Message):
        return value
    said = {name: _shown(each, language) for name, each in value.values.items()}
    return _translated(kind, value.code.text, language).format_map(said)


def _translated(kind: NoticeKind, text: str, language: str) -> str:
    assert kind.locale is not None  # a kind without one does not start
    return text if language == "en" else read_catalogue(kind.locale / f"{language}.po")[text]


def _text_faults(text: str, values: Mapping[str, str]) -> Iterator[str]:
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None and (name not in values or spec or conversion):
            yield f"{text!r} names {name!r}, which is not declared or not plain"


def _shown(value: Value, language: str) -> str:
    if callable(value):
        value = value(language)
    if isinstance(value, date):
        from babel.dates import format_date

        return format_date(value, "long", locale=language.replace("-", "_"))
    return _one_line(str(value))[:_LONGEST_VALUE]


def _one_line(text: str) -> str:
    """A text without line ends and other signs that control something; half a character is replaced by a mark."""
    stored = text.encode("utf-8", "replace").decode()
    kept = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in stored)
    return " ".join("".join(kept).split())
