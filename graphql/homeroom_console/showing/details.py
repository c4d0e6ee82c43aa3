"""The detail of a row of any noun: its fields in groups, what belongs to it, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from markupsafe import Markup

from homeroom.spelling import camel_case, snake_case
from homeroom_console.placing import Action, actions_in_children, actions_of_row
from homeroom_console.showing.columns import PARTS_OF_NAMES, columns_of, field_selection, named_fields
from homeroom_console.showing.lists import Line, lines_of
from homeroom_console.showing.naming import STATES, naming_of
from homeroom_console.showing.values import cell_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.pages import Look
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["Children", "Detail", "Group", "children_of", "detail_of", "guarded_values"]

#: Rows of a child list that is opened; the list of the noun has the rest.
_CHILDREN: Final = 20
#: Rows of a child list that the detail shows at once: as many as a class has students.
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that a detail shows together.

    Args:
        title: In the reader's language; empty for the first group.
        fields: The label and the value of each.
    """

    title: str
    fields: Sequence[tuple[str, Markup]]


@dataclass(frozen=True, slots=True)
class Children:
    """The rows that a relation leads to.

    Args:
        field: The relation.
        noun: What the rows are.
        columns: The headings of what is shown of each.
        lines: The first of them; none if they are shown once somebody opens the list.
        total: How many there are.
        opens: Whether each row has a link of its own, because its first column leads to another row.
        actions: What adds rows.
        all: The list of the noun with these rows alone; empty if there is no such list.
    """

    field: VocabularyField
    noun: VocabularyNoun
    columns: Sequence[str]
    lines: Sequence[Line] | None
    total: int
    opens: bool
    actions: Sequence[Action]
    all: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A row as its detail shows it.

    Args:
        noun: What it is.
        row: As GraphQL answers it.
        name: What people call it.
        states: Its states, as badges.
        groups: Its fields.
        quiet: Fields that are folded away.
        guarded: Fields whose reading is logged: they are shown on demand.
        children: What belongs to it. Lists that have rows come first.
        actions: What can be done with it, the first ones first.
    """

    noun: VocabularyNoun
    row: Mapping[str, Any]
    name: str
    states: Sequence[Markup]
    groups: Sequence[Group]
    quiet: Sequence[tuple[str, Markup]]
    guarded: Sequence[VocabularyField]
    children: Sequence[Children]
    actions: Sequence[Action]

    @property
    def address(self) -> str:
        """Of the list that it is in."""
        return f"/nouns/{self.noun.list_field or self.noun.row_field}"


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
        row: Its id; empty for a noun of which a school has one row.
    """
    lists = [each for each in noun.fields if each.many and each.noun in reader.words.nouns]
    at_once = [each for each in named_fields(noun, look.shows) if each in lists]
    plain = [each for each in noun.fields if not (each.many or each.search or _guarded(each))]
    answer = await asking.ask(reader, _document(reader, noun, plain, lists, at_once), {"id": row} if row else {})
    found = answer.first
    if found is None:
        return None
    texts = {each.name: (each.label, cell_of(reader, each, noun.name)(found[each.name])) for each in plain}
    states = [texts[each.name][1] for each in plain if found[each.name] is not None and _is_state(reader, noun, each)]
    pictures = _pictures(reader, noun)
    groups, quiet = _groups(reader, noun, look, plugin, [each for each in plain if each not in pictures])
    offered = actions_of_row(reader, noun, look, found["id"])
    children = [_children(reader, noun, look, found, each, at_once) for each in [*at_once, *_others(lists, at_once)]]
    elsewhere = {action.verb.name for each in children for action in each.actions}
    children.sort(key=lambda each: (each.lines is None, each.total == 0))
    return Detail(
        noun=noun,
        row=found,
        name=naming_of(reader, noun).text(reader, found),
        states=states,
        groups=[Group(title, [texts[each.name] for each in fields]) for title, fields in groups if fields],
        quiet=[texts[each.name] for each in quiet],
        guarded=[each for each in noun.fields if _guarded(each) and not each.many] + pictures,
        children=children,
        actions=[each for each in offered if each.first or each.verb.name not in elsewhere],
    )


def _document(
    reader: Reader,
    noun: VocabularyNoun,
    plain: Sequence[VocabularyField],
    lists: Sequence[VocabularyField],
    at_once: Sequence[VocabularyField],
) -> str:
    kept = reader.words.kept
    key = ("detail", noun.name)
    if key not in kept:
        selected = ["id", naming_of(reader, noun).selection]
        selected += [field_selection(reader, each, noun.name) for each in plain]
        for each in lists:
            rows = f"(first: {_SHOWN})" if each in at_once else "(first: 1)"
            nodes = f" nodes {{ {_child_selection(reader, noun, each)} }}" if each in at_once else ""
            selected.append(f"{each.name}: {each.name}{rows} {{ totalCount{nodes} }}")
        single = noun.list_field is None
        head = "query ConsoleDetail" + ("" if single else "($id: ID!)")
        argument = "" if single else "(id: $id)"
        kept[key] = f"{head} {{ row: {noun.row_field}{argument} {{ {' '.join(selected)} }} }}"
    made: str = kept[key]
    return made


def _guarded(field: VocabularyField) -> bool:
    return field.sensitive or field.logged


def _pictures(reader: Reader, noun: VocabularyNoun) -> list[VocabularyField]:
    """Relations to one row with a file whose reading is logged, such as the picture of a person."""
    return [
        each
        for each in noun.fields
        if not each.many
        and each.noun in reader.words.nouns
        and any(part.file and _guarded(part) for part in reader.words.parts[each.noun or ""].values())
    ]


def _is_state(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> bool:
    words = reader.words.nouns.get(field.noun or "")
    if words is None:
        return bool(field.values) and field.name in STATES
    return naming_of(reader, words, frozenset({noun.name})).state is not None


def _groups(
    reader: Reader, noun: VocabularyNoun, look: Look, plugin: str, plain: Sequence[VocabularyField]
) -> tuple[list[tuple[str, Sequence[VocabularyField]]], Sequence[VocabularyField]]:
    """The groups of a detail with their titles, and what is folded away."""
    shown = [each for each in plain if not each.technical]
    quiet = [each for each in named_fields(noun, look.quiet) if each in shown]
    if not look.groups:
        folded = PARTS_OF_NAMES if "fullName" in noun.known_by else frozenset()
        quiet += [each for each in shown if each not in quiet and each.name in folded | {noun.unlisted}]
    groups = [
        (reader.text(title, plugin), [each for each in named_fields(noun, names) if each in shown])
        for title, names in look.groups.items()
    ]
    grouped = {each.name for _, fields in groups for each in fields} | {each.name for each in quiet}
    rest = [each for each in shown if each.name not in grouped and not each.own]
    own = [each for each in shown if each.name not in grouped and each.own]
    if look.groups:
        return [*groups, (reader.text("More"), rest), (reader.text("Own fields"), own)], quiet
    return [("", rest), (reader.text("Own fields"), own)], quiet


def _others(lists: Sequence[VocabularyField], at_once: Sequence[VocabularyField]) -> list[VocabularyField]:
    return [each for each in lists if each not in at_once]


def _children(
    reader: Reader,
    noun: VocabularyNoun,
    look: Look,
    row: Mapping[str, Any],
    field: VocabularyField,
    at_once: Sequence[VocabularyField],
) -> Children:
    found = row[field.name] or {"totalCount": 0, "nodes": []}
    return _listed(reader, noun, look, row["id"], field, found if field in at_once else {**found, "nodes": None})


def _listed(
    reader: Reader, noun: VocabularyNoun, look: Look, row: str, field: VocabularyField, found: Mapping[str, Any]
) -> Children:
    target = reader.words.nouns[field.noun or ""]
    columns = _child_columns(reader, noun, field)
    nodes = found["nodes"]
    return Children(
        field=field,
        noun=target,
        columns=[each.label for each in columns],
        lines=None if nodes is None else lines_of(reader, target, columns, nodes, noun.name),
        total=found["totalCount"],
        opens=bool(columns) and (columns[0].noun is not None or columns[0].file),
        actions=actions_in_children(reader, noun, target, look, row),
        all=_all(reader, noun, field, target, row),
    )


def _child_columns(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> Sequence[VocabularyField]:
    from homeroom_console.declared import declared_in

    target = reader.words.nouns[field.noun or ""]
    look = declared_in(reader.host, reader.variant).look(target.name)
    return columns_of(reader, target, look, without=noun.name, most=5)


def _child_selection(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> str:
    target = reader.words.nouns[field.noun or ""]
    columns = _child_columns(reader, noun, field)
    named = naming_of(reader, target, frozenset({noun.name})).selection
    return " ".join(["id", named, *(field_selection(reader, each, target.name) for each in columns)])


def _all(reader: Reader, noun: VocabularyNoun, field: VocabularyField, target: VocabularyNoun, row: str) -> str:
    """The list of the rows that a relation leads to, filtered by the row; empty where no filter says the same."""
    relation = reader.variant.resources[noun.name].relations.get(snake_case(field.name))
    if relation is None or relation.where or relation.here != "id" or target.list_field is None:
        return ""
    for name, back in reader.variant.resources[target.name].relations.items():
        shown = reader.words.parts[target.name].get(camel_case(name))
        if not back.many and back.here == relation.there and back.there == "id" and shown and shown.filterable:
            return f"/nouns/{target.list_field}?{urlencode({shown.name: row})}"
    return ""


async def children_of(
    asking: Asking, reader: Reader, noun: VocabularyNoun, look: Look, row: str, relation: VocabularyField
) -> Children | None:
    """The rows that a relation leads to; none if the reader may not see the row.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What the row is.
        look: How the row looks.
        row: The id of the row.
        relation: A relation to several rows.
    """
    document = (
        f"query ConsoleChildren($id: ID!, $first: Int) {{ row: {noun.row_field}(id: $id) {{"
        f" rows: {relation.name}(first: $first) {{ totalCount nodes {{ {_child_selection(reader, noun, relation)} }} }}"
        " } }"
    )
    answer = await asking.ask(reader, document, {"id": row, "first": _CHILDREN})
    if answer.first is None:
        return None
    found = answer.first["rows"] or {"nodes": [], "totalCount": 0}
    return _listed(reader, noun, look, row, relation, found)


async def guarded_values(
    asking: Asking, reader: Reader, noun: VocabularyNoun, row: str, purpose: str
) -> Sequence[tuple[str, Markup]] | None:
    """The fields of a row whose reading is logged, with their labels; none if the reader may not see the row.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: What the row is.
        row: Its id.
        purpose: Why the reader looks, for the audit.
    """
    fields = [each for each in noun.fields if _guarded(each) and not each.many]
    pictures = _pictures(reader, noun)
    selected = ["id", *(field_selection(reader, each, noun.name) for each in fields)]
    selected += [f"{each.name} {{ {' '.join(_files(reader, each))} }}" for each in pictures]
    document = f"query ConsoleGuarded($id: ID!) {{ row: {noun.row_field}(id: $id) {{ {' '.join(selected)} }} }}"
    answer = await asking.ask(reader, document, {"id": row}, purpose=purpose or None)
    if answer.first is None:
        return None
    values = [(each.label, cell_of(reader, each, noun.name)(answer.first[each.name])) for each in fields]
    return [*((each.label, _picture(reader, each, answer.first[each.name])) for each in pictures), *values]


def _files(reader: Reader, field: VocabularyField) -> list[str]:
    return [each.name for each in reader.words.parts[field.noun or ""].values() if each.file]


def _picture(reader: Reader, field: VocabularyField, row: Mapping[str, Any] | None) -> Markup:
    """The smallest of the pictures of a row, which leads to the largest."""
    found = [row[each] for each in _files(reader, field) if row[each]] if row else []
    if not found:
        return Markup("–")
    small = next((row[each] for each in row or () if "humbnail" in each and row[each]), found[0]) if row else found[0]
    return Markup('<a href="{}"><img class="picture" src="{}" alt="{}"></a>').format(found[0], small, field.label)
