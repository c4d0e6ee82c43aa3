"""What is around every page: the school, the navigation by what the reader may do, the languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.pages import SECTIONS, Nav, Page
from homeroom_console.declared import declared_in, may_open
from homeroom_console.placing import imports_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from homeroom_console.reader import Reader

__all__ = ["LANGUAGE_NAMES", "Entry", "Section", "shell_of"]

#: Each language in its own words.
LANGUAGE_NAMES: Final = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文", "vi": "Tiếng Việt"}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation.

    Args:
        title: In the reader's language.
        address: Where it leads.
        here: Whether the page that is shown belongs to it.
    """

    title: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the navigation.

    Args:
        title: In the reader's language.
        entries: Its entries, in order; at least one.
    """

    title: str
    entries: Sequence[Entry]


def shell_of(reader: Reader, path: str) -> dict[str, Any]:
    """What the template of the shell needs.

    Args:
        reader: Who reads.
        path: The path of the page that is shown.
    """
    return {
        "sections": list(_sections(reader, path)),
        "languages": LANGUAGE_NAMES,
        "path": path,
        "home": path == "/",
    }


def _sections(reader: Reader, path: str) -> Iterator[Section]:
    titles = {
        "teaching": reader.text("Teaching"),
        "people": reader.text("People"),
        "school": reader.text("School"),
        "office": reader.text("Office"),
        "settings": reader.text("Settings"),
    }
    found: dict[str, list[tuple[int, Entry]]] = {name: [] for name in SECTIONS}
    for nav, title, address in _entries(reader):
        here = path == address or path.startswith(f"{address}/")
        found[nav.section].append((nav.order, Entry(title, address, here)))
    for name, entries in found.items():
        if entries:
            entries.sort(key=lambda each: (each[0], each[1].title))
            yield Section(titles[name], [each for _, each in entries])


def _meant(reader: Reader, nav: Nav) -> bool:
    """Whether the navigation shows something to a reader who may see it."""
    if nav.without and reader.caller.roles <= set(nav.without):
        return False
    return not nav.needs or reader.may(*nav.needs)


def _offered(reader: Reader, noun: str, nav: Nav) -> bool:
    """Whether the navigation shows the list of a noun that the reader may see something of."""
    if not _meant(reader, nav):
        return False
    return not nav.whole or "school" in reader.caller.access.resources[noun].allow


def _entries(reader: Reader) -> Iterator[tuple[Nav, str, str]]:
    declared = declared_in(reader.host, reader.variant)
    for given in declared.pages.values():
        page = given.what
        if not isinstance(page, Page) or page.nav is None or not may_open(reader, declared, given):
            continue
        if _meant(reader, page.nav):
            yield page.nav, reader.text(page.title, given.plugin), f"/pages/{page.path}"
    for noun, (_, look) in declared.looks.items():
        words = reader.words.nouns.get(noun)
        if look.nav is not None and words is not None and _offered(reader, noun, look.nav):
            yield look.nav, words.many, f"/nouns/{words.list_field or words.row_field}"
    if "districtSchools" in reader.words.lists:
        yield Nav("school", 5), reader.text("Schools of the district"), "/district"
    if imports_of(reader):
        yield Nav("office", 80), reader.text("Imports"), "/imports"
    if "jobs" in reader.words.lists and reader.may("jobs.job.retry"):
        yield Nav("office", 90), reader.text("Jobs"), "/jobs"
