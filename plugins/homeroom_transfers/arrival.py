"""Making a student of this school from what another school sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import DOCUMENTS
from homeroom.files.pictures import Picture
from homeroom.identifiers import identifier_kind
from homeroom.names import PersonName, Script, name_columns, search_text, sort_key
from homeroom.uploads import FileMade
from homeroom_photos.commands import PhotoPeople, keep_photos
from homeroom_school.commands.checks import refuse_duplicate
from homeroom_school.doubts import refresh_doubts
from homeroom_school.settings import name_settings
from homeroom_school.tables import Guardian, Guardianship, PersonIdentifier, Student
from homeroom_school.tables import PersonName as PersonNameRow
from homeroom_transfers.parcel import Parcel, seal_of
from homeroom_transfers.refusals import BROKEN_RECORD, SAME_NUMBER
from homeroom_transfers.tables import TransferRecord

_STATUS_RECORD: Final = "school.status_history"


async def receive_student(
    context: Context, parcel: Parcel, *, known: UUID | None, code: str | None, starts_on: date
) -> UUID:
    """Write the student with names, numbers, guardians and picture.

    Args:
        context: A command's, in the school that the student comes to.
        parcel: What came.
        known: The row of a student who was here before and comes back; what came replaces what was there.
        code: The student's number at this school.
        starts_on: The first day here.

    Returns:
        The student's id.

    Raises:
        Refusal: The number, or a number of an office, is another student's here.
    """
    person = parcel.content["student"]
    settings = await name_settings(context)
    columns: dict[str, Any] = {
        **name_columns(_name(person), settings.order),
        "sex": person["sex"],
        "birth_date": date.fromisoformat(person["birth_date"]) if person["birth_date"] else None,
        "birth_place": person["birth_place"],
        "email": person.get("email"),
        "phone": person.get("phone"),
    }
    with refuse_duplicate("code"):
        if known is None:
            (student,) = await context.rows(Student).insert([{**columns, "code": code}])
        else:
            student = known
            given = {name: value for name, value in columns.items() if value is not None}
            await context.rows(Student).update(student, given | ({"code": code} if code else {}))
    await _names(context, "student_id", student, person.get("names", ()))
    await _identifiers(context, "student_id", student, person.get("identifiers", ()))
    for each in parcel.content.get("guardians", ()):
        await _guardian(context, student, each, settings.order, starts_on)
    await refresh_doubts(context, [student])
    photo = parcel.content.get("photo")
    if photo is not None:
        whole, small = (parcel.files[photo[name] - 1].content for name in ("whole", "small"))
        await keep_photos(
            context, PhotoPeople.STUDENTS, {student: Picture(whole, small)}, date.fromisoformat(photo["taken_on"])
        )
    return student


def _name(person: Mapping[str, Any]) -> PersonName:
    return PersonName(
        Script(person["script"]),
        given=person["given_name"],
        family=person["family_name"],
        middle=person["middle_name"],
    )


async def _names(context: Context, column: str, person: UUID, names: Sequence[Mapping[str, Any]]) -> None:
    there = {
        row["script"] for row in await context.fetch(f"SELECT script FROM person_name WHERE {column} = $1", person)
    }
    written = [_name(each) for each in names if each["script"] not in there]
    await context.rows(PersonNameRow).insert(
        [
            {
                **_owner(column, person),
                "script": each.script.value,
                "family_name": each.family,
                "middle_name": each.middle,
                "given_name": each.given,
                "full_name": each.full,
                "sort_key": sort_key(each),
                "search_text": search_text(each),
            }
            for each in written
        ]
    )


async def _identifiers(context: Context, column: str, person: UUID, numbers: Sequence[Mapping[str, Any]]) -> None:
    there = {
        row["kind"] for row in await context.fetch(f"SELECT kind FROM person_identifier WHERE {column} = $1", person)
    }
    for each in numbers:
        if each["kind"] in there:
            continue
        masked = identifier_kind(each["kind"]).mask(each["value"])
        with refuse_duplicate("student", SAME_NUMBER):
            await context.rows(PersonIdentifier).insert(
                [
                    {
                        **_owner(column, person),
                        "kind": each["kind"],
                        "value": each["value"],
                        "masked": masked,
                        "doubts": [],
                    }
                ]
            )


def _owner(column: str, person: UUID) -> dict[str, UUID | None]:
    return {**dict.fromkeys(("student_id", "staff_id", "guardian_id")), column: person}


async def _guardian(context: Context, student: UUID, sent: Mapping[str, Any], order: Any, starts_on: date) -> None:
    """A guardian of the student: one who is known here by number or by name and contact, or a new one."""
    name = _name(sent)
    guardian = await _known_guardian(context, sent, name)
    if guardian is None:
        contact = {"email": sent.get("email"), "phone": sent.get("phone")}
        (guardian,) = await context.rows(Guardian).insert([{**name_columns(name, order), **contact}])
        await _names(context, "guardian_id", guardian, sent.get("names", ()))
        await _identifiers(context, "guardian_id", guardian, sent.get("identifiers", ()))
    is_guardian = await context.fetchval(
        "SELECT EXISTS (SELECT FROM guardianship WHERE student_id = $1 AND guardian_id = $2"
        " AND (ends_on IS NULL OR ends_on >= $3))",
        student,
        guardian,
        starts_on,
    )
    if not is_guardian:
        await context.rows(Guardianship).insert(
            [
                {
                    "student_id": student,
                    "guardian_id": guardian,
                    "relation": sent["relation"],
                    "starts_on": starts_on,
                    "ends_on": None,
                }
            ]
        )


async def _known_guardian(context: Context, sent: Mapping[str, Any], name: PersonName) -> UUID | None:
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
        name.full,
        sent.get("phone"),
        sent.get("email"),
    )
    return rows[0]["id"] if len(rows) == 1 else None


async def keep_records(context: Context, transfer: UUID, student: UUID, parcel: Parcel) -> None:
    """Keep what was sent as it is: the history of the status, and what plugins of the other school added.

    Raises:
        Refusal: The checksum of a record does not match.
    """
    records = list(parcel.content.get("records", ()))
    statuses = parcel.content.get("statuses")
    if statuses:
        content = {"changes": statuses}
        records.append(
            {
                "kind": _STATUS_RECORD,
                "title": "Student status",
                "content": content,
                "file": None,
                "digest": seal_of(content),
            }
        )
    rows = []
    for each in records:
        if seal_of(each["content"]) != each["digest"]:
            raise Refusal(BROKEN_RECORD, "transfer", record=each["kind"])
        file = None
        if each["file"] is not None:
            sent = parcel.files[each["file"] - 1]
            file = await keep_file(
                context, FileMade(sent.name, sent.media_type, sent.content), kinds=DOCUMENTS, field="transfer"
            )
        rows.append(
            {
                "transfer_id": transfer,
                "student_id": student,
                "kind": each["kind"],
                "title": each["title"],
                "content": msgspec.json.encode(each["content"]).decode(),
                "seal": each["digest"],
                "file_id": file,
            }
        )
    await context.rows(TransferRecord).insert(rows)
