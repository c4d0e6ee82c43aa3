"""Giving a school's roster back: what its imports told, with what the registry says today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from homeroom.context import Context
from homeroom_rosters.exchange.people import person_columns
from homeroom_rosters.roster import (
    Course,
    Demographics,
    Enrolment,
    Flag,
    Guardianship,
    Org,
    Person,
    Profile,
    Role,
    Roster,
    Section,
    Session,
)
from homeroom_school.settings import NameSettings, name_settings

__all__ = ["roster_of_space"]

Record = TypeVar("Record")
_PERSON = ("family_name", "middle_name", "given_name", "email", "phone", "sex", "birth_date")

_PEOPLE = """
SELECT l.source_id, p.*
FROM roster_link l JOIN (
    SELECT id, family_name, middle_name, given_name, email, phone, sex, birth_date FROM student
    UNION ALL SELECT id, family_name, middle_name, given_name, email, phone, sex, birth_date FROM staff
    UNION ALL SELECT id, family_name, middle_name, given_name, email, phone, NULL, NULL FROM guardian) p
  ON p.id = l.row_id
WHERE l.system = $1 AND l.noun IN ('student', 'staff', 'guardian') AND l.present
"""
_ENDED = """
SELECT l.noun, l.source_id
FROM roster_link l JOIN (
    SELECT id, ends_on FROM class_enrolment UNION ALL SELECT id, ends_on FROM teaching_assignment
    UNION ALL SELECT id, ends_on FROM guardianship) p ON p.id = l.row_id
WHERE l.system = $1 AND l.present AND p.ends_on < $2 AND p.ends_on IS DISTINCT FROM l.ended_on
  AND coalesce((l.record ->> 'ends_on')::date, (l.record #>> '{said,ends_on}')::date, 'infinity') >= $2
"""


class _Kept:
    """The records that the last import of one system left, by noun."""

    def __init__(self, rows: list[Any], ended: set[tuple[str, str]]) -> None:
        self._by_noun: dict[str, list[tuple[int, str, Any]]] = {}
        for row in rows:
            if (row["noun"], row["source_id"]) not in ended:
                record = row["record"]
                value = msgspec.json.decode(record) if isinstance(record, str) else record
                # Attendances of a section are kept together, each with its own place in the file.
                several = value if row["noun"] == "attendance" else [(row["position"], value)]
                self._by_noun.setdefault(row["noun"], []).extend(
                    (position, row["source_id"], each) for position, each in several
                )

    def raw(self, *nouns: str) -> list[Any]:
        """The records of some nouns in the order of their files."""
        found = [each for noun in nouns for each in self._by_noun.get(noun, ())]
        return [record for _, _, record in sorted(found, key=lambda each: each[:2])]

    def of(self, kind: type[Record], *nouns: str) -> tuple[Record, ...]:
        """The same as records of the neutral roster."""
        found = [each for each in self.raw(*nouns) if each.get("part", 1) == 1]
        return tuple(msgspec.convert(each.get("of", each), kind) for each in found)


async def roster_of_space(context: Context, system: str) -> Roster | None:
    """The roster of one system as the registry has it now; None if none was imported.

    Names, birth, sex, contact and the names of classes are the registry's where they were changed here;
    what ended here is left out.  Records keep what the registry has no place for.
    """
    rows = await context.fetch(
        "SELECT noun, source_id, position, record FROM roster_link WHERE system = $1 AND present", system
    )
    ended = {(row["noun"], row["source_id"]) for row in await context.fetch(_ENDED, system, context.today)}
    kept = _Kept(rows, ended)
    bundles = kept.raw("bundle")
    if not bundles:
        return None
    people, demographics = await _people(
        context,
        system,
        kept.of(Person, "person"),
        kept.of(Demographics, "demographics"),
        await name_settings(context),
    )
    sections = kept.raw("homeroom", "section", "taught")
    return Roster(
        bundles[-1]["format"],
        orgs=kept.of(Org, "org"),
        sessions=kept.of(Session, "calendar"),
        courses=kept.of(Course, "course"),
        sections=await _sections(
            context, system, [msgspec.convert(each.get("section", each), Section) for each in sections]
        ),
        people=people,
        roles=kept.of(Role, "role"),
        enrolments=kept.of(Enrolment, "enrolment", "teaching", "attendance"),
        guardianships=kept.of(Guardianship, "guardianship", "other_guardianship"),
        demographics=demographics,
        flags=kept.of(Flag, "flag"),
        profiles=kept.of(Profile, "profile"),
        properties=bundles[-1]["properties"],
    )


async def _people(
    context: Context,
    system: str,
    people: tuple[Person, ...],
    demographics: tuple[Demographics, ...],
    settings: NameSettings,
) -> tuple[tuple[Person, ...], tuple[Demographics, ...]]:
    rows: dict[str, Mapping[str, Any]] = {row["source_id"]: row for row in await context.fetch(_PEOPLE, system)}
    born = {each.person: each for each in demographics}
    shown: list[Person] = []
    for person in people:
        row = rows.get(person.source_id)
        if row is None:
            shown.append(person)
            continue
        told = person_columns(person, born.get(person.source_id), settings)
        changed = {name: row[name] for name in _PERSON if row[name] is not None and row[name] != told[name]}
        if changed.keys() & {"family_name", "middle_name", "given_name"}:
            person = replace(  # noqa: PLW2901 - the record with the registry's name
                person, family=row["family_name"], middle=row["middle_name"], given=row["given_name"]
            )
        if "email" in changed:
            person = replace(person, email=row["email"])  # noqa: PLW2901
        if "phone" in changed:
            person = replace(person, phone=row["phone"])  # noqa: PLW2901
        if changed.keys() & {"sex", "birth_date"}:
            before = born.get(person.source_id, Demographics(person.source_id))
            born[person.source_id] = replace(
                before, sex=changed.get("sex", before.sex), born_on=changed.get("birth_date", before.born_on)
            )
        shown.append(person)
    return tuple(shown), tuple(born.values())


async def _sections(context: Context, system: str, sections: list[Section]) -> tuple[Section, ...]:
    names: dict[str, str] = {
        row["source_id"]: row["name"]
        for row in await context.fetch(
            "SELECT l.source_id, c.name FROM roster_link l JOIN school_class c ON c.id = l.row_id"
            " WHERE l.system = $1 AND l.noun IN ('homeroom', 'section') AND l.present",
            system,
        )
    }
    return tuple(
        replace(each, title=names[each.source_id])
        if each.source_id in names and names[each.source_id] != each.title
        else each
        for each in sections
    )
