"""The people of a roster as students, staff and guardians."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.imports.sync import Sync, SyncedRows, WantedRow
from homeroom.imports.turns import in_turns
from homeroom.names import Order, Script, name_columns, name_in
from homeroom.reading.faults import refuse
from homeroom.refusals import IN_THE_FUTURE
from homeroom.texts import narrow
from homeroom_rosters.exchange.same_person import match_by_number, refuse_other_people, warn_of_doubles
from homeroom_rosters.exchange.words import is_staff, is_student, name_of, sex
from homeroom_rosters.roster.formats import is_given
from homeroom_rosters.roster.records import Demographics, Person, Roster, without_places
from homeroom_school.tables import Guardian, Staff, Student

_BORN: Final = ("sex", "birth_date")
#: Columns of a row to the attribute of a person, where the two differ.
ATTRIBUTES: Final = {
    "code": "source_id",
    "family_name": "family",
    "middle_name": "middle",
    "given_name": "given",
}
#: Noun to source id to row.
People = Mapping[str, Mapping[str, UUID]]
_TABLES: Final = {"student": Student, "staff": Staff, "guardian": Guardian}


def person_columns(person: Person, born: Demographics | None, script: Script) -> dict[str, Any]:
    """The columns of a student, as a roster gives them; None where it does not."""
    stated = sex(born.sex) if born is not None else None
    name = name_of(person, script)
    return {
        "family_name": name.family,
        "middle_name": name.middle,
        "given_name": name.given,
        "name_script": name.script.value,
        "email": person.email or None,
        "phone": person.phone or person.sms or None,
        "sex": stated.value if stated is not None else None,
        "birth_date": born.born_on if born is not None else None,
    }


def _code(person: Person) -> str:
    """The number that the school knows a person by, as formats give it."""
    numbers = (person.extra.get(each) for each in ("Student Number", "Teacher Number", "identifier"))
    return narrow(next(filter(None, numbers), person.source_id))


@dataclass(frozen=True, slots=True)
class _People:
    """The people of a roster and what earlier imports said about them."""

    sync: Sync
    script: Script
    given: Callable[[Any, str], bool]
    born: Mapping[str, Demographics]

    def wanted(self, noun: str, position: int, person: Person) -> WantedRow:
        """The row of one person."""
        born = self.born.get(person.source_id)
        columns = self._columns(noun, person, born)
        says = {
            "email": self.given(person, "email"),
            "phone": self.given(person, "phone") or (bool(person.sms) and self.given(person, "sms")),
            "sex": self.given(born, "sex") and not (born is not None and born.sex and columns.get("sex") is None),
            "birth_date": self.given(born, "born_on"),
        }
        return WantedRow(
            person.source_id,
            position,
            columns,
            person,
            name_in(columns).full,
            record={},
            before=self._before(noun, person, born, columns),
            missing=frozenset(column for column, said in says.items() if not said),
        )

    def _columns(self, noun: str, person: Person, born: Demographics | None) -> dict[str, Any]:
        columns = person_columns(person, born, self.script)
        if noun == "guardian":
            return {name: value for name, value in columns.items() if name not in _BORN}
        return {**columns, "code": _code(person)}

    def _before(
        self, noun: str, person: Person, born: Demographics | None, columns: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """The same columns as the last import's records said them."""
        said = self.sync.links.said("person", person.source_id)
        if said is None:
            return None
        said_born = self.sync.links.said("demographics", person.source_id)
        if _same(said, person) and (born is None or _same(said_born, born)):
            return columns
        earlier = msgspec.convert(said_born, Demographics) if said_born is not None else None
        return self._columns(noun, msgspec.convert(said, Person), earlier)


def _same(said: Any, record: Any) -> bool:
    """Whether a record says what it said the last time."""
    return bool(said == msgspec.json.decode(msgspec.json.encode(without_places(record))))


def _members(roster: Roster) -> dict[str, set[str]]:
    """Which people become rows of which table. Somebody may be staff and guardian at once."""
    roles = [(each.person, each.role) for each in roster.roles]
    roles += [(each.person, each.role) for each in roster.enrolments]
    students = {person for person, role in roles if is_student(role)}
    return {
        "student": students,
        "staff": {person for person, role in roles if is_staff(role)},
        "guardian": {each.guardian for each in roster.guardianships if each.child in students},
    }


async def settle_people(sync: Sync, roster: Roster, script: Script, order: Order, *, allow_renames: bool) -> People:
    """Create or change students, staff and guardians.

    A person who is not linked is the one whose number (code) is the same, if the name or the birth date agrees, too.

    Args:
        allow_renames: Whether an id may come to belong to somebody with another name and another birth date.

    Returns:
        Noun (``student``, ``staff``, ``guardian``) to source id to row.

    Raises:
        FileRefused: A number is given twice, belongs to somebody else, or a value does not fit.
    """
    future = [
        sync.fault(each, "born_on", IN_THE_FUTURE)
        for each in roster.demographics
        if each.born_on is not None and each.born_on > sync.context.today
    ]
    refuse(future)
    people = _People(sync, script, partial(is_given, roster), {each.person: each for each in roster.demographics})
    rows: dict[str, Mapping[str, UUID]] = {}

    def with_whole_name(columns: dict[str, Any]) -> dict[str, Any]:
        return {**columns, **name_columns(name_in(columns), order)}

    for name, members in _members(roster).items():
        noun = SyncedRows(name, _TABLES[name], ATTRIBUTES, derive=with_whole_name)
        wanted: list[WantedRow] = []
        async for position, person in in_turns(roster.people):
            if person.source_id in members:
                wanted.append(people.wanted(name, position, person))
        if not allow_renames:
            await refuse_other_people(sync, noun, wanted)
        if name != "guardian":
            wanted = await match_by_number(sync, noun, wanted)
        await warn_of_doubles(sync, noun, wanted)
        rows[name] = await sync.rows(noun, wanted)
    async for position, person in in_turns(roster.people):
        row = next((found[person.source_id] for found in rows.values() if person.source_id in found), None)
        sync.links.keep("person", person.source_id, person, position, row=row)
        if row is None:
            sync.report["left_out"]["people who are neither student, staff nor guardian"] += 1
    return rows
