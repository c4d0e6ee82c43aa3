"""Writing the first files of a plugin from the templates beside this module.

A template is a file whose name ends in ``.txt``, so that no tool takes it for code. ``@{name}`` and the like stand for
what the author chose, in file names too.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.errors import ConfigurationError
from homeroom.nouns.words import plural_of
from homeroom.resources import camel_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["NewDistribution", "NotAName"]

_TEMPLATE = Path(__file__).parent / "template"
_PLACEHOLDER = re.compile(r"@\{(\w+)\}")
#: The longest lines of the templates stay within 120 characters with names of this length.
_LONGEST = 16
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
#: What the columns, parameters and variables of the templates are called already.
_TAKEN = frozenset({"title", "version", "active", "context", "expected_version", "id", "tenant_id", "node", "viewer"})


class NotAName(ConfigurationError):  # noqa: N818 - said as what is wrong
    """A name that a plugin or a noun cannot have.

    Args:
        name: The name.
        reason: Why not, as a half sentence.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name!r} will not do: {reason}")


@dataclass(frozen=True, slots=True)
class NewDistribution:
    """A plugin that is about to be written.

    Args:
        name: Of the plugin, lower snake case, 2 to 16 characters: ``library``.
        noun: What it keeps, one of them, in the same spelling: ``book``.
        title: One line for people; made from the name unless given.

    Raises:
        NotAName: The name or the noun cannot be one.
    """

    name: str
    noun: str
    title: str = ""

    def __post_init__(self) -> None:
        for each in (self.name, self.noun):
            if not _NAME.fullmatch(each) or not 2 <= len(each) <= _LONGEST:
                raise NotAName(
                    each, f"2 to {_LONGEST} lower case letters, digits and single underscores, a letter first"
                )
            if keyword.iskeyword(each) or each in _TAKEN:
                raise NotAName(each, "the name means something else already")
        if any(character in self.title for character in '"\\\n'):
            raise NotAName(self.title, "a title is one line without quotation marks and backslashes")

    @property
    def folder(self) -> str:
        """The name of its folder, which is the distribution's."""
        return f"homeroom-{self.name.replace('_', '-')}"

    @property
    def package(self) -> str:
        """The import package."""
        return f"homeroom_{self.name}"

    def files(self) -> Iterator[tuple[str, str]]:
        """Each file: path within the folder, and text."""
        values = self._values()
        for template in sorted(_TEMPLATE.rglob("*.txt")):
            path = template.relative_to(_TEMPLATE).as_posix().removesuffix(".txt")
            path = re.sub(r"^package/", f"{self.package}/", path).replace("gitignore", ".gitignore")
            yield _filled(path, values), _filled(template.read_text(encoding="utf-8"), values)

    def write(self, into: Path) -> list[Path]:
        """Write the files into a new folder.

        Args:
            into: Where the folder of the distribution is made.

        Returns:
            The files, in order.

        Raises:
            ConfigurationError: The folder is there already; nothing was written.
        """
        folder = into / self.folder
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise ConfigurationError(f"{folder} is there already") from None
        written = []
        for path, text in self.files():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            written.append(file)
        return written

    def _values(self) -> Mapping[str, str]:
        # Two plugins may both have lists or items: the plugin's name keeps them apart.
        own = f"{self.name}_{self.noun}" if self.noun != self.name else self.noun
        words = self.noun.replace("_", " ")
        title = self.title or self.name.replace("_", " ").capitalize()
        return {
            "name": self.name,
            "title": title,
            "distribution": self.folder,
            "package": self.package,
            "host_version": ".".join(version("homeroom").split(".")[:2]),
            "plugin_class": f"{_pascal(self.name)}Plugin",
            "noun": own,
            "bare_noun": self.noun,
            "noun_words": words,
            "plural_words": plural_of(words),
            "noun_class": _pascal(own),
            "noun_field": camel_case(own),
            "plural_field": camel_case(plural_of(own)),
            "table": own,
            "create_input": f"Create{_pascal(own)}Input",
            **{f"{verb}_field": camel_case(f"{verb}_{own}") for verb in ("create", "change", "remove")},
        }


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def _pascal(snake: str) -> str:
    return "".join(part.capitalize() for part in snake.split("_"))
