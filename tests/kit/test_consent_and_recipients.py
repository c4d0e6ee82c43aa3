"""Consent by declaration: purposes, many persons at once, a scope, an event; and recipients that belong to rows."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import talents.consent_purposes
from talents.consent_purposes import BANK
from talents.tables import Talent

from homeroom.audit import AuditTrail
from homeroom.boot import migrate_database
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.privacy.consent import consented, record_consent, who_consented
from homeroom.privacy.consent_tables import ConsentMeans, ConsentReply, ConsentSide
from homeroom.privacy.purposes import Purpose, Terms
from homeroom.recipients import Recipients, everybody, holders_of
from homeroom.settings import Settings
from homeroom.testing import Client, People
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching
from homeroom_school.recipients import CLASS_TEACHERS, FAMILY, GUARDIANS, HOMEROOM_TEACHERS, TEACHERS

pytestmark = pytest.mark.asyncio(loop_scope="session")

PUBLISH = """
mutation($talents: [ID!]!) { publishTalents(input: {talents: $talents}) { talents { id } errors { code field } } }"""
SEEN = "{ talents { nodes { id } } }"
INBOX = "{ notices { nodes { kind subject body } } }"


@dataclass
class Home:
    """A school with three children, their mother, a class and its teachers."""

    host: Host
    space: Space
    children: list[UUID]
    mother: UUID
    homeroom: UUID
    teacher: UUID
    school_class: UUID
    talents: list[UUID]

    async def run(self, command: Any, **arguments: Any) -> Any:
        """Run a command as the installation."""
        return await self.host.execute(self.host.system_caller(self.space), command, **arguments)

    async def within(self, work: Callable[[Context], Awaitable[Any]]) -> Any:
        """What something gives that takes the context of a command."""
        async with self.host.database.transaction(self.space.id) as transaction:
            caller = self.host.system_caller(self.space)
            return await work(Context(self.host, caller, transaction, AuditTrail("test"), self.host.clock()))

    async def answer(self, child: UUID, reply: ConsentReply, side: ConsentSide = ConsentSide.BOTH) -> None:
        """Record an answer that came on paper."""
        purpose = await self.one("SELECT id FROM consent_purpose WHERE code = $1", BANK.code)
        await self.run(
            record_consent,
            purpose=purpose,
            person_kind="Student",
            person=child,
            answer=reply,
            means=ConsentMeans.PAPER,
            side=side,
        )

    async def one(self, sql: str, *arguments: Any) -> Any:
        """One value in the school."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return await transaction.fetchval(sql, *arguments)


async def people_of(host: Host, space: Space) -> Home:
    """Fill a school."""
    home = Home(host, space, [], *[UUID(int=0)] * 4, [])
    for number, born in enumerate((date(2012, 5, 1), date(2020, 5, 1), None)):
        home.children.append(await home.run(create_student, name=NameInput(f"Child {number}"), birth_date=born))
    home.mother = await home.run(create_guardian, name=NameInput("Mother"))
    home.homeroom = await home.run(create_staff, name=NameInput("Homeroom"))
    home.teacher = await home.run(create_staff, name=NameInput("Teacher"))
    for child in home.children[:2]:
        await home.run(start_guardianship, student=child, guardian=home.mother)
    year = await home.one("SELECT id FROM school_year")
    grade = await home.one("SELECT id FROM grade_level ORDER BY number LIMIT 1")
    home.school_class = await home.run(create_school_class, school_year=year, grade_level=grade, name="1A")
    first = await home.one("SELECT starts_on FROM school_year WHERE id = $1", year)
    rows = [EnrolmentRow(child) for child in home.children]
    await home.run(enrol_students, school_class=home.school_class, rows=rows, starts_on=first)
    await home.run(appoint_homeroom_teacher, school_class=home.school_class, staff=home.homeroom, starts_on=first)
    subject = await home.one("SELECT id FROM class_subject WHERE school_class_id = $1 LIMIT 1", home.school_class)
    await home.run(assign_teaching, rows=[TeachingRow(subject, home.teacher)], starts_on=first)
    create = host.variant_of(space).commands["talents.talent.create"]
    home.talents = [
        await home.run(create, student=child, category="swimming", title=f"Talent {number}")
        for number, child in enumerate(home.children)
    ]
    return home


@pytest_asyncio.fixture(loop_scope="session")
async def home(bank: Host, make_school: Any) -> Home:
    """A school of one test's own, in Hong Kong: from 7 years a child agrees beside the guardian."""
    return await people_of(bank, await make_school("hk"))


async def test_declared_purposes_reach_schools_and_stay_as_schools_change_them(
    bank: Host, database_settings: Settings, east: Space, west: Space, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = "{ consentPurposes { nodes { code title text legalBasis guardianBelowAge personFromAge } } }"

    async def purposes(space: Space) -> dict[str, Any]:
        nodes = (await (await people(space, "data_protection")).gql(ask))["consentPurposes"]["nodes"]
        return {each.pop("code"): each for each in nodes}

    ours, theirs = await purposes(east), await purposes(west)
    assert ("Ngân hàng năng khiếu", "the school's rules", 18, None) == tuple(
        ours[BANK.code][each] for each in ("title", "legalBasis", "guardianBelowAge", "personFromAge")
    )
    assert ("人才資料庫", 16, 7) == tuple(
        theirs[BANK.code][each] for each in ("title", "guardianBelowAge", "personFromAge")
    )
    async with bank.database.transaction(east.id) as transaction:
        await transaction.execute("UPDATE consent_purpose SET title = 'Ours' WHERE code = $1", BANK.code)
    more = Purpose("talents_more", BANK.titles, BANK.texts, Terms("the school's rules"))
    monkeypatch.setattr(talents.consent_purposes, "CONSENT_PURPOSES", (BANK, more))
    await migrate_database(database_settings, bank.registry)
    assert {"Ours", "Ngân hàng năng khiếu"} == {
        (await purposes(east))[code]["title"] for code in (BANK.code, more.code)
    }
    with pytest.raises(ConfigurationError, match="not there in zh-Hant"):
        Purpose("talents_less", {"en": "Less"}, {"en": "Less"}, Terms("none"))


async def test_many_are_asked_at_once_and_the_scope_says_the_same(home: Home, people: People) -> None:
    principal = await people(home.space, "principal")

    async def agreed() -> set[UUID]:
        """Who counts, in each of the ways to ask."""
        at_once = await home.within(lambda context: who_consented(context, home.children, BANK.code))
        alone = {
            each for each in home.children
            if await home.within(lambda context, each=each: consented(context, each, BANK.code))
        }  # fmt: skip
        seen = {node["id"] for node in (await principal.gql(SEEN))["talents"]["nodes"]}
        owners = {f"Talent_{talent}": child for talent, child in zip(home.talents, home.children, strict=True)}
        assert at_once == alone == {owners[each] for each in seen}
        return set(at_once)

    assert set() == await agreed()
    older, younger, unknown = home.children
    # 14 years: both have to agree. 6 years, and an unknown age: the guardian is enough.
    for reply, side in itertools.product(
        (ConsentReply.GIVEN, ConsentReply.WITHDRAWN), (ConsentSide.GUARDIAN, ConsentSide.PERSON)
    ):
        for child in home.children:
            await home.answer(child, reply, side)
        expected = {
            (ConsentReply.GIVEN, ConsentSide.GUARDIAN): {younger, unknown},
            (ConsentReply.GIVEN, ConsentSide.PERSON): {older, younger, unknown},
        }
        assert expected.get((reply, side), set()) == await agreed()
    assert frozenset() == await home.within(lambda context: who_consented(context, [], BANK.code))


async def test_withdrawn_consent_is_reported_to_the_plugin(home: Home) -> None:
    for child in home.children:
        await home.answer(child, ConsentReply.GIVEN)
    assert 3 == await home.one("SELECT count(*) FROM talent")
    await home.answer(home.children[0], ConsentReply.WITHDRAWN)
    assert 2 == await home.one("SELECT count(*) FROM talent")
    assert 0 == await home.one("SELECT count(*) FROM talent WHERE student_id = $1", home.children[0])
    # What did not count is not withdrawn.
    await home.answer(home.children[0], ConsentReply.WITHDRAWN)
    assert 2 == await home.one("SELECT count(*) FROM talent")


async def test_recipients_belong_to_rows(home: Home) -> None:
    older, younger, unknown = home.children

    async def reported(recipients: Recipients, *rows: UUID) -> list[set[UUID]]:
        found = await home.within(lambda context: recipients.addressed(context, rows))
        return [set(found[row].persons) for row in rows]

    assert [{home.mother}, {home.mother}, set()] == await reported(GUARDIANS, *home.children)
    assert [{older, home.mother}, {unknown}] == await reported(FAMILY, older, unknown)
    assert [{home.homeroom}] == await reported(HOMEROOM_TEACHERS, younger)
    assert [{home.homeroom, home.teacher}] == await reported(TEACHERS, younger)
    assert [{home.homeroom, home.teacher}] == await reported(CLASS_TEACHERS, home.school_class)
    through = FAMILY.through(Talent.student_id)
    assert [{older, home.mother}, {younger, home.mother}] == await reported(through, *home.talents[:2])
    both = everybody(through, HOMEROOM_TEACHERS.through(Talent.student_id), holders_of("principal"))
    found = await home.within(lambda context: both.addressed(context, home.talents[:1]))
    assert {older, home.mother, home.homeroom} == set(found[home.talents[0]].persons)
    assert ("principal",) == found[home.talents[0]].roles
    known = home.host.variant_of(home.space).recipients
    assert known["school.family"] is FAMILY
    assert "Học sinh và người giám hộ" == FAMILY.title("vi-VN")
    with pytest.raises(ConfigurationError, match="leads elsewhere"):
        CLASS_TEACHERS.through(Talent.student_id)
    with pytest.raises(ConfigurationError, match="no row in common"):
        everybody(FAMILY, CLASS_TEACHERS)


async def test_each_recipient_is_informed_in_the_own_language(home: Home, people: People, make_school: Any) -> None:
    for child in home.children[:2]:
        await home.answer(child, ConsentReply.GIVEN)
    mother = await people(home.space, "guardian", person=home.mother)
    principal, registrar = await people(home.space, "principal"), await people(home.space, "registrar")
    stranger = await people(await make_school("hk"), "principal")
    answer = await mother.http.post("/auth/language", json={"language": "vi"}, headers={"X-Homeroom-CSRF": "1"})
    answer.raise_for_status()
    ids = [f"Talent_{each}" for each in home.talents]
    published = (await registrar.gql(PUBLISH, talents=ids))["publishTalents"]
    assert ids[:2] == [each["id"] for each in published["talents"]]

    async def subjects(client: Client) -> set[str]:
        return {each["subject"] for each in (await client.gql(INBOX))["notices"]["nodes"]}

    assert {"Đã công bố Talent 0", "Đã công bố Talent 1"} == await subjects(mother)
    assert {"已發佈Talent 0", "已發佈Talent 1"} == await subjects(principal)
    assert set() == await subjects(registrar) | await subjects(stranger)
