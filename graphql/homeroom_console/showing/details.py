"""The detail of a row of any noun: its fields in groups, what hangs on it, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.placing import Action, actions_of_row
from homeroom_console.showing.columns import columns_of, field_selection, named_fields
from homeroom_console.showing.values import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.pages import Look
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["Children", "Detail", "Group", "children_of", "detail_of", "guarded_values"]

#: Rows of a child list that a detail shows; the list of the noun has the rest.
_CHILDREN: Final = 20


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that a detail shows together.

    Args:
        title: In the reader's language; empty for the first group.
        fields: Its fields.
    """

    title: str
    fields: Sequence[VocabularyField]


@dataclass(frozen=True, slots=True)
class Detail:
    """A row as its detail shows it.

    Args:
        noun: What it is.
        row: As GraphQL answers it.
        name: What people call it.
        groups: Its fields.
        quiet: Fields that are folded away.
        guarded: Fields whose reading is logged: they are shown on demand.
        lists: The relations that lead to several rows.
        actions: What can be done with it, the first ones first.
    """

    noun: VocabularyNoun
    row: Mapping[str, Any]
    name: str
    groups: Sequence[Group]
    quiet: Sequence[VocabularyField]
    guarded: Sequence[VocabularyField]
    lists: Sequence[VocabularyField]
    actions: Sequence[Action]


@dataclass(frozen=True, slots=True)
class Children:
    """The rows that a relation leads to.

    Args:
        field: The relation.
        noun: What the rows are.
        columns: What is shown of each.
        rows: The first of them.
        total: How many there are.
    """

    field: VocabularyField
    noun: VocabularyNoun
    columns: Sequence[VocabularyField]
    rows: Sequence[Mapping[str, Any]]
    total: int


async def detail_of(
    asking: Asking, reader: Reader, noun: VocabularyNoun, look: Look, plugin: str, row: str
) -> Detail | None:
    """The detail of a row; none if the reader may not see it.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What the row is.
        look: How it looks.
        plugin: Whose look it is.
        row: Its id.
    """
    guarded = [each for each in noun.fields if (each.sensitive or each.logged) and not each.many]
    plain = [each for each in noun.fields if each not in guarded and not each.many and not each.search]
    selected = " ".join(["id", *(field_selection(reader, each) for each in plain)])
    document = f"query ConsoleDetail($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {selected} }} }}"
    answer = await asking.ask(reader, document, {"id": row})
    if answer.first is None:
        return None
    shown = [each for each in plain if not each.technical]
    quiet = [each for each in named_fields(noun, look.quiet) if each in shown]
    groups = [
        Group(reader.text(title, plugin), [each for each in named_fields(noun, names) if each in shown])
        for title, names in look.groups.items()
    ]
    grouped = {each.name for group in groups for each in group.fields} | {each.name for each in quiet}
    rest = Group("", [each for each in shown if each.name not in grouped and not each.own])
    own = Group(reader.text("Own fields"), [each for each in shown if each.name not in grouped and each.own])
    return Detail(
        noun=noun,
        row=answer.first,
        name=name_of(reader, noun, answer.first),
        groups=[each for each in (rest, *groups, own) if each.fields],
        quiet=quiet,
        guarded=guarded,
        lists=[each for each in noun.fields if each.many and each.noun in reader.words.nouns],
        actions=actions_of_row(reader, noun, look, row),
    )


async def children_of(
    asking: Asking, reader: Reader, noun: VocabularyNoun, look: Look, row: str, relation: VocabularyField
) -> Children | None:
    """The rows that a relation leads to; none if the reader may not see the row.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What the row is.
        look: How the rows that the relation leads to look.
        row: The id of the row.
        relation: A relation to several rows.
    """
    target = reader.words.nouns[relation.noun or ""]
    columns = columns_of(target, look)
    selected = " ".join(["id", *(field_selection(reader, each) for each in columns)])
    document = (
        f"query ConsoleChildren($id: ID!, $first: Int) {{ row: {noun.row_field}(id: $id) {{"
        f" rows: {relation.name}(first: $first) {{ totalCount nodes {{ {selected} }} }} }} }}"
    )
    answer = await asking.ask(reader, document, {"id": row, "first": _CHILDREN})
    if answer.first is None:
        return None
    found = answer.first["rows"] or {"nodes": [], "totalCount": 0}
    return Children(relation, target, columns, found["nodes"], found["totalCount"])


async def guarded_values(
    asking: Asking, reader: Reader, noun: VocabularyNoun, row: str, purpose: str
) -> Sequence[tuple[VocabularyField, Any]] | None:
    """The fields of a row whose reading is logged; none if the reader may not see the row.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What the row is.
        row: Its id.
        purpose: Why the reader looks, for the audit.
    """
    fields = [each for each in noun.fields if (each.sensitive or each.logged) and not each.many]
    selected = " ".join(["id", *(field_selection(reader, each) for each in fields)])
    document = f"query ConsoleGuarded($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {selected} }} }}"
    answer = await asking.ask(reader, document, {"id": row}, purpose=purpose or None)
    return None if answer.first is None else [(each, answer.first[each.name]) for each in fields]
