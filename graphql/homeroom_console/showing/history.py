"""What happened to a row, from the audit: who, when, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.audit import LOOK
from homeroom.spelling import camel_case
from homeroom_console.showing.naming import naming_of
from homeroom_console.showing.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField

__all__ = ["Change", "Entry", "History", "history_of", "may_see_history"]

_ENTRIES: Final = 20
_DOCUMENT: Final = """
query ConsoleHistory($filter: AuditEntryFilter, $lines: AuditLineFilter, $first: Int, $after: String) {
  entries: auditEntries(filter: $filter, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id at login command reason
      lines(filter: $lines, first: 5) { nodes { noun %s } }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one value.

    Args:
        label: Of the field.
        old: What it was; empty if there was nothing.
        new: What it is now; empty if there is nothing.
    """

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done with the row.

    Args:
        at: When, as people write it.
        who: The login.
        what: What was done.
        reason: Why; empty if nobody said so.
        looked: Whether somebody only looked.
        changes: What changed, as far as the reader may know it.
    """

    at: str
    who: str
    what: str
    reason: str
    looked: bool
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class History:
    """A part of what happened to a row, the latest first.

    Args:
        entries: What was done.
        after: Where the earlier entries begin; none if there are none.
    """

    entries: Sequence[Entry]
    after: str | None


def may_see_history(reader: Reader, row: str) -> bool:
    """Whether the audit may have something about a row that the reader may see.

    Args:
        reader: Who reads.
        row: The id of the row.
    """
    entry, line = (reader.words.parts.get(each, {}) for each in ("AuditEntry", "AuditLine"))
    if "lines" not in entry or not {"rowId", "noun"} <= line.keys():
        return False
    noun, _, identifier = row.rpartition("_")
    scopes = set(reader.caller.access.resources["AuditEntry"].allow)
    if identifier not in {str(each) for each in reader.caller.persons}:
        scopes.discard("self")
    if not noun.endswith("Settings"):
        scopes.discard("settings")
    return bool(scopes)


async def history_of(asking: Asking, reader: Reader, row: str, after: str | None) -> History:
    """What happened to a row, as far as the reader may see it.

    Args:
        asking: Asks.
        reader: Who reads.
        row: The id of the row.
        after: Where the entries begin; none for the latest.
    """
    values = [each for each in ("oldValues", "newValues") if each in reader.words.parts["AuditLine"]]
    of_row = {"rowId": {"eq": row}}
    variables = {"filter": {"lines": of_row}, "lines": of_row, "first": _ENTRIES, "after": after}
    answer = await asking.ask(reader, _DOCUMENT % " ".join(values), variables)
    page = answer.first or {"nodes": [], "pageInfo": {"hasNextPage": False}}
    nodes = page["nodes"]
    names = await _names(asking, reader, nodes)
    at = reader.words.parts["AuditEntry"]["at"]
    entries = [
        Entry(
            at=plain_text(reader, at, each["at"]),
            who=each["login"] or "",
            what=_what(reader, each["command"]),
            reason=each["reason"] or "",
            looked=each["command"] == LOOK,
            changes=[
                change for line in each["lines"]["nodes"] for change in _changes(reader, line, names)
            ] if each["command"] != LOOK else [],
        )
        for each in nodes
    ]  # fmt: skip
    return History(entries, page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None)


def _what(reader: Reader, command: str) -> str:
    if command == LOOK:
        return reader.text("Looked at protected data")
    known = reader.variant.commands.get(command) or reader.variant.queries.get(command)
    return reader.labels.verb(known) if known is not None else command


def _shown(reader: Reader, line: Mapping[str, Any]) -> Iterator[tuple[str, VocabularyField, Any, Any]]:
    """What changed in a row, of the fields that the reader knows: the column, the field, the old and the new value."""
    resource = reader.variant.by_table.get(line["noun"])
    if resource is None or resource.name not in reader.words.parts:
        return
    parts = reader.words.parts[resource.name]
    old, new = line.get("oldValues") or {}, line.get("newValues") or {}
    for column in dict.fromkeys((*old, *new)):
        field = parts.get(camel_case(column)) or parts.get(camel_case(column.removesuffix("_id")))
        if field is not None and not field.technical and old.get(column) != new.get(column):
            yield column, field, old.get(column), new.get(column)


def _changes(reader: Reader, line: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Change]:
    for _, field, old, new in _shown(reader, line):
        if field.sensitive or field.logged:
            yield Change(field.label, "", reader.text("changed (protected)"))
        else:
            yield Change(field.label, _text(reader, field, old, names), _text(reader, field, new, names))


def _text(reader: Reader, field: VocabularyField, value: Any, names: Mapping[str, str]) -> str:
    if value is None or value == "":
        return ""
    if field.noun is not None:
        return names.get(f"{field.noun}_{value}", "…")
    if field.values:
        value = [each.upper() for each in value] if isinstance(value, list) else str(value).upper()
    try:
        return plain_text(reader, field, value)
    except (TypeError, ValueError):  # a value of an earlier form of the column
        return str(value)


async def _names(asking: Asking, reader: Reader, nodes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the rows are called to which changed references led, and lead: all by one query."""
    wanted: dict[str, set[str]] = {}
    for node in nodes:
        for line in node["lines"]["nodes"]:
            for _, field, *values in _shown(reader, line):
                if field.noun and field.noun in reader.words.nouns and not (field.sensitive or field.logged):
                    found = wanted.setdefault(field.noun, set())
                    found.update(f"{field.noun}_{each}" for each in values if isinstance(each, str))
    wanted = {noun: ids for noun, ids in wanted.items() if ids and reader.words.nouns[noun].list_field}
    if not wanted:
        return {}
    order = sorted(wanted)
    head = ", ".join(f"$ids{number}: [ID!]" for number in range(len(order)))
    body = " ".join(
        f"n{number}: {reader.words.nouns[noun].list_field}(filter: {{id: {{in: $ids{number}}}}}, first: 50)"
        f" {{ nodes {{ {naming_of(reader, reader.words.nouns[noun]).selection} }} }}"
        for number, noun in enumerate(order)
    )
    variables = {f"ids{number}": sorted(wanted[noun])[:50] for number, noun in enumerate(order)}
    answer = await asking.ask(reader, f"query ConsoleNames({head}) {{ {body} }}", variables)
    return {
        row["id"]: naming_of(reader, reader.words.nouns[noun]).text(reader, row)
        for number, noun in enumerate(order)
        for row in (answer.data.get(f"n{number}") or {"nodes": []})["nodes"]
    }
