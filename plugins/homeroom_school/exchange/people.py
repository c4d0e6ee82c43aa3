"""The people of a roster as students, staff and guardians."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.report import Report
from homeroom_school.exchange.settle import Wanted, settle
from homeroom_school.exchange.words import is_staff, is_student, name_of, sex
from homeroom_school.roster import Demographics, Person, Problem, Roster, RosterRejected
from homeroom_school.settings import NameSettings, name_columns
from homeroom_school.tables import Guardian, Staff, Student

__all__ = ["person_columns", "settle_people"]


def person_columns(person: Person, born: Demographics | None, settings: NameSettings) -> dict[str, Any]:
    """The columns of a student, as a roster tells them; None where it does not."""
    stated = sex(born.sex) if born is not None else None
    return {
        **name_columns(name_of(person, settings.script), settings.order),
        "email": person.email[:254] or None,
        "phone": (person.phone or person.sms)[:40] or None,
        "sex": stated.value if stated is not None else None,
        "birth_date": born.born_on if born is not None else None,
    }


def _code(person: Person) -> str:
    """The number that the school knows a person by, as formats give it."""
    told = (
        person.extra.get("Student Number")
        or person.extra.get("Teacher Number")
        or person.extra.get("identifier")
        or person.source_id
    )
    return told[:60]


async def settle_people(
    context: Context, links: Links, report: Report, roster: Roster, settings: NameSettings
) -> Mapping[str, Mapping[str, UUID]]:
    """Make or change students, staff and guardians.

    A person who is not linked is the one whose number (code) is the same.  Somebody may be staff and guardian
    at once: two rows, each with its own history.

    Returns:
        Noun (``student``, ``staff``, ``guardian``) to source id to row.
    """
    students = {role.person for role in roster.roles if is_student(role.role)}
    students |= {each.person for each in roster.enrolments if is_student(each.role)}
    staff = {role.person for role in roster.roles if is_staff(role.role)}
    staff |= {each.person for each in roster.enrolments if is_staff(each.role)}
    guardians = {each.guardian for each in roster.guardianships if each.child in students}
    born = {each.person: each for each in roster.demographics}
    future = [each.person for each in born.values() if each.born_on is not None and each.born_on > context.today]
    if future:
        raise RosterRejected(
            [
                Problem("", 0, "birthDate", "date_in_future", f"{each}: the birth date lies in the future")
                for each in future
            ]
        )
    rows: dict[str, Mapping[str, UUID]] = {}
    tables: tuple[tuple[str, type[SchoolTable], set[str]], ...] = (
        ("student", Student, students),
        ("staff", Staff, staff),
        ("guardian", Guardian, guardians),
    )
    for noun, table, members in tables:
        wanted = []
        for position, person in enumerate(roster.people):
            if person.source_id in members:
                columns = person_columns(person, born.get(person.source_id), settings)
                if noun == "guardian":
                    del columns["sex"], columns["birth_date"]
                else:
                    columns["code"] = _code(person)
                wanted.append(Wanted(person.source_id, position, {}, columns))
        if noun != "guardian":
            wanted = await _matched(context, links, noun, table, wanted)
        rows[noun] = await settle(context, links, report, noun, table, wanted)
    known = students | staff | guardians
    for position, person in enumerate(roster.people):
        links.keep("person", person.source_id, person, position)
        if person.source_id not in known:
            report.left_out["people who are neither student, staff nor guardian"] += 1
    return rows


async def _matched(
    context: Context, links: Links, noun: str, table: type[SchoolTable], wanted: list[Wanted]
) -> list[Wanted]:
    counts = Counter(each.columns["code"] for each in wanted)
    problems = [
        Problem("", 0, "", "duplicate", f"the number {code!r} is given to {number} of the {noun} records")
        for code, number in counts.items()
        if number > 1
    ]
    if problems:
        raise RosterRejected(problems)
    linked = {link.row for link in links.of(noun).values()}
    standing = {
        row["code"]: row["id"]
        for row in await context.fetch(f"SELECT id, code FROM {table._meta.tablename} WHERE code IS NOT NULL")
    }
    matched = []
    for each in wanted:
        row = standing.get(each.columns["code"])
        if row is not None and each.source_id not in links.of(noun) and row in linked:
            reason = f"the number {each.columns['code']!r} belongs to another {noun} of this system"
            problems.append(Problem("", 0, "", "duplicate", reason))
        matched.append(Wanted(each.source_id, each.position, each.record, each.columns, row))
    if problems:
        raise RosterRejected(problems)
    return matched
