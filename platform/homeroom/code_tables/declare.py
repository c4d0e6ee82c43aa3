"""Declaring code tables, and what a region adds to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeroom.errors import ConfigurationError
from homeroom.languages import ENGLISH, LANGUAGES, language_of

__all__ = ["CODE", "CodeTable", "Titles", "table_faults", "title_in", "titles"]

#: Language tag to text.
Titles = Mapping[str, str]
CODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9])?")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_LONGEST_NAME: Final = 60
_LONGEST_TITLE: Final = 120


def titles(en: str, hant: str, hans: str, vi: str) -> Titles:
    """A title in the four languages: English, Traditional Chinese, Simplified Chinese, Vietnamese."""
    return {"en": en, "zh-Hant": hant, "zh-Hans": hans, "vi": vi}


def title_in(titled: Titles, tag: str) -> str:
    """The title in one of the four languages, such as that of a school: ``title_in(TITLE, context.space.locale)``.

    Args:
        titled: Titles, the English one among them.
        tag: A BCP 47 language tag.
    """
    return titled.get(language_of(tag)) or titled[ENGLISH]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A code table with the codes that schools start with, or what a region adds to one.

    A plugin declares its own tables without a region. A plugin of a region declares further codes of a table of a
    plugin that it requires, and which codes start inactive in its schools::

        CodeTable("school.status_change", region="hk", unused=("expel",))

    Args:
        name: Dotted, beginning with the plugin's name: ``talent.category``.
        titles: What people call the table; see :func:`titles`. Empty with a region.
        codes: Code to its titles, in the order of lists.
        region: The region whose schools have these codes, such as ``hk``; without it, all have them.
        unused: Codes of the table that start inactive in schools of the region.
    """

    name: str
    titles: Titles = field(default_factory=dict)
    codes: Mapping[str, Titles] = field(default_factory=dict)
    region: str = ""
    unused: Collection[str] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > _LONGEST_NAME:
            raise ConfigurationError(f"code table {self.name!r}: expected a name like talent.category")
        for code, texts in self.codes.items():
            if not CODE.fullmatch(code):
                raise ConfigurationError(f"code table {self.name}: {code!r} is no code")
            if not texts or any(not 0 < len(each) <= _LONGEST_TITLE for each in texts.values()):
                raise ConfigurationError(f"code table {self.name}: {code} needs titles of 1 to {_LONGEST_TITLE} signs")


def table_faults(table: CodeTable, tables: Mapping[str, CodeTable]) -> Iterator[str]:
    """What is wrong with a declared table.

    Args:
        table: The declaration.
        tables: Name to declaration of all tables, without those of regions.
    """
    if not table.region:
        for named, texts in (("", table.titles), *table.codes.items()):
            for language in LANGUAGES:
                if language not in texts:
                    yield f"code table {table.name}: {named or 'its title'} is not there in {language}"
        if table.unused:
            yield f"code table {table.name}: unused codes belong to a region"
        return
    whole = tables.get(table.name)
    if whole is None:
        yield f"code table {table.name}: no plugin that it requires declares it"
        return
    for code in table.unused:
        if code not in whole.codes:
            yield f"code table {table.name}: it has no code {code}"
