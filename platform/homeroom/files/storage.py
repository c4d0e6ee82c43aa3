"""Contents on disk, by space and digest.

Each space has a folder of its own: that a content is there already must not tell one school what another has, and a
school that leaves takes its folder along. A content is whole or not there: it is written beside its place, brought
to the disk, and then given its name.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import time
from collections.abc import AsyncIterable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from homeroom.database.ids import new_id
from homeroom.files.kinds import HEAD

__all__ = ["FileStorage", "Kept", "TooLarge"]

_INCOMING: Final = "incoming"
#: Seconds after which what lies about without a row is nobody's any more: no command takes so long.
_ABANDONED: Final = 24 * 3600


class TooLarge(Exception):  # noqa: N818 - the command says it in its own words
    """A content has more bytes than it may have."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that is on the disk.

    Args:
        digest: SHA-256, hexadecimal.
        size: Bytes.
        head: Its first bytes, by which one tells what it is.
    """

    digest: str
    size: int
    head: bytes


class FileStorage:
    """The contents of one installation.

    Args:
        folder: Where they lie; made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where contents lie."""
        return self._folder

    def path(self, space: UUID, digest: str) -> Path:
        """Where a content lies, or would."""
        return self._folder / str(space) / digest[:2] / digest

    async def keep(self, space: UUID, content: AsyncIterable[bytes], *, limit: int, discard: bool = False) -> Kept:
        """Write a content. One that is there already is not written twice.

        Args:
            space: Whose it is.
            content: In pieces, in order.
            limit: Bytes that it has at most.
            discard: Whether nothing of it stays: the disk has taken it, and it is removed again.

        Raises:
            TooLarge: It has more; nothing is left of it.
            OSError: The disk refuses.
        """
        incoming = await asyncio.to_thread(self._open, space)
        digest, size, head = hashlib.sha256(), 0, b""
        try:
            with incoming:
                async for piece in content:
                    size += len(piece)
                    if size > limit:
                        raise TooLarge
                    digest.update(piece)
                    if len(head) < HEAD:
                        head += piece[: HEAD - len(head)]
                    await asyncio.to_thread(incoming.write, piece)
                await asyncio.to_thread(_to_disk, incoming)
            kept = Kept(digest.hexdigest(), size, head)
            if discard:
                await asyncio.to_thread(_forget, Path(incoming.name))
            else:
                await asyncio.to_thread(_give_name, Path(incoming.name), self.path(space, kept.digest))
        except BaseException:
            _forget(Path(incoming.name))  # at once, also for a task that is being cancelled
            raise
        return kept

    def sweep(self, space: UUID, wanted: Collection[str], *, now: float | None = None) -> int:
        """Remove contents of which nobody has a row, left by commands that were refused. Gives how many.

        Args:
            space: Whose.
            wanted: The digests of all its rows.
            now: Seconds since 1970; what is younger than a day may belong to a command that still runs.
        """
        before = (time.time() if now is None else now) - _ABANDONED
        removed = 0
        for path in self._contents(space):
            if path.name not in wanted and path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def missing(self, space: UUID, wanted: Collection[str]) -> list[str]:
        """The digests among these of which the content is not there."""
        return sorted(digest for digest in wanted if not self.path(space, digest).is_file())

    def _contents(self, space: UUID) -> Iterator[Path]:
        folder = self._folder / str(space)
        if folder.is_dir():
            yield from (path for path in folder.glob("*/*") if path.is_file())

    def _open(self, space: UUID) -> BinaryIO:
        folder = self._folder / str(space) / _INCOMING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return (folder / str(new_id())).open("xb")


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _forget(incoming: Path) -> None:
    incoming.unlink(missing_ok=True)


def _give_name(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True, mode=0o700)
    if target.exists():
        # It is wanted again: a sweep that looks at the time must not take it away.
        os.utime(target)
        source.unlink()
        return
    source.replace(target)
    for folder in (target.parent, target.parent.parent):
        with _opened(folder) as handle:
            os.fsync(handle)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)
