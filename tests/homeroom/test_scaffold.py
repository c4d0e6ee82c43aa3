"""A plugin from one command: sound at once, installed, used by one school, broken and caught, switched off, removed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bookshelf.installation import Installation
from bookshelf.places import FreshDatabase
from click.testing import CliRunner

from homeroom.cli import main

ASK = Path(__file__).parent / "out_of_tree" / "ask.py"
CREATE = 'mutation { createLibraryBook(input: {title: "Emma"}) { libraryBook { title } errors { code } } }'
ALL = "{ libraryBooks { nodes { title } } }"
#: (name, noun, further words): a plain one, one whose noun is its name, and the longest names that there may be.
SHAPES = [
    ("library", "book", ()),
    ("diary", "diary", ("--title", "Diaries of classes")),
    ("a" * 16, "b" * 16, ()),
    ("ab", "field_box", ()),
]


def begin(folder: Path, name: str, noun: str, *words: str) -> Path:
    """What the command writes; gives the folder of the distribution."""
    result = CliRunner().invoke(main, ["plugin", "new", name, "--noun", noun, "--into", str(folder), *words])
    assert 0 == result.exit_code, result.output
    return folder / f"homeroom-{name.replace('_', '-')}"


def tool(where: Path, *words: str) -> None:
    """Run a tool of the house in a folder; it must find nothing."""
    reported = subprocess.run([sys.executable, "-m", *words], cwd=where, capture_output=True, text=True, check=False)
    assert 0 == reported.returncode, reported.stdout + reported.stderr


@pytest.mark.parametrize(("name", "noun", "words"), SHAPES, ids=[name for name, *_ in SHAPES])
def test_what_is_written_is_clean_and_has_no_gaps(tmp_path: Path, name: str, noun: str, words: tuple[str, ...]) -> None:
    made = begin(tmp_path, name, noun, *words)
    tool(made, "ruff", "check", "--no-cache", ".")
    tool(made, "ruff", "format", "--no-cache", "--check", ".")
    files = [file for file in made.rglob("*") if file.is_file()]
    assert not [file for file in files if "@{" in file.name or "@{" in file.read_text(encoding="utf-8")]
    parts = {"plugin", "tables", "nouns", "migrations/m0001_tables"}
    assert {f"homeroom_{name}/{part}.py" for part in parts} <= {file.relative_to(made).as_posix() for file in files}
    # All of an ordinary noun, from its table to verbs, permissions and personal data; its migration is written for it.
    said = "".join((made / f"homeroom_{name}" / part).read_text() for part in ("tables.py", "nouns.py"))
    assert len([line for line in said.splitlines() if line.strip()]) <= 25


@pytest.mark.parametrize("name", ["Library", "1st", "two__lines", "a-b", "class", "x", "title", "a" * 17, ""])
def test_a_name_that_will_not_do_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    for words in ((name,), ("library", "--noun", name)):
        result = CliRunner().invoke(main, ["plugin", "new", "--into", str(tmp_path), *words])
        assert 1 == result.exit_code
        assert f"{name!r} will not do" in result.output
    assert [] == list(tmp_path.iterdir())


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    made = begin(tmp_path, "library", "book")
    (made / "README.md").write_text("mine")
    result = CliRunner().invoke(main, ["plugin", "new", "library", "--into", str(tmp_path)])
    assert (1, True) == (result.exit_code, "is there already" in result.output)
    assert "mine" == (made / "README.md").read_text()


@pytest.mark.slow
def test_it_is_installed_used_by_one_school_broken_and_taken_away(
    tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    settings = fresh_database()
    installation = Installation(tmp_path / "venv", settings)
    source = begin(tmp_path, "library", "book")
    installation.pip("install", "--no-build-isolation", "--no-deps", "--no-index", source)
    tool(source, "mypy", "--cache-dir", str(tmp_path / "mypy"))

    # One school has it, over HTTP; the other one's schema knows nothing of it.
    schools = [f"tenant create {slug} --region vn" for slug in ("first", "second")]
    installation.homeroom("migrate", *schools, "tenant plugins first --on library")
    # Switched off, its rows wait; switched on, they are there.
    added, read, unknown, off, on = ask(
        installation,
        ("registrar", CREATE, "first"),
        ("teacher", ALL, "first"),
        ("registrar", CREATE, "second"),
        ("teacher", ALL, "first", "-library"),
        ("teacher", ALL, "first", "+library"),
    )
    assert [{"libraryBook": {"title": "Emma"}, "errors": []}] == list(added["data"].values())
    assert {"libraryBooks": {"nodes": [{"title": "Emma"}]}} == read["data"] == on["data"]
    assert "GRAPHQL_VALIDATION_FAILED" == code(unknown) == code(off)

    # Its own tests pass, as test_five_minutes.py sees; with a right too many and a right too few they fail.
    installation.environment |= {
        f"HOMEROOM_TEST_{name}": installation.environment[f"HOMEROOM_{name}"]
        for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "SECRET_KEY")
    }
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error")
    nouns = source / "homeroom_library" / "nouns.py"
    sound = nouns.read_text()
    broken = sound.replace('run_by=("principal", "registrar")', 'run_by=("registrar", "teacher")')
    assert broken != sound
    nouns.write_text(broken)
    reported = installation.attempt(*tests, "-k", "who_may and create", where=source)
    assert 1 == reported.returncode
    assert {"[create, denied, teacher]", "[create, allowed, principal]"} <= set(
        re.findall(r"\[create, .+?\]", reported.stdout)
    )

    # Taken away, all is as if it had never been.
    installation.pip("uninstall", "--yes", "homeroom-library")
    counted, gone = ask(installation, ("registrar", "{ students { totalCount } }", "first"), ("teacher", ALL, "first"))
    assert "students" in counted["data"]
    assert "GRAPHQL_VALIDATION_FAILED" == code(gone)


def ask(installation: Installation, *questions: tuple[str, ...]) -> list[Any]:
    """The answers to people of a role who ask a document in a school, in one process.

    Args:
        installation: Where.
        questions: Role, document and slug of each; and a plugin to switch on (``+library``) or off before.
    """
    answers: list[Any] = json.loads(installation.run(ASK, json.dumps(questions)))
    return answers


def code(body: Any) -> str:
    """The code of the only error."""
    (error,) = body["errors"]
    found: str = error["extensions"]["code"]
    return found
