"""Consent: asked for by the school, answered by the person or a guardian, withdrawn as easily, asked again."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.host import Host
from homeroom.privacy.consent import consented
from homeroom.privacy.rules import age_on, guardian_decides, who_answers
from homeroom.testing import Client, People
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.people import NameInput, create_guardian, create_staff, create_student

DEFINE: Final = """mutation Define($text: String!) {
  definePurpose(input: {code: "photos", title: "Photos", text: $text, guardianBelowAge: 14,
                        legalBasis: "Personal Information Protection Law, art. 13 (1)"}) {
    consentPurpose { id edition } errors { code field } } }"""
ANSWER: Final = """mutation Answer($purpose: ID!, $person: ID!, $answer: ConsentReply!, $kind: PersonKind! = Student) {
  answerConsent(input: {purpose: $purpose, personKind: $kind, person: $person, answer: $answer}) {
    consentAnswer { answer edition } errors { code field } } }"""
DEFINE_FOR_BOTH: Final = """mutation Define($from: Int, $below: Int) {
  definePurpose(input: {code: "photos", title: "Photos", text: "May we?",
                        guardianBelowAge: $below, personFromAge: $from,
                        legalBasis: "Law on Personal Data Protection No. 91/2025/QH15, art. 24"}) {
    consentPurpose { id } errors { code field } } }"""
RECORD_OF: Final = """mutation Record($purpose: ID!, $person: ID!, $answer: ConsentReply!, $side: ConsentSide!) {
  recordConsent(input: {purpose: $purpose, personKind: Student, person: $person, answer: $answer, means: PAPER,
                        side: $side}) { consentAnswer { side } errors { code field } } }"""
RECORD: Final = """mutation Record($purpose: ID!, $person: ID!) {
  recordConsent(input: {purpose: $purpose, personKind: Student, person: $person, answer: GIVEN, means: PAPER}) {
    errors { code field } } }"""
ANSWERS: Final = "{ consentAnswers { nodes { personId answer edition } } }"
TODAY: Final = datetime.now(UTC).date()


@given(st.dates(date(1950, 1, 1), date(2030, 12, 31)), st.integers(0, 90), st.integers(1, 30))
def test_an_age_is_reached_on_the_birthday_and_not_before(born: date, years: int, below: int) -> None:
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = date(born.year + years, 3, 1)
    assert years == age_on(born, birthday)
    assert years - 1 == age_on(born, birthday - timedelta(days=1))
    assert (years < below) is guardian_decides(born, below, birthday)
    assert not guardian_decides(born, None, birthday)


@pytest.mark.parametrize(
    ("born", "below", "expected"),
    [(date(2012, 9, 1), 14, True), (date(2012, 8, 31), 14, False), (None, 14, True), (None, None, False)],
)
def test_who_decides_on_the_last_day_of_august(born: date | None, below: int | None, *, expected: bool) -> None:
    assert expected is guardian_decides(born, below, date(2026, 8, 31))


@dataclasses.dataclass
class Family:
    """A school with a child, a youth and their mother, and a teacher; ids as GraphQL has them."""

    host: Host
    space: Space
    officer: Client
    mother: Client
    pupil: Client
    child: UUID
    youth: UUID
    teacher: UUID

    async def counts(self, person: UUID) -> bool:
        """What a plugin is informed of."""
        async with self.host.database.transaction(self.space.id) as transaction:
            caller = self.host.system_caller(self.space)
            context = Context(self.host, caller, transaction, AuditTrail("test"), self.host.clock())
            return await consented(context, person, "photos")

    async def ask(self, text: str = "May we show photos of you?") -> dict[str, Any]:
        """Define the purpose."""
        made = (await self.officer.gql(DEFINE, text=text))["definePurpose"]
        assert [] == made["errors"]
        return dict(made["consentPurpose"])


@pytest_asyncio.fixture(loop_scope="session")
async def make_family(
    host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People
) -> Callable[[], Awaitable[Family]]:
    """Makes schools."""

    async def make() -> Family:
        space = await make_space("hk")
        caller = host.system_caller(space)
        born = {"child": TODAY - timedelta(days=365 * 8), "youth": TODAY - timedelta(days=366 * 17)}
        child, youth = [
            await host.execute(caller, create_student, name=NameInput(name), birth_date=day)
            for name, day in born.items()
        ]
        mother = await host.execute(caller, create_guardian, name=NameInput("Mother"))
        teacher = await host.execute(caller, create_staff, name=NameInput("Teacher"))
        for each in (child, youth):
            await host.execute(caller, start_guardianship, student=each, guardian=mother)
        return Family(
            host,
            space,
            await as_role(space, "data_protection"),
            await as_role(space, "guardian", person=mother),
            await as_role(space, "student", person=youth),
            child,
            youth,
            teacher,
        )

    return make


async def test_a_guardian_answers_for_a_child_and_withdraws_and_a_new_text_asks_again(
    make_family: Callable[[], Awaitable[Family]],
) -> None:
    ours, theirs = await make_family(), await make_family()
    purpose = (await ours.ask())["id"]
    assert not await ours.counts(ours.child)
    given_now = await ours.mother.gql(ANSWER, purpose=purpose, person=f"Student_{ours.child}", answer="GIVEN")
    assert {"consentAnswer": {"answer": "GIVEN", "edition": 1}, "errors": []} == given_now["answerConsent"]
    assert await ours.counts(ours.child)
    assert not await ours.counts(ours.youth)
    withdrawn = await ours.mother.gql(ANSWER, purpose=purpose, person=f"Student_{ours.child}", answer="WITHDRAWN")
    assert [] == withdrawn["answerConsent"]["errors"]
    assert not await ours.counts(ours.child)
    await ours.mother.gql(ANSWER, purpose=purpose, person=f"Student_{ours.child}", answer="GIVEN")
    assert await ours.counts(ours.child)
    assert 1 == (await ours.ask())["edition"], "the same text is the same edition"
    assert 2 == (await ours.ask("May we show photos of you and your name?"))["edition"]
    assert not await ours.counts(ours.child)
    assert 3 == len((await ours.officer.gql(ANSWERS))["consentAnswers"]["nodes"])
    assert 3 == len((await ours.mother.gql(ANSWERS))["consentAnswers"]["nodes"])
    for nobody in (ours.pupil, theirs.officer, theirs.mother):
        assert [] == (await nobody.gql(ANSWERS))["consentAnswers"]["nodes"]


async def test_each_answers_where_the_purpose_says_so_and_nowhere_else(
    make_family: Callable[[], Awaitable[Family]],
) -> None:
    ours, theirs = await make_family(), await make_family()
    purpose = (await ours.ask())["id"]

    async def reported(client: Client, person: str, kind: str = "Student") -> list[tuple[str, str]]:
        answered = await client.gql(ANSWER, purpose=purpose, person=person, answer="GIVEN", kind=kind)
        return [(each["code"], each["field"]) for each in answered["answerConsent"]["errors"]]

    assert [("INVALID", "person")] == await reported(ours.mother, f"Student_{ours.youth}"), "who is 17 answers alone"
    assert [] == await reported(ours.pupil, f"Student_{ours.youth}")
    assert await ours.counts(ours.youth)
    assert [("NOT_FOUND", "person")] == await reported(ours.pupil, f"Student_{ours.child}")
    assert [("NOT_FOUND", "person")] == await reported(ours.mother, f"Staff_{ours.teacher}", "Staff")
    assert [("NOT_FOUND", "person")] == await reported(ours.mother, f"Student_{theirs.child}")
    assert [("NOT_FOUND", "purpose")] == await reported(theirs.mother, f"Student_{theirs.child}")
    recorded = {"purpose": purpose, "person": f"Student_{ours.child}"}
    assert ["FORBIDDEN"] == await ours.mother.refused(RECORD, **recorded)
    assert {"recordConsent": {"errors": []}} == await ours.officer.gql(RECORD, **recorded)
    assert await ours.counts(ours.child)


async def test_from_an_age_a_child_agrees_beside_the_guardian_and_either_can_withdraw(
    make_family: Callable[[], Awaitable[Family]], as_role: People
) -> None:
    ours, theirs = await make_family(), await make_family()
    purpose = (await ours.officer.gql(DEFINE_FOR_BOTH, **{"from": 7, "below": 16}))["definePurpose"]
    assert [] == purpose["errors"]
    given_purpose = purpose["consentPurpose"]["id"]
    pupil = await as_role(ours.space, "student", person=ours.child)

    async def answer(client: Client, person: UUID, answer: str) -> list[tuple[str, str]]:
        reported = await client.gql(ANSWER, purpose=given_purpose, person=f"Student_{person}", answer=answer)
        return [(each["code"], each["field"]) for each in reported["answerConsent"]["errors"]]

    assert [] == await answer(ours.mother, ours.child, "GIVEN")
    assert not await ours.counts(ours.child), "the child has not agreed"
    assert [] == await answer(pupil, ours.child, "GIVEN")
    assert await ours.counts(ours.child)
    assert [] == await answer(pupil, ours.child, "WITHDRAWN")
    assert not await ours.counts(ours.child)
    assert [] == await answer(pupil, ours.child, "GIVEN")
    assert [] == await answer(ours.mother, ours.child, "WITHDRAWN")
    assert not await ours.counts(ours.child)
    record = {"purpose": given_purpose, "person": f"Student_{ours.child}"}
    for side, answered, counts in (
        ("GUARDIAN", "GIVEN", True),
        ("PERSON", "REFUSED", False),
        ("BOTH", "GIVEN", True),
        ("BOTH", "WITHDRAWN", False),
    ):
        reported = (await ours.officer.gql(RECORD_OF, **record, side=side, answer=answered))["recordConsent"]
        assert ({"side": side}, []) == (reported["consentAnswer"], reported["errors"])
        assert counts is await ours.counts(ours.child)
    # Who is 17 answers alone.
    assert [("INVALID", "person")] == await answer(ours.mother, ours.youth, "GIVEN")
    assert [] == await answer(ours.pupil, ours.youth, "GIVEN")
    assert await ours.counts(ours.youth)
    assert not await theirs.counts(theirs.child)


@pytest.mark.parametrize(("from_age", "below"), [(16, 16), (7, None), (0, 14)])
async def test_an_age_at_which_no_guardian_answers_is_refused(
    make_family: Callable[[], Awaitable[Family]], from_age: int, below: int | None
) -> None:
    ours = await make_family()
    reported = (await ours.officer.gql(DEFINE_FOR_BOTH, **{"from": from_age, "below": below}))["definePurpose"]
    assert [{"code": "OUT_OF_RANGE", "field": "personFromAge"}] == reported["errors"]


@given(
    st.none() | st.dates(date(1990, 1, 1), date(2026, 8, 31)),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(1, 30),
)
def test_somebody_always_answers(born: date | None, below: int | None, from_age: int | None) -> None:
    day = date(2026, 8, 31)
    person, guardian = who_answers(born, below, from_age, day)
    assert person or guardian
    assert guardian is guardian_decides(born, below, day)
    assert person or born is None or from_age is None or age_on(born, day) < from_age


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2019, 9, 1), (False, True)),
        (date(2019, 8, 31), (True, True)),
        (date(2010, 8, 31), (True, False)),
        (None, (False, True)),
    ],
)
def test_who_answers_in_vietnam(born: date | None, expected: tuple[bool, bool]) -> None:
    assert expected == who_answers(born, 16, 7, date(2026, 8, 31))
