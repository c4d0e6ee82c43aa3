"""Pictures of students and staff, for those who see the person and may see pictures."""

from __future__ import annotations

from typing import Final

from homeroom.files.addresses import file_address
from homeroom.resources import along, any_of, extend, one, resource, through
from homeroom_photos.tables import PersonPhoto
from homeroom_school.tables import Staff, Student

RESOURCES: Final = (
    resource(
        PersonPhoto,
        file_address("file_url", PersonPhoto.file_id, "Where to fetch the picture, a JPEG."),
        file_address("thumbnail_url", PersonPhoto.thumbnail_id, "The same small, 160 pixels on the longer side."),
        exclude=("file_id", "thumbnail_id"),
        scopes={
            **along(PersonPhoto.student_id, "own_class", "own_teaching"),
            "self": any_of(through(PersonPhoto.student_id, "self"), through(PersonPhoto.staff_id, "self")),
            "children": any_of(through(PersonPhoto.student_id, "children"), through(PersonPhoto.staff_id, "children")),
            "own_record": through(PersonPhoto.staff_id, "own_record"),
        },
        filters=("taken_on", "student", "staff"),
        order=("taken_on",),
        default_order=("-taken_on",),
        restricted=("file_url", "thumbnail_url"),
        sensitive=("file_url", "thumbnail_url"),
    ),
)

EXTENSIONS: Final = tuple(
    extend(person, one("photo", column, order=("taken_on",), description="The picture, where there is one."))
    for person, column in ((Student, PersonPhoto.student_id), (Staff, PersonPhoto.staff_id))
)
