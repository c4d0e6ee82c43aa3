"""Declaring documents: papers that a plugin sets from what its reader may see, and the texts that they say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Document", "texts_of"]

#: A call of ``t`` in a template, with its text.
_SAID = re.compile(r'\bt\("((?:[^"\\]|\\.)*)"')
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: what is asked, and how the answer is set.

    The query runs as the person who wants the paper, so it shows what that person may see and nothing else. Where the
    first field of the answer is null, there is no such paper for that person.

    Args:
        name: Dotted: ``<plugin>.<paper>``.
        title: For people, in English; as the texts of the template it is translated by the plugin's catalogues.
        query: One GraphQL query.
        template: A Typst file. It finds the answer with ``json(bytes(sys.inputs.answer))`` and the house's paper with
            ``#import "paper.typ"``; see the guide for authors of plugins.
        variables: Variables of the query to what each is, for people. All of them are given as texts. None is called
            ``language``: that chooses the language in which the paper is set. A query that declares
            ``$language: String`` gets that language, such as for a computed query whose answer has words.
    """

    name: str
    title: str
    query: str
    template: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks_language(self) -> bool:
        """Whether the query has the variable ``$language``, in which it gets the language of the paper."""
        return "$language:" in self.query

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(f"document {self.name!r}: expected a name like school.class_list")
        if "language" in self.variables:
            raise ConfigurationError(f"document {self.name}: language is what every paper is asked for in")
        if not self.template.is_file():
            raise ConfigurationError(f"document {self.name}: there is no template {self.template}")


def texts_of(document: Document) -> Iterator[str]:
    """The English texts of a document: what a catalogue translates.

    They are its title, what its variables are, and each text in quotation marks that its template says with ``t``.
    """
    yield document.title
    yield from document.variables.values()
    for said in _SAID.findall(document.template.read_text("utf-8")):
        yield re.sub(r"\\(.)", r"\1", said)
