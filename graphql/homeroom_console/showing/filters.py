"""Filters of a list: controls of a form, and the filter of GraphQL that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.showing.columns import heading_of, named_fields
from homeroom_console.showing.naming import Naming, naming_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from homeroom.pages import Look
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun, VocabularyValue

__all__ = ["SEARCH", "FilterControl", "filter_of", "filters_of", "search_condition"]

#: Filters that are offered at once unless a look says which; the others are folded away.
_OFFERED: Final = 5
_NUMBERS: Final = frozenset({"Int", "Decimal", "BigInt"})
_RANGES: Final = frozenset({"days", "moments", "numbers"})
#: The name of the search by words, in the address.
SEARCH: Final = "q"
_ID: Final = re.compile(r"[A-Z]\w*_[0-9a-fA-F-]{32,36}")
#: Longer texts than any name.
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class FilterControl:
    """A control of the form above a list.

    Args:
        field: What it filters by.
        label: What people call that.
        kind: ``search``, ``text``, ``choice``, ``flag``, ``days``, ``moments``, ``numbers``, ``reference``.
        name: In the address.
        given: What is asked for; empty if nothing. Of a range: the lowest value.
        until: Of a range: the highest value.
        values: Of a choice.
        path: Where the value is: the field, or fields one within another.
        row: Of a reference to one row by its id: the noun.
        folded: Whether it is offered only to those who look for more filters.
    """

    field: VocabularyField
    label: str
    kind: str
    name: str
    given: str = ""
    until: str = ""
    values: Sequence[VocabularyValue] = ()
    path: tuple[str, ...] = ()
    row: str = ""
    folded: bool = False

    @property
    def used(self) -> bool:
        """Whether it leaves rows out."""
        return bool(self.given or self.until)


def filters_of(reader: Reader, noun: VocabularyNoun, look: Look, given: Mapping[str, str]) -> list[FilterControl]:
    """The controls of a list, with what the address asks for.

    A filter that the address names is offered at once, even where the look does not.
    """
    kept = reader.words.kept
    key = ("filters", noun.name)
    if key not in kept:
        kept[key] = list(_offered(reader, noun, look))
    return [_given(each, given) for each in kept[key]]


def _offered(reader: Reader, noun: VocabularyNoun, look: Look) -> Iterator[FilterControl]:
    search = [each for each in noun.fields if each.search][:1]
    usable = [
        control
        for each in noun.fields
        if each.filterable and not (each.search or each.technical or each.sensitive or each.logged)
        and (control := _control(reader, noun, each)) is not None
    ]  # fmt: skip
    by_name = {each.field.name: each for each in usable}
    if look.filters:
        first = [by_name[each.name] for each in named_fields(noun, look.filters) if each.name in by_name]
    else:
        order = ("choice", "reference", "days", "flag")
        ranked = [
            each for each in usable if each.kind in order and each.field.name != noun.unlisted and not each.field.many
        ]
        first = sorted(ranked, key=lambda each: order.index(each.kind))[: _OFFERED - len(search)]
    for each in search:
        yield FilterControl(each, each.label, "search", SEARCH, path=(each.name,))
    yield from first
    yield from (replace(each, folded=True) for each in usable if each not in first and not each.field.many)


def _control(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> FilterControl | None:
    if field.noun is not None:
        return _of_relation(reader, noun, field)
    kind = field.type.strip("[]!")
    if field.type.startswith("[") or kind in ("JSON", "ID"):
        return None
    if field.values:
        return FilterControl(field, field.label, "choice", field.name, values=field.values, path=(field.name,))
    kinds = {"Boolean": "flag", "Date": "days", "DateTime": "moments"}
    control = kinds.get(kind, "numbers" if kind in _NUMBERS else "text")
    return FilterControl(field, field.label, control, field.name, path=(field.name,))


def _of_relation(reader: Reader, noun: VocabularyNoun, field: VocabularyField) -> FilterControl | None:
    target = reader.words.nouns.get(field.noun or "")
    if target is None:
        return None
    within = frozenset({noun.name})
    naming = naming_of(reader, target, within)
    if naming.state is not None:
        state = naming.state
        if not state.filterable:
            return None
        found = (field.name, state.name)
        return FilterControl(field, field.label, "choice", field.name, values=state.values, path=found)
    path: tuple[str, ...] = (field.name,)
    label = heading_of(reader, noun, field)
    while (only := naming.only) is not None and only[0].filterable:
        path, naming = (*path, only[0].name), only[1]
    if _named_condition(reader, naming, "?") is None:
        return None
    return FilterControl(field, label, "reference", field.name, path=path, row=naming.noun.name)


def _given(control: FilterControl, given: Mapping[str, str]) -> FilterControl:
    value = given.get(control.name, "").strip()[:_LONGEST]
    until = given.get(f"{control.name}Until", "").strip()[:_LONGEST] if control.kind in _RANGES else ""
    return replace(control, given=value, until=until, folded=False) if value or until else control


def filter_of(reader: Reader, controls: Sequence[FilterControl]) -> dict[str, Any] | None:
    """The filter of GraphQL; none if nothing is asked for.

    Args:
        reader: Who reads.
        controls: With what is asked for.
    """
    found: dict[str, Any] = {}
    for each in controls:
        condition = _condition(reader, each) if each.used else None
        if condition is None:
            continue
        # Links from the row of the relation itself name that row, and not the one behind it.
        direct = each.kind == "reference" and each.given.rpartition("_")[0] == each.field.noun
        for name in () if direct else reversed(each.path[1:]):
            condition = {name: condition}
        found[each.path[0]] = condition
    return found or None


def _condition(reader: Reader, control: FilterControl) -> dict[str, Any] | None:
    given = control.given
    if control.kind in _RANGES:
        bounds = {"gte": _bound(reader, control, given), "lte": _bound(reader, control, control.until, last=True)}
        return {name: value for name, value in bounds.items() if value is not None} or None
    if control.kind == "search":
        return {"matches": given}
    if control.kind == "reference":
        return _reference(reader, control)
    if control.kind == "flag":
        return {"eq": given == "true"}
    if control.kind == "choice":
        several = given.split(",")
        return {"eq": given} if len(several) == 1 else {"in": several}
    return {"contains": given}


def _reference(reader: Reader, control: FilterControl) -> dict[str, Any] | None:
    if _ID.fullmatch(control.given):
        return {"id": {"eq": control.given}}
    naming = naming_of(reader, reader.words.nouns[control.row], frozenset())
    return _named_condition(reader, naming, control.given)


def _named_condition(reader: Reader, naming: Naming, words: str) -> dict[str, Any] | None:
    """The filter of rows of a noun whose name has certain words; none if its name cannot be asked for."""
    parts = reader.words.parts[naming.noun.name]
    search = next((each for each in parts.values() if each.search and each.filterable), None)
    if search is not None:
        return {search.name: {"matches": words}}
    either: list[dict[str, Any]] = []
    for part, inner in naming.parts:
        if not part.filterable:
            continue
        if inner is not None:
            condition = _named_condition(reader, inner, words)
            if condition is not None:
                either.append({part.name: condition})
        elif part.type.rstrip("!") == "String" and not part.values:
            either.append({part.name: {"contains": words}})
    return {"or": either} if either else None


def search_condition(reader: Reader, noun: VocabularyNoun, words: str) -> dict[str, Any] | None:
    """The filter of rows of a noun that have certain words in their name; none if one cannot ask so.

    Args:
        reader: Who reads.
        noun: The noun.
        words: What the reader looks for.
    """
    parts = reader.words.parts[noun.name]
    search = next((each for each in parts.values() if each.search and each.filterable), None)
    texts = [
        parts[each] for each in noun.known_by if parts[each].filterable and parts[each].type.rstrip("!") == "String"
    ]
    either: list[dict[str, Any]] = [
        {each.name: {"contains": words}} for each in texts if each.name != "fullName" or search is None
    ]
    if search is not None:
        either.insert(0, {search.name: {"matches": words}})
    return {"or": either} if either else None


def _bound(reader: Reader, control: FilterControl, given: str, *, last: bool = False) -> Any:
    if not given:
        return None
    if control.kind == "moments":
        try:
            day = date.fromisoformat(given) + timedelta(days=last)
        except (ValueError, OverflowError):
            return given
        moment = datetime.combine(day, time(), reader.space.time_zone)
        return (moment - timedelta(microseconds=last)).isoformat()
    if control.kind == "numbers" and control.field.type.rstrip("!") != "Decimal":
        return int(given) if given.removeprefix("-").isdecimal() and len(given) < 11 else given
    return given.replace(",", ".") if control.kind == "numbers" else given
