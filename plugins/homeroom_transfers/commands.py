"""Transferring a student to another school of the installation; see :mod:`homeroom_transfers`.

The school that the student leaves makes an offer, and the other one accepts or refuses it. What one of them does
reaches the other by :data:`collect_transfers`, which workers run for every school that has something to collect.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from homeroom.callers import Space
from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.refusals import Code
from homeroom.texts import plain_text, required_text
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.status import open_change, settle_change
from homeroom_school.rules.status import ChangeState
from homeroom_transfers.arrival import keep_records, receive_student
from homeroom_transfers.consents import ConsentRow, consents_of
from homeroom_transfers.packing import pack
from homeroom_transfers.post import News, Offer, answer_parcel, news_of, note_news, open_parcel, send_parcel
from homeroom_transfers.refusals import ANSWERED, BROKEN_SEAL, EXPIRY_RANGE, NO_OTHER_SCHOOL, OFFER_OVER
from homeroom_transfers.tables import StudentTransfer, TransferConsent, TransferDirection, TransferPart, TransferState

#: Days that an offer is good for by default, and at most.
_DAYS: Final = 30
_MOST_DAYS: Final = 180
#: What an offer says about a student; it is kept only where the student is accepted.
_DESCRIPTION: Final = ("student_name", "birth_date", "sex", "class_name")
_DESCRIBED: Final = """
SELECT s.full_name AS student_name, s.birth_date, s.sex, (
    SELECT c.name FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
    WHERE e.student_id = s.id AND e.starts_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= $2) LIMIT 1) AS class_name
FROM student s WHERE s.id = $1
"""


@command("transfers.transfer.offer", returns="StudentTransfer")
async def offer_transfer(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")],
    receiving_school: str,
    effective_on: date,
    reason: str,
    parts: list[TransferPart] | None = None,
    consents: list[ConsentRow] | None = None,
    expires_on: date | None = None,
    document_number: str = "",
    confirmed: bool = False,
) -> UUID:
    """Offer a student to another school, with name, sex, birth and the chosen parts of the record; by default all.

    The student's transfer is pending from now on, and takes effect on its day if the other school accepts. The offer is
    refused where the school's settings require a consent that is not given.

    Args:
        receiving_school: The short name of the other school.
        effective_on: The first day at the new school.
        reason: Why the student leaves; the other school reads it.
        parts: What is sent.
        consents: Who has consented to it.
        expires_on: The last day for an answer; by default in thirty days.
        document_number: The number of the document about it.
        confirmed: Whether a first day there is meant that lies before the first enrolment or in a past school year.
    """
    await context.permit("Student", [student], field="student")
    receiver = await _school(context, receiving_school)
    last = expires_on or context.today + timedelta(days=_DAYS)
    if not context.today <= last <= context.today + timedelta(days=_MOST_DAYS):
        raise Refusal(EXPIRY_RANGE, "expires_on", most=_MOST_DAYS)
    why = required_text(reason, 2000, "reason")
    change = await open_change(
        context,
        ChangeState.PENDING,
        student=student,
        change_type="transfer_out",
        effective_on=effective_on,
        reason=why,
        document_number=document_number,
        confirmed=confirmed,
    )
    agreed = await consents_of(context, student, consents or [])
    sent = frozenset(TransferPart if parts is None else parts)
    parcel = await pack(context, student, sent)
    (described,) = await context.fetch(_DESCRIBED, student, context.today)
    kinds = sorted(each["kind"] for each in parcel.content.get("records", ()))
    offer = Offer(
        school=context.space.name,
        **dict(described),
        reason=why,
        effective_on=effective_on,
        expires_on=last,
        proposed_on=context.today,
        parts=[*sorted(each.value for each in sent - {TransferPart.RECORDS}), *kinds],
        seal=parcel.seal,
    )
    parcel_id = new_id()
    own = {"student_id": student, "change_id": change, **dict.fromkeys(_DESCRIPTION)}
    made = await _insert(context, TransferDirection.OUT, parcel_id, receiver.name, offer, **own)
    await context.rows(TransferConsent).insert([{"transfer_id": made, **each} for each in agreed])
    if not await send_parcel(context, parcel_id, receiver.id, offer, parcel):
        raise Refusal(NO_OTHER_SCHOOL, "receiving_school")
    return made


async def _school(context: Context, slug: str) -> Space:
    try:
        space = await context.host.directory.space(slug)
    except Refusal:
        raise Refusal(NO_OTHER_SCHOOL, "receiving_school") from None
    if space.kind != "school" or "school" not in space.plugins or space.id == context.space.id:
        raise Refusal(NO_OTHER_SCHOOL, "receiving_school")
    return space


@command("transfers.transfer.withdraw", returns="StudentTransfer")
async def withdraw_transfer(
    context: Context, *, transfer: Annotated[UUID, Ref("StudentTransfer")], note: str = ""
) -> UUID:
    """Take back an offer that the other school has not answered.

    Args:
        note: Why it is withdrawn; the other school reads it.
    """
    row = await _waiting(context, transfer, TransferDirection.OUT)
    said = plain_text(note, 2000, "note")
    await _answer(context, row, TransferState.WITHDRAWN, said, ANSWERED)
    await settle_change(context, row["change_id"], ChangeState.WITHDRAWN, said)
    return transfer


@command("transfers.transfer.accept", returns="StudentTransfer")
async def accept_transfer(
    context: Context,
    *,
    transfer: Annotated[UUID, Ref("StudentTransfer")],
    code: str | None = None,
    student: Annotated[UUID, Ref("Student")] | None = None,
    school_class: Annotated[UUID, Ref("SchoolClass")] | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> UUID:
    """Accept a student whom another school offers, with all that is sent; the other school is informed.

    Args:
        code: The student's number at this school.
        student: Who it is, where the student was here before and comes back.
        school_class: The class that the student enters on the first day.
        note: A message to the other school.
    """
    row = await _waiting(context, transfer, TransferDirection.IN)
    if student is not None:
        await context.permit("Student", [student], field="student")
    said = plain_text(note, 2000, "note")
    parcel = await open_parcel(context, row["parcel_id"])
    if parcel is None:
        raise Refusal(OFFER_OVER, "transfer")
    if parcel.seal != row["seal"]:
        raise Refusal(BROKEN_SEAL, "transfer")
    arrived = await receive_student(context, parcel, known=student, code=code, starts_on=row["effective_on"])
    change = await open_change(
        context,
        ChangeState.EFFECTIVE,
        student=arrived,
        change_type="transfer_in",
        effective_on=row["effective_on"],
        reason=row["reason"],
    )
    await keep_records(context, transfer, arrived, parcel)
    if school_class is not None:
        opens_on: date = await context.fetchval(
            "SELECT y.starts_on FROM school_class c JOIN school_year y ON y.id = c.school_year_id WHERE c.id = $1",
            school_class,
        )
        first = max(row["effective_on"], opens_on)
        await enrol_students(context, school_class=school_class, rows=[EnrolmentRow(arrived)], starts_on=first)
    own = {"student_id": arrived, "change_id": change}
    await _answer(context, row, TransferState.ACCEPTED, said, OFFER_OVER, expected_version=expected_version, **own)
    await context.emit(Event("school.student.arrived", {"student": arrived, "transfer": transfer}))
    return transfer


@command("transfers.transfer.refuse", returns="StudentTransfer")
async def refuse_transfer(context: Context, *, transfer: Annotated[UUID, Ref("StudentTransfer")], reason: str) -> UUID:
    """Refuse a student whom another school offers. What the offer says about the student is not kept here.

    Args:
        reason: Why; the other school reads it.
    """
    row = await _waiting(context, transfer, TransferDirection.IN)
    said = required_text(reason, 2000, "reason")
    await _answer(context, row, TransferState.REFUSED, said, OFFER_OVER, **dict.fromkeys(_DESCRIPTION))
    return transfer


@command("transfers.transfer.collect", returns="StudentTransfer", many=True)
async def collect_transfers(context: Context) -> list[UUID]:
    """Collect what other schools have offered or answered; workers do so every half minute.

    An offer appears among the transfers. An accepted student leaves on the day before the first day at the new school;
    a refused, withdrawn or expired offer ends without a trace on the student.
    """
    # Two at once would each collect the same.
    await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"school.parcels {context.space.id}")
    touched: list[UUID] = []
    for each in await news_of(context):
        row = await context.fetchrow(
            "SELECT id, state, change_id, student_id FROM student_transfer WHERE parcel_id = $1 FOR UPDATE", each.parcel
        )
        if row is None and not each.given and each.state == TransferState.OFFERED:
            made = await _insert(context, TransferDirection.IN, each.parcel, each.offer.school, each.offer)
            await context.emit(Event("school.transfer.offered", {"transfer": made}))
            touched.append(made)
        elif row is not None and row["state"] == TransferState.OFFERED and each.state != TransferState.OFFERED:
            await _note_answer(context, each, row)
            touched.append(row["id"])
        await note_news(context, each.parcel)
    return touched


async def _insert(
    context: Context, direction: TransferDirection, parcel: UUID, other_school: str, offer: Offer, **own: Any
) -> UUID:
    """Write a transfer as the offer describes it, and what this school has of its own."""
    described = {name: value for name, value in msgspec.structs.asdict(offer).items() if name != "school"}
    row = {
        "direction": direction.value,
        "parcel_id": parcel,
        "other_school": other_school[:200],
        "state": TransferState.OFFERED.value,
        **described,
        **own,
    }
    (made,) = await context.rows(StudentTransfer).insert([row])
    return made


async def _note_answer(context: Context, news: News, row: Any) -> None:
    state, note = TransferState(news.state), str(news.answer.get("note", ""))
    if not news.given:
        await _settle(context, row["id"], state, note, **dict.fromkeys(_DESCRIPTION))
        return
    change = {
        TransferState.ACCEPTED: ChangeState.EFFECTIVE,
        TransferState.REFUSED: ChangeState.REFUSED,
        TransferState.EXPIRED: ChangeState.WITHDRAWN,
    }[state]
    await _settle(context, row["id"], state, note)
    await settle_change(context, row["change_id"], change, note)
    await context.emit(
        Event("school.transfer.answered", {"transfer": row["id"], "student": row["student_id"], "state": state.value})
    )


async def _waiting(context: Context, transfer: UUID, direction: TransferDirection) -> Any:
    """The transfer, locked. Raises Refusal unless it waits for an answer and has this direction."""
    await context.permit("StudentTransfer", [transfer], field="transfer")
    row = await context.rows(StudentTransfer).locked(transfer)
    if row["direction"] != direction or row["state"] != TransferState.OFFERED:
        raise Refusal(OFFER_OVER, "transfer")
    return row


async def _answer(context: Context, row: Any, state: TransferState, note: str, too_late: Code, **settled: Any) -> None:
    """Answer an offer, or withdraw the own one, and settle the transfer. Raises Refusal if that is over."""
    if not await answer_parcel(context, row["parcel_id"], state.value, note):
        raise Refusal(too_late, "transfer")
    await _settle(context, row["id"], state, note, **settled)


async def _settle(
    context: Context,
    transfer: UUID,
    state: TransferState,
    answer: str,
    *,
    expected_version: int | None = None,
    **columns: Any,
) -> None:
    changes = {"state": state.value, "answered_on": context.today, "answer": answer, **columns}
    await context.rows(StudentTransfer).update(transfer, changes, expected_version=expected_version, field="transfer")


COMMANDS = (offer_transfer, withdraw_transfer, accept_transfer, refuse_transfer, collect_transfers)
