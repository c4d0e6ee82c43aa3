"""Advisory locks on files: they end with the processes that hold them, however those end."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

__all__ = ["FileLock"]


class FileLock:
    """One lock on one file, held by this object (and by processes that inherit its descriptor).

    Args:
        path: The file; made when missing, readable by its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    @property
    def descriptor(self) -> int:
        """The open file, to be inherited by a process that shall hold the lock too."""
        if self._descriptor is None:
            raise RuntimeError(f"{self.path} is not locked")
        return self._descriptor

    def acquire(self, *, shared: bool = False, seconds: float = 0.0) -> bool:
        """Take the lock.

        Args:
            shared: Whether others may hold it too, as long as they share.
            seconds: How long to wait for others.

        Returns:
            Whether we hold it now.
        """
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return False
                time.sleep(0.05)
            except BaseException:
                os.close(descriptor)
                raise
            else:
                self._descriptor = descriptor
                return True

    def release(self) -> None:
        """Give the lock back, for ourselves and for every process that inherited it."""
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self.drop()

    def drop(self) -> None:
        """Close our descriptor only: a process that inherited it still holds the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @contextlib.contextmanager
    def waiting(self, seconds: float) -> Iterator[bool]:
        """Hold the lock for a block, after waiting at most so long; gives whether it was had."""
        had = self.acquire(seconds=seconds)
        try:
            yield had
        finally:
            if had:
                self.release()
