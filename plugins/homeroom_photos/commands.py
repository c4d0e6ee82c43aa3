"""Pictures of students and staff: one, or a whole archive of them; and their removal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import IMAGES
from homeroom.files.picture_archives import pictures_in_archive
from homeroom.files.pictures import MOST_BYTES, Picture, read_picture
from homeroom.refusals import EXACTLY_ONE, IN_THE_FUTURE, FieldName
from homeroom.texts import folded
from homeroom.uploads import FileMade, Upload
from homeroom_photos.refusals import NO_PICTURE
from homeroom_photos.tables import PersonPhoto


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
        return f"{self.resource.lower()}_id"


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
    await context.permit(people.resource, [person], field=people.resource.lower())
    return people, person


@command("photos.photo.set", returns="PersonPhoto")
async def set_photo(
    context: Context,
    *,
    photo: Upload,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
    taken_on: date | None = None,
) -> UUID:
    """Set the picture of a student or a member of staff; it replaces one that is there.

    The file is a JPEG, PNG or WebP of at most 10 MB and 25 million pixels. The picture is turned upright and kept
    without what the camera wrote into its file, such as place and time.

    Args:
        photo: The picture.
        taken_on: The day on which it was taken; by default today.
    """
    people, person = await _person(context, student, staff)
    day = _day(context, taken_on)
    picture = await read_picture(context, photo, "photo")
    (made,) = await keep_photos(context, people, {person: picture}, day)
    return made


@command("photos.photo.set_many", returns="PersonPhoto", many=True)
async def set_photos(
    context: Context, *, photos: Upload, people: PhotoPeople = PhotoPeople.STUDENTS, taken_on: date | None = None
) -> list[UUID]:
    """Set the pictures of many people: a zip of files that are named by the people's numbers, such as 20250017.jpg.

    All of them are kept or none. The answer names every file that belongs to nobody, comes twice or is no picture.

    Args:
        photos: The zip.
        people: Whose pictures they are.
        taken_on: The day on which they were taken; by default today.
    """
    day = _day(context, taken_on)
    condition, values = context.within_scopes(people.resource, "r", 1)
    found = await context.fetch(
        f"SELECT r.id, r.code FROM {context.variant.resources[people.resource].table} r"
        f" WHERE r.code IS NOT NULL AND {condition}",
        *values,
    )
    pictures = await pictures_in_archive(context, photos, {folded(row["code"]): row["id"] for row in found}, "photos")
    return await keep_photos(context, people, pictures, day)


async def keep_photos(
    context: Context, people: PhotoPeople, pictures: Mapping[UUID, Picture], taken_on: date
) -> list[UUID]:
    """Write pictures; those that were there are forgotten. Gives the ids, in the order of the pictures."""
    before = {row[people.column]: row for row in await _present(context, people, list(pictures))}
    rows: list[dict[str, Any]] = []
    for person, picture in pictures.items():
        there = before[person]["id"] if person in before else None
        values = {"id": there, "student_id": None, "staff_id": None, people.column: person, "taken_on": taken_on}
        for column, name, content in (
            ("file_id", "photo.jpg", picture.whole),
            ("thumbnail_id", "thumbnail.jpg", picture.small),
        ):
            file = FileMade(name, "image/jpeg", content)
            values[column] = await keep_file(context, file, kinds=IMAGES, limit=MOST_BYTES, field="photo")
        rows.append(values)
    made = await context.rows(PersonPhoto).save(rows)
    await forget_files(context, _files_of(list(before.values())))
    return made


async def _present(context: Context, people: PhotoPeople, persons: Sequence[UUID]) -> Sequence[Any]:
    return await context.fetch(
        f"SELECT * FROM person_photo WHERE {people.column} = ANY($1::uuid[]) FOR UPDATE", list(persons)
    )


def _files_of(photos: Sequence[Any]) -> list[UUID]:
    return [photo[column] for photo in photos for column in ("file_id", "thumbnail_id")]


@command("photos.photo.remove")
async def remove_photo(
    context: Context,
    *,
    student: Annotated[UUID, Ref("Student")] | None = None,
    staff: Annotated[UUID, Ref("Staff")] | None = None,
) -> None:
    """Remove the picture of a student or a member of staff. Nothing of it is kept."""
    people, person = await _person(context, student, staff)
    found = await _present(context, people, [person])
    if not found:
        raise Refusal(NO_PICTURE, people.resource.lower())
    await context.rows(PersonPhoto).delete(found[0]["id"])
    await forget_files(context, _files_of(found))


COMMANDS = (set_photo, set_photos, remove_photo)
