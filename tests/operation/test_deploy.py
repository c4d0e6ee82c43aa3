"""The units and the container file speak of commands, settings and paths that are there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest

from homeroom.cli import main
from homeroom.processes import PARTING
from homeroom.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROGRAM = "/opt/homeroom/bin/homeroom"
INSTRUCTIONS = {
    "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "EXPOSE", "VOLUME", "STOPSIGNAL", "ENTRYPOINT", "CMD",
}  # fmt: skip


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """A unit of systemd: sections of names that may come again."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\[(\w+)\]", line):
            current = sections.setdefault(found[1], {})
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            current.setdefault(name, []).append(value)
    return sections


def runs(words: list[str]) -> None:
    """Fails unless these words are understood by the command line."""
    command = main.get_command(click.Context(main), words[0])
    assert command is not None, f"there is no command {words[0]}"
    command.make_context(words[0], words[1:])


def containerfile() -> list[tuple[str, str]]:
    """Its instructions, continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_what_is_there(path: Path) -> None:
    sections = unit(path)
    [start] = sections["Service"]["ExecStart"]
    program, *words = shlex.split(start)
    if program == PROGRAM:
        runs(words)
    else:
        assert (DEPLOY / "backup" / Path(program).name).stat().st_mode & 0o111
    assert {"Unit", "Service"} <= sections.keys()
    for environment in sections["Service"]["EnvironmentFile"]:
        assert environment.startswith("/etc/homeroom/")


def test_migrations_and_backups_alone_are_the_owner() -> None:
    assert ["homeroom-backup", "homeroom-migrate", "homeroom-web", "homeroom-worker"] == [path.stem for path in UNITS]
    owners = [path.stem for path in UNITS if "/etc/homeroom/owner" in unit(path)["Service"]["EnvironmentFile"]]
    assert ["homeroom-backup", "homeroom-migrate"] == owners


def test_a_stop_is_given_the_time_that_it_takes() -> None:
    for path in UNITS:
        service = unit(path)["Service"]
        if "TimeoutStopSec" in service:
            # The delay of the example, the sockets, and what the supervisor allows.
            assert int(service["TimeoutStopSec"][0]) > Settings().stop_timeout + 5 + 3 + PARTING + 1
            assert ["mixed"] == service["KillMode"]


def test_the_container_is_made_of_what_is_there() -> None:
    instructions = containerfile()
    assert {name for name, _ in instructions} <= INSTRUCTIONS
    assert "FROM" == instructions[0][0]
    for name, words in instructions:
        if name == "COPY" and "--from" not in words:
            for source in words.split()[:-1]:
                assert (ROOT / source).exists(), source
    copied = {each for name, words in instructions if name == "COPY" for each in words.split()}
    roots = re.search(r"dev-mode-dirs = (\[.*?\])", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert roots is not None
    assert set(json.loads(roots[1])) <= copied


def test_the_container_runs_what_is_there() -> None:
    instructions = dict(containerfile())
    assert [PROGRAM] == json.loads(instructions["ENTRYPOINT"])
    runs(json.loads(instructions["CMD"]))
    assert "homeroom" == instructions["USER"]


@pytest.mark.parametrize("path", [DEPLOY / "Containerfile", DEPLOY / "environment.example"], ids=lambda path: path.name)
def test_settings_are_settings(path: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.__struct_fields__}
    named = set(re.findall(r"\b(HOMEROOM_[A-Z_]+)=", path.read_text(encoding="utf-8")))
    assert named
    assert named <= known
