"""The list of any noun: filters, order and place are in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from homeroom.spelling import camel_case, snake_case
from homeroom_console.showing.columns import columns_of, field_selection
from homeroom_console.showing.filters import FilterControl, filter_of, filters_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.pages import Look
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["PAGE_SIZE", "Listing", "listing_of"]

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Args:
        field: What it shows.
        sorted: ``ascending`` or ``descending`` where the list is ordered by it; empty otherwise.
        address: The same list ordered by it; none if it cannot be ordered by.
    """

    field: VocabularyField
    sorted: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list.

    Args:
        noun: Of what.
        columns: Its columns.
        rows: The rows, as GraphQL answers them.
        total: How many rows there are on all pages.
        controls: The filters that are offered.
        before: The address of the page before this one; none if it is the first.
        after: The address of the next page; none if it is the last.
        export: The query of the address of the same rows as a file.
        errors: What is wrong with the filters.
    """

    noun: VocabularyNoun
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    total: int
    controls: Sequence[FilterControl]
    before: str | None
    after: str | None
    export: str
    errors: Sequence[Mapping[str, Any]] = ()

    @property
    def filtered(self) -> bool:
        """Whether a filter leaves rows out."""
        return any(each.given for each in self.controls)


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
    fields = columns_of(noun, look)
    controls = filters_of(reader, noun, look, given)
    order = given.get("order") or _default_order(noun, look)
    variables: dict[str, Any] = {"filter": filter_of(noun, controls), "orderBy": _order_input(noun, order)}
    if given.get("before"):
        variables |= {"last": PAGE_SIZE, "before": given["before"]}
    else:
        variables |= {"first": PAGE_SIZE, "after": given.get("after") or None}
    answer = await asking.ask(reader, _document(reader, noun, fields), variables)
    found = answer.data.get("rows") or {"nodes": [], "totalCount": 0, "pageInfo": {}}
    info = found["pageInfo"]
    kept = {name: value for name, value in given.items() if name not in ("after", "before") and value}

    def address(**changes: str | None) -> str:
        query = {name: value for name, value in {**kept, **changes}.items() if value}
        return f"/nouns/{noun.list_field}{'?' if query else ''}{urlencode(query)}"

    return Listing(
        noun=noun,
        columns=[_column(each, order, address) for each in fields],
        rows=found["nodes"],
        total=found["totalCount"],
        controls=controls,
        before=address(before=info["startCursor"]) if info.get("hasPreviousPage") else None,
        after=address(after=info["endCursor"]) if info.get("hasNextPage") else None,
        export=_export(variables["filter"], reader.language),
        errors=answer.errors,
    )


def _document(reader: Reader, noun: VocabularyNoun, fields: Sequence[VocabularyField]) -> str:
    selected = " ".join(["id", *(field_selection(reader, each) for each in fields)])
    order = f", $orderBy: [{noun.name}Order!]" if any(each.orderable for each in noun.fields) else ""
    ordered = ", orderBy: $orderBy" if order else ""
    return (
        "query ConsoleList("
        f"$first: Int, $after: String, $last: Int, $before: String, $filter: {noun.name}Filter{order}) {{"
        f" rows: {noun.list_field}"
        f"(first: $first, after: $after, last: $last, before: $before, filter: $filter{ordered}) {{"
        f" totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} nodes {{ {selected} }} }} }}"
    )


def _default_order(noun: VocabularyNoun, look: Look) -> str:
    if look.order:
        return ("-" if look.order.startswith("-") else "") + camel_case(look.order.removeprefix("-"))
    return ""


def _order_input(noun: VocabularyNoun, order: str) -> list[dict[str, str]] | None:
    name = order.removeprefix("-")
    if not any(each.orderable and each.name == name for each in noun.fields):
        return None
    return [{"field": snake_case(name).upper(), "direction": "DESC" if order.startswith("-") else "ASC"}]


def _column(field: VocabularyField, order: str, address: Any) -> Column:
    if not field.orderable:
        return Column(field, "", None)
    direction = {field.name: "ascending", f"-{field.name}": "descending"}.get(order, "")
    return Column(field, direction, address(order=f"-{field.name}" if direction == "ascending" else field.name))


def _export(wanted: Mapping[str, Any] | None, language: str) -> str:
    import msgspec

    query = {"language": language}
    if wanted:
        query["filter"] = msgspec.json.encode(wanted).decode()
    return urlencode(query)
