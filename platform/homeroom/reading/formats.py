"""Files that are no table that can be read: known by how they begin, and named, with what to do instead."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from homeroom.reading.refusals import (
    EMPTY_ZIP,
    ENCRYPTED_WORKBOOK,
    MARKUP,
    OLD_WORKBOOK,
    OTHER_FORMAT,
    OTHER_ZIP,
    PRESENTATION,
    WORD_DOCUMENT,
)
from homeroom.refusals import Label
from homeroom.wording import Message

__all__ = ["other_format"]

#: A compound file (MS-CFB): documents of Office before 2007, and those of today with a password (MS-OFFCRYPTO, 2.3.4).
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS: Final = (
    ("EncryptedPackage", ENCRYPTED_WORKBOOK),
    ("Workbook", OLD_WORKBOOK),
    ("Book", OLD_WORKBOOK),
    ("WordDocument", WORD_DOCUMENT),
    ("PowerPoint Document", PRESENTATION),
)
#: A file in a zip whose name begins so, or the type that the zip says it is, and what it is then.
_ZIPS: Final = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("word/", "a Word document"),
    ("ppt/", "a presentation"),
    ("Index/", "a Numbers or Pages document of Apple"),
    ("Index.zip", "a Numbers or Pages document of Apple"),
    ("application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
    ("application/vnd.oasis.opendocument", "an OpenDocument file"),
)
#: How a file begins, and what it is then.
_BEGINNINGS: Final = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"Rar!", "a compressed file (RAR)"),
    (b"7z\xbc\xaf", "a compressed file (7z)"),
    (b"SQLite format 3\0", "a database (SQLite)"),
    (b"\0\1\0\0Standard ", "a database (Access)"),
    (b"BEGIN:VCALENDAR", "a calendar (iCalendar)"),
    (b"BEGIN:VCARD", "a file of contacts (vCard)"),
    (b"\x09\x00\x04\x00", "a workbook of a very old kind (.xls)"),
    (b"\x09\x02\x06\x00", "a workbook of a very old kind (.xls)"),
    (b"\x09\x04\x06\x00", "a workbook of a very old kind (.xls)"),
    (b"\x09\x08\x08\x00", "a workbook of a very old kind (.xls)"),
    (b"\xff\xfe\0\0", "a text in UTF-32"),
    (b"\0\0\xfe\xff", "a text in UTF-32"),
)
#: Pages and XML, which some programs save under the name of a workbook.
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype html|html|table|meta|\?xml|!--)", re.IGNORECASE)


def other_format(data: bytes) -> Message | None:
    """What a content is that is neither a CSV nor an XLSX, and what to do; none where it may be one.

    Args:
        data: The file.
    """
    if data.startswith(_COMPOUND):
        for stream, code in _STREAMS:
            if stream.encode("utf-16-le") in data:
                return Message(code)
        return Message(OLD_WORKBOOK)
    if data.startswith(b"PK\x03\x04"):
        return _in_zip(data)
    if data.startswith(b"PK\x05\x06"):
        return Message(EMPTY_ZIP)
    for beginning, what in _BEGINNINGS:
        if data.startswith(beginning):
            return Message(OTHER_FORMAT, {"kind": Label(what)})
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        return Message(MARKUP)
    return None


def _in_zip(data: bytes) -> Message | None:
    """The same of a zip that is no XLSX."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
            said = ""
            if "mimetype" in names:
                with packed.open("mimetype") as part:
                    said = part.read(100).decode("latin-1")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        return None  # the reader of workbooks says what is wrong
    for word, what in _ZIPS:
        if said.startswith(word) or any(name.startswith(word) for name in names):
            return Message(OTHER_FORMAT, {"kind": Label(what)})
    if any(name.startswith("xl/") for name in names):
        return None
    return Message(OTHER_ZIP)
