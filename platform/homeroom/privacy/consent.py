"""Consent of people to purposes of the school, given and withdrawn as easily.

The law: mainland China, Personal Information Protection Law, art. 14 to 16 (informed, voluntary; asked again where the
purpose changes; withdrawn by convenient means) and 31 (guardians of those under 14); Vietnam, Law on Personal Data
Protection No. 91/2025/QH15, art. 24 as it is reported (children of seven years or more agree beside those who represent
them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from homeroom.commands import Command, Event, Ref, command
from homeroom.context import Context
from homeroom.database.sql import fill
from homeroom.errors import Refusal
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import DOCUMENTS
from homeroom.personal_data import PersonKind
from homeroom.privacy.consent_checks import births, consented, consented_to, who_consented
from homeroom.privacy.consent_tables import ConsentAnswer, ConsentMeans, ConsentPurpose, ConsentReply, ConsentSide
from homeroom.privacy.events import CONSENT_GIVEN, CONSENT_LAPSED, CONSENT_WITHDRAWN
from homeroom.privacy.finding import subject_of
from homeroom.privacy.refusals import CONSENT_AGE_ORDER, GUARDIAN_ANSWERS, PERSON_ANSWERS
from homeroom.privacy.rules import who_answers
from homeroom.refusals import LENGTH, NOT_FOUND, OUT_OF_RANGE
from homeroom.uploads import Upload

if TYPE_CHECKING:
    import asyncpg

    from homeroom.personal_data import PersonalData

__all__ = ["COMMANDS", "consented", "consented_to", "who_consented"]


@command("privacy.purpose.define", returns="ConsentPurpose")
async def define_purpose(
    context: Context,
    *,
    code: str,
    title: str,
    text: str,
    legal_basis: str,
    guardian_below_age: int | None = None,
    person_from_age: int | None = None,
    active: bool = True,
) -> UUID:
    """Say for what people are asked their consent, or change it. Another text asks everybody again.

    Args:
        code: Unique; a purpose of this code is changed.
        text: What people are asked.
        legal_basis: The law by title and article.
        guardian_below_age: Below how many years a guardian answers; none: the person always does.
        person_from_age: From how many years the person has to agree beside the guardian; none: the guardian is enough.
        active: Whether people are asked.
    """
    for field, value, longest in (
        ("code", code, 60),
        ("title", title, 200),
        ("text", text, 10_000),
        ("legalBasis", legal_basis, 300),
    ):
        if not 1 <= len(value.strip()) <= longest:
            raise Refusal(LENGTH, field, most=longest)
    if guardian_below_age is not None and not 1 <= guardian_below_age <= 30:
        raise Refusal(OUT_OF_RANGE, "guardian_below_age", least=1, most=30)
    if person_from_age is not None and not 1 <= person_from_age < (guardian_below_age or 0):
        raise Refusal(CONSENT_AGE_ORDER, "person_from_age")
    values = {
        "title": title,
        "text": text,
        "legal_basis": legal_basis,
        "guardian_below_age": guardian_below_age,
        "person_from_age": person_from_age,
        "active": active,
    }
    rows = context.rows(ConsentPurpose)
    found = await context.fetchrow("SELECT id, text, edition FROM consent_purpose WHERE code = $1 FOR UPDATE", code)
    if found is None:
        (made,) = await rows.insert([{"code": code, **values}])
        return made
    purpose: UUID = found["id"]
    asked_again = found["text"] != text
    await rows.update(purpose, {**values, "edition": found["edition"] + asked_again})
    if asked_again:
        await context.emit(Event(CONSENT_LAPSED, {"purpose": code}))
    return purpose


@command("privacy.consent.answer", returns="ConsentAnswer")
async def answer_consent(
    context: Context,
    *,
    purpose: Annotated[UUID, Ref("ConsentPurpose")],
    person_kind: PersonKind,
    person: UUID,
    answer: ConsentReply,
) -> UUID:
    """Answer for oneself, or as a guardian for a child. Raises Refusal where another has to answer.

    Args:
        purpose: What was asked.
        person_kind: What kind of person it is, such as Student.
        person: Who is asked.
        answer: The answer; it counts from now on.
    """
    subject = subject_of(context, person_kind)
    row = await _purpose(context, purpose)
    own = person in context.caller.persons
    if not own and not await _represents(context, subject, person):
        raise Refusal(NOT_FOUND, "person")
    by_person, by_guardian = True, False
    if subject.stand_in:
        ages = (row["guardian_below_age"], row["person_from_age"])
        born = await births(context, person_kind, [person])
        by_person, by_guardian = who_answers(born.get(person), *ages, context.today)
    if own and not by_person:
        raise Refusal(GUARDIAN_ANSWERS, "person")
    if not own and not by_guardian:
        raise Refusal(PERSON_ANSWERS, "person")
    side = ConsentSide.PERSON if own else ConsentSide.GUARDIAN
    return await _write(context, purpose, row["edition"], person_kind, person, answer, side, ConsentMeans.ONLINE, None)


@command("privacy.consent.record", returns="ConsentAnswer")
async def record_consent(
    context: Context,
    *,
    purpose: Annotated[UUID, Ref("ConsentPurpose")],
    person_kind: PersonKind,
    person: UUID,
    answer: ConsentReply,
    means: ConsentMeans,
    side: ConsentSide = ConsentSide.BOTH,
    evidence: Upload | None = None,
) -> UUID:
    """Write down an answer that reached the school on paper or by word of mouth.

    Args:
        purpose: What was asked.
        person_kind: What kind of person it is, such as Student.
        person: Who was asked.
        answer: The answer; it counts from now on.
        means: How it came.
        side: Who answered, where a child has to agree beside the guardian.
        evidence: The signed paper, as an image or a document.
    """
    subject_of(context, person_kind)
    await context.permit(person_kind, [person], field="person", unseen=True)
    row = await _purpose(context, purpose)
    file = None if evidence is None else await keep_file(context, evidence, kinds=DOCUMENTS, field="evidence")
    return await _write(context, purpose, row["edition"], person_kind, person, answer, side, means, file)


async def _purpose(context: Context, purpose: UUID) -> asyncpg.Record:
    row = await context.fetchrow(
        "SELECT edition, guardian_below_age, person_from_age FROM consent_purpose WHERE id = $1 AND active", purpose
    )
    if row is None:
        raise Refusal(NOT_FOUND, "purpose")
    return row


async def _represents(context: Context, subject: PersonalData, person: UUID) -> bool:
    """Whether the caller is a guardian of the person today."""
    if not subject.stand_in:
        return False
    given = {"persons": "$2::uuid[]", "today": "$3::date"}
    condition = fill(subject.stand_in, "r", given.__getitem__)
    sql = f"SELECT true FROM {subject.name} r WHERE r.id = $1 AND $3::date IS NOT NULL AND {condition}"
    return bool(await context.fetchval(sql, person, list(context.caller.persons), context.today))


async def _write(
    context: Context,
    purpose: UUID,
    edition: int,
    kind: str,
    person: UUID,
    answer: ConsentReply,
    side: ConsentSide,
    means: ConsentMeans,
    evidence: UUID | None,
) -> UUID:
    code: str = await context.fetchval("SELECT code FROM consent_purpose WHERE id = $1", purpose)
    before = await consented(context, person, code)
    values = {
        "purpose_id": purpose,
        "person_kind": kind,
        "person_id": person,
        "edition": edition,
        "answer": answer.value,
        "side": side.value,
        "means": means.value,
        "account_id": context.caller.account,
        "answered_by": context.caller.login,
        "answered_at": context.now,
        "evidence_id": evidence,
    }
    (made,) = await context.rows(ConsentAnswer).insert([values])
    now = await consented(context, person, code)
    if before is not now:
        event = CONSENT_GIVEN if now else CONSENT_WITHDRAWN
        await context.emit(Event(event, {"purpose": code, "person": person, "person_kind": str(kind)}))
    return made


COMMANDS: Final[tuple[Command, ...]] = (define_purpose, answer_consent, record_consent)
