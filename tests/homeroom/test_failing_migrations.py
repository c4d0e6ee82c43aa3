"""A migration that fails costs its plugin and nobody else: while migrating, and while the host serves without it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from bookshelf.installation import COMMANDS
from bookshelf.places import FreshDatabase

from homeroom.server import free_port, wait_until_ready
from homeroom.settings import Settings

HOMEROOM = [sys.executable, "-m", "homeroom.cli"]
PLUGIN = """
from litestar import get
from homeroom import Plugin, hookimpl
from homeroom.database.tables import SchoolTable
from homeroom.resources import EVERYTHING, resource
from homeroom.permissions import Rule
from piccolo.columns import Text

class {Name}(SchoolTable, tablename="{name}"):
    '''A {name}.'''
    title = Text(default=None)

@get("/{name}")
async def hello() -> str:
    return "{name}"

class {Name}Plugin(Plugin):
    name = "{name}"
    title = "{Name}"
    requires = {requires!r}
    migrations = "made_{name}.migrations"
    host_part = {host_part}

    @hookimpl
    def resources(self):
        return [resource({Name}, scopes={{"school": EVERYTHING}})]

    @hookimpl
    def rules(self):
        return [Rule("admin", "{Name}")]

    @hookimpl
    def routes(self, host):
        return [hello]

plugin = {Name}Plugin()
"""
MIGRATION = "async def forwards(schema):\n    {body}\n"


class Installation:
    """The installed plugins and some of a folder of this test's own, over a database of its own."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.owner_url = str(settings.owner_database_url)
        self.environment = {"PATH": os.environ["PATH"], "HOMEROOM_DATA_DIR": str(folder / "data")}
        self.environment |= settings.environment() | {"PYTHONPATH": str(folder)}

    def add(self, name: str, *requires: str, host_part: bool = False) -> None:
        """Install a plugin with one table."""
        package = self.folder / f"made_{name}"
        (package / "migrations").mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "migrations" / "__init__.py").touch()
        text = PLUGIN.format(name=name, Name=name.title(), requires=requires, host_part=host_part)
        (package / "plugin.py").write_text(text)
        self.migration(name, 1, f'await schema.create_table("{name}", {{"title": "text NOT NULL"}})')
        known = self.folder / f"made_{name}-1.0.dist-info"
        known.mkdir()
        (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: made-{name}\nVersion: 1.0\n")
        (known / "entry_points.txt").write_text(f"[homeroom]\n{name} = made_{name}.plugin:plugin\n")

    def migration(self, name: str, number: int, body: str) -> None:
        """Write a migration."""
        path = self.folder / f"made_{name}" / "migrations" / f"m{number:04d}_step.py"
        path.write_text(MIGRATION.format(body=body))

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run ``homeroom``; it must end with this code."""
        done = subprocess.run(
            [*HOMEROOM, *words], check=False, capture_output=True, text=True, env=self.environment, timeout=900
        )
        assert code == done.returncode, done.stdout + done.stderr
        return done

    def commands(self, *lines: str) -> str:
        """Run commands, all in one process; what they printed."""
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, *lines],
            check=False, capture_output=True, text=True, env=self.environment, timeout=900,
        )  # fmt: skip
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[httpx.Client]:
        """A server, and somebody who asks it."""
        port = free_port("127.0.0.1")
        variables = self.environment | {"HOMEROOM_PORT": str(port), "HOMEROOM_WORKERS": "1"}
        with subprocess.Popen([*HOMEROOM, "serve"], env=variables, stdout=subprocess.PIPE, text=True) as server:
            try:
                wait_until_ready("127.0.0.1", port, seconds=900, check=lambda: None)
                with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
                    yield client
            finally:
                server.terminate()

    async def ask(self, sql: str) -> Any:
        """The first value of a statement of the owner, in maintenance."""
        connection = await asyncpg.connect(self.owner_url)
        try:
            await connection.execute("SET homeroom.maintenance = 'on'")
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    async def tables(self) -> set[str]:
        """The plugins' tables that are there."""
        found = (
            "SELECT array_agg(relname::text) FROM pg_class WHERE relname IN ('good', 'trial', 'half', 'heir', 'late')"
        )
        return set(await self.ask(found) or ())


@pytest.fixture
def installation(tmp_path: Path, fresh_database: FreshDatabase) -> Installation:
    """An installation with an empty database."""
    return Installation(tmp_path, fresh_database())


def schools(installation: Installation, *slugs: str) -> dict[str, dict[str, str]]:
    """Make schools with the plugins; the headers that an administrator of each sends."""
    printed = installation.commands(
        *(
            command
            for slug in slugs
            for command in (
                f"tenant create {slug} --region hk --plugin good --plugin heir",
                f"account create at-{slug} --password 'correct horse battery'",
                f"account member at-{slug} {slug} --role admin",
                f"account token at-{slug} {slug} --title test",
            )
        )
    )
    tokens = [line for line in printed.splitlines() if line.startswith("hrt_")]
    return {
        slug: {"Authorization": f"Bearer {token}", "X-Homeroom-Tenant": slug}
        for slug, token in zip(slugs, tokens, strict=True)
    }


def types(client: httpx.Client, headers: dict[str, str]) -> set[str]:
    """Which of the plugins' types a school has."""
    answer = client.post("/graphql", json={"query": "{ __schema { types { name } } }"}, headers=headers)
    assert 200 == answer.status_code, answer.text
    return {each["name"] for each in answer.json()["data"]["__schema"]["types"]} & {"Good", "Trial", "Heir", "Late"}


@pytest.mark.slow
async def test_the_others_migrate_and_serve_while_one_is_broken(installation: Installation) -> None:
    installation.add("good")
    installation.add("trial")
    installation.add("heir", "trial")
    installation.run("migrate")
    assert {"good", "trial", "heir"} == await installation.tables()
    people = schools(installation, "north", "south")

    # An upgrade brings a migration that fails half-way, and more for those before and behind it.
    broken = 'await schema.create_table("half", {"title": "text"})\n    await schema.execute("SELECT 1 / 0")'
    installation.migration("trial", 2, broken)
    installation.migration("heir", 2, 'await schema.add_index("heir", ["title"])')
    installation.migration("good", 2, 'await schema.add_index("good", ["title"])')
    installation.add("late")
    reported = installation.run("migrate", code=1)
    assert ["good  m0002_step", "late  m0001_step"] == reported.stdout.splitlines()[:2]
    assert "trial  LEFT OUT  its migration m0002_step fails: DivisionByZeroError: division by zero" in reported.stdout
    assert "heir  LEFT OUT  requires trial, which is quarantined" in reported.stdout
    assert "2 migration(s) applied" in reported.stdout
    # Its author sees where.
    assert "made_trial/migrations/m0002_step.py" in reported.stderr
    assert {"good", "trial", "heir", "late"} == await installation.tables()

    with installation.serving() as client:
        for headers in people.values():
            assert {"Good"} == types(client, headers)
        assert {"good": 200, "trial": 404, "heir": 404} == {
            name: client.get(f"/{name}").status_code for name in ("good", "trial", "heir")
        }

    # Mended: everything is as if nothing had been.
    installation.migration("trial", 2, 'await schema.create_table("half", {"title": "text"})')
    reported = installation.run("migrate")
    assert ["trial  m0002_step", "heir  m0002_step"] == reported.stdout.splitlines()[:2]
    with installation.serving() as client:
        for headers in people.values():
            assert {"Good", "Trial", "Heir"} == types(client, headers)
        assert 200 == client.get("/heir").status_code


@pytest.mark.slow
async def test_a_migration_that_cannot_be_read_costs_its_plugin_too(installation: Installation) -> None:
    installation.add("good")
    installation.add("trial")
    (installation.folder / "made_trial" / "migrations" / "m0001_step.py").write_text("def forwards(")
    reported = installation.run("migrate", code=1)
    assert "trial  LEFT OUT  its migration m0001_step fails: SyntaxError" in reported.stdout
    (installation.folder / "made_trial" / "migrations" / "m0001_step.py").rename(
        installation.folder / "made_trial" / "migrations" / "third_step.py"
    )
    reported = installation.run("migrate", code=1)
    assert "expected a name like m0001_<what>" in reported.stdout
    assert {"good"} == await installation.tables()
    listed = installation.run("tenant", "list")
    assert "plugin trial (made-trial) is quarantined: its migrations cannot be read" in listed.stderr


@pytest.mark.slow
async def test_a_part_of_the_host_that_is_behind_stops_everything(installation: Installation) -> None:
    installation.add("good", "trial")
    installation.add("trial", host_part=True)
    installation.migration("trial", 1, 'await schema.execute("SELECT 1 / 0")')
    reported = installation.run("migrate", code=1)
    assert "homeroom: trial: its migration m0001_step fails: DivisionByZeroError" in reported.stderr
    assert set() == await installation.tables()
    for command in (["serve"], ["worker"], ["tenant", "list"]):
        refused = installation.run(*command, code=1)
        assert "homeroom: trial: 1 of its migrations are missing, first m0001_step: run `homeroom migrate`" in (
            refused.stderr
        )
