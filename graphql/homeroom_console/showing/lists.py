"""The list of any noun: filters, order and place are in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup, escape

from homeroom.spelling import camel_case, snake_case
from homeroom_console.showing.columns import columns_of, field_selection, heading_of
from homeroom_console.showing.filters import FilterControl, filter_of, filters_of
from homeroom_console.showing.naming import naming_of
from homeroom_console.showing.values import cell_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from homeroom.pages import Look
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["MOST_CHOSEN", "PAGE_SIZE", "Column", "Line", "Listing", "lines_of", "listing_of", "matching_rows"]

PAGE_SIZE: Final = 50
#: Rows that somebody can choose at once by choosing all that match.
MOST_CHOSEN: Final = 1_000
#: What of the address is no filter.
_PLACE: Final = frozenset({"after", "before", "last"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Args:
        field: What it shows.
        label: Its heading.
        sorted: ``ascending`` or ``descending`` where the list is ordered by it; empty otherwise.
        address: The same list ordered by it; none if it cannot be ordered by.
    """

    field: VocabularyField
    label: str
    sorted: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row as a list shows it.

    Args:
        id: Its id.
        name: What people call it.
        address: Its detail.
        cells: What its columns show, as cells of a table.
    """

    id: str
    name: str
    address: str
    cells: Markup


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list.

    Args:
        noun: Of what.
        columns: Its columns.
        lines: Its rows.
        total: How many rows there are on all pages.
        controls: The filters.
        names: Of filters by one row: the name of the control to what the row is called.
        cleared: The address of the same list without filters.
        before: The address of the page before this one; none if it is the first.
        after: The address of the next page; none if it is the last.
        here: The query of this address without its place, for what is done with all rows that match.
        export: The query of the address of the same rows as a file.
        errors: What is wrong with the filters.
        opens: Whether each row has a link of its own, because its first column leads to another row.
        order: What the list is ordered by, as the address has it; empty for the usual order.
    """

    noun: VocabularyNoun
    columns: Sequence[Column]
    lines: Sequence[Line]
    total: int
    controls: Sequence[FilterControl]
    names: Mapping[str, str]
    cleared: str
    before: str | None
    after: str | None
    here: str
    export: str
    errors: Sequence[Mapping[str, Any]]
    opens: bool
    order: str

    @property
    def filtered(self) -> bool:
        """Whether a filter leaves rows out."""
        return any(each.used for each in self.controls)

    def without(self, control: FilterControl) -> str:
        """The address of the same list without one filter."""
        kept = [
            (each.name + ending, value)
            for each in self.controls
            if each.name != control.name
            for ending, value in (("", each.given), ("Until", each.until))
            if value
        ]
        if self.order:
            kept.append(("order", self.order))
        return _address(self.noun, dict(kept))


async def listing_of(
    asking: Asking, reader: Reader, noun: VocabularyNoun, look: Look, given: Mapping[str, str]
) -> Listing:
    """A page of the list of a noun.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: Of what.
        look: How it looks.
        given: The query of the address: filters, ``order``, ``after`` or ``before``.
    """
    fields = columns_of(reader, noun, look)
    controls = filters_of(reader, noun, look, given)
    ordered = given.get("order", "")
    order = ordered or _default_order(look)
    wanted = filter_of(reader, controls)
    variables: dict[str, Any] = {"filter": wanted, "orderBy": _order_input(noun, order)}
    if given.get("before"):
        variables |= {"last": PAGE_SIZE, "before": given["before"]}
    elif given.get("last"):
        variables |= {"last": PAGE_SIZE}
    else:
        variables |= {"first": PAGE_SIZE, "after": given.get("after") or None}
    answer = await asking.ask(reader, *_document(reader, noun, fields, controls, variables))
    found = answer.data.get("rows") or {"nodes": [], "totalCount": 0, "pageInfo": {}}
    info = found["pageInfo"]
    kept = {name: value for name, value in given.items() if name not in _PLACE and value}
    return Listing(
        noun=noun,
        columns=[_column(reader, noun, each, order, kept) for each in fields],
        lines=lines_of(reader, noun, fields, found["nodes"]),
        total=found["totalCount"],
        controls=controls,
        names=_names(reader, controls, answer.data),
        cleared=_address(noun, {"order": ordered} if ordered else {}),
        before=_address(noun, {**kept, "before": info["startCursor"]}) if info.get("hasPreviousPage") else None,
        after=_address(noun, {**kept, "after": info["endCursor"]}) if info.get("hasNextPage") else None,
        here=urlencode(kept),
        export=_export(wanted, reader.language),
        errors=answer.errors,
        opens=bool(fields) and fields[0].noun is not None,
        order=ordered,
    )


def lines_of(
    reader: Reader,
    noun: VocabularyNoun,
    fields: Sequence[VocabularyField],
    rows: Sequence[Mapping[str, Any]],
    within: str = "",
) -> list[Line]:
    """Rows as a list shows them. The first column is a link to the row, unless it leads to another one.

    Args:
        reader: Who reads.
        noun: What the rows are.
        fields: The columns.
        rows: As GraphQL answers them.
        within: The noun of the row that they belong to.
    """
    made: list[tuple[str, str, Callable[[Any], Markup]]] = [
        # On small screens a row is a card, on which each value has its heading beside it.
        (
            each.name,
            f'<td role="cell" data-label="{escape(heading_of(reader, noun, each))}">',
            cell_of(reader, each, noun.name),
        )
        for each in fields
    ]
    naming = naming_of(reader, noun, frozenset({within}) if within else frozenset())
    base = f"/nouns/{noun.list_field or noun.row_field}"
    linked = bool(fields) and fields[0].noun is None and not fields[0].file
    lines = []
    for row in rows:
        address = f"{base}/{row['id']}"
        cells = ""
        # One text for each row: templates hand every piece through all templates around them.
        for name, opening, cell in made:
            shown = cell(row[name])
            if cells:
                cells += f"{opening}{shown}</td>"
            else:
                first = f'<a href="{address}">{shown}</a>' if linked else shown
                cells = f'<th role="rowheader" scope="row">{first}</th>'
        whole = Markup(cells)  # noqa: S704 - made of escaped parts
        lines.append(Line(row["id"], naming.text(reader, row), address, whole))
    return lines


async def matching_rows(
    asking: Asking, reader: Reader, noun: VocabularyNoun, look: Look, given: Mapping[str, str]
) -> list[str]:
    """The ids of the rows that a list shows on all its pages, at most :data:`MOST_CHOSEN`.

    Args:
        asking: Asks.
        reader: Who reads.
        noun: Of what.
        look: How it looks.
        given: The query of the list's address.
    """
    wanted = filter_of(reader, filters_of(reader, noun, look, given))
    document = (
        f"query ConsoleMatching($first: Int, $after: String, $filter: {noun.name}Filter) {{"
        f" rows: {noun.list_field}(first: $first, after: $after, filter: $filter)"
        " { pageInfo { hasNextPage endCursor } nodes { id } } }"
    )
    size = min(MOST_CHOSEN, reader.host.settings.graphql_max_page)
    found: list[str] = []
    after: str | None = None
    while len(found) < MOST_CHOSEN:
        answer = await asking.ask(reader, document, {"first": size, "after": after, "filter": wanted})
        page = answer.first or {"nodes": [], "pageInfo": {"hasNextPage": False}}
        found += [each["id"] for each in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    return found[:MOST_CHOSEN]


def _document(
    reader: Reader,
    noun: VocabularyNoun,
    fields: Sequence[VocabularyField],
    controls: Sequence[FilterControl],
    variables: dict[str, Any],
) -> tuple[str, dict[str, Any]]:
    """One query for the page and for the names of the rows by which it is filtered."""
    kept = reader.words.kept
    key = ("list", noun.name)
    if key not in kept:
        naming = naming_of(reader, noun)
        selected = " ".join(["id", *(field_selection(reader, each, noun.name) for each in fields), naming.selection])
        order = any(each.orderable for each in noun.fields)
        declared = f"$filter: {noun.name}Filter{f', $orderBy: [{noun.name}Order!]' if order else ''}"
        given = f"filter: $filter{', orderBy: $orderBy' if order else ''}"
        asked = (
            f" rows: {noun.list_field}(first: $first, after: $after, last: $last, before: $before, {given}) {{"
            f" totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} nodes {{ {selected} }} }}"
        )
        kept[key] = declared, asked
    declared, asked = kept[key]
    named, further = [], ""
    for number, each in enumerate(_references(controls)):
        words = reader.words.nouns[_noun_of_id(each.given)]
        named.append(f", $row{number}: ID!")
        further += f" name{number}: {words.row_field}(id: $row{number}) {{ {naming_of(reader, words).selection} }}"
        variables[f"row{number}"] = each.given
    head = f"query ConsoleList($first: Int, $after: String, $last: Int, $before: String, {declared}{''.join(named)})"
    return f"{head} {{{asked}{further} }}", variables


def _references(controls: Sequence[FilterControl]) -> list[FilterControl]:
    """The filters by one row."""
    return [
        each
        for each in controls
        if each.kind == "reference" and "_" in each.given and _noun_of_id(each.given) in (each.row, each.field.noun)
    ]


def _noun_of_id(row: str) -> str:
    return row.rpartition("_")[0]


def _names(reader: Reader, controls: Sequence[FilterControl], data: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for number, each in enumerate(_references(controls)):
        row = data.get(f"name{number}")
        words = reader.words.nouns[_noun_of_id(each.given)]
        found[each.name] = naming_of(reader, words).text(reader, row) if row else "–"
    return found


def _address(noun: VocabularyNoun, query: Mapping[str, str]) -> str:
    return f"/nouns/{noun.list_field}{'?' if query else ''}{urlencode(query)}"


def _default_order(look: Look) -> str:
    if look.order:
        return ("-" if look.order.startswith("-") else "") + camel_case(look.order.removeprefix("-"))
    return ""


def _order_input(noun: VocabularyNoun, order: str) -> list[dict[str, str]] | None:
    name = order.removeprefix("-")
    if not any(each.orderable and each.name == name for each in noun.fields):
        return None
    return [{"field": snake_case(name).upper(), "direction": "DESC" if order.startswith("-") else "ASC"}]


def _column(
    reader: Reader, noun: VocabularyNoun, field: VocabularyField, order: str, kept: Mapping[str, str]
) -> Column:
    label = heading_of(reader, noun, field)
    # People are ordered by what their name is sorted by, which is not what is shown.
    by = "sortKey" if field.name == "fullName" and "sortKey" in reader.words.parts[noun.name] else field.name
    if not field.orderable and not reader.words.parts[noun.name][by].orderable:
        return Column(field, label)
    direction = {by: "ascending", f"-{by}": "descending"}.get(order, "")
    address = _address(noun, {**kept, "order": f"-{by}" if direction == "ascending" else by})
    return Column(field, label, direction, address)


def _export(wanted: Mapping[str, Any] | None, language: str) -> str:
    query = {"language": language}
    if wanted:
        query["filter"] = msgspec.json.encode(wanted).decode()
    return urlencode(query)
