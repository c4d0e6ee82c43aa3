"""Zips that people send: how much they hold is looked at before anything of it is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from typing import Any

from homeroom.reading.refusals import DAMAGED, ENCRYPTED, FILE_BYTES, TOO_MANY_FILES, ZIP_TOO_LARGE
from homeroom.refusals import Code
from homeroom.wording import Message

__all__ = ["BadArchive", "checked_size", "unpacked"]


class BadArchive(ValueError):  # noqa: N818 - the reader says it in its own words
    """An archive that is not unpacked.

    Args:
        code: Of ``FILE_TOO_LARGE``, ``TOO_MANY_FILES``, ``ENCRYPTED`` or ``BAD_ZIP``.
        values: What the text of the code names in braces.
    """

    def __init__(self, code: Code, /, **values: Any) -> None:
        super().__init__(code)
        self.message = Message(code, values)

    def __str__(self) -> str:
        return str(self.message)


def checked_size(archive: zipfile.ZipFile, *, most_bytes: int, most_entries: int) -> None:
    """Look at what an archive says about itself.

    Args:
        archive: The archive.
        most_bytes: What its files may hold together, unpacked.
        most_entries: Files and folders that it may have.

    Raises:
        BadArchive: It says that it holds more.
    """
    entries = archive.infolist()
    if len(entries) > most_entries:
        raise BadArchive(TOO_MANY_FILES, most=most_entries)
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise BadArchive(ZIP_TOO_LARGE, most=most_bytes)


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The content of one file of an archive.

    Args:
        archive: The archive.
        entry: One of its files.
        most: Bytes that it may have, whatever the archive says.

    Raises:
        BadArchive: It has more, is encrypted or is damaged.
    """
    if entry.flag_bits & 0x1:
        raise BadArchive(ENCRYPTED)
    try:
        with archive.open(entry) as stream:
            content = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BadArchive(DAMAGED, detail=str(error)) from None
    if len(content) > most:
        raise BadArchive(FILE_BYTES, most=most)
    return content
