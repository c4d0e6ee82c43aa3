"""The fields whose reads a space has chosen to have logged."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Boolean, Integer, Varchar

from homeroom.database.tables import SchoolTable, coded

__all__ = ["LoggedRead", "ReadOrigin"]


class ReadOrigin(StrEnum):
    """Who chose a field."""

    SPACE = "space"
    PRESET = "preset"


class LoggedRead(SchoolTable, tablename="logged_read"):
    """A field whose reads are logged because the space has chosen so; what is taken back stays, switched off."""

    resource = coded(Varchar(length=60, default=None, help_text="The resource."), "Student")
    field = coded(Varchar(length=60, default=None, help_text="Its field, in snake case."), "birth_date")
    origin = Varchar(length=20, default=ReadOrigin.SPACE, choices=ReadOrigin, help_text="Who chose it.")
    legal_basis = Varchar(length=300, default=None, help_text="The law or the school's own rule that asks for it.")
    active = Boolean(default=True, help_text="Whether its reads are logged.")
    version = Integer(default=1)
