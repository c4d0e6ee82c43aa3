"""A plugin that a page of the manual tells to write: put beside the others, as if it were installed from its folder."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from homeroom.boot import build_host, migrate_database
from homeroom.cli import main
from homeroom.plugins import PluginRegistry

sys.path.insert(0, str(Path(__file__).parent / "docs"))  # what reads the pages is a plain package

from manual.blocks import blocks_of
from manual.console import lines_of, unexpected

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.settings import Settings

__all__ = ["open_host", "typed", "written"]


def typed(*words: str) -> str:
    """What a line of a page prints."""
    result = CliRunner().invoke(main, words)
    assert 0 == result.exit_code, result.output
    return result.output


@contextlib.contextmanager
def written(page: str, where: Path) -> Iterator[Path]:
    """The folder of the plugin's distribution, on the path with what makes it known.

    Args:
        page: Begins a plugin by a command, gives its files, and has its migration written.
        where: The folder in which it is made.
    """
    blocks = blocks_of(page)
    begun = next(line for block in blocks if block.language == "console" for line in lines_of(block))
    assert begun.homeroom is not None
    name = begun.homeroom[2]
    typed(*begun.homeroom, "--into", str(where))
    folder = where / f"homeroom-{name}"
    for block in blocks:
        if block.file:
            file = folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    (folder / f"homeroom_{name}/migrations/m0001_tables.py").unlink()
    known = folder / f"homeroom_{name}-1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: homeroom-{name}\nVersion: 1.0\n")
    (known / "entry_points.txt").write_text(f"[homeroom]\n{name} = homeroom_{name}.plugin:plugin\n")
    (known / "direct_url.json").write_text(f'{{"url": "{folder.as_uri()}", "dir_info": {{"editable": true}}}}')
    with pytest.MonkeyPatch.context() as changed:
        changed.syspath_prepend(str(folder))
        changed.chdir(folder)
        importlib.invalidate_caches()
        (block,) = (each for each in blocks if "written" in each.words)
        (line,) = lines_of(block)
        assert line.homeroom is not None
        assert "" == unexpected(line.output, typed(*line.homeroom))
        yield folder
    for module in [each for each in sys.modules if each.partition(".")[0] == f"homeroom_{name}"]:
        del sys.modules[module]


@contextlib.asynccontextmanager
async def open_host(settings: Settings) -> AsyncIterator[Host]:
    """A host of the plugins that are there now, with their tables, open."""
    registry = PluginRegistry.discover()
    await migrate_database(settings, registry)
    assert [] == registry.quarantined
    host = build_host(settings, registry)
    await host.open()
    try:
        yield host
    finally:
        await host.close()
