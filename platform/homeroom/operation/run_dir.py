"""The folder in which the processes of one server tell each other that they stop, and what they have counted.

It lives as long as the server does. The supervisor, ``homeroom serve``, makes it and names it to its children.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = [
    "is_closing",
    "is_stopping",
    "metrics_dir",
    "say_closing",
    "say_stopping",
    "sockets_file",
    "sockets_files",
    "with_run_dir",
]

_STOPPING = "stopping"
_CLOSING = "closing"
_SOCKETS = "sockets-"
_METRICS = "metrics"


@contextlib.contextmanager
def with_run_dir(settings: Settings) -> Iterator[Settings]:
    """The settings with a folder of this server's own, for the block."""
    parent = settings.run_dir
    if parent is not None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="homeroom-", dir=parent) as made:
        (Path(made) / _METRICS).mkdir()
        yield msgspec.structs.replace(settings, run_dir=Path(made))


def say_stopping(settings: Settings) -> None:
    """From now on no process of this server is ready."""
    if settings.run_dir is not None:
        (settings.run_dir / _STOPPING).touch()


def is_stopping(settings: Settings) -> bool:
    """Whether the server was asked to stop."""
    return settings.run_dir is not None and (settings.run_dir / _STOPPING).exists()


def say_closing(settings: Settings) -> None:
    """From now on processes of this server close their sockets."""
    if settings.run_dir is not None:
        (settings.run_dir / _CLOSING).touch()


def is_closing(settings: Settings) -> bool:
    """Whether sockets are to be closed."""
    return settings.run_dir is not None and (settings.run_dir / _CLOSING).exists()


def sockets_file(settings: Settings, pid: int) -> Path | None:
    """The file that is there while a process has open sockets, if its server has such a folder."""
    return settings.run_dir / f"{_SOCKETS}{pid}" if settings.run_dir is not None else None


def sockets_files(settings: Settings) -> Iterator[Path]:
    """Those that are there, of processes that run."""
    for file in settings.run_dir.glob(f"{_SOCKETS}*") if settings.run_dir is not None else ():
        if Path(f"/proc/{file.name.removeprefix(_SOCKETS)}").exists() or not Path("/proc/self").exists():
            yield file


def metrics_dir(settings: Settings) -> Path | None:
    """Where the processes of this server keep what they have counted, if they share such a folder."""
    folder = settings.run_dir / _METRICS if settings.run_dir is not None else None
    return folder if folder is not None and folder.is_dir() else None
