"""The plugin of docs/plugins-pages.md: written as the page says, checked, and its pages fetched as their readers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from manual.play import Play

from homeroom.acceptance import Subject
from homeroom.app import create_app
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing.people import People
from homeroom.testing.stage import Side, Stage
from homeroom.variants import assemble
from homeroom_console.acceptance import POINTS
from written_plugin import open_host, written

pytestmark = pytest.mark.slow
PAGE = "docs/plugins-pages.md"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the distribution."""
    with written(PAGE, tmp_path_factory.mktemp("pages")) as folder:
        yield folder


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def used(source: Path, database_settings: Settings) -> AsyncIterator[Host]:
    """An installation that has the plugin."""
    async with open_host(database_settings) as host:
        yield host


def test_its_pages_hold_every_point(source: Path, used: Host) -> None:
    requires = used.registry.with_requirements(["canteen"])
    subject = Subject(used.registry.plugins["canteen"], used, assemble(used.hooks, requires))
    assert {} == {each.title: faults for each in POINTS if (faults := list(each.faults(subject)))}


def test_its_code_keeps_the_style_that_it_began_with(source: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "ruff",
                *command,
                "--no-cache",
                "--quiet",
                "homeroom_canteen",
                "tests/test_pages.py",
            ],
            cwd=source,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr


async def test_the_page_does_what_it_says(
    used: Host, database_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    play = Play(used, create_app(used), database_settings, tmp_path_factory.mktemp("data"))
    try:
        assert 5 == await play.page(PAGE)
    finally:
        await play.close()


async def test_its_own_tests_pass(source: Path, used: Host) -> None:
    people = People(used, create_app(used))

    async def make_stage(plugin: str) -> Stage:
        space = await used.directory.create_space(slug="canteens", name="Canteens", region="vn", plugins=(plugin,))
        side = Side(used, space, people)
        return Stage(side, side, side)

    found = importlib.util.spec_from_file_location("canteen_tests", source / "tests/test_pages.py")
    assert found is not None
    assert found.loader is not None
    tests = importlib.util.module_from_spec(found)
    found.loader.exec_module(tests)
    try:
        tests.test_a_week_begins_on_a_monday()
        await tests.test_pupils_see_the_week(make_stage)
    finally:
        await people.close()
