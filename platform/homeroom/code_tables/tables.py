"""The codes of a school."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import Varchar

from homeroom.columns import in_use, number, text, translated, version
from homeroom.database.tables import SchoolTable, coded

__all__ = ["CodeLayer", "CodeValue"]


class CodeLayer(StrEnum):
    """Who gave a code: all schools have the standard ones, the schools of a region those of the region."""

    STANDARD = "standard"
    REGION = "region"
    SCHOOL = "school"


class CodeValue(SchoolTable, tablename="code_value"):
    """One code of a code table (代码表, 代碼表, danh mục)."""

    code_table = coded(text(60, "Which table, such as school.room_kind."), "school.room_kind")
    code = coded(text(40, "Unique in its table. It never changes.", code=True), "classroom")
    title = text(120, "In the school's own language.")
    titles = translated(text(120, "Titles in other languages.", optional=True))
    layer = Varchar(length=20, default=CodeLayer.SCHOOL, choices=CodeLayer)
    position = number(0, 9999, "Orders the codes of a table.", default=0)
    active = in_use("Whether it can be chosen.")
    version = version()

    unique = (("code_table", "code"),)
