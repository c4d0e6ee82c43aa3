"""The command line, as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from homeroom.database.providers import DatabaseAccess, throwaway
from homeroom.server import free_port, wait_until_ready
from homeroom.settings import Settings
from homeroom.testing.databases import database_beside
from in_process import homeroom

HOMEROOM = [sys.executable, "-m", "homeroom.cli"]


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseAccess]:
    """An empty database on a server of its own."""
    with throwaway() as access:
        yield access


@pytest.fixture
def environment(server: DatabaseAccess, tmp_path: Path) -> dict[str, str]:
    """Variables of an installation on that database."""
    assert server.owner_url is not None
    return {
        "PATH": os.environ["PATH"],
        "HOMEROOM_DATA_DIR": str(tmp_path),
        "HOMEROOM_DATABASE_URL": server.app_url,
        "HOMEROOM_OWNER_DATABASE_URL": server.owner_url,
        "HOMEROOM_SECRET_KEY": "k" * 43,
    }


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``homeroom`` with these words."""
    return subprocess.run(
        [*HOMEROOM, *words], check=False, capture_output=True, text=True, env=environment, timeout=900
    )


def test_help_lists_the_commands(environment: dict[str, str]) -> None:
    done = run(environment, "--help")
    assert 0 == done.returncode
    for name in ("database", "migrate", "plugins", "serve", "settings", "worker"):
        assert f"\n  {name} " in done.stdout


#: What takes long to import: libraries of servers, databases, schemas and tests.
HEAVY = set("argon2 asyncpg casbin dramatiq faker graphql granian hypothesis litestar piccolo psycopg pypinyin".split())
HEAVY |= {"strawberry", "uvicorn"}


@pytest.mark.parametrize(
    ("words", "needed"),
    [(["--help"], set()), (["tenant", "--help"], set()), (["plugins"], {"asyncpg", "dramatiq", "piccolo"})],
)
def test_a_command_imports_no_more_than_it_needs(
    environment: dict[str, str], words: list[str], needed: set[str]
) -> None:
    program = (
        f"import sys; from homeroom.cli import main; main({words!r}, standalone_mode=False);"
        " print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment, timeout=900
    )
    assert needed == HEAVY & set(done.stderr.split())


TAKES_OURS = """
import click
from homeroom import Plugin, hookimpl

@click.command("migrate")
def migrate(): "Not ours."

@click.command("greet")
def greet(): click.echo("hello")

class {name}Plugin(Plugin):
    name = "{name}"
    title = "Greets"

    @hookimpl
    def cli(self):
        return [{commands}]

plugin = {name}Plugin()
"""


def test_a_plugin_that_takes_a_command_of_ours_loses_its_own(environment: dict[str, str], tmp_path: Path) -> None:
    for name, commands in (("thief", "migrate"), ("polite", "greet")):
        (tmp_path / f"{name}.py").write_text(TAKES_OURS.format(name=name, commands=commands))
        known = tmp_path / f"{name}-1.0.dist-info"
        known.mkdir()
        (known / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (known / "entry_points.txt").write_text(f"[homeroom]\n{name} = {name}:plugin\n")
    environment["PYTHONPATH"] = str(tmp_path)
    done = run(environment, "greet")
    assert (0, "hello\n") == (done.returncode, done.stdout)
    assert "gives the homeroom command 'migrate'; that is the host's own (homeroom)" in done.stderr
    assert "Bring the tables" in run(environment, "migrate", "--help").stdout


def test_the_reference_has_every_setting(environment: dict[str, str]) -> None:
    done = homeroom(environment, "settings", "--reference")
    for name in Settings.__struct_fields__:
        assert f"| `HOMEROOM_{name.upper()}` |" in done.stdout


def test_settings_do_not_show_secrets(environment: dict[str, str]) -> None:
    done = homeroom(environment, "settings")
    assert "HOMEROOM_SECRET_KEY=***" in done.stdout.splitlines()
    assert "kkkk" not in done.stdout


def test_a_bad_setting_is_reported_in_a_sentence(environment: dict[str, str]) -> None:
    done = homeroom(environment | {"HOMEROOM_PORT": "many"}, "database")
    assert (1, "homeroom: HOMEROOM_PORT: expected `int`, got `str` (got 'many')\n") == (done.returncode, done.stderr)


def test_a_misspelt_setting_is_pointed_out(environment: dict[str, str]) -> None:
    done = homeroom(environment | {"HOMEROOM_PROT": "81"}, "database")
    assert "HOMEROOM_PROT is no setting; did you mean HOMEROOM_PORT?" in done.stderr
    assert 0 == done.returncode


def test_migrating_twice_and_at_once_is_harmless(environment: dict[str, str]) -> None:
    both = [
        subprocess.Popen([*HOMEROOM, "migrate"], env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=900)[0] for process in both]
    assert [0, 0] == [process.returncode for process in both]
    assert 1 == sum("jobs  m0001_jobs" in each for each in said)
    again = run(environment, "migrate")
    assert again.stdout.startswith("0 migration(s) applied")


def test_migrating_needs_the_owner(environment: dict[str, str]) -> None:
    del environment["HOMEROOM_OWNER_DATABASE_URL"]
    done = homeroom(environment, "migrate")
    assert 1 == done.returncode
    assert "HOMEROOM_OWNER_DATABASE_URL: unset" in done.stderr


def test_the_hosts_own_parts_are_plugins_too(environment: dict[str, str]) -> None:
    done = homeroom(environment, "plugins", "--json")
    found = {each["name"]: each for each in json.loads(done.stdout)["plugins"]}
    assert {"jobs", "tenants", "policies", "graphql"} <= {name for name, each in found.items() if each["host_part"]}


def test_the_embedded_database_is_reported_without_being_made() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"PATH": os.environ["PATH"], "HOMEROOM_DATA_DIR": folder}
        done = run(environment, "database")
        assert "embedded: not running" == done.stdout.splitlines()[0]
        assert [] == list(Path(folder).iterdir())


def test_serving_from_nothing_and_stopping(environment: dict[str, str]) -> None:
    homeroom(environment, "migrate")
    port = free_port("127.0.0.1")
    with subprocess.Popen(
        [*HOMEROOM, "serve"], env=environment | {"HOMEROOM_PORT": str(port)}, stdout=subprocess.PIPE, text=True
    ) as server:
        wait_until_ready("127.0.0.1", port, seconds=900, check=lambda: None)
        answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json={"query": "{ viewer { login } }"})
        assert 401 == answer.status_code
        assert 200 == httpx.get(f"http://127.0.0.1:{port}/graphiql").status_code
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate(timeout=900)
    assert 0 == server.returncode
    assert "stopped" == said.splitlines()[-1]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/graphiql")


def test_serving_an_unmigrated_database_is_refused(environment: dict[str, str]) -> None:
    here = Settings(
        database_url=environment["HOMEROOM_DATABASE_URL"],
        owner_database_url=environment["HOMEROOM_OWNER_DATABASE_URL"],
    )
    with database_beside(here, "unmigrated") as empty:
        done = run(environment | {"HOMEROOM_DATABASE_URL": str(empty.database_url)}, "serve")
    assert (1, "homeroom: the database has no tables yet: run `homeroom migrate`\n") == (done.returncode, done.stderr)


def test_another_nodes_key_is_refused(environment: dict[str, str]) -> None:
    homeroom(environment, "migrate")
    done = run(environment | {"HOMEROOM_SECRET_KEY": "x" * 43}, "worker")
    assert 1 == done.returncode
    assert "HOMEROOM_SECRET_KEY is not a key that" in done.stderr
