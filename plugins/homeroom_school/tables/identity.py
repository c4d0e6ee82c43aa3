"""Numbers and further names of people; each row belongs to exactly one student, staff member or guardian."""

from __future__ import annotations

from piccolo.columns import Array, Text, Varchar

from homeroom.columns import once
from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.names import Script
from homeroom_school.refusals import NUMBER_TAKEN
from homeroom_school.tables.people import Guardian, Staff, Student

__all__ = ["PersonIdentifier", "PersonName"]


class PersonIdentifier(SchoolTable, tablename="person_identifier"):
    """A number that an office gave a person, such as an identity card's."""

    student_id = belongs_to(Student, null=True, part=True)
    staff_id = belongs_to(Staff, null=True, part=True)
    guardian_id = belongs_to(Guardian, null=True, part=True)
    kind = coded(
        Varchar(length=40, default=None, help_text="Such as hk.hkid; see the kinds of identifiers."), "hk.hkid"
    )
    value = Varchar(length=60, default=None, help_text="The number in its normalised form.")
    masked = Varchar(length=60, default=None, help_text="What lists show in its place.")
    unique = (once("kind", "value", code=NUMBER_TAKEN),)
    doubts = coded(
        Array(
            base_column=Text(),
            default=list,
            help_text="What the number tells otherwise than the person's record, such as birth_date_differs.",
        ),
        "{birth_date_differs}",
    )


class PersonName(SchoolTable, tablename="person_name"):
    """A name of a person in a further script; the main name is a column of the person."""

    student_id = belongs_to(Student, null=True, part=True)
    staff_id = belongs_to(Staff, null=True, part=True)
    guardian_id = belongs_to(Guardian, null=True, part=True)
    script = Varchar(length=20, default=None, choices=Script, help_text="In which script this name is written.")
    family_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    middle_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    given_name = Varchar(length=120, default=None, help_text="What the person is called.")
    full_name = Varchar(length=400, default=None, help_text="The whole name as its script writes it.")
    sort_key = Varchar(length=2000, default=None, help_text="Orders lists by this name.")
    search_text = Varchar(length=2000, default="", help_text="The words that the name is found by.")
