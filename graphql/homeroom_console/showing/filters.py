"""Filters of a list: controls of a form, and the filter of GraphQL that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.showing.columns import named_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.pages import Look
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun

__all__ = ["FilterControl", "filter_of", "filters_of"]

#: Filters that are offered unless a look says otherwise.
_OFFERED: Final = 5
_RANGED: Final = frozenset({"Date", "DateTime", "Int", "Decimal", "BigInt"})
#: The name of the search by words, in the address.
SEARCH: Final = "q"


@dataclass(frozen=True, slots=True)
class FilterControl:
    """A control of the form above a list.

    Args:
        field: What it filters by.
        kind: ``search``, ``text``, ``choice``, ``flag``, ``range`` or ``reference``.
        name: In the address.
        given: What is asked for; empty if nothing. Of a range: the lowest value.
        until: Of a range: the highest value.
    """

    field: VocabularyField
    kind: str
    name: str
    given: str = ""
    until: str = ""


def filters_of(reader: Reader, noun: VocabularyNoun, look: Look, given: Mapping[str, str]) -> Sequence[FilterControl]:
    """The controls of a list, with what the address asks for.

    A filter that the address names is offered even where the look does not.
    """
    offered = [each for each in noun.fields if each.search][:1]
    if look.filters:
        offered += [each for each in named_fields(noun, look.filters) if each.filterable and not each.search]
    else:
        offered += [each for each in noun.fields if each.filterable and _kind(each) in ("choice", "flag")][:_OFFERED]
    offered += [
        each
        for each in noun.fields
        if each not in offered
        and each.filterable
        and not each.search
        and (given.get(each.name) or given.get(f"{each.name}Until"))
    ]
    return [_control(each, given) for each in offered]


def _kind(field: VocabularyField) -> str:
    if field.search:
        return "search"
    if field.noun is not None:
        return "reference"
    if field.values:
        return "choice"
    kind = field.type.strip("[]!")
    if kind == "Boolean":
        return "flag"
    return "range" if kind in _RANGED else "text"


def _control(field: VocabularyField, given: Mapping[str, str]) -> FilterControl:
    kind = _kind(field)
    name = SEARCH if kind == "search" else field.name
    until = given.get(f"{name}Until", "") if kind == "range" else ""
    return FilterControl(field, kind, name, given.get(name, "").strip(), until.strip())


def filter_of(noun: VocabularyNoun, controls: Sequence[FilterControl]) -> dict[str, Any] | None:
    """The filter of GraphQL; none if nothing is asked for."""
    parts = {each.field.name: condition for each in controls if (condition := _condition(each)) is not None}
    return parts or None


def _condition(control: FilterControl) -> dict[str, Any] | None:
    given = control.given
    if control.kind == "range":
        bounds = {"gte": _typed(control.field, given), "lte": _typed(control.field, control.until)}
        return {name: value for name, value in bounds.items() if value is not None} or None
    if not given:
        return None
    if control.kind == "search":
        return {"matches": given}
    if control.kind == "reference":
        return {"id": {"eq": given}}
    if control.kind == "flag":
        return {"eq": given == "true"}
    if control.kind == "choice":
        return {"eq": given}
    return {"contains": given} if control.field.type.strip("!") == "String" else {"eq": given}


def _typed(field: VocabularyField, given: str) -> Any:
    if not given:
        return None
    if field.type.rstrip("!") in ("Int", "BigInt"):
        return int(given) if given.removeprefix("-").isdecimal() else given
    return given
