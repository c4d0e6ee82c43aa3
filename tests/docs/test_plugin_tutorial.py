"""The plugin of docs/plugins.md: taken from the page word by word, built, installed, switched on, tested, broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from manual.blocks import Block, blocks_of
from manual.console import Line, lines_of, unexpected

from homeroom.settings import Settings
from homeroom.testing.databases import database_beside

pytestmark = pytest.mark.slow
PAGE = "docs/plugins.md"
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def database(database_settings: Settings) -> Iterator[dict[str, str]]:
    """The variables that name an empty database of these tests' own."""
    with database_beside(database_settings, f"homeroom_docs_{os.getpid()}") as settings:
        yield {
            "HOMEROOM_DATABASE_URL": str(settings.database_url),
            "HOMEROOM_OWNER_DATABASE_URL": str(settings.owner_database_url),
            "HOMEROOM_SECRET_KEY": str(settings.secret_key),
        }


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution as the page gives it."""
    folder = tmp_path_factory.mktemp("tutorial") / "homeroom-lost-property"
    for block in blocks_of(PAGE):
        if block.file:
            file = folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def installed(source: Path) -> Path:
    """The folder into which pip has installed it; it is on the path of the processes that the tests start."""
    target = source.parent / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "--target", target, source],
        check=True,
    )  # fmt: skip
    return target


def run(installed: Path, database: dict[str, str], *words: str, where: Path | None = None) -> str:
    """Run Python with the plugin installed; gives what it printed."""
    path = os.pathsep.join([str(installed), *filter(None, [os.environ.get("PYTHONPATH")])])
    data = {"HOMEROOM_DATA_DIR": str(installed.parent / "data")}
    for name, value in list(database.items()):
        if name != "HOMEROOM_SECRET_KEY":
            data[name.replace("HOMEROOM_", "HOMEROOM_TEST_")] = value
    data["HOMEROOM_TEST_SECRET_KEY"] = database["HOMEROOM_SECRET_KEY"]
    result = subprocess.run(
        [sys.executable, *words],
        env={**os.environ, **database, **data, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=where or installed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == result.returncode, result.stdout + result.stderr
    return result.stdout


def homeroom(installed: Path, database: dict[str, str], lines: Sequence[Line], documents: Sequence[str] = ()) -> None:
    """Run command lines of the page where the plugin is installed, and compare what they print.

    Args:
        installed: Where it is.
        database: The variables that name the database.
        lines: The command lines.
        documents: GraphQL that must be valid where all installed plugins are on.
    """
    wanted = [json.dumps(each) for each in (*(line.homeroom for line in lines), *documents)]
    results = json.loads(run(installed, database, str(HERE / "manual" / "tutorial.py"), *wanted))
    for line, (code, printed) in zip(lines, results, strict=False):
        assert 0 == code, f"{line.words}: {printed}"
        assert "" == unexpected(line.output, printed), line.words
    assert [[0, ""]] * len(documents) == results[len(lines) :]


def consoles() -> list[Block]:
    """The console blocks of the page that run the host's command line: trying it, and breaking it."""
    return [
        block
        for block in blocks_of(PAGE)
        if block.language == "console" and "homeroom " in block.text and "five" not in block.words
    ]


def test_the_page_gives_every_part_that_it_speaks_of(source: Path) -> None:
    made = {file.relative_to(source).as_posix() for file in source.rglob("*") if file.is_file()}
    parts = {f"homeroom_lost/{name}.py" for name in ("plugin", "tables", "rules", "resources", "commands")}
    assert parts | {"pyproject.toml", "homeroom_lost/migrations/m0001_lost_item.py"} <= made


def test_a_page_takes_thirty_lines(source: Path) -> None:
    files = list((source / "homeroom_lost/pages").iterdir())
    assert {"__init__.py", "shelf.graphql", "shelf.html"} == {each.name for each in files}
    assert sum(len(each.read_text(encoding="utf-8").splitlines()) for each in files) <= 30


def test_its_code_keeps_the_style_of_the_house(source: Path) -> None:
    configuration = Path(__file__).parents[2] / "pyproject.toml"
    check = ["--config", str(configuration), "--no-cache", "--quiet", str(source)]
    for command in (["check", "--ignore", "I001"], ["format", "--check"]):
        reported = subprocess.run(
            [sys.executable, "-m", "ruff", command[0], *check, *command[1:]],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == reported.returncode, reported.stdout + reported.stderr


def test_it_is_installed_and_switched_on_for_one_school(installed: Path, database: dict[str, str]) -> None:
    lines = [line for line in lines_of(consoles()[0]) if line.homeroom]
    documents = [block.text for block in blocks_of(PAGE) if block.language == "graphql"]
    assert (4, 1) == (len(lines), len(documents))
    homeroom(installed, database, lines, documents)


def test_its_own_tests_pass(installed: Path, source: Path, database: dict[str, str]) -> None:
    reported = run(
        installed, database, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(source / "tests"), where=source
    )
    assert "7 passed" in reported


def test_it_is_left_out_when_it_does_not_fit(installed: Path, database: dict[str, str]) -> None:
    file = installed / "homeroom_lost" / "plugin.py"
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace("    requires =", '    api = ">=2,<3"\n    requires ='), encoding="utf-8")
    try:
        homeroom(installed, database, list(lines_of(consoles()[1])))
    finally:
        file.write_text(sound, encoding="utf-8")
