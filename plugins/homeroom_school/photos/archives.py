"""A zip of pictures, each named by the number of its person."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final
from uuid import UUID

from homeroom.errors import Problem, Refusal
from homeroom.reading.apart import Reader
from homeroom.reading.archives import BadArchive, checked_size, unpacked
from homeroom.reading.faults import Fault, FileRefused, shown
from homeroom.reading.refusals import (
    FILE_TOO_LARGE,
    TOO_MANY_FILES,
)
from homeroom.refusals import TOO_LARGE
from homeroom.texts import folded
from homeroom.uploads import Upload
from homeroom_school.photos.images import DECODERS, MOST_BYTES, Picture, PictureRefused, prepare
from homeroom_school.refusals import (
    NO_PICTURES,
    NOBODY_HAS_NUMBER,
    NOT_A_PICTURE,
    NOT_A_ZIP,
    SAME_PERSON,
)

__all__ = ["ENTRIES", "PICTURES", "Entry", "Unpacked", "people_of", "receive"]

_MOST_FILES: Final = 3000
#: All that a zip may list, with folders and what is passed over; and the bytes that it may say to hold.
_MOST_ENTRIES: Final = 10_000
_MOST_UNPACKED: Final = 20_000_000_000
_LONGEST_NAME: Final = 200
#: What systems put beside pictures by themselves.
_PASSED_OVER: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture in the archive.

    Args:
        row: Its place, from 0.
        index: Its place among all that the archive holds.
        name: As the archive calls it.
        code: The number that its name gives.
    """

    row: int
    index: int
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One picture of an archive, made ready, or why it is none.

    Args:
        row: Its place, from 0.
        picture: The picture.
        code: The name of the code of what is wrong, where there is none.
    """

    row: int
    picture: Picture | None = None
    code: str = ""


def entries_of(file: IO[bytes]) -> list[Entry]:
    """The pictures of an archive; runs apart. Raises FileRefused: it is no zip, is empty or has too many files."""
    try:
        archive = zipfile.ZipFile(file)
        checked_size(archive, most_bytes=_MOST_UNPACKED, most_entries=_MOST_ENTRIES)
    except BadArchive as fault:
        raise FileRefused([Fault.of("", 0, "", fault.message)]) from None
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise FileRefused([Fault("", 0, "", NOT_A_ZIP)]) from None
    entries = list(_listed(archive))
    if not entries:
        raise FileRefused([Fault("", 0, "", NO_PICTURES)])
    if len(entries) > _MOST_FILES:
        raise FileRefused([Fault("", 0, "", TOO_MANY_FILES, most=_MOST_FILES)])
    return entries


def pictures_of(file: IO[bytes], indexes: dict[str, int]) -> Iterator[Unpacked]:
    """Some pictures of an archive, made ready; runs apart.

    Args:
        file: The archive.
        indexes: The place of each in the archive, by its row.
    """
    with zipfile.ZipFile(file) as archive:
        held = archive.infolist()
        for row, index in indexes.items():
            try:
                # Never what the archive says of its size: it is read to the limit and no further.
                yield Unpacked(int(row), prepare(unpacked(archive, held[index], MOST_BYTES)))
            except PictureRefused as fault:
                yield Unpacked(int(row), code=str(fault.code))
            except BadArchive as fault:
                code = TOO_LARGE if fault.message.code == FILE_TOO_LARGE else NOT_A_PICTURE
                yield Unpacked(int(row), code=str(code))


ENTRIES: Final = Reader(f"{__name__}:entries_of", list[Entry])
PICTURES: Final = Reader(f"{__name__}:pictures_of", Unpacked, preload=DECODERS)


def _listed(archive: zipfile.ZipFile) -> Iterator[Entry]:
    row = 0
    for index, each in enumerate(archive.infolist()):
        path = PurePosixPath(each.filename.replace("\\", "/"))
        hidden = path.name.startswith(".") or path.name.lower() in _PASSED_OVER or "__MACOSX" in path.parts
        if each.is_dir() or hidden:
            continue
        yield Entry(row, index, shown(each.filename, _LONGEST_NAME), path.stem.strip()[:_LONGEST_NAME])
        row += 1


async def receive(upload: Upload, file: IO[bytes], most: int) -> None:
    """Bring what somebody sends into a file of ours.

    Args:
        upload: What is sent.
        file: An empty temporary file.
        most: Bytes that it has at most.

    Raises:
        Refusal: It has more.
    """
    size = 0
    async for piece in upload.chunks():
        size += len(piece)
        if size > most:
            raise Refusal(TOO_LARGE, "photos", most=most)
        await asyncio.to_thread(file.write, piece)


def people_of(entries: Sequence[Entry], known: Mapping[str, UUID]) -> dict[int, UUID]:
    """Whose each picture is.

    Args:
        entries: What the archive holds.
        known: The people by their numbers, folded (see :func:`homeroom.texts.folded`).

    Raises:
        Refusal: Each file that is nobody's, or whose person has another one in the archive.
    """
    found: dict[int, UUID] = {}
    first: dict[UUID, str] = {}
    problems = []
    for each in entries:
        person = known.get(folded(each.code))
        if person is None:
            problems.append(Problem(NOBODY_HAS_NUMBER, "photos", each.row, file=each.name))
        elif person in first:
            problems.append(Problem(SAME_PERSON, "photos", each.row, file=each.name, other=first[person]))
        else:
            first[person] = each.name
            found[each.row] = person
    if problems:
        raise Refusal.of(problems)
    return found
