"""Pictures of students and staff: one, or a whole archive of them; and their removal."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import IO, Annotated, Any, Final
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import IMAGES
from homeroom.reading.apart import Busy, read_apart
from homeroom.reading.faults import FileRefused
from homeroom.refusals import (
    EXACTLY_ONE,
    IN_THE_FUTURE,
    TOO_LARGE,
    FieldName,
)
from homeroom.texts import folded
from homeroom.uploads import FileMade, Upload
from homeroom_school.photos.archives import (
    ENTRIES,
    PICTURES,
    Entry,
    Unpacked,
    people_of,
    receive,
)
from homeroom_school.photos.images import MOST_BYTES, PICTURE, Picture
from homeroom_school.refusals import NO_PICTURE, NOT_A_PICTURE, PICTURE_TOO_LARGE
from homeroom_school.tables import PersonPhoto

__all__ = ["PhotoPeople", "keep_photos", "remove_photo", "set_photo", "set_photos"]

#: Pictures that one process makes ready, and how often a place for it is asked for, a second apart.
_AT_ONCE: Final = 8
_TRIES: Final = 60


class PhotoPeople(StrEnum):
    """Whose pictures an archive holds."""

    STUDENTS = "students"
    STAFF = "staff"

    @property
    def resource(self) -> str:
        """The resource of these people."""
        return "Student" if self is PhotoPeople.STUDENTS else "Staff"

    @property
    def column(self) -> str:
        """The column of a picture that names its person."""
        return "student_id" if self is PhotoPeople.STUDENTS else "staff_id"


def _day(context: Context, taken_on: date | None) -> date:
    if taken_on is not None and taken_on > context.today:
        raise Refusal(IN_THE_FUTURE, "taken_on")
    return taken_on or context.today


async def _person(context: Context, student: UUID | None, staff: UUID | None) -> tuple[PhotoPeople, UUID]:
    if (student is None) == (staff is None):
        raise Refusal(EXACTLY_ONE, "student", fields=[FieldName("student"), FieldName("staff")])
    people = PhotoPeople.STUDENTS if student is not None else PhotoPeople.STAFF
    person = student or staff
    assert person is not None
    await context.permit(people.resource, [person], field="student" if student is not None else "staff")
    return people, person


@command("school.photo.set", returns="PersonPhoto")
async def set_photo(
    context: Context,
    *,
    photo: Upload,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
    taken_on: date | None = None,
) -> UUID:
    """Give a student or a member of staff a picture; it takes the place of one that is there.

    JPEG, PNG and WebP of at most 10 MB and 25 million pixels are taken. The picture is turned upright and kept without
    what the camera wrote into its file, such as place and time.

    Args:
        photo: The picture.
        taken_on: The day on which it was taken; today unless told.
    """
    people, person = await _person(context, student, staff)
    day = _day(context, taken_on)
    content = b""
    async for piece in photo.chunks():
        content += piece
        if len(content) > MOST_BYTES:
            raise Refusal(TOO_LARGE, "photo", most=MOST_BYTES)
    try:
        (picture,) = await read_apart(context, PICTURE, content=content)
    except FileRefused as fault:
        raise fault.refusal("photo") from None
    (made,) = await keep_photos(context, people, {person: picture}, day)
    return made


@command("school.photo.set_many", returns="PersonPhoto", many=True)
async def set_photos(
    context: Context, *, photos: Upload, people: PhotoPeople = PhotoPeople.STUDENTS, taken_on: date | None = None
) -> list[UUID]:
    """Give many people their pictures: a zip of files that are called by the people's numbers, such as 20250017.jpg.

    All of them are taken or none; every file that is nobody's, stands twice or is no picture is named.

    Args:
        photos: The zip.
        people: Whose pictures they are.
        taken_on: The day on which they were taken; today unless told.
    """
    day = _day(context, taken_on)
    condition, values = context.within_scopes(people.resource, "r", 1)
    known = {
        folded(row["code"]): row["id"]
        for row in await context.fetch(
            f"SELECT r.id, r.code FROM {context.variant.resources[people.resource].table} r"
            f" WHERE r.code IS NOT NULL AND {condition}",
            *values,
        )
    }
    with tempfile.TemporaryFile() as file:
        await receive(photos, file, context.host.settings.max_upload)
        file.flush()
        try:
            (entries,) = await read_apart(context, ENTRIES, file=file)
        except FileRefused as fault:
            raise fault.refusal("photos") from None
        persons = people_of(entries, known)
        pictures, problems = await _pictures(context, file, entries)
    if problems:
        raise Refusal.of(problems)
    return await keep_photos(context, people, {persons[row]: each for row, each in pictures.items()}, day)


async def _pictures(
    context: Context, file: IO[bytes], entries: Sequence[Entry]
) -> tuple[dict[int, Picture], list[Problem]]:
    pictures: dict[int, Picture] = {}
    problems: list[Problem] = []
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        try:
            found = await _unpacked(context, file, some)
        except FileRefused:
            # One of them takes more than it may: each alone, so that it can be named.
            found = [await _alone(context, file, each) for each in some]
        for each in found:
            if each.picture is not None:
                pictures[each.row] = each.picture
            else:
                name = entries[each.row].name
                problems.append(
                    Problem(
                        NOT_A_PICTURE if each.code == NOT_A_PICTURE else PICTURE_TOO_LARGE,
                        "photos",
                        each.row,
                        file=name,
                    )
                )
    return pictures, problems


async def _alone(context: Context, file: IO[bytes], entry: Entry) -> Unpacked:
    try:
        (found,) = await _unpacked(context, file, [entry])
    except FileRefused:
        return Unpacked(entry.row, code=str(TOO_LARGE))
    return found


async def _unpacked(context: Context, file: IO[bytes], entries: Sequence[Entry]) -> list[Unpacked]:
    """Some pictures; waits where other files of the school are being read."""
    for _ in range(_TRIES):
        # The database does not wait for a transaction that is silent.
        await context.fetchval("SELECT 1")
        with contextlib.suppress(Busy):
            return await read_apart(
                context, PICTURES, file=file, indexes={str(each.row): each.index for each in entries}
            )
        await asyncio.sleep(1.0)
    raise Busy


async def keep_photos(
    context: Context, people: PhotoPeople, pictures: dict[UUID, Picture], taken_on: date
) -> list[UUID]:
    """Write pictures; those that were there are forgotten. Gives the ids, in the order of the pictures.

    Args:
        context: The command's.
        people: Who they are.
        pictures: Person to picture.
        taken_on: The day on which they were taken.
    """
    before = {
        row["person"]: row
        for row in await context.fetch(
            f"SELECT id, {people.column} AS person, file_id, thumbnail_id FROM person_photo"
            f" WHERE {people.column} = ANY($1::uuid[]) FOR UPDATE",
            list(pictures),
        )
    }
    table = context.rows(PersonPhoto)
    made: list[UUID] = []
    for person, picture in pictures.items():
        files = {
            column: await keep_file(
                context, FileMade(name, "image/jpeg", content), kinds=IMAGES, limit=MOST_BYTES, field="photo"
            )
            for column, name, content in (
                ("file_id", "photo.jpg", picture.whole),
                ("thumbnail_id", "thumbnail.jpg", picture.small),
            )
        }
        old = before.get(person)
        if old is None:
            person_columns = {**dict.fromkeys(("student_id", "staff_id")), people.column: person}
            made += await table.insert([{**person_columns, **files, "taken_on": taken_on}])
        else:
            await table.update(old["id"], {**files, "taken_on": taken_on})
            made.append(old["id"])
    await forget_files(context, _files_of(list(before.values())))
    return made


def _files_of(photos: Sequence[Any]) -> list[UUID]:
    return [photo[column] for photo in photos for column in ("file_id", "thumbnail_id")]


@command("school.photo.remove")
async def remove_photo(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
) -> None:
    """Remove the picture of a student or a member of staff. Nothing of it is kept."""
    people, person = await _person(context, student, staff)
    row = await context.fetchrow(
        f"SELECT id, file_id, thumbnail_id FROM person_photo WHERE {people.column} = $1 FOR UPDATE", person
    )
    if row is None:
        raise Refusal(NO_PICTURE, "student" if student is not None else "staff")
    await context.rows(PersonPhoto).delete(row["id"])
    await forget_files(context, _files_of([row]))
