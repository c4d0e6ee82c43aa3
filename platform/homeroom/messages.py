"""The texts of refusals and failures, as a person reads them: in a language, with its dates and numbers.

What a command raises holds a code and values. The text is made where the answer leaves Homeroom (GraphQL, HTTP, the
command line, the report of a job), because only there it is known who reads it.

A reader's language is the one that the account chose (``POST /auth/language``), else the one that the request prefers
(``Accept-Language``), else the school's, else English.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeroom.declared_codes import declared_codes, shared_codes
from homeroom.languages import ENGLISH, KERNEL_LOCALE, language_of, texts_in
from homeroom.refusals import Code, Label
from homeroom.spelling import camel_case
from homeroom.wording import Message, english, filled

if TYPE_CHECKING:
    from homeroom.callers import Caller
    from homeroom.errors import Failure, Problem
    from homeroom.host import Host
    from homeroom.plugins import PluginRegistry

__all__ = [
    "Message",
    "Messages",
    "accept_header",
    "accepted_language",
    "english",
    "environment_language",
    "language_for",
    "reader_language",
    "spelt",
]

logger = logging.getLogger(__name__)

#: Ranges of ``Accept-Language`` that are looked at.
_MOST_RANGES: Final = 20


class Messages:
    """The texts of an installation.

    Args:
        registry: The plugins; only those that are there when it is made count.
    """

    def __init__(self, registry: PluginRegistry) -> None:
        #: Name and English text of a code to the catalogues that translate it.
        self._folders: dict[tuple[str, str], Path | None] = {}
        self._locales: list[Path] = [KERNEL_LOCALE]
        self._take(shared_codes(), KERNEL_LOCALE)
        for plugin in registry.in_order():
            self._take(declared_codes(plugin), plugin.locale)
            if plugin.locale is not None:
                self._locales.append(plugin.locale)
        self._all: dict[str, Mapping[str, str]] = {}

    def _take(self, codes: Sequence[Code], folder: Path | None) -> None:
        for code in codes:
            self._folders.setdefault((str(code), code.text), folder)

    def text(self, code: Code, values: Mapping[str, Any], language: str) -> str:
        """The text of a code.

        Args:
            code: The code.
            values: What its text names in braces.
            language: One of :data:`~homeroom.languages.LANGUAGES`.
        """
        if language == ENGLISH:
            return english(code, values)
        # The text that places a fault of a file is the kernel's, whatever the code is.
        folder = self._folders.get((str(code), code.text), KERNEL_LOCALE)
        text = texts_in(folder, language).get(code.text, code.text)
        own = {
            name: Label(self.text(each.code, each.values, language)) if isinstance(each, Message) else each
            for name, each in values.items()
        }
        return filled(text, own, language, self._labels(language))

    def problem(self, problem: Problem, language: str) -> dict[str, Any]:
        """A problem as an answer in JSON shows it, the field in the spelling of GraphQL."""
        return {
            "code": str(problem.code),
            "message": self.text(problem.code, problem.values, language),
            "field": spelt(problem.field),
            "row": problem.row,
            **({"column": problem.column} if problem.column else {}),
        }

    def failure(self, failure: Failure, language: str) -> str:
        """The text of a failure."""
        return self.text(failure.code, failure.values, language)

    def errors(self, errors: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
        """Errors of an answer, each :class:`Message` among them as its text."""
        return [
            {**each, "message": self.text(said.code, said.values, language)}
            if isinstance(said := each["message"], Message)
            else dict(each)
            for each in errors
        ]

    def _labels(self, language: str) -> Mapping[str, str]:
        found = self._all.get(language)
        if found is None:
            found = self._all[language] = {
                text: translated
                for folder in reversed(self._locales)
                for text, translated in texts_in(folder, language).items()
            }
        return found


def spelt(field: str | None) -> str | None:
    """A field as GraphQL spells it: ``rows.examCapacity`` for ``rows.exam_capacity``."""
    return None if field is None else _spelt(field)


@functools.lru_cache(4096)
def _spelt(field: str) -> str:
    return ".".join(camel_case(each) for each in field.split("."))


# Whose language -----------------------------------------------------------------------------------------


def accepted_language(header: str | bytes) -> str | None:
    """The language of the house that a request prefers, or none if it asks for none of them.

    Args:
        header: ``Accept-Language`` (RFC 9110, 12.5.4); empty if there is none.
    """
    if not header:
        return None
    text = header.decode("latin-1") if isinstance(header, bytes) else header
    best, chosen = 0.0, None
    for each in text.split(",", _MOST_RANGES)[:_MOST_RANGES]:
        tag, _, parameter = each.strip().partition(";")
        quality = _quality(parameter)
        if quality > best and tag.strip().lower().split("-")[0] in ("en", "vi", "zh"):
            best, chosen = quality, language_of(tag.strip())
    return chosen


def accept_header(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """``Accept-Language`` among the headers of an ASGI scope; empty if there is none."""
    return b",".join(value for name, value in headers if name == b"accept-language")


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def environment_language() -> str:
    """The language of the command line: that of its locale (``LC_ALL``, ``LC_MESSAGES``, ``LANG``)."""
    chosen = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return language_of(chosen.partition(".")[0].partition("@")[0].replace("_", "-"))


async def language_for(host: Host, caller: Caller, accept: str | bytes = "") -> str:
    """The language in which a caller reads refusals; see the module.

    Args:
        host: The host.
        caller: Who reads.
        accept: The header ``Accept-Language`` of the request, if there is one.

    Example:
        language = await language_for(context.host, context.caller)
    """
    chosen: str | None = None
    if caller.account is not None:
        try:
            chosen = await host.directory.language(caller.account)
        except Exception as error:  # noqa: BLE001 - what went wrong before is reported all the same
            logger.warning("the language of an account cannot be read: %s", type(error).__name__)
    if chosen is not None:
        return language_of(chosen)
    return accepted_language(accept) or language_of(caller.space.locale)


async def reader_language(host: Host, scope: Mapping[str, Any]) -> str:
    """The language of the sender of an HTTP request; see the module. Nobody need be signed in.

    Args:
        host: The host.
        scope: The ASGI connection scope.
    """
    accept = accept_header(scope["headers"])
    try:
        caller = await host.directory.authenticate(scope, used=False)
    except Exception:  # noqa: BLE001 - for any sender, and whether the database answers or not, this has an answer
        return accepted_language(accept) or ENGLISH
    return await language_for(host, caller, accept)
