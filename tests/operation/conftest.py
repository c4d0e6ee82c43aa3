"""A line to the database that a test cuts."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the line is a plain module

from cut_line import Line

from homeroom.settings import Settings


@pytest.fixture
async def line(database_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Line]:
    """A line to the database of the tests."""
    assert database_settings.database_url is not None
    line = Line(database_settings.database_url, tmp_path_factory.mktemp("line"))
    await line.lay()
    yield line
    await line.cut()
