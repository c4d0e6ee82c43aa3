"""What a file is, read from its content: a name and a header can say anything."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from typing import Final

import filetype

__all__ = ["DOCUMENTS", "HEAD", "IMAGES", "INLINE", "SCANS", "SHEETS", "media_type_of"]

#: Bytes from the beginning that tell what a content is.
HEAD: Final = 8192
IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
SHEETS: Final = frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"})
DOCUMENTS: Final = IMAGES | SHEETS | {
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/zip",
    "text/plain",
}  # fmt: skip
#: What a school scans or photographs, such as certificates.
SCANS: Final = IMAGES | {"application/pdf"}
#: What a browser may show by itself; everything else is for saving. No kind of these carries a program.
INLINE: Final = SCANS

#: Endings of texts that have no mark of their own at the beginning.
_TEXTS: Final = {".csv": "text/csv", ".txt": "text/plain"}
#: An office document is a zip by its first bytes.
_WITHIN_ZIP: Final = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def media_type_of(head: bytes, name: str, allowed: Collection[str]) -> str | None:
    """The media type of a content, or none if it is none of the allowed ones.

    Args:
        head: The first :data:`HEAD` bytes, or all.
        name: The file's name; tells apart what looks alike, and never makes one thing another.
        allowed: Media types.
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    guess = filetype.guess(head)
    found: str | None = guess.mime if guess is not None else None
    if found == "application/zip":
        found = _WITHIN_ZIP.get(ending, found)
    if found is None and _is_text(head):
        found = _TEXTS.get(ending)
    return found if found in allowed else None


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        # Of a longer content the last character may be cut in two.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True
