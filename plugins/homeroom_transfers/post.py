"""Parcels between schools: the functions over the table outside every space that holds them.

Each acts as the space of its transaction, so that a school sees the parcels that it gave or is to receive and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom_transfers.parcel import Parcel, ParcelFile


class Offer(msgspec.Struct, frozen=True):
    """What the receiving school reads before it answers; its columns are those of a transfer.

    Args:
        school: The name of the school that offers.
    """

    school: str
    student_name: str
    birth_date: date | None
    sex: str | None
    class_name: str | None
    reason: str
    effective_on: date
    expires_on: date
    proposed_on: date
    parts: list[str]
    seal: str


@dataclass(frozen=True, slots=True)
class News:
    """Something about a parcel that this school does not know yet.

    Args:
        parcel: Its id.
        given: Whether this school gave it.
        state: Its state.
        offer: What the receiving school reads.
        answer: What was said with the answer.
    """

    parcel: UUID
    given: bool
    state: str
    offer: Offer
    answer: Any


async def send_parcel(context: Context, parcel_id: UUID, receiver: UUID, offer: Offer, parcel: Parcel) -> bool:
    """Put a parcel in for another school, which gets it when the transaction commits. False if there is none."""
    sent: bool = await context.fetchval(
        "SELECT homeroom.send_school_parcel($1, $2, $3, $4::jsonb, $5::jsonb)",
        parcel_id,
        receiver,
        offer.expires_on,
        msgspec.json.encode(offer).decode(),
        msgspec.json.encode(parcel.content).decode(),
    )
    for number, each in enumerate(parcel.files, start=1):
        await context.fetchval(
            "SELECT homeroom.add_school_parcel_file($1, $2, $3, $4, $5)",
            parcel_id,
            number,
            each.name,
            each.media_type,
            each.content,
        )
    return sent


async def news_of(context: Context) -> list[News]:
    """What this school does not know yet; offers whose time is over have ended then."""
    rows = await context.fetch("SELECT * FROM homeroom.school_parcel_news($1)", context.today)
    return [
        News(
            row["parcel"],
            row["given"],
            row["state"],
            msgspec.json.decode(row["offer"], type=Offer),
            msgspec.json.decode(row["answer"]) if row["answer"] else {},
        )
        for row in rows
    ]


async def note_news(context: Context, parcel: UUID) -> None:
    """Note that this school knows; a parcel that is answered and known to both is deleted."""
    await context.fetchval("SELECT homeroom.note_school_parcel($1)", parcel)


async def open_parcel(context: Context, parcel: UUID) -> Parcel | None:
    """The content of a parcel that waits for this school's answer; none if there is no such parcel.

    Nobody else answers it until the transaction ends.
    """
    content = await context.fetchval("SELECT homeroom.open_school_parcel($1, $2)", parcel, context.today)
    if content is None:
        return None
    files = await context.fetch(
        "SELECT name, media_type, content FROM homeroom.school_parcel_files($1) ORDER BY number", parcel
    )
    return Parcel(msgspec.json.decode(content), [ParcelFile(**each) for each in files])


async def answer_parcel(context: Context, parcel: UUID, state: str, note: str) -> bool:
    """Accept or refuse a parcel, or withdraw the own one. False if it no longer waits for an answer.

    Args:
        parcel: The id that the offer has.
        state: ``accepted`` or ``refused`` by who receives it, ``withdrawn`` by who gave it.
    """
    answered: bool = await context.fetchval(
        "SELECT homeroom.answer_school_parcel($1, $2, $3::jsonb, $4)",
        parcel,
        state,
        msgspec.json.encode({"note": note, "on": context.today}).decode(),
        context.today,
    )
    return answered
