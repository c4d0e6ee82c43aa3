"""The base of tables of attached files."""

from __future__ import annotations

from typing import ClassVar

from piccolo.columns import BigInt, SmallInt, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.files.tables import StoredFile

__all__ = ["AttachmentTable"]


class AttachmentTable(SchoolTable):
    """A file that belongs to a row; a subclass has a ``belongs_to`` column that leads to it.

    Its migration has the columns ``file_id`` (a reference to ``stored_file``), ``position smallint``, ``name
    varchar(255)``, ``media_type varchar(100)``, ``size bigint`` and ``digest varchar(64)``, all NOT NULL.
    """

    abstract: ClassVar[bool] = True

    file_id = belongs_to(StoredFile)
    position = SmallInt(default=None, help_text="Orders the files of a row.")
    name = Varchar(length=255, default=None, help_text="The file's name where it came from.")
    media_type = coded(Varchar(length=100, default=None, help_text="What its content is."), "text/plain")
    size = BigInt(default=None, help_text="Bytes.")
    digest = coded(Varchar(length=64, default=None, help_text="SHA-256 of the content, hexadecimal."), "0" * 64)
