"""A file that somebody sends with a command, or that a command makes."""

from __future__ import annotations

import errno
import hashlib
import logging
from typing import TYPE_CHECKING, Final, Protocol

from homeroom.errors import Failure, InsufficientStorage, Unavailable
from homeroom.refusals import INSUFFICIENT_STORAGE, UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

__all__ = ["FileMade", "Upload", "storage_failure"]

logger = logging.getLogger(__name__)

#: What a system says about a disk without room: it is full, or a quota or the limit of a process is reached.
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Upload(Protocol):
    """A file on its way in: the type of a command's parameter, and in GraphQL the scalar of this name.

    It is there while the command runs and gone afterwards; :func:`homeroom.files.keeping.keep_file` keeps it. The audit
    holds its name, size and digest. What a sender says about name and content type is not to be believed.
    """

    @property
    def name(self) -> str:
        """As its sender calls it."""

    @property
    def content_type(self) -> str:
        """What its sender says that it is; ``application/octet-stream`` if nothing."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def sha256(self) -> str:
        """The digest of its content, in lower case hex."""

    def chunks(self) -> AsyncIterator[bytes]:
        """Its content in pieces, in order; each call begins at the start."""


def storage_failure(error: OSError, folder: str | Path) -> Failure:
    """What to answer when a disk refuses to take a file; the log says why and where.

    Args:
        error: What the system says.
        folder: Where the file was to lie.
    """
    full = error.errno in _FULL
    logger.error("%s for files in %s: %s", "there is no room" if full else "the disk refuses", folder, error.strerror)
    if full:
        return InsufficientStorage(INSUFFICIENT_STORAGE)
    return Unavailable(UNAVAILABLE)


class FileMade:
    """An :class:`Upload` that nobody sends: a file that a command or a job makes itself.

    Args:
        name: What it is called.
        content_type: What it is.
        content: Its bytes.
    """

    def __init__(self, name: str, content_type: str, content: bytes) -> None:
        self.name = name
        self.content_type = content_type
        self.size = len(content)
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._content = content

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its content."""
        yield self._content
