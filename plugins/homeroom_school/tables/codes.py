"""Code tables: what a school chooses from, such as the kinds of rooms."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, Boolean, Integer, SmallInt, Varchar

from homeroom.database.tables import SchoolTable, coded

__all__ = ["CodeLayer", "CodeValue"]


class CodeLayer(StrEnum):
    """Who gave a code: everybody has the standard ones, the schools of a region the region's."""

    STANDARD = "standard"
    REGION = "region"
    SCHOOL = "school"


class CodeValue(SchoolTable, tablename="code_value"):
    """One code of a code table (代码表, 代碼表, danh mục). A code that something uses is never deleted."""

    code_table = coded(
        Varchar(length=60, default=None, help_text="Which table, such as school.room_kind."), "school.room_kind"
    )
    code = coded(Varchar(length=40, default=None, help_text="Unique in its table; it never changes."), "classroom")
    title = Varchar(length=120, default=None, help_text="In the school's own language.")
    titles = JSONB(default="{}", help_text="Titles in other languages: language tag to text.")
    layer = Varchar(length=20, default=CodeLayer.SCHOOL, choices=CodeLayer)
    position = SmallInt(default=0, help_text="Orders the codes of a table.")
    active = Boolean(default=True, help_text="Whether it may still be chosen.")
    version = Integer(default=1)
