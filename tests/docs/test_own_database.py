"""A PostgreSQL of the operator's own, by the page: roles, first migration, backup, restore."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
import pytest
from click.testing import CliRunner
from manual.blocks import blocks_of

from homeroom.cli import main
from homeroom.database.providers.secrets import ClusterSecrets
from homeroom.settings import Settings

PAGE = "docs/operators.md"
#: In place of ``homeroom`` in the statements of the page: the server of the tests has roles of that name already.
NAME = f"manual{os.getpid()}"


@dataclass(frozen=True)
class Server:
    """The server of the tests, as its superuser sees it.

    Args:
        folder: Of its socket.
        port: Which names the socket.
        password: The superuser's.
    """

    folder: str
    port: str
    password: str

    def url(self, role: str, password: str, database: str) -> str:
        """How to reach a database of it."""
        return f"postgresql://{role}:{quote(password)}@/{database}?host={quote(self.folder)}&port={self.port}"

    def run(self, *statements: str) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(self.url("postgres", self.password, "postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="module")
def server(database_settings: Settings) -> Server:
    """The throwaway server; one that the environment names does not tell us its superuser."""
    found = parse_qs(urlsplit(str(database_settings.database_url)).query)
    secrets = Path(found.get("host", ["/nowhere"])[0]).parent / "secrets.json"
    if not secrets.exists():
        pytest.skip("needs the superuser of the server, which only the embedded one of the tests tells")
    return Server(found["host"][0], found["port"][0], ClusterSecrets.load_or_make(secrets, may_make=False).superuser)


def statements() -> list[str]:
    """The statements of the page that make the roles and the database."""
    (block,) = [block for block in blocks_of(PAGE) if block.language == "sql"]
    return [each.strip() for each in block.text.replace("homeroom", NAME).split(";") if each.strip()]


@pytest.fixture(scope="module")
def environment(server: Server) -> Iterator[dict[str, str]]:
    """The variables of an installation on the roles and the database that the page makes."""
    server.run(*statements())
    yield {
        "HOMEROOM_DATABASE_URL": server.url(f"{NAME}_app", "choose another", NAME),
        "HOMEROOM_OWNER_DATABASE_URL": server.url(f"{NAME}_owner", "choose one", NAME),
        "HOMEROOM_SECRET_KEY": "a key that only this test knows of",
    }
    for database in (f"{NAME}_restored", NAME):
        server.run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    server.run(f"DROP ROLE {NAME}_app", f"DROP ROLE {NAME}_owner")


def homeroom(environment: Mapping[str, str], *words: str) -> str:
    """Run the command line; gives what it printed."""
    result = CliRunner().invoke(main, words, env=environment)
    assert 0 == result.exit_code, result.output
    return result.output


def reported(beginning: str) -> list[str]:
    """The words of the command of the page that begins so, without ``homeroom``."""
    line = next(
        line.removeprefix("$ ")
        for block in blocks_of(PAGE)
        for line in block.text.splitlines()
        if line.startswith(f"$ homeroom {beginning} ")
    )
    return shlex.split(line)[1:]


def test_it_is_made_saved_and_brought_back(
    server: Server, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "up to date" in homeroom(environment, "migrate")
    homeroom(environment, "tenant", "create", "hill", "--region", "vn")
    assert ": schools and districts 1, tables " in homeroom(environment, *reported("backup"))

    server.run(*(each.replace(f"DATABASE {NAME}", f"DATABASE {NAME}_restored") for each in statements()[2:]))
    restored = {
        **environment,
        "HOMEROOM_DATABASE_URL": server.url(f"{NAME}_app", "choose another", f"{NAME}_restored"),
        "HOMEROOM_OWNER_DATABASE_URL": server.url(f"{NAME}_owner", "choose one", f"{NAME}_restored"),
    }
    assert "0 migration(s) applied" in homeroom(restored, *reported("restore"))
    assert homeroom(environment, "tenant", "list") == homeroom(restored, "tenant", "list")
    counts = []
    for each in (environment, restored):
        with psycopg.connect(each["HOMEROOM_OWNER_DATABASE_URL"]) as connection:
            connection.execute("SET homeroom.maintenance = 'on'")
            row = connection.execute("SELECT count(*) FROM grade_level").fetchone()
            counts.append(row[0] if row else None)
    assert [9, 9] == counts
