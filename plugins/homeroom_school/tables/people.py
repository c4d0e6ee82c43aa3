"""People: students, staff and guardians. What changes with time lies in dated rows of their own."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from piccolo.columns import Boolean

from homeroom.columns import choice, day, email, text, version
from homeroom.names import NamedTable

__all__ = ["Guardian", "Sex", "Staff", "Student"]

_CODE = "The school's own number of the person; unique."
_ERASED = "Whether the person was erased; lists leave such rows out unless their filter names this field."


class Sex(StrEnum):
    """As papers state it."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class _Person(NamedTable):
    """What the registry knows of everybody."""

    abstract: ClassVar[bool] = True

    email = email("To write to the person.", null=True)
    phone = text(40, "To call the person.", null=True)
    erased = Boolean(default=False, help_text=_ERASED)
    version = version()


class Student(_Person, tablename="student"):
    """A pupil or student of the school."""

    code = text(60, _CODE, null=True, code=True)
    sex = choice(Sex, "As the papers of the person say.", null=True)
    birth_date = day("The day of birth.", null=True, future=False)
    birth_place = text(200, "As the papers of the person name it.", null=True)
    unique = (("code",),)


class Staff(_Person, tablename="staff"):
    """Somebody who works at the school."""

    code = text(60, _CODE, null=True, code=True)
    sex = choice(Sex, "As the papers of the person say.", null=True)
    birth_date = day("The day of birth.", null=True, future=False)
    unique = (("code",),)


class Guardian(_Person, tablename="guardian"):
    """Somebody who stands for a student: a parent, another guardian, a relative."""
