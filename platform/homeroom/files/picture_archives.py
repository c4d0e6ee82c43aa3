"""A zip of pictures, each named by the code of the row that it belongs to, such as 20250017.jpg."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final
from uuid import UUID

from homeroom.errors import Problem, Refusal
from homeroom.files.pictures import DECODERS, MOST_BYTES, Picture, PictureRefused, prepare
from homeroom.files.refusals import (
    NO_PICTURES,
    NOBODY_HAS_NUMBER,
    NOT_A_PICTURE,
    NOT_A_ZIP,
    PICTURE_TOO_LARGE,
    SAME_PERSON,
)
from homeroom.reading.apart import Busy, Reader, read_apart
from homeroom.reading.archives import BadArchive, checked_size, unpacked
from homeroom.reading.faults import Fault, FileRefused, refusing, shown
from homeroom.reading.refusals import (
    FILE_TOO_LARGE,
    TOO_MANY_FILES,
)
from homeroom.refusals import TOO_LARGE
from homeroom.texts import folded
from homeroom.uploads import Upload

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["pictures_in_archive"]

_MOST_FILES: Final = 3000
#: Pictures that one process makes ready, and how often a place for it is asked for, a second apart.
_AT_ONCE: Final = 8
_TRIES: Final = 60
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
                # Never what the archive says about its size: it is read to the limit and no further.
                yield Unpacked(int(row), prepare(unpacked(archive, held[index], MOST_BYTES)))
            except PictureRefused as fault:
                yield Unpacked(int(row), code=str(fault.code))
            except BadArchive as fault:
                code = TOO_LARGE if fault.message.code == FILE_TOO_LARGE else NOT_A_PICTURE
                yield Unpacked(int(row), code=str(code))


_ENTRIES: Final = Reader(f"{__name__}:entries_of", list[Entry])
_PICTURES: Final = Reader(f"{__name__}:pictures_of", Unpacked, preload=DECODERS)


def _listed(archive: zipfile.ZipFile) -> Iterator[Entry]:
    row = 0
    for index, each in enumerate(archive.infolist()):
        path = PurePosixPath(each.filename.replace("\\", "/"))
        hidden = path.name.startswith(".") or path.name.lower() in _PASSED_OVER or "__MACOSX" in path.parts
        if each.is_dir() or hidden:
            continue
        yield Entry(row, index, shown(each.filename, _LONGEST_NAME), path.stem.strip()[:_LONGEST_NAME])
        row += 1


async def pictures_in_archive(
    context: Context, upload: Upload, known: Mapping[str, UUID], field: str
) -> dict[UUID, Picture]:
    """Read a zip of pictures, all of them or none.

    Args:
        context: The command's.
        upload: The zip.
        known: The rows that may get one, by what files are called after, folded (see :func:`homeroom.texts.folded`).
        field: The input field that it came in.

    Returns:
        Row to picture, in the order of the zip.

    Raises:
        Refusal: It is no zip of pictures; or every file that belongs to no row, comes twice or is no picture.
    """
    with tempfile.TemporaryFile() as file:
        await _receive(upload, file, context.host.settings.max_upload, field)
        file.flush()
        with refusing(field):
            (entries,) = await read_apart(context, _ENTRIES, file=file)
        rows = _rows_of(entries, known, field)
        pictures, problems = await _pictures(context, file, entries, field)
    if problems:
        raise Refusal.of(problems)
    return {rows[place]: picture for place, picture in pictures.items()}


async def _pictures(
    context: Context, file: IO[bytes], entries: Sequence[Entry], field: str
) -> tuple[dict[int, Picture], list[Problem]]:
    pictures: dict[int, Picture] = {}
    problems: list[Problem] = []
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        try:
            found = await _unpacked(context, file, some)
        except FileRefused:
            # One of them takes more than it may: each alone, so that it can be named.
            found = [await _alone(context, file, each) for each in some]
        for each in found:
            if each.picture is not None:
                pictures[each.row] = each.picture
            else:
                name = entries[each.row].name
                code = NOT_A_PICTURE if each.code == NOT_A_PICTURE else PICTURE_TOO_LARGE
                problems.append(Problem(code, field, each.row, file=name))
    return pictures, problems


async def _alone(context: Context, file: IO[bytes], entry: Entry) -> Unpacked:
    try:
        (found,) = await _unpacked(context, file, [entry])
    except FileRefused:
        return Unpacked(entry.row, code=str(TOO_LARGE))
    return found


async def _unpacked(context: Context, file: IO[bytes], entries: Sequence[Entry]) -> list[Unpacked]:
    """Some pictures; waits where other files of the school are being read."""
    for _ in range(_TRIES):
        # The database does not wait for a transaction that is silent.
        await context.fetchval("SELECT 1")
        with contextlib.suppress(Busy):
            return await read_apart(
                context, _PICTURES, file=file, indexes={str(each.row): each.index for each in entries}
            )
        await asyncio.sleep(1.0)
    raise Busy


async def _receive(upload: Upload, file: IO[bytes], most: int, field: str) -> None:
    """Write what somebody sends into a temporary file.

    Args:
        upload: What is sent.
        file: An empty temporary file.
        most: Bytes that it has at most.
        field: The input field.

    Raises:
        Refusal: It has more.
    """
    size = 0
    async for piece in upload.chunks():
        size += len(piece)
        if size > most:
            raise Refusal(TOO_LARGE, field, most=most)
        await asyncio.to_thread(file.write, piece)


def _rows_of(entries: Sequence[Entry], known: Mapping[str, UUID], field: str) -> dict[int, UUID]:
    """The row that each picture belongs to. Raises Refusal for files of no row, and for the second one of a row."""
    found: dict[int, UUID] = {}
    first: dict[UUID, str] = {}
    problems = []
    for each in entries:
        row = known.get(folded(each.code))
        if row is None:
            problems.append(Problem(NOBODY_HAS_NUMBER, field, each.row, file=each.name))
        elif row in first:
            problems.append(Problem(SAME_PERSON, field, each.row, file=each.name, other=first[row]))
        else:
            first[row] = each.name
            found[each.row] = row
    if problems:
        raise Refusal.of(problems)
    return found
