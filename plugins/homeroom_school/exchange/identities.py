"""Numbers and further names that a roster tells of people.

OneRoster's ``userIds`` are pairs of a type and a number: a type that is a kind of identifier here (such as
``{hk.strn:S123456}``) becomes that identifier.  A preferred name in another script than the main one becomes
a further name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom_school.doubts import refresh_doubts
from homeroom_school.exchange.report import Report
from homeroom_school.exchange.words import script_of
from homeroom_school.identifiers import IdentifierError, identifier_kind, identifier_kinds, normalise
from homeroom_school.names import PersonName as WrittenName
from homeroom_school.names import search_text, sort_key
from homeroom_school.roster import Person, Problem, Roster, RosterRejected
from homeroom_school.settings import name_settings
from homeroom_school.tables import PersonIdentifier, PersonName

__all__ = ["settle_identities"]

_PAIR = re.compile(r"\{([^:}]+):([^}]*)\}")
_COLUMNS = {"student": "student_id", "staff": "staff_id", "guardian": "guardian_id"}


async def settle_identities(
    context: Context,
    report: Report,
    roster: Roster,
    people: Mapping[str, Mapping[str, UUID]],
) -> None:
    """Record numbers and further names; what the roster does not tell stays.

    Raises RosterRejected naming every person whose number is wrong or belongs to somebody else.
    """
    rows = {
        person.source_id: (noun, people[noun][person.source_id], person)
        for noun in _COLUMNS
        for person in roster.people
        if person.source_id in people[noun]
    }
    problems: list[Problem] = []
    numbers = _numbers(rows, problems)
    if problems:
        raise RosterRejected(problems)
    await _settle_numbers(context, report, numbers)
    await _settle_names(context, report, rows)
    await refresh_doubts(context, [row for _, row, _ in rows.values()])


Rows = Mapping[str, tuple[str, UUID, Person]]
#: (kind, number) to noun, row and source id of its person.
Numbers = dict[tuple[str, str], tuple[str, UUID, str]]


def _numbers(rows: Rows, problems: list[Problem]) -> Numbers:
    kinds = {kind.name for kind in identifier_kinds()}
    numbers: Numbers = {}
    for source_id, (noun, row, person) in rows.items():
        for kind, text in _PAIR.findall(person.extra.get("userIds", "")):
            if kind.strip() not in kinds:
                continue
            try:
                number = normalise(kind.strip(), text).value
            except IdentifierError as fault:
                reason = f"user {source_id!r}: {fault}"
                problems.append(Problem("users.csv", 0, "userIds", fault.code, reason))
                continue
            other = numbers.setdefault((kind.strip(), number), (noun, row, source_id))
            if other[2] != source_id:
                reason = f"users {other[2]!r} and {source_id!r} have the same {kind.strip()}"
                problems.append(Problem("users.csv", 0, "userIds", "duplicate", reason))
    return numbers


async def _settle_numbers(context: Context, report: Report, numbers: Numbers) -> None:
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
    for (kind, value), (noun, row, source_id) in numbers.items():
        if holder.get((kind, value), row) != row:
            reason = f"user {source_id!r}: somebody else of the school has this {kind}"
            problems.append(Problem("users.csv", 0, "userIds", "duplicate", reason))
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
    report.changed["identifier"] += len(changed)
    report.unchanged["identifier"] += len(changes) - len(changed)
    report.created["identifier"] += len(await table.insert(new))


async def _settle_names(context: Context, report: Report, rows: Rows) -> None:
    settings = await name_settings(context)
    told: dict[tuple[UUID, str], tuple[str, WrittenName]] = {}
    for noun, row, person in rows.values():
        given = person.extra.get("preferredGivenName", "")
        family = person.extra.get("preferredFamilyName", "")
        script = script_of(family + given, settings.script)
        if given and script is not script_of(person.family + person.given, settings.script):
            middle = person.extra.get("preferredMiddleName", "")
            told[row, script.value] = noun, WrittenName(script, given[:120], family[:120], middle[:120])
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
    report.changed["name"] += len(changed)
    report.unchanged["name"] += len(changes) - len(changed)
    report.created["name"] += len(await table.insert(new))
