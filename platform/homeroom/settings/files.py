"""Where files lie, what they may be, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from homeroom.settings.database import DatabaseSettings
from homeroom.settings.kinds import Count
from homeroom.settings.places import default_data_dir

__all__ = ["FileSettings"]


class FileSettings(DatabaseSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where files lie, what they may be, and how they are read."""

    data_dir: Annotated[
        Path,
        Meta(
            description=(
                "Files of the installation that do not lie in the database. Default: `.homeroom` in a "
                "checkout, else `homeroom` in the XDG data folder."
            )
        ),
    ] = msgspec.field(default_factory=default_data_dir)
    files_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "Where the contents of files lie that people gave their schools; back it up with the database."
                " Every node needs the same one. Default: `files` in the data folder."
            )
        ),
    ] = None
    max_upload: Annotated[int, Meta(ge=1, le=10_000_000_000, description="Bytes that a file may have at most.")] = (
        20_000_000
    )
    readers: Annotated[
        Count,
        Meta(
            description=(
                "Files of people that each server process reads at once, each in a process apart; one of a school at a"
                " time, the others wait."
            )
        ),
    ] = 2
    reading_seconds: Annotated[
        float,
        Meta(ge=1, le=3600, description="Seconds of processor time that reading one file may take."),
    ] = 6.0
    reading_memory: Annotated[
        int,
        Meta(ge=64_000_000, le=64_000_000_000, description="Bytes of memory that reading one file may take."),
    ] = 512_000_000
    run_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "Where each server makes a folder for what its processes share while they run. Default: the system's"
                " folder for temporary files."
            )
        ),
    ] = None
