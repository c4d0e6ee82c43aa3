"""The people of a roster as students, staff and guardians."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.imports.report import Report
from homeroom.imports.stops import Stop
from homeroom.names import Order, PersonName, Script, search_text
from homeroom.refusals import (
    IN_THE_FUTURE,
    FieldName,
)
from homeroom.texts import narrow
from homeroom_rosters.exchange.links import Links
from homeroom_rosters.exchange.settle import Noun, Wanted, settle
from homeroom_rosters.exchange.told import Told
from homeroom_rosters.exchange.words import is_staff, is_student, name_of, sex
from homeroom_rosters.refusals import NUMBER_OF_ANOTHER, NUMBER_OF_OTHER_PERSON, NUMBER_SHARED, OTHER_PERSON
from homeroom_rosters.roster import Demographics, Person, Problem, Roster, RosterRejected, problem_at, without_places
from homeroom_school.settings import NameSettings, name_columns
from homeroom_school.tables import Guardian, Staff, Student

__all__ = ["person_columns", "settle_people"]

#: People after which others of this process have their turn.
_TURN: Final = 500
_BORN: Final = ("sex", "birth_date")
_ATTRIBUTES: Final = {
    "code": "source_id",
    "family_name": "family",
    "middle_name": "middle",
    "given_name": "given",
    "email": "email",
    "phone": "phone",
}


def person_columns(person: Person, born: Demographics | None, settings: NameSettings) -> dict[str, Any]:
    """The columns of a student, as a roster tells them; None where it does not."""
    stated = sex(born.sex) if born is not None else None
    name = name_of(person, settings.script)
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
    return narrow(
        person.extra.get("Student Number")
        or person.extra.get("Teacher Number")
        or person.extra.get("identifier")
        or person.source_id
    )


def _named(order: Order, columns: dict[str, Any]) -> dict[str, Any]:
    """The columns with those that follow from the parts of the name."""
    return {**columns, **name_columns(_name(columns), order)}


def _name(columns: Mapping[str, Any]) -> PersonName:
    return PersonName(
        Script(columns["name_script"]),
        given=columns["given_name"],
        family=columns["family_name"],
        middle=columns["middle_name"],
    )


def _nouns(order: Order) -> tuple[Noun, ...]:
    unique = {"code": ()}

    def derive(columns: dict[str, Any]) -> dict[str, Any]:
        return _named(order, columns)

    return (
        Noun("student", Student, _ATTRIBUTES, unique, derive=derive),
        Noun("staff", Staff, _ATTRIBUTES, unique, derive=derive),
        Noun("guardian", Guardian, _ATTRIBUTES, derive=derive),
    )


@dataclass(frozen=True, slots=True)
class _People:
    """The people of a roster and what earlier imports said of them."""

    links: Links
    roster: Roster
    settings: NameSettings
    told: Told
    born: Mapping[str, Demographics]

    def wanted(self, noun: str, position: int, person: Person) -> Wanted:
        """The row of one person."""
        born = self.born.get(person.source_id)
        columns = self._columns(noun, person, born)
        untold = {name for name in ("email",) if not self.told.says(person, name)}
        if not self.told.says(person, "phone") and not (person.sms and self.told.says(person, "sms")):
            untold.add("phone")
        if not self.told.says(born, "sex") or (born is not None and born.sex and columns.get("sex") is None):
            untold.add("sex")
        if not self.told.says(born, "born_on"):
            untold.add("birth_date")
        return Wanted(
            person.source_id,
            position,
            {},
            columns,
            person,
            _name(columns).full,
            before=self._before(noun, person, born, columns),
            untold=frozenset(untold),
        )

    def _columns(self, noun: str, person: Person, born: Demographics | None) -> dict[str, Any]:
        columns = person_columns(person, born, self.settings)
        if noun == "guardian":
            return {name: value for name, value in columns.items() if name not in _BORN}
        return {**columns, "code": _code(person)}

    def _before(
        self, noun: str, person: Person, born: Demographics | None, columns: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """The same columns as the last import's records said them."""
        key = (person.source_id, None)
        link, other = self.links.of("person").get(key), self.links.of("demographics").get(key)
        said = link.said() if link is not None else None
        if said is None:
            return None
        said_born = other.said() if other is not None else None
        if _same(said, person) and (born is None or _same(said_born, born)):
            return columns
        earlier = msgspec.convert(said_born, Demographics) if said_born is not None else None
        return self._columns(noun, msgspec.convert(said, Person), earlier)


def _same(said: Any, record: Any) -> bool:
    """Whether a record says what it said the last time."""
    return bool(said == msgspec.json.decode(msgspec.json.encode(without_places(record))))


async def settle_people(
    context: Context,
    links: Links,
    report: Report,
    roster: Roster,
    settings: NameSettings,
    endings: Stop,
    *,
    allow_renames: bool,
) -> Mapping[str, Mapping[str, UUID]]:
    """Make or change students, staff and guardians.

    A person who is not linked is the one whose number (code) is the same, if the name or the birth date agrees, too.
    Somebody may be staff and guardian at once: two rows, each with its own history.

    Args:
        context: The import's.
        links: The system's links.
        report: Counts and names what is done.
        roster: The school's part of a bundle.
        settings: How the school writes names.
        endings: Learns how many values would be cleared.
        allow_renames: Whether an id may come to belong to somebody with another name and another birth date.

    Returns:
        Noun (``student``, ``staff``, ``guardian``) to source id to row.

    Raises:
        RosterRejected: A number is given twice, belongs to somebody else, or a value does not fit.
    """
    students = {role.person for role in roster.roles if is_student(role.role)}
    students |= {each.person for each in roster.enrolments if is_student(each.role)}
    staff = {role.person for role in roster.roles if is_staff(role.role)}
    staff |= {each.person for each in roster.enrolments if is_staff(each.role)}
    guardians = {each.guardian for each in roster.guardianships if each.child in students}
    future = [
        problem_at(roster, each, "born_on", IN_THE_FUTURE)
        for each in roster.demographics
        if each.born_on is not None and each.born_on > context.today
    ]
    if future:
        raise RosterRejected(future)
    members = {"student": students, "staff": staff, "guardian": guardians}
    people = _People(links, roster, settings, Told(roster), {each.person: each for each in roster.demographics})
    rows: dict[str, Mapping[str, UUID]] = {}
    for noun in _nouns(settings.order):
        wanted: list[Wanted] = []
        for position, person in enumerate(roster.people):
            if person.source_id in members[noun.name]:
                wanted.append(people.wanted(noun.name, position, person))
            if position % _TURN == 0:
                await asyncio.sleep(0)
        if not allow_renames:
            await _refuse_others(context, links, roster, noun, wanted)
        if noun.name != "guardian":
            wanted = await _matched(context, links, roster, noun, wanted)
        await _warn_of_doubles(context, links, report, noun, wanted)
        rows[noun.name] = await settle(context, links, report, roster, noun, wanted, endings)
    for position, person in enumerate(roster.people):
        if position % _TURN == 0:
            await asyncio.sleep(0)
        row = next((rows[noun][person.source_id] for noun in rows if person.source_id in rows[noun]), None)
        links.keep("person", person.source_id, person, position, row=row)
        if row is None:
            report["left_out"]["people who are neither student, staff nor guardian"] += 1
    return rows


def _words(columns: Mapping[str, Any]) -> set[str]:
    """The words of a name, without accents, case and order."""
    return set(search_text(_name(columns)).split())


async def _refuse_others(context: Context, links: Links, roster: Roster, noun: Noun, wanted: list[Wanted]) -> None:
    """Refuse ids that belong to somebody else than before: nothing of the name and the birth date is the same."""
    problems: list[Problem] = []
    doubtful: dict[UUID, Wanted] = {}
    for each in wanted:
        link = links.of(noun.name).get(each.key)
        if link is None or link.row is None or each.before is None or each.before is each.columns:
            continue
        if _other_person(each.before, each.columns):
            doubtful[link.row] = each
    if not doubtful:
        return
    columns = "given_name, middle_name, family_name, full_name, name_script"
    born = "NULL::date" if noun.name == "guardian" else "birth_date"
    for row in await context.fetch(
        f"SELECT id, {columns}, {born} AS birth_date FROM {noun.table._meta.tablename} WHERE id = ANY($1::uuid[])",
        list(doubtful),
    ):
        each = doubtful[row["id"]]
        if _other_person(row, each.columns):
            who = {"id": each.source_id, "before": _who(row), "now": _who(each.columns)}
            problems.append(problem_at(roster, each.origin, "source_id", OTHER_PERSON, **who))
    if problems:
        raise RosterRejected(problems)


def _other_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether no word of the names is the same, nor the birth date."""
    born, other_born = one.get("birth_date"), other.get("birth_date")
    if born is not None and born == other_born:
        return False
    if born is not None and other_born is not None:
        # With two birth dates, one shared word such as a family name does not make one person.
        return _words(one) != _words(other) and len(_words(one) & _words(other)) < 2
    return not _words(one) & _words(other)


def _who(columns: Mapping[str, Any]) -> str:
    born = columns.get("birth_date")
    return f"“{_name(columns).full}”" + (f" ({born})" if born is not None else "")


async def _matched(context: Context, links: Links, roster: Roster, noun: Noun, wanted: list[Wanted]) -> list[Wanted]:
    """Match people who are not linked by their number, if the name or the birth date agrees."""
    counts = Counter(each.columns["code"] for each in wanted)
    problems = [
        problem_at(
            roster,
            each.origin,
            "source_id",
            NUMBER_SHARED,
            number=each.columns["code"],
            count=counts[each.columns["code"]],
            noun=FieldName(noun.name),
            name=each.name,
        )
        for each in wanted
        if counts[each.columns["code"]] > 1
    ]
    if problems:
        raise RosterRejected(problems)
    linked = {link.row for link in links.of(noun.name).values()}
    codes = [each.columns["code"] for each in wanted if each.key not in links.of(noun.name)]
    if not codes:
        return wanted
    standing = {
        row["code"]: row
        for row in await context.fetch(
            "SELECT p.id, p.code, p.given_name, p.middle_name, p.family_name, p.name_script, p.birth_date,"
            f" ARRAY(SELECT n.search_text FROM person_name n WHERE n.{noun.name}_id = p.id) AS others"
            f" FROM {noun.table._meta.tablename} p WHERE p.code = ANY($1::text[])",
            codes,
        )
    }
    matched = []
    for each in wanted:
        row = standing.get(each.columns["code"]) if each.key not in links.of(noun.name) else None
        if row is not None and row["id"] in linked:
            who = {"number": each.columns["code"], "person": _who(row), "noun": FieldName(noun.name)}
            problems.append(problem_at(roster, each.origin, "source_id", NUMBER_OF_ANOTHER, **who))
        elif row is not None and not _agree(row, each.columns):
            who = {"number": each.columns["code"], "before": _who(row), "now": _who(each.columns)}
            problems.append(problem_at(roster, each.origin, "source_id", NUMBER_OF_OTHER_PERSON, **who))
        matched.append(each if row is None else replace(each, match=row["id"], before=None))
    if problems:
        raise RosterRejected(problems)
    return matched


def _agree(row: Mapping[str, Any], columns: Mapping[str, Any]) -> bool:
    """Whether the name (in any of its scripts) or the birth date is the same."""
    if row["birth_date"] is not None and row["birth_date"] == columns["birth_date"]:
        return True
    words = _words(columns)
    names = [_words(row), *({*(text or "").split()} for text in row["others"])]
    return any(name and (name <= words or words <= name) for name in names)


async def _warn_of_doubles(context: Context, links: Links, report: Report, noun: Noun, wanted: list[Wanted]) -> None:
    """Name new people who have the name and the birth date of somebody who is there."""
    new = [
        each
        for each in wanted
        if each.match is None and each.key not in links.of(noun.name) and each.columns.get("birth_date") is not None
    ]
    if not new:
        return
    there: dict[tuple[Any, frozenset[str]], str] = {}
    for row in await context.fetch(
        "SELECT code, given_name, middle_name, family_name, name_script, birth_date"
        f" FROM {noun.table._meta.tablename} WHERE birth_date = ANY($1::date[])",
        list({each.columns["birth_date"] for each in new}),
    ):
        there[row["birth_date"], frozenset(_words(row))] = row["code"] or row["family_name"]
    for each in new:
        place = each.columns["birth_date"], frozenset(_words(each.columns))
        if place in there:
            report["doubles"][noun.name] += 1
            report.name("double", noun.name, each.name, None, f"of {there[place]}")
        there.setdefault(place, each.columns["code"])
