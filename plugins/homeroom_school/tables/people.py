"""People: students, staff and guardians. What changes with time lies in dated rows of their own."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Date, Integer, Varchar

from homeroom.database.tables import SchoolTable
from homeroom.names import Script

__all__ = ["Guardian", "Sex", "Staff", "Student"]

_CODE = "The school's own number of the person; unique."
_SORT_KEY = "Orders lists by name, as the school's script wants it."
_ERASED = "Whether the person was erased; lists leave such rows out unless their filter names this field."


class Sex(StrEnum):
    """As papers state it."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class Student(SchoolTable, tablename="student"):
    """A pupil or student of the school."""

    code = Varchar(length=60, null=True, default=None, help_text=_CODE)
    family_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    middle_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    given_name = Varchar(length=120, default=None, help_text="What the person is called.")
    full_name = Varchar(length=400, default=None, help_text="The whole name as its script writes it.")
    name_script = Varchar(length=20, default=None, choices=Script, help_text="In which script the name is written.")
    sort_key = Varchar(length=2000, default=None, help_text=_SORT_KEY)
    search_text = Varchar(length=2000, default="", help_text="The words that the name is found by.")
    sex = Varchar(length=20, null=True, default=None, choices=Sex, help_text="As the papers of the person say.")
    birth_date = Date(null=True, default=None, help_text="The day of birth.")
    birth_place = Varchar(length=200, null=True, default=None, help_text="As the papers of the person name it.")
    email = Varchar(length=254, null=True, default=None, help_text="To write to the person.")
    phone = Varchar(length=40, null=True, default=None, help_text="To call the person.")
    erased = Boolean(default=False, help_text=_ERASED)
    version = Integer(default=1)


class Staff(SchoolTable, tablename="staff"):
    """Somebody who works at the school."""

    code = Varchar(length=60, null=True, default=None, help_text=_CODE)
    family_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    middle_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    given_name = Varchar(length=120, default=None, help_text="What the person is called.")
    full_name = Varchar(length=400, default=None, help_text="The whole name as its script writes it.")
    name_script = Varchar(length=20, default=None, choices=Script, help_text="In which script the name is written.")
    sort_key = Varchar(length=2000, default=None, help_text=_SORT_KEY)
    search_text = Varchar(length=2000, default="", help_text="The words that the name is found by.")
    sex = Varchar(length=20, null=True, default=None, choices=Sex, help_text="As the papers of the person say.")
    birth_date = Date(null=True, default=None, help_text="The day of birth.")
    email = Varchar(length=254, null=True, default=None, help_text="To write to the person.")
    phone = Varchar(length=40, null=True, default=None, help_text="To call the person.")
    erased = Boolean(default=False, help_text=_ERASED)
    version = Integer(default=1)


class Guardian(SchoolTable, tablename="guardian"):
    """Somebody who stands for a student: a parent, another guardian, a relative."""

    family_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    middle_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    given_name = Varchar(length=120, default=None, help_text="What the person is called.")
    full_name = Varchar(length=400, default=None, help_text="The whole name as its script writes it.")
    name_script = Varchar(length=20, default=None, choices=Script, help_text="In which script the name is written.")
    sort_key = Varchar(length=2000, default=None, help_text=_SORT_KEY)
    search_text = Varchar(length=2000, default="", help_text="The words that the name is found by.")
    email = Varchar(length=254, null=True, default=None, help_text="To write to the person.")
    phone = Varchar(length=40, null=True, default=None, help_text="To call the person.")
    erased = Boolean(default=False, help_text=_ERASED)
    version = Integer(default=1)
