"""What the registry sends with a student who leaves for another school."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.files.keeping import storage_of
from homeroom_transfers.parcel import Parcel, ParcelFile
from homeroom_transfers.refusals import PICTURE_LOST
from homeroom_transfers.tables import TransferPart

_NAME: Final = "family_name, middle_name, given_name"
_OWNERS: Final = ("student_id", "guardian_id")


async def pack(context: Context, student: UUID, parts: Collection[TransferPart]) -> Parcel:
    """The parcel of a student: identity always, the rest as the school chose.

    Args:
        context: A command's, in the school that the student leaves.
        student: The student.
        parts: What is sent.

    Raises:
        Refusal: The files together are too large, or the content of one is not there.
    """
    wanted = frozenset(parts)
    row = await context.fetchrow(
        f"SELECT {_NAME}, name_script, sex, birth_date, birth_place, code, email, phone FROM student WHERE id = $1",
        student,
    )
    assert row is not None
    person = _person(row) | {
        "sex": row["sex"],
        "birth_date": row["birth_date"].isoformat() if row["birth_date"] else None,
        "birth_place": row["birth_place"],
        "code": row["code"],
    }
    if TransferPart.CONTACT in wanted:
        person |= {"email": row["email"], "phone": row["phone"]}
    parcel = Parcel({"format": 1, "school": context.space.name, "student": person})
    if TransferPart.OTHER_NAMES in wanted:
        person["names"] = (await _names(context, "student_id", [student])).get(student, [])
    if TransferPart.IDENTIFIERS in wanted:
        person["identifiers"] = (await _identifiers(context, "student_id", [student])).get(student, [])
    if TransferPart.GUARDIANS in wanted:
        parcel.content["guardians"] = await _guardians(context, student, wanted)
    if TransferPart.STATUS_HISTORY in wanted:
        parcel.content["statuses"] = await _statuses(context, student)
    if TransferPart.PHOTO in wanted:
        await _photo(context, student, parcel)
    if TransferPart.RECORDS in wanted:
        await context.host.hooks.each(
            "student_leaving", only=context.variant.plugins, context=context, student=student, parcel=parcel
        )
    return parcel


def _person(row: Any) -> dict[str, Any]:
    return {
        "family_name": row["family_name"],
        "middle_name": row["middle_name"],
        "given_name": row["given_name"],
        "script": row["name_script"],
    }


async def _names(context: Context, column: str, people: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    return await _by_person(
        context,
        f"SELECT {column} AS person, script AS name_script, {_NAME} FROM person_name WHERE {column} = ANY($1::uuid[])"
        " ORDER BY script",
        people,
        _person,
    )


async def _identifiers(context: Context, column: str, people: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    return await _by_person(
        context,
        f"SELECT {column} AS person, kind, value FROM person_identifier WHERE {column} = ANY($1::uuid[]) ORDER BY kind",
        people,
        lambda row: {"kind": row["kind"], "value": row["value"]},
    )


async def _by_person(
    context: Context, sql: str, people: list[UUID], made: Callable[[Any], dict[str, Any]]
) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await context.fetch(sql, people):
        found.setdefault(row["person"], []).append(made(row))
    return found


async def _guardians(context: Context, student: UUID, wanted: Collection[TransferPart]) -> list[Mapping[str, Any]]:
    rows = await context.fetch(
        f"SELECT g.id, {_NAME}, g.name_script, g.email, g.phone, s.relation FROM guardianship s"
        " JOIN guardian g ON g.id = s.guardian_id WHERE s.student_id = $1 AND s.starts_on <= $2"
        " AND (s.ends_on IS NULL OR s.ends_on >= $2) ORDER BY s.starts_on, g.sort_key",
        student,
        context.today,
    )
    people = [row["id"] for row in rows]
    names = await _names(context, "guardian_id", people) if TransferPart.OTHER_NAMES in wanted else {}
    numbers = await _identifiers(context, "guardian_id", people) if TransferPart.IDENTIFIERS in wanted else {}
    contact = ("email", "phone") if TransferPart.CONTACT in wanted else ()
    return [
        _person(row)
        | {"relation": row["relation"], "names": names.get(row["id"], []), "identifiers": numbers.get(row["id"], [])}
        | {column: row[column] for column in contact}
        for row in rows
    ]


async def _statuses(context: Context, student: UUID) -> list[Mapping[str, Any]]:
    rows = await context.fetch(
        "SELECT c.effective_on, v.code, v.title, c.from_status, c.to_status, c.document_number"
        " FROM student_status_change c JOIN code_value v ON v.id = c.change_type_id"
        " WHERE c.student_id = $1 AND c.state = 'effective' ORDER BY c.effective_on, c.id",
        student,
    )
    return [{**dict(row), "effective_on": row["effective_on"].isoformat()} for row in rows]


async def _photo(context: Context, student: UUID, parcel: Parcel) -> None:
    row = await context.fetchrow(
        "SELECT p.taken_on, w.digest AS whole, s.digest AS small FROM person_photo p"
        " JOIN stored_file w ON w.id = p.file_id JOIN stored_file s ON s.id = p.thumbnail_id WHERE p.student_id = $1",
        student,
    )
    if row is None:
        return
    storage = storage_of(context.host)
    numbers = {}
    for name in ("whole", "small"):
        path = storage.path(context.space.id, row[name])
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise Refusal(PICTURE_LOST, "parts") from None
        numbers[name] = parcel.add_file(ParcelFile(f"{name}.jpg", "image/jpeg", content))
    parcel.content["photo"] = {"taken_on": row["taken_on"].isoformat(), **numbers}
