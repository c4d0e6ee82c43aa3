"""What the registry sends with a student who leaves for another school."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.files.keeping import storage_of
from homeroom_transfers.parcel import Parcel, ParcelFile
from homeroom_transfers.refusals import PICTURE_LOST
from homeroom_transfers.tables import TransferPart

_NAME: Final = "family_name, middle_name, given_name, name_script AS script"
_STUDENT: Final = f"SELECT id, {_NAME}, sex, birth_date, birth_place, code, email, phone FROM student WHERE id = $1"
_GUARDIANS: Final = f"""
SELECT g.id, {_NAME}, g.email, g.phone, s.relation FROM guardianship s JOIN guardian g ON g.id = s.guardian_id
WHERE s.student_id = $1 AND s.starts_on <= $2 AND (s.ends_on IS NULL OR s.ends_on >= $2)
ORDER BY s.starts_on, g.sort_key
"""
_STATUSES: Final = """
SELECT c.effective_on, v.code, v.title, c.from_status, c.to_status, c.document_number
FROM student_status_change c JOIN code_value v ON v.id = c.change_type_id
WHERE c.student_id = $1 AND c.state = 'effective' ORDER BY c.effective_on, c.id
"""
#: What is sent of people beside, by its name in the parcel: the part, and the rows of people ($1) by a column.
_BESIDE: Final = {
    "names": (
        TransferPart.OTHER_NAMES,
        """
SELECT {0} AS person, family_name, middle_name, given_name, script FROM person_name
WHERE {0} = ANY($1::uuid[]) ORDER BY script
""",
    ),
    "identifiers": (
        TransferPart.IDENTIFIERS,
        "SELECT {0} AS person, kind, value FROM person_identifier WHERE {0} = ANY($1::uuid[]) ORDER BY kind",
    ),
}


async def pack(context: Context, student: UUID, parts: Collection[TransferPart]) -> Parcel:
    """The parcel of a student: identity always, the rest as the school chose.

    Raises:
        Refusal: The files together are too large, or the content of one is not there.
    """
    (person,) = await _read(context, _STUDENT, student)
    await _complete(context, "student_id", [person], parts)
    parcel = Parcel({"format": 1, "school": context.space.name, "student": person})
    if TransferPart.GUARDIANS in parts:
        parcel.content["guardians"] = guardians = await _read(context, _GUARDIANS, student, context.today)
        await _complete(context, "guardian_id", guardians, parts)
    if TransferPart.STATUS_HISTORY in parts:
        parcel.content["statuses"] = await _read(context, _STATUSES, student)
    if TransferPart.PHOTO in parts:
        await _photo(context, student, parcel)
    if TransferPart.RECORDS in parts:
        await context.call_hook("student_leaving", student=student, parcel=parcel)
    return parcel


async def _read(context: Context, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    """Rows as JSON values."""
    return [msgspec.to_builtins(dict(row)) for row in await context.fetch(sql, *arguments)]


async def _complete(
    context: Context, column: str, people: Sequence[dict[str, Any]], parts: Collection[TransferPart]
) -> None:
    """Add further names and numbers to people, and leave out how they are reached where that is not sent."""
    by_id = {person.pop("id"): person for person in people}
    for person in people:
        person |= {name: [] for name in _BESIDE}
        if TransferPart.CONTACT not in parts:
            del person["email"], person["phone"]
    for name, (part, sql) in _BESIDE.items():
        for row in await _read(context, sql.format(column), list(by_id)) if part in parts else ():
            by_id[row.pop("person")][name].append(row)


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
