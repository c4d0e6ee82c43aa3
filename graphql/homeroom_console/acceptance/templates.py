"""The templates of a plugin as they are written: their syntax trees, and their HTML without what Jinja fills in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from homeroom_console.acceptance.parts import declared_by

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.acceptance import Subject

__all__ = ["Element", "Source", "elements_of", "sources_of"]

_JINJA: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Element:
    """A tag, or a text between tags.

    Args:
        line: Where it begins, from 1.
        tag: The name of the tag, or of that which the text is in.
        attributes: Of a tag.
        text: Between tags.
    """

    line: int
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A template.

    Args:
        path: Its file.
        text: What is in it.
        tree: What Jinja reads of it.
    """

    path: Path
    text: str
    tree: nodes.Template

    def elements(self) -> list[Element]:
        """Its HTML; what Jinja fills in is empty."""
        return elements_of(_JINJA.sub(lambda match: "\n" * match[0].count("\n"), self.text))


def sources_of(subject: Subject) -> Iterator[Source]:
    """The templates of a plugin's pages and widgets, and its own templates that these use.

    One that Jinja cannot read is left out; it cannot be rendered either.
    """
    environment = Environment(autoescape=True)  # only parses
    folder = subject.folder.resolve()
    waiting = [each.template.resolve() for each in declared_by(subject)]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        text = path.read_text("utf-8")
        try:
            tree = environment.parse(text)
        except TemplateSyntaxError:
            continue
        yield Source(path, text, tree)
        used = [name for name in meta.find_referenced_templates(tree) if name is not None]
        waiting += [folder / each.partition("/")[2] for each in used if each.startswith(f"{subject.name}/")]


def elements_of(html: str) -> list[Element]:
    """The tags and the texts of a text of HTML."""
    reader = _Elements()
    reader.feed(html)
    reader.close()
    return reader.found


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append(Element(self.getpos()[0], tag, {name: value or "" for name, value in attrs}))
        self._within.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag without content."""
        self.found.append(Element(self.getpos()[0], tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Leave it, and those within it that need no end."""
        if tag in self._within:
            while self._within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep a text, from its first line that is not blank."""
        if data.strip():
            line = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
            self.found.append(Element(line, self._within[-1] if self._within else "", {}, data.strip()))
