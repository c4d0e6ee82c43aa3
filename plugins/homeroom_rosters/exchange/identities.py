"""Numbers and further names that a roster gives of people.

OneRoster's ``userIds`` are pairs of a type and a number: a type that is a kind of identifier here (such as
``{hk.strn:S123456}``) becomes that identifier.  A preferred name in another script than the main one becomes
a further name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.identifiers import IdentifierError, identifier_kind, identifier_kinds, normalise
from homeroom.imports.refusals import LONG_VALUE
from homeroom.imports.sync import Sync
from homeroom.names import PersonName as WrittenName
from homeroom.names import Script, name_columns, script_of
from homeroom.reading.faults import Fault, refuse
from homeroom.refusals import INVALID, Code
from homeroom_rosters.exchange.people import People
from homeroom_rosters.refusals import SAME_USER_NUMBER, USER_NUMBER_TAKEN
from homeroom_rosters.roster.records import Person, Roster
from homeroom_school.doubts import refresh_doubts
from homeroom_school.refusals import NUMBER_FAULTS
from homeroom_school.settings import script_and_order
from homeroom_school.tables import PersonIdentifier, PersonName

_PAIR: Final = re.compile(r"\{([^:}]+):([^}]*)\}")
_LONGEST_NAME: Final = 120
_STATED_IN: Final = frozenset({"userIds", "preferredGivenName"})
_COLUMNS: Final = {"student": "student_id", "staff": "staff_id", "guardian": "guardian_id"}
_NAME: Final = ("family_name", "middle_name", "given_name", "full_name", "sort_key", "search_text")
_PERSON: Final = tuple(_COLUMNS.values())


async def settle_identities(sync: Sync, roster: Roster, people: People) -> None:
    """Record the numbers and further names of which the roster says something else than the last time.

    Raises FileRefused naming every person whose number is wrong or belongs to somebody else.
    """
    rows: dict[str, tuple[Person, dict[str, Any]]] = {}
    for noun, column in _COLUMNS.items():
        for person in roster.people:
            if person.source_id in people[noun]:
                rows[person.source_id] = person, {**dict.fromkeys(_PERSON), column: people[noun][person.source_id]}
    everybody = [_row_of(columns) for _, columns in rows.values()]
    rows = {source_id: each for source_id, each in rows.items() if _STATED_IN & each[0].extra.keys()}
    said = {source_id: sync.links.said("person", source_id) for source_id in rows}
    before = {source_id: msgspec.convert(each, Person) if each else None for source_id, each in said.items()}
    await _settle_numbers(sync, rows, {pair for person in before.values() if person for pair in _pairs(person)})
    script, _ = await script_and_order(sync.context)
    names = {source_id: _further_name(person, script) for source_id, (person, _) in rows.items()}
    changed = {key: name for key, name in names.items() if name and name != _further_name(before[key], script)}
    await _settle_names(sync, rows, changed)
    await refresh_doubts(sync.context, everybody)


def _row_of(columns: Mapping[str, Any]) -> UUID:
    """The id of the person that one of three columns holds."""
    row: UUID = next(columns[each] for each in _PERSON if columns[each] is not None)
    return row


def _pairs(person: Person, refuse_number: Callable[[Code], None] = lambda _: None) -> Iterable[tuple[str, str]]:
    """The numbers of a person that are well-formed, with their kinds; the others are refused."""
    kinds = {kind.name for kind in identifier_kinds()}
    for name, text in _PAIR.findall(person.extra.get("userIds", "")):
        kind = name.strip()
        if kind not in kinds:
            continue
        try:
            number = normalise(kind, text).value
        except IdentifierError as fault:
            refuse_number(NUMBER_FAULTS.get(fault.code, INVALID))
        else:
            yield kind, number


def _further_name(person: Person | None, main: Script) -> WrittenName | None:
    """The name in another script than the main one."""
    if person is None:
        return None
    given = person.extra.get("preferredGivenName", "")
    family = person.extra.get("preferredFamilyName", "")
    script = script_of(family + given, main)
    if not given or script is script_of(person.family + person.given, main):
        return None
    return WrittenName(script, given, family, person.extra.get("preferredMiddleName", ""))


def _problem(sync: Sync, person: Person, column: str, code: Code, /, **values: Any) -> Fault:
    return sync.fault(person, "", code, **values).in_column(column)


async def _settle_numbers(
    sync: Sync, rows: Mapping[str, tuple[Person, dict[str, Any]]], known: set[tuple[str, str]]
) -> None:
    problems: list[Fault] = []
    numbers: dict[tuple[str, str], str] = {}
    for source_id, (person, columns) in rows.items():

        def refuse_number(code: Code, /, person: Person = person, **values: Any) -> None:
            problems.append(_problem(sync, person, "userIds", code, **values))

        for place in _pairs(person, refuse_number):
            other = numbers.setdefault(place, source_id)
            if rows[other][1] != columns:
                refuse_number(SAME_USER_NUMBER, one=other, other=source_id, kind=place[0])
    refuse(problems)
    numbers = {number: source_id for number, source_id in numbers.items() if number not in known}
    if not numbers:
        return
    found = await sync.context.fetch(f"SELECT kind, value, {', '.join(_PERSON)} FROM person_identifier")
    holders = {(row["kind"], row["value"]): _row_of(row) for row in found}
    for place, source_id in numbers.items():
        person, columns = rows[source_id]
        if holders.get(place, _row_of(columns)) != _row_of(columns):
            problems.append(_problem(sync, person, "userIds", USER_NUMBER_TAKEN, user=source_id, kind=place[0]))
    refuse(problems)
    await sync.by_key(
        "identifier",
        PersonIdentifier,
        (*_PERSON, "kind"),
        [
            {**rows[source_id][1], "kind": kind, "value": value, "masked": identifier_kind(kind).mask(value)}
            for (kind, value), source_id in numbers.items()
        ],
        first=lambda _: {"doubts": []},
    )


async def _settle_names(
    sync: Sync, rows: Mapping[str, tuple[Person, dict[str, Any]]], names: Mapping[str, WrittenName]
) -> None:
    problems = [
        _problem(
            sync,
            rows[source_id][0],
            "preferredGivenName",
            LONG_VALUE,
            name=source_id,
            count=len(part),
            most=_LONGEST_NAME,
        )
        for source_id, name in names.items()
        for part in (name.given, name.family, name.middle)
        if len(part) > _LONGEST_NAME
    ]
    refuse(problems)
    await sync.by_key(
        "name",
        PersonName,
        (*_PERSON, "script"),
        [
            {**rows[source_id][1], "script": name.script.value, **{each: columns[each] for each in _NAME}}
            for source_id, name in names.items()
            for columns in (name_columns(name),)
        ],
    )
