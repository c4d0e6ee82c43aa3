"""The row of a file."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, coded

__all__ = ["StoredFile"]


class StoredFile(SchoolTable, tablename="stored_file"):
    """A file that somebody gave the school. The same content given twice is two rows and is stored once."""

    name = Varchar(length=255, help_text="As it was called where it came from.")
    media_type = coded(Varchar(length=100, help_text="What its content is, whatever the name says."), "text/plain")
    size = BigInt(help_text="Bytes.")
    digest = coded(Varchar(length=64, help_text="SHA-256 of the content, hexadecimal."), "0" * 64)
    account_id = UUID(null=True, default=None)
    login = Text(help_text="Who gave it.")
    stored_at = Timestamptz()
