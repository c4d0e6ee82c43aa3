"""One search over people and other rows, and over what can be opened and done."""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from homeroom.pages import Page
from homeroom_console.declared import declared_in, may_open
from homeroom_console.showing.columns import columns_of, field_selection
from homeroom_console.showing.filters import SEARCH, search_condition
from homeroom_console.showing.naming import naming_of
from homeroom_console.showing.values import cell_of, row_address
from homeroom_graphql.vocabulary.values import VerbPlace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyNoun

__all__ = ["Found", "Hit", "found_for"]

#: Rows of a noun, pages and tasks that are shown.
_MOST: Final = 6
#: Nouns beside people that are searched: those that the navigation has come first.
_NOUNS: Final = 8
#: Further fields of a row that help to tell it from others.
_BESIDE: Final = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Args:
        title: What people call it.
        beside: What tells it from others of the same name; may be empty.
        address: Where it is.
    """

    title: str
    beside: str
    address: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind.

    Args:
        title: What people call the kind.
        hits: At least one.
        all: The list with everything that was found; empty if all is shown.
    """

    title: str
    hits: Sequence[Hit]
    all: str = ""


async def found_for(asking: Asking, reader: Reader, words: str) -> list[Found]:
    """What a reader finds by words: people first, then other rows, then pages and tasks.

    Args:
        asking: Asks.
        reader: Who searches.
        words: What to look for; at least one character.
    """
    people, others = _searched(reader)
    rows = await asyncio.gather(*(_rows(asking, reader, each, words) for each in (people, others) if each))
    doing = list(_doing(reader, words))[:_MOST]
    found = [each for part in rows for each in part]
    return [*found, Found(reader.text("Pages and tasks"), doing)] if doing else found


def _searched(reader: Reader) -> tuple[list[VocabularyNoun], list[VocabularyNoun]]:
    """The kinds of people, and other nouns that the navigation has, of which rows can be found by words."""
    kept = reader.words.kept
    if "searched" not in kept:
        looks = declared_in(reader.host, reader.variant).looks
        usable = [
            each
            for each in reader.vocabulary.nouns
            if each.list_field is not None and each.known_by and search_condition(reader, each, "?") is not None
        ]
        places = {name: look.nav.order for name, (_, look) in looks.items() if look.nav is not None}
        others = [each for each in usable if not each.person and each.name in places]
        others.sort(key=lambda each: places[each.name])
        kept["searched"] = [each for each in usable if each.person], others[:_NOUNS]
    made: tuple[list[VocabularyNoun], list[VocabularyNoun]] = kept["searched"]
    return made


async def _rows(asking: Asking, reader: Reader, nouns: Sequence[VocabularyNoun], words: str) -> list[Found]:
    """The rows of several nouns, by one query."""
    variables: dict[str, Any] = {"first": _MOST + 1}
    head, body = ["$first: Int"], []
    for number, noun in enumerate(nouns):
        head.append(f"$f{number}: {noun.name}Filter")
        asked = f"(filter: $f{number}, first: $first) {{ nodes {{ {_selection(reader, noun)} }} }}"
        body.append(f"n{number}: {noun.list_field}{asked}")
        variables[f"f{number}"] = search_condition(reader, noun, words)
    answer = await asking.ask(reader, f"query ConsoleFind({', '.join(head)}) {{ {' '.join(body)} }}", variables)
    found = []
    for number, noun in enumerate(nouns):
        rows = (answer.data.get(f"n{number}") or {"nodes": []})["nodes"]
        if rows:
            hits = [_hit(reader, noun, each) for each in rows[:_MOST]]
            more = any(each.search for each in noun.fields) and len(rows) > _MOST
            found.append(
                Found(noun.many, hits, f"/nouns/{noun.list_field}?{urlencode({SEARCH: words})}" if more else "")
            )
    return found


def _beside(reader: Reader, noun: VocabularyNoun) -> list[Any]:
    look = declared_in(reader.host, reader.variant).look(noun.name)
    named = naming_of(reader, noun).parts[0][0].name
    return [each for each in columns_of(reader, noun, look) if each.name != named and not each.file][:_BESIDE]


def _selection(reader: Reader, noun: VocabularyNoun) -> str:
    beside = (field_selection(reader, each, noun.name) for each in _beside(reader, noun))
    return " ".join([naming_of(reader, noun).selection, *beside])


def _hit(reader: Reader, noun: VocabularyNoun, row: dict[str, Any]) -> Hit:
    texts = [
        cell_of(reader, each, noun.name)(row[each.name]).striptags()
        for each in _beside(reader, noun)
        if row[each.name] not in (None, "", [])
    ]
    return Hit(naming_of(reader, noun).text(reader, row), " · ".join(texts), row_address(noun, row["id"]))


def _doing(reader: Reader, words: str) -> Iterator[Hit]:
    """Pages, lists and tasks whose names have all words."""
    wanted = _plain(words).split()
    for text, hit in _names(reader):
        if all(each in text for each in wanted):
            yield hit


def _names(reader: Reader) -> list[tuple[str, Hit]]:
    """The names of pages, lists and tasks, without accents."""
    kept = reader.words.kept
    if "names" not in kept:
        declared = declared_in(reader.host, reader.variant)
        made = [
            Hit(reader.text(each.what.title, each.plugin), "", f"/pages/{each.what.path}")
            for each in declared.pages.values()
            if isinstance(each.what, Page) and not each.what.variables and may_open(reader, declared, each)
        ]
        made += [Hit(each.many, "", f"/nouns/{each.list_field or each.row_field}") for each in reader.vocabulary.nouns]
        made += [
            Hit(
                each.label,
                reader.words.nouns[each.noun].many if each.noun and each.noun in reader.words.nouns else "",
                f"/do/{each.name}",
            )
            for each in reader.vocabulary.verbs
            if each.place in (VerbPlace.LIST, VerbPlace.TABLE, VerbPlace.APART)
        ]
        kept["names"] = [(_plain(f"{each.title} {each.beside}"), each) for each in made]
    found: list[tuple[str, Hit]] = kept["names"]
    return found


def _plain(text: str) -> str:
    """A text in small letters without accents, as many people type it."""
    taken_apart = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(each for each in taken_apart if not unicodedata.combining(each))
