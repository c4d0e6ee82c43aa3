"""The plugin of docs/plugins-second.md: written as the page says, put beside the others, and used by two schools."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from click.testing import CliRunner
from manual.blocks import blocks_of
from manual.console import lines_of, unexpected
from manual.play import Play
from PIL import Image

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.cli import main
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings

pytestmark = pytest.mark.slow
PAGE = "docs/plugins-second.md"
#: Lines of Python that the plugin takes, blank ones aside, without its migration, which a command writes.
MOST_LINES = 150


def typed(*words: str) -> str:
    """What a line of the page prints."""
    result = CliRunner().invoke(main, words)
    assert 0 == result.exit_code, result.output
    return result.output


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the distribution, on the path with what makes it known, as an installation from it would be."""
    blocks = blocks_of(PAGE)
    begun = next(line for block in blocks if block.language == "console" for line in lines_of(block))
    assert begun.homeroom is not None
    where = tmp_path_factory.mktemp("second")
    typed(*begun.homeroom, "--into", str(where))
    folder = where / "homeroom-laptops"
    for block in blocks:
        if block.file:
            (folder / block.file).write_text(block.text, encoding="utf-8")
    (folder / "homeroom_laptops/migrations/m0001_tables.py").unlink()
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    (folder / "scratch.png").write_bytes(picture.getvalue())
    known = folder / "homeroom_laptops-1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: homeroom-laptops\nVersion: 1.0\n")
    (known / "entry_points.txt").write_text("[homeroom]\nlaptops = homeroom_laptops.plugin:plugin\n")
    with pytest.MonkeyPatch.context() as changed:
        changed.syspath_prepend(str(folder))
        changed.chdir(folder)
        importlib.invalidate_caches()
        yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "homeroom_laptops"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def migration(source: Path) -> Path:
    """The migration, which a line of the page writes."""
    (block,) = [block for block in blocks_of(PAGE) if "written" in block.words]
    (line,) = lines_of(block)
    assert line.homeroom is not None
    assert "" == unexpected(line.output, typed(*line.homeroom))
    return source / "homeroom_laptops/migrations/m0001_tables.py"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def used(
    source: Path, migration: Path, database_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Play]:
    """An installation that has the plugin."""
    registry = PluginRegistry.discover()
    await migrate_database(database_settings, registry)
    assert [] == registry.quarantined
    host = build_host(database_settings, registry)
    await host.open()
    made = Play(host, create_app(host), database_settings, tmp_path_factory.mktemp("data"))
    yield made
    await made.close()
    await host.close()


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
