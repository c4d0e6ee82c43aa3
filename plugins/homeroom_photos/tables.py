"""Pictures of people."""

from __future__ import annotations

from piccolo.columns import Date

from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.files.tables import StoredFile
from homeroom_school.tables import Staff, Student


class PersonPhoto(SchoolTable, tablename="person_photo"):
    """The picture of a student or a member of staff; a new one takes the place of the old one."""

    student_id = belongs_to(Student, null=True, part=True)
    staff_id = belongs_to(Staff, null=True, part=True)
    file_id = belongs_to(StoredFile)
    thumbnail_id = belongs_to(StoredFile)
    taken_on = Date(default=None, help_text="The day on which it was taken, or given.")
