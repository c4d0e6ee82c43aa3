"""What there is to choose in forms: rows of nouns by what people call them, and codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.showing.values import name_of, name_selection, shown

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["ANYBODY", "Option", "choices", "codes", "logins", "names_of_rows", "nouns_called", "rows_called"]

#: Rows that a control for a reference shows.
_CHOICES: Final = 10
#: Codes of a code table, and logins of members, that a control shows.
_CODES: Final = 500
#: In place of a noun, in references that may lead to any person.
ANYBODY: Final = "Person"


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose.

    Args:
        value: What is sent.
        label: What people read.
        chosen: Whether it is chosen.
    """

    value: str
    label: str
    chosen: bool = False


def nouns_called(reader: Reader, noun: str) -> list[VocabularyNoun]:
    """The nouns whose rows a reference may lead to: one, or all kinds of person."""
    if noun != ANYBODY:
        found = reader.words.nouns.get(noun)
        return [found] if found is not None and found.list_field is not None else []
    return [each for each in reader.vocabulary.nouns if each.person and each.list_field is not None]


async def choices(asking: Asking, reader: Reader, noun: str, words: str) -> list[Option]:
    """The first rows of a noun, or the first that have these words.

    Args:
        asking: Asks.
        reader: Who chooses.
        noun: Of what; :data:`ANYBODY` for people of any kind.
        words: What the name of the row has; empty for all rows.
    """
    nouns = nouns_called(reader, noun)
    found: list[Option] = []
    for about in nouns:
        made = await _rows(asking, reader, about, _wanted(about, words), _CHOICES)
        found += [Option(each.value, f"{each.label} ({about.one})") for each in made] if len(nouns) > 1 else made
    return found[: _CHOICES * 2]


def _wanted(about: VocabularyNoun, words: str) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    search = next((each.name for each in about.fields if each.search), None)
    if words and search is not None:
        wanted[search] = {"matches": words}
    elif words:
        wanted["or"] = [{name: {"contains": words}} for name in _names(about)]
    if about.unlisted is None and any(each.name == "active" and each.filterable for each in about.fields):
        wanted["active"] = {"eq": True}
    return wanted


def _names(about: VocabularyNoun) -> list[str]:
    """The texts by which rows of a noun are found."""
    fields = {each.name: each for each in about.fields}
    named = [fields[each] for each in about.known_by if each in fields]
    texts = [each.name for each in named if each.filterable and each.type.rstrip("!") == "String" and not each.values]
    return (
        texts
        or [
            each.name
            for each in about.fields
            if each.filterable and each.type.rstrip("!") == "String" and not each.values and not each.technical
        ][:2]
    )


async def rows_called(asking: Asking, reader: Reader, noun: str, names: Sequence[str]) -> dict[str, list[str]]:
    """The rows that people call by one of these names: name to ids.

    Args:
        asking: Asks.
        reader: Who writes the names.
        noun: Of what; :data:`ANYBODY` for people of any kind.
        names: What somebody typed or pasted: a code, a number or a name.
    """
    found: dict[str, list[str]] = {}
    for about in nouns_called(reader, noun):
        texts = _names(about)
        if not texts:
            continue
        document = (
            f"query ConsoleCalled($filter: {about.name}Filter, $first: Int) {{"
            f" {about.list_field}(filter: $filter, first: $first) {{ nodes {{ id {' '.join(texts)} }} }} }}"
        )
        wanted = {"or": [{each: {"in": list(names)}} for each in texts]}
        answer = await asking.ask(reader, document, {"filter": wanted, "first": 200})
        for row in (answer.first or {"nodes": []})["nodes"]:
            for text in {row[each] for each in texts} & set(names):
                found.setdefault(text, []).append(row["id"])
    return found


async def names_of_rows(asking: Asking, reader: Reader, noun: str, ids: Sequence[str]) -> dict[str, str]:
    """What people call rows, by their ids; those that the reader may not see are left out.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What they are.
        ids: Their ids.
    """
    about = reader.words.nouns.get(noun)
    if about is None or about.list_field is None:
        return {}
    found: dict[str, str] = {}
    for start in range(0, len(ids), 100):
        piece = list(ids[start : start + 100])
        made = await _rows(asking, reader, about, {"id": {"in": piece}}, len(piece))
        found |= {each.value: each.label for each in made}
    return found


async def _rows(
    asking: Asking, reader: Reader, about: VocabularyNoun, wanted: dict[str, Any], most: int
) -> list[Option]:
    further = _further_names(about)
    selected = " ".join(dict.fromkeys([name_selection(reader, about.name), *(each.name for each in further)]))
    document = (
        f"query ConsoleChoices($filter: {about.name}Filter, $first: Int) {{"
        f" {about.list_field}(filter: $filter, first: $first) {{ nodes {{ {selected} }} }} }}"
    )
    answer = await asking.ask(reader, document, {"filter": wanted or None, "first": most})
    nodes = (answer.first or {"nodes": []})["nodes"]
    return [Option(each["id"], _label(reader, about, further, each)) for each in nodes]


def _further_names(about: VocabularyNoun) -> list[VocabularyField]:
    """The fields by which people tell rows of one name apart, such as a number."""
    fields = {each.name: each for each in about.fields}
    plain = [fields[each] for each in about.known_by if each in fields and fields[each].noun is None]
    return [each for each in plain if not (each.sensitive or each.logged or each.many)][:2]


def _label(reader: Reader, about: VocabularyNoun, further: Sequence[VocabularyField], row: dict[str, Any]) -> str:
    name = name_of(reader, about, row)
    texts = [shown(reader, each, row[each.name]).striptags() for each in further if row.get(each.name)]
    return " · ".join([name, *(each for each in dict.fromkeys(texts) if each not in name)])


async def codes(asking: Asking, reader: Reader, table: str) -> list[tuple[str, str]]:
    """The codes of a code table that can be chosen, with their titles.

    Args:
        asking: Asks.
        reader: Who chooses.
        table: The code table.
    """
    if "codeValues" not in reader.words.lists:
        return []
    kept: dict[str, list[tuple[str, str]]] = reader.kept.setdefault("codes", {})
    if table not in kept:
        document = (
            "query ConsoleCodes($filter: CodeValueFilter, $first: Int) {"
            " codeValues(filter: $filter, first: $first) { nodes { code title } } }"
        )
        wanted = {"codeTable": {"eq": table}, "active": {"eq": True}}
        answer = await asking.ask(reader, document, {"filter": wanted, "first": _CODES})
        kept[table] = [(each["code"], each["title"]) for each in (answer.first or {"nodes": []})["nodes"]]
    return kept[table]


async def logins(asking: Asking, reader: Reader) -> list[Option]:
    """The logins of the members of the school with their names; none where the reader may not see them."""
    if not {"login", "name"} <= reader.words.parts.get("SpaceMember", {}).keys():
        return []
    document = "query ConsoleLogins($first: Int) { spaceMembers(first: $first) { nodes { login name } } }"
    answer = await asking.ask(reader, document, {"first": _CODES})
    rows = (answer.first or {"nodes": []})["nodes"]
    return [Option(each["login"], each["name"] or each["login"]) for each in rows if each["login"]]
