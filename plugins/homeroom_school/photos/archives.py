"""A zip of pictures, each named by the number of its person."""

from __future__ import annotations

import asyncio
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final
from uuid import UUID

from homeroom.errors import Invalid, Problem, Refusal
from homeroom.uploads import Upload
from homeroom_school.photos.images import MOST_BYTES, Picture, PictureRefused, prepare

__all__ = ["Archive", "Entry", "people_of", "receive"]

_MOST_FILES: Final = 3000
#: What systems put beside pictures by themselves.
_PASSED_OVER: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture in the archive.

    Args:
        row: Its place, from 0.
        name: As the archive calls it.
        code: The number that its name gives.
    """

    row: int
    name: str
    code: str


class Archive:
    """An open archive; its methods block, so run them in a thread.

    Args:
        file: Its content, at hand for as long as it is used.

    Raises:
        Invalid: It is no zip, is empty or has too many files.
    """

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except zipfile.BadZipFile:
            raise Invalid("the file is no zip", code="NOT_A_ZIP", field="photos") from None
        self.entries = tuple(self._listed())
        if not self.entries:
            raise Invalid("there is no picture in it", field="photos")
        if len(self.entries) > _MOST_FILES:
            raise Invalid(f"more than {_MOST_FILES:,} files", code="TOO_LARGE", field="photos")

    def _listed(self) -> Iterator[Entry]:
        row = 0
        for each in self._zip.infolist():
            path = PurePosixPath(each.filename.replace("\\", "/"))
            hidden = path.name.startswith(".") or path.name.lower() in _PASSED_OVER or "__MACOSX" in path.parts
            if each.is_dir() or hidden:
                continue
            yield Entry(row, each.filename, path.stem.strip())
            row += 1

    def picture(self, entry: Entry) -> Picture:
        """One picture, made ready. Raises PictureRefused."""
        info = self._zip.getinfo(entry.name)
        if info.flag_bits & 1:
            raise PictureRefused("NOT_A_PICTURE", "it is encrypted")
        try:
            with self._zip.open(info) as file:
                # Never what the archive says of its size: it is read to the limit and no further.
                return prepare(file.read(MOST_BYTES + 1))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
            raise PictureRefused("NOT_A_PICTURE", "it is damaged") from None


async def receive(upload: Upload, file: IO[bytes], most: int) -> None:
    """Bring what somebody sends into a file of ours.

    Args:
        upload: What is sent.
        file: An empty temporary file.
        most: Bytes that it has at most.

    Raises:
        Invalid: It has more.
    """
    size = 0
    async for piece in upload.chunks():
        size += len(piece)
        if size > most:
            raise Invalid(f"the file has more than {most:,} bytes", code="TOO_LARGE", field="photos")
        await asyncio.to_thread(file.write, piece)


def people_of(archive: Archive, known: Mapping[str, UUID]) -> dict[int, UUID]:
    """Whose each picture is.

    Args:
        archive: The archive.
        known: The people by their numbers, in lower case.

    Raises:
        Refusal: Each file that is nobody's, or whose person has another one in the archive.
    """
    found: dict[int, UUID] = {}
    first: dict[UUID, str] = {}
    problems = []
    for each in archive.entries:
        person = known.get(each.code.casefold())
        if person is None:
            problems.append(Problem("NOT_FOUND", f"{each.name}: nobody has this number", "photos", each.row))
        elif person in first:
            told = f"{each.name}: the same person as {first[person]}"
            problems.append(Problem("DUPLICATE", told, "photos", each.row))
        else:
            first[person] = each.name
            found[each.row] = person
    if problems:
        raise Refusal.of(problems)
    return found
