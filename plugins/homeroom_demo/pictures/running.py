"""The demonstration whose pages are shown: one that runs already, or one of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.errors import ConfigurationError
from homeroom.testing.browser import missing_for_browsers
from homeroom_demo.pictures.sheet import write_sheet
from homeroom_demo.pictures.taking import Wish, take_pictures
from homeroom_demo.record import Record
from homeroom_demo.running import demonstration, say

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = ["picture_all"]


def picture_all(settings: Settings, folder: Path, wish: Wish) -> int:
    """Take the pictures, and write the sheet.

    Args:
        settings: Of the installation; a demonstration that answers at its port is used as it is.
        folder: Where the files are written.
        wish: What is wanted.

    Returns:
        The number of faults found.

    Raises:
        ConfigurationError: Chromium, Playwright or axe is missing.
    """
    missing = missing_for_browsers()
    if missing:
        raise ConfigurationError(missing)
    with _shown(settings) as (record, domain, port):
        pictures = asyncio.run(take_pictures(folder, record, lambda slug: f"http://{slug}.{domain}:{port}", wish, say))
    faults = write_sheet(folder, pictures)
    say(f"{len(pictures)} pictures, {faults} faults: {folder / 'index.html'}")
    return faults


@contextlib.contextmanager
def _shown(settings: Settings) -> Iterator[tuple[Record, str, int]]:
    record = Record.load(settings.data_dir / "demo.json")
    if record is not None and _answers(settings):
        yield record, settings.base_domain, settings.port
        return
    with demonstration(settings, passing=True, with_marks=True) as running:
        yield running.record, running.settings.base_domain, running.settings.port


def _answers(settings: Settings) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((settings.host, settings.port), timeout=2):
        return True
    return False
