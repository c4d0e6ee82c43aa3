"""Making a student of this school from what another school sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.code_tables import title_in, titles
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import DOCUMENTS
from homeroom.files.pictures import Picture
from homeroom.names import NameInput, Script, name_of
from homeroom.refusals import DUPLICATE
from homeroom.uploads import FileMade
from homeroom_photos.commands import PhotoPeople, keep_photos
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.identity import record_identifier, record_name
from homeroom_school.commands.people import change_student, create_guardian, create_student
from homeroom_school.tables import Relation, Sex
from homeroom_transfers.parcel import Parcel, seal_of
from homeroom_transfers.refusals import BROKEN_RECORD, SAME_NUMBER
from homeroom_transfers.tables import TransferRecord

_STATUS_RECORD: Final = "school.status_history"
_STATUS_TITLE: Final = titles("Student status", "學籍狀態", "学籍状态", "Trạng thái học sinh")


async def receive_student(
    context: Context, parcel: Parcel, *, known: UUID | None, code: str | None, starts_on: date
) -> UUID:
    """Write the student with names, numbers, guardians and picture.

    Args:
        known: The row of a student who was here before and comes back; what came replaces what was there.

    Returns:
        The student's id.

    Raises:
        Refusal: The number, or a number of an office, is another student's here.
    """
    person = parcel.content["student"]
    born = person["birth_date"]
    columns = {
        "name": _name(person),
        "code": code or None,
        "sex": person["sex"] and Sex(person["sex"]),
        "birth_date": born and date.fromisoformat(born),
        **{column: person.get(column) for column in ("birth_place", "email", "phone")},
    }
    given = {column: value for column, value in columns.items() if value is not None}
    if known is None:
        student: UUID = await create_student(context, **given)
    else:
        student = await change_student(context, student=known, **given)
    await _add_names_and_numbers(context, person, student=student)
    for each in parcel.content.get("guardians", ()):
        await _guardian(context, student, each, starts_on)
    photo = parcel.content.get("photo")
    if photo is not None:
        whole, small = (parcel.files[photo[name] - 1].content for name in ("whole", "small"))
        await keep_photos(
            context, PhotoPeople.STUDENTS, {student: Picture(whole, small)}, date.fromisoformat(photo["taken_on"])
        )
    return student


def _name(sent: Mapping[str, Any]) -> NameInput:
    return NameInput(sent["given_name"], sent["family_name"], sent["middle_name"], Script(sent["script"]))


async def _add_names_and_numbers(context: Context, sent: Mapping[str, Any], **person: UUID) -> None:
    for each in sent.get("names", ()):
        await record_name(context, name=_name(each), **person)
    for each in sent.get("identifiers", ()):
        try:
            await record_identifier(context, kind=each["kind"], value=each["value"], **person)
        except Refusal as refused:
            raise (Refusal(SAME_NUMBER, "student") if refused.code == DUPLICATE else refused) from None


async def _guardian(context: Context, student: UUID, sent: Mapping[str, Any], starts_on: date) -> None:
    """A guardian of the student: one who is known here by number or by name and contact, or a new one."""
    guardian = await _known_guardian(context, sent)
    if guardian is None:
        contact = {column: sent[column] for column in ("email", "phone") if sent.get(column)}
        guardian = await create_guardian(context, name=_name(sent), **contact)
        await _add_names_and_numbers(context, sent, guardian=guardian)
    is_guardian = await context.fetchval(
        "SELECT EXISTS (SELECT FROM guardianship WHERE student_id = $1 AND guardian_id = $2"
        " AND (ends_on IS NULL OR ends_on >= $3))",
        student,
        guardian,
        starts_on,
    )
    if not is_guardian:
        relation = Relation(sent["relation"])
        await start_guardianship(context, student=student, guardian=guardian, relation=relation, starts_on=starts_on)


async def _known_guardian(context: Context, sent: Mapping[str, Any]) -> UUID | None:
    for each in sent.get("identifiers", ()):
        found: UUID | None = await context.fetchval(
            "SELECT guardian_id FROM person_identifier WHERE kind = $1 AND value = $2 AND guardian_id IS NOT NULL",
            each["kind"],
            each["value"],
        )
        if found is not None:
            return found
    rows = await context.fetch(
        "SELECT id FROM guardian WHERE full_name = $1 AND (phone = $2 OR email = $3) LIMIT 2",
        name_of(_name(sent), Script(sent["script"])).full,
        sent.get("phone"),
        sent.get("email"),
    )
    return rows[0]["id"] if len(rows) == 1 else None


async def keep_records(context: Context, transfer: UUID, student: UUID, parcel: Parcel) -> None:
    """Keep what was sent as it is: the history of the status, and what plugins of the other school added.

    Raises:
        Refusal: The checksum of a record does not match.
    """
    if statuses := parcel.content.get("statuses"):
        parcel.record(_STATUS_RECORD, _STATUS_TITLE, {"changes": statuses})
    rows: list[dict[str, Any]] = []
    for each in parcel.content.get("records", ()):
        if seal_of(each["content"]) != each["digest"]:
            raise Refusal(BROKEN_RECORD, "transfer", record=each["kind"])
        file = None
        if each["file"] is not None:
            sent = parcel.files[each["file"] - 1]
            file = await keep_file(
                context, FileMade(sent.name, sent.media_type, sent.content), kinds=DOCUMENTS, field="transfer"
            )
        # Schools of an earlier version send the title in one language.
        title = each["title"] if isinstance(each["title"], dict) else {"en": each["title"]}
        rows.append(
            {
                "transfer_id": transfer,
                "student_id": student,
                "kind": each["kind"],
                "title": title_in(title, context.space.locale)[:200],
                "content": msgspec.json.encode(each["content"]).decode(),
                "seal": each["digest"],
                "file_id": file,
            }
        )
    await context.rows(TransferRecord).insert(rows)
