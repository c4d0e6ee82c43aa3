"""Files that are no table that can be read: known by how they begin, and named, with what to do instead."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

__all__ = ["other_format"]

#: A compound file (MS-CFB): documents of Office before 2007, and those of today with a password (MS-OFFCRYPTO, 2.3.4).
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS: Final = (
    ("EncryptedPackage", "encrypted", "the workbook is encrypted; save it without a password"),
    ("Workbook", "bad_workbook", "this is a workbook of an old kind (.xls); save it as .xlsx or CSV"),
    ("Book", "bad_workbook", "this is a workbook of an old kind (.xls); save it as .xlsx or CSV"),
    ("WordDocument", "other_format", "this is a Word document; put the table into a spreadsheet"),
    ("PowerPoint Document", "other_format", "this is a presentation; put the table into a spreadsheet"),
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
_SAVE_AS: Final = "save the table as XLSX or CSV"
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


def other_format(data: bytes) -> tuple[str, str] | None:
    """What a content is that is neither a CSV nor an XLSX: a code, and what to do; none where it may be one.

    Args:
        data: The file.
    """
    if data.startswith(_COMPOUND):
        for stream, code, reason in _STREAMS:
            if stream.encode("utf-16-le") in data:
                return code, reason
        return "bad_workbook", f"this is an Office document of an old kind (such as .xls); {_SAVE_AS}"
    if data.startswith(b"PK\x03\x04"):
        return _in_zip(data)
    if data.startswith(b"PK\x05\x06"):
        return "empty_file", "the zip is empty"
    for beginning, what in _BEGINNINGS:
        if data.startswith(beginning):
            return "other_format", f"this is {what}; {_SAVE_AS}"
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        return "other_format", f"this is a web page or an XML file, whatever its name says; {_SAVE_AS}"
    return None


def _in_zip(data: bytes) -> tuple[str, str] | None:
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
            return "other_format", f"this is {what}; {_SAVE_AS}"
    if any(name.startswith("xl/") for name in names):
        return None
    return "other_format", "this is a zip and no workbook; unpack it, and send the XLSX or CSV in it"
