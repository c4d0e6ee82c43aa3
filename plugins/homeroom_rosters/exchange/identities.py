"""Numbers and further names that a roster tells of people.

OneRoster's ``userIds`` are pairs of a type and a number: a type that is a kind of identifier here (such as
``{hk.strn:S123456}``) becomes that identifier.  A preferred name in another script than the main one becomes
a further name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.identifiers import IdentifierError, identifier_kind, identifier_kinds, normalise
from homeroom.imports.report import Report
from homeroom.names import PersonName as WrittenName
from homeroom.names import script_of, search_text, sort_key
from homeroom.refusals import (
    INVALID,
    Code,
)
from homeroom_rosters.exchange.links import Links
from homeroom_rosters.refusals import PLACED_TOO_LONG, SAME_USER_NUMBER, USER_NUMBER_TAKEN
from homeroom_rosters.roster import Person, Problem, Roster, RosterRejected, problem_at
from homeroom_school.doubts import refresh_doubts
from homeroom_school.refusals import NUMBER_FAULTS
from homeroom_school.settings import NameSettings, name_settings
from homeroom_school.tables import PersonIdentifier, PersonName

__all__ = ["settle_identities"]

_PAIR = re.compile(r"\{([^:}]+):([^}]*)\}")
_LONGEST_NAME = 120
_TOLD_IN = frozenset({"userIds", "preferredGivenName"})
_PREFERRED = "preferredGivenName"
_COLUMNS = {"student": "student_id", "staff": "staff_id", "guardian": "guardian_id"}


async def settle_identities(
    context: Context,
    links: Links,
    report: Report,
    roster: Roster,
    people: Mapping[str, Mapping[str, UUID]],
) -> None:
    """Record the numbers and further names of which the roster says something else than the last time.

    Raises RosterRejected naming every person whose number is wrong or belongs to somebody else.
    """
    rows = {
        person.source_id: (noun, people[noun][person.source_id], person)
        for noun in _COLUMNS
        for person in roster.people
        if person.source_id in people[noun]
    }
    everybody = [row for _, row, _ in rows.values()]
    rows = {source_id: each for source_id, each in rows.items() if _TOLD_IN & each[2].extra.keys()}
    before = {source_id: _said(links, person) for source_id, (_, _, person) in rows.items()}
    problems: list[Problem] = []
    numbers = _numbers(roster, rows, problems)
    if problems:
        raise RosterRejected(problems)
    known = {(kind, number) for person in before.values() if person is not None for kind, number in _pairs(person)}
    await _settle_numbers(context, report, roster, {place: who for place, who in numbers.items() if place not in known})
    settings = await name_settings(context)
    await _settle_names(
        context,
        report,
        roster,
        {
            source_id: (noun, row, person)
            for source_id, (noun, row, person) in rows.items()
            if _further_name(person, settings) != _further_name(before[source_id], settings)
        },
        settings,
    )
    await refresh_doubts(context, everybody)


def _said(links: Links, person: Person) -> Person | None:
    """What the last import said of a person."""
    link = links.of("person").get((person.source_id, None))
    said = link.said() if link is not None else None
    return None if said is None else msgspec.convert(said, Person)


def _pairs(person: Person) -> Iterable[tuple[str, str]]:
    """The numbers of a person that are well-formed."""
    kinds = {kind.name for kind in identifier_kinds()}
    for kind, text in _PAIR.findall(person.extra.get("userIds", "")):
        if kind.strip() in kinds:
            with suppress(IdentifierError):
                yield kind.strip(), normalise(kind.strip(), text).value


def _further_name(person: Person | None, settings: NameSettings) -> WrittenName | None:
    """The name in another script than the main one."""
    if person is None:
        return None
    given = person.extra.get("preferredGivenName", "")
    family = person.extra.get("preferredFamilyName", "")
    script = script_of(family + given, settings.script)
    if not given or script is script_of(person.family + person.given, settings.script):
        return None
    return WrittenName(script, given, family, person.extra.get("preferredMiddleName", ""))


Rows = Mapping[str, tuple[str, UUID, Person]]
#: (kind, number) to noun, row and source id of its person.
Numbers = dict[tuple[str, str], tuple[str, UUID, str]]


def _numbers(roster: Roster, rows: Rows, problems: list[Problem]) -> Numbers:
    kinds = {kind.name for kind in identifier_kinds()}
    numbers: Numbers = {}
    for source_id, (noun, row, person) in rows.items():
        for kind, text in _PAIR.findall(person.extra.get("userIds", "")):
            if kind.strip() not in kinds:
                continue
            try:
                number = normalise(kind.strip(), text).value
            except IdentifierError as fault:
                problems.append(_problem(roster, person, NUMBER_FAULTS.get(fault.code, INVALID)))
                continue
            other = numbers.setdefault((kind.strip(), number), (noun, row, source_id))
            if other[1] != row:
                both = {"one": other[2], "other": source_id, "kind": kind.strip()}
                problems.append(_problem(roster, person, SAME_USER_NUMBER, **both))
    return numbers


def _problem(roster: Roster, person: Person, code: Code, /, **values: Any) -> Problem:
    return problem_at(roster, person, "", code, **values).in_column("userIds")


async def _settle_numbers(context: Context, report: Report, roster: Roster, numbers: Numbers) -> None:
    if not numbers:
        return
    standing = await context.fetch(
        "SELECT id, kind, value, coalesce(student_id, staff_id, guardian_id) AS person FROM person_identifier"
    )
    holder = {(row["kind"], row["value"]): row["person"] for row in standing}
    own = {(row["kind"], row["person"]): row["id"] for row in standing}
    new: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    problems: list[Problem] = []
    persons = {person.source_id: person for person in roster.people}
    for (kind, value), (noun, row, source_id) in numbers.items():
        if holder.get((kind, value), row) != row:
            problems.append(_problem(roster, persons[source_id], USER_NUMBER_TAKEN, user=source_id, kind=kind))
            continue
        shown = {"value": value, "masked": identifier_kind(kind).mask(value)}
        if (kind, row) in own:
            changes.append({"id": own[kind, row], **shown})
        else:
            of_person = {**dict.fromkeys(_COLUMNS.values()), _COLUMNS[noun]: row}
            new.append({**of_person, "kind": kind, **shown, "doubts": []})
    if problems:
        raise RosterRejected(problems)
    table = context.rows(PersonIdentifier)
    changed = await table.update_many(changes)
    report["changed"]["identifier"] += len(changed)
    report["unchanged"]["identifier"] += len(changes) - len(changed)
    report["created"]["identifier"] += len(await table.insert(new))


async def _settle_names(context: Context, report: Report, roster: Roster, rows: Rows, settings: NameSettings) -> None:
    told: dict[tuple[UUID, str], tuple[str, WrittenName]] = {}
    problems: list[Problem] = []
    for noun, row, person in rows.values():
        name = _further_name(person, settings)
        if name is None:
            continue
        for part in (name.given, name.family, name.middle):
            if len(part) > _LONGEST_NAME:
                sizes = {"name": person.source_id, "count": len(part), "most": _LONGEST_NAME}
                problems.append(_problem(roster, person, PLACED_TOO_LONG, **sizes).in_column(_PREFERRED))
        told[row, name.script.value] = noun, name
    if problems:
        raise RosterRejected(problems)
    if not told:
        return
    standing = {
        (row["person"], row["script"]): row["id"]
        for row in await context.fetch(
            "SELECT id, script, coalesce(student_id, staff_id, guardian_id) AS person FROM person_name"
        )
    }
    new: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for key, (noun, name) in told.items():
        columns = {
            "family_name": name.family,
            "middle_name": name.middle,
            "given_name": name.given,
            "full_name": name.full,
            "sort_key": sort_key(name),
            "search_text": search_text(name),
        }
        if key in standing:
            changes.append({"id": standing[key], **columns})
        else:
            of_person = {**dict.fromkeys(_COLUMNS.values()), _COLUMNS[noun]: key[0]}
            new.append({**of_person, "script": key[1], **columns})
    table = context.rows(PersonName)
    changed = await table.update_many(changes)
    report["changed"]["name"] += len(changed)
    report["unchanged"]["name"] += len(changes) - len(changed)
    report["created"]["name"] += len(await table.insert(new))
