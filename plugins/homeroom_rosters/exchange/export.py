"""Giving a school's roster back: what its imports said, with what the registry says today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import msgspec

from homeroom.context import Context
from homeroom.texts import tidy
from homeroom_rosters.exchange.importer import IMPORT
from homeroom_rosters.exchange.people import ATTRIBUTES, person_columns
from homeroom_rosters.roster import records
from homeroom_rosters.roster.records import Demographics, Person, Roster
from homeroom_school.settings import script_and_order

Record = TypeVar("Record")
#: Columns of a row to the attribute of a person.
_NAME: Final = ("family_name", "middle_name", "given_name")
_PERSON: Final = {name: ATTRIBUTES.get(name, name) for name in (*_NAME, "email", "phone")}
_BORN: Final = {"sex": "sex", "birth_date": "born_on"}

_PEOPLE: Final = """
SELECT l.source_id, p.*
FROM import_link l JOIN (
    SELECT id, family_name, middle_name, given_name, email, phone, sex, birth_date FROM student
    UNION ALL SELECT id, family_name, middle_name, given_name, email, phone, sex, birth_date FROM staff
    UNION ALL SELECT id, family_name, middle_name, given_name, email, phone, NULL, NULL FROM guardian) p
  ON p.id = l.row_id
WHERE l.command = $1 AND l.system = $2 AND l.noun IN ('student', 'staff', 'guardian') AND l.present
"""
_CLASSES: Final = """
SELECT l.source_id, c.name FROM import_link l JOIN school_class c ON c.id = l.row_id
WHERE l.command = $1 AND l.system = $2 AND l.noun IN ('homeroom', 'section') AND l.present
"""
# What ended here is left out.
_KEPT: Final = """
SELECT l.noun, l.source_id, l.position, l.record::text AS record FROM import_link l
WHERE l.command = $1 AND l.system = $2 AND l.present AND NOT EXISTS (
    SELECT FROM (SELECT id, ends_on FROM class_enrolment UNION ALL SELECT id, ends_on FROM teaching_assignment
                 UNION ALL SELECT id, ends_on FROM guardianship) p
    WHERE p.id = l.row_id AND p.ends_on < $3 AND p.ends_on IS DISTINCT FROM l.ended_on
      AND coalesce((l.record ->> 'ends_on')::date, (l.record #>> '{said,ends_on}')::date, 'infinity') >= $3)
"""


class _Kept:
    """The records that the last import of one system left, by noun."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._by_noun: dict[str, list[tuple[int, str, Any]]] = {}
        for row in rows:
            value = msgspec.json.decode(row["record"])
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
    kept = _Kept(await context.fetch(_KEPT, IMPORT, system, context.today))
    bundles = kept.raw("bundle")
    if not bundles:
        return None
    people, demographics = await _people(context, system, kept)
    names = {row["source_id"]: row["name"] for row in await context.fetch(_CLASSES, IMPORT, system)}
    kept_sections = kept.raw("homeroom", "section", "taught")
    sections = [msgspec.convert(each.get("section", each), records.Section) for each in kept_sections]
    return Roster(
        bundles[-1]["format"],
        orgs=kept.of(records.Org, "org"),
        sessions=kept.of(records.Session, "calendar"),
        courses=kept.of(records.Course, "course"),
        sections=tuple(
            replace(each, title=names[each.source_id]) if _differs(names.get(each.source_id), each.title) else each
            for each in sections
        ),
        people=people,
        roles=kept.of(records.Role, "role"),
        enrolments=kept.of(records.Enrolment, "enrolment", "teaching", "attendance"),
        guardianships=kept.of(records.Guardianship, "guardianship", "other_guardianship"),
        demographics=demographics,
        flags=kept.of(records.Flag, "flag"),
        profiles=kept.of(records.Profile, "profile"),
        properties=bundles[-1]["properties"],
    )


def _differs(value: Any, said: Any) -> bool:
    """Whether the registry has another value than a record said, apart from how texts are kept."""
    return value is not None and value != (tidy(said) if isinstance(said, str) else said)


async def _people(context: Context, system: str, kept: _Kept) -> tuple[tuple[Person, ...], tuple[Demographics, ...]]:
    script, _ = await script_and_order(context)
    rows: dict[str, Mapping[str, Any]] = {row["source_id"]: row for row in await context.fetch(_PEOPLE, IMPORT, system)}
    born = {each.person: each for each in kept.of(Demographics, "demographics")}
    shown: list[Person] = []
    for person in kept.of(Person, "person"):
        row = rows.get(person.source_id)
        if row is None:
            shown.append(person)
            continue
        said = person_columns(person, born.get(person.source_id), script)
        changed = {name for name in (*_PERSON, *_BORN) if _differs(row[name], said[name])}
        if any(name.endswith("_name") for name in changed):
            # A name is given as a whole: a format may have its parts in other columns.
            changed.update(_NAME)
        shown.append(_changed(person, row, _PERSON, changed))
        if changed & _BORN.keys():
            before = born.get(person.source_id, Demographics(person.source_id))
            born[person.source_id] = _changed(before, row, _BORN, changed)
    return tuple(shown), tuple(born.values())


def _changed(record: Record, row: Mapping[str, Any], attributes: Mapping[str, str], changed: set[str]) -> Record:
    """A record with the registry's values in some of its attributes."""
    values = {attribute: row[name] for name, attribute in attributes.items() if name in changed}
    made: Record = replace(record, **values) if values else record  # type: ignore[type-var]
    return made
