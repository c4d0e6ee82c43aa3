"""The plugin of docs/plugins-second.md: written as the page says, put beside the others, and used by two schools."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from manual.play import Play
from PIL import Image

from homeroom.app import create_app
from homeroom.settings import Settings
from written_plugin import open_host, written

pytestmark = pytest.mark.slow
PAGE = "docs/plugins-second.md"
#: Lines of Python that the plugin takes, blank ones aside, without its migration, which a command writes.
MOST_LINES = 150


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the distribution, on the path with what makes it known, as an installation from it would be."""
    with written(PAGE, tmp_path_factory.mktemp("second")) as folder:
        picture = io.BytesIO()
        Image.new("RGB", (8, 8)).save(picture, "PNG")
        (folder / "scratch.png").write_bytes(picture.getvalue())
        yield folder


@pytest.fixture(scope="module")
def migration(source: Path) -> Path:
    """The migration, which a line of the page writes."""
    return source / "homeroom_laptops/migrations/m0001_tables.py"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def used(
    source: Path, migration: Path, database_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Play]:
    """An installation that has the plugin."""
    async with open_host(database_settings) as host:
        made = Play(host, create_app(host), database_settings, tmp_path_factory.mktemp("data"))
        yield made
        await made.close()


def test_it_takes_few_lines_of_python(source: Path) -> None:
    files = [file for file in (source / "homeroom_laptops").rglob("*.py") if file.parent.name != "migrations"]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert MOST_LINES >= len(lines)


def test_its_code_keeps_the_style_that_it_began_with(source: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "--quiet", "homeroom_laptops"],
            cwd=source,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr


def test_its_migration_says_what_its_columns_say(migration: Path) -> None:
    written = migration.read_text(encoding="utf-8")
    assert "state IN ('lent', 'returned', 'lost')" in written
    assert '"laptop_id": "laptop"' in written


async def test_the_page_does_what_it_says(used: Play) -> None:
    assert 12 < await used.page(PAGE)
