"""Zips that people send: how much they hold is looked at before anything of it is unpacked."""

from __future__ import annotations

import zipfile
import zlib

__all__ = ["BadArchive", "checked_size", "unpacked"]


class BadArchive(ValueError):  # noqa: N818 - the reader says it in its own words
    """An archive that is not unpacked.

    Args:
        code: ``file_too_large``, ``too_many_files``, ``encrypted`` or ``bad_zip``.
        reason: For the person who sent it.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def checked_size(archive: zipfile.ZipFile, *, most_bytes: int, most_entries: int) -> None:
    """Look at what an archive says of itself.

    Args:
        archive: The archive.
        most_bytes: What its files may hold together, unpacked.
        most_entries: Files and folders that it may have.

    Raises:
        BadArchive: It says that it holds more.
    """
    entries = archive.infolist()
    if len(entries) > most_entries:
        raise BadArchive("too_many_files", f"the zip holds more than {most_entries:,} files")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise BadArchive("file_too_large", f"the zip unpacks to more than {most_bytes:,} bytes")


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    """The content of one file of an archive.

    Args:
        archive: The archive.
        entry: One of its files.
        most: Bytes that it may have, whatever the archive says of it.

    Raises:
        BadArchive: It has more, is encrypted or is damaged.
    """
    if entry.flag_bits & 0x1:
        raise BadArchive("encrypted", "the file is encrypted")
    try:
        with archive.open(entry) as stream:
            content = stream.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BadArchive("bad_zip", f"the file is damaged: {error}") from None
    if len(content) > most:
        raise BadArchive("file_too_large", f"the file has more than {most:,} bytes")
    return content
