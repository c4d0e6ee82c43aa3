"""The next migration, written from declarations: it runs, it passes the catalogue, and it never drops."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from bookshelf.places import FreshDatabase
from bookshelf.plugin import BookshelfPlugin

from homeroom import Plugin
from homeroom.boot import migrate_database
from homeroom.database.catalogue import check
from homeroom.database.declarations import LiveTables
from homeroom.database.generate import NothingToDo, next_migration
from homeroom.database.migrations import Schema
from homeroom.errors import ConfigurationError
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings

TABLES = '''
from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, Numeric, Text, Timestamptz, Varchar
from homeroom.columns import number, text
from homeroom.database.tables import SchoolTable, belongs_to

class {p}Part(SchoolTable, tablename="{n}_part"):
    """Points to what is declared after it, and to itself."""
    engine_id = belongs_to("{n}_engine")
    part_id = belongs_to("{n}_part", null=True)

class {p}Engine(SchoolTable, tablename="{n}_engine"):
    """One column of each kind."""
    name = Varchar(length=40, default=None)
    title = Varchar(length=40, default="it's")
    power = Integer(default=1)
    price = Numeric(digits=(8, 2), null=True, default=None)
    running = Boolean(default=False)
    built_on = Date(default=None)
    seen_at = Timestamptz(null=True, default=None)
    maker_id = UUID(null=True, default=None)
    note = Text(null=True, default=None)
    words = Array(base_column=Text(), null=True, default=None)
    details = JSONB(null=True, default=None)
    code = text(20, "Short and unique.", code=True)
    places = number(1, 9, "How many people it carries.", default=1)
    unique = (("code",),)
'''
PLUGIN = """
from homeroom import Plugin

class Engines(Plugin):
    name = "{n}"
    title = "Engines"
    migrations = "{n}.migrations"

plugin = Engines()
"""
#: Makes a package with tables and no migration yet; gives its plugin and its folder.
Make = Callable[[str], tuple[Plugin, Path]]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Makes plugins; each of another name, because declared tables stay as long as the process."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def one(name: str) -> tuple[Plugin, Path]:
        folder = tmp_path / name
        (folder / "migrations").mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "migrations" / "__init__.py").touch()
        (folder / "tables.py").write_text(TABLES.format(p=name.title(), n=name))
        (folder / "plugin.py").write_text(PLUGIN.format(n=name))
        importlib.invalidate_caches()
        module: ModuleType = importlib.import_module(f"{name}.plugin")
        return module.plugin, folder

    return one


async def live(settings: Settings) -> LiveTables:
    """The tables as they are."""
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        return await LiveTables.read(connection)
    finally:
        await connection.close()


async def execute(settings: Settings, sql: str) -> None:
    """A statement as the owner."""
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def test_the_first_migration_runs_and_passes_the_catalogue(make: Make, fresh_database: FreshDatabase) -> None:
    plugin, folder = make("motor")
    settings, registry = fresh_database(), PluginRegistry.discover([plugin], installed=False)
    await migrate_database(settings, registry, check=False)
    made = next_migration(plugin, await live(settings), "Add the engines")
    assert folder / "migrations" / "m0001_add_the_engines.py" == made.path
    made.path.write_text(made.text)
    importlib.invalidate_caches()
    assert [("motor", "m0001_add_the_engines")] == [
        (each.plugin, each.name) for each in await migrate_database(settings, registry)
    ]
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        assert [] == await check(connection, registry, str(urlsplit(str(settings.database_url)).username))
        defaults = await connection.fetch(
            "SELECT column_name, column_default FROM information_schema.columns"
            " WHERE table_name = 'motor_engine' AND column_default IS NOT NULL AND column_name <> 'tenant_id'"
        )
    finally:
        await connection.close()
    assert {"title", "power", "running", "places"} == {row["column_name"] for row in defaults}
    with pytest.raises(NothingToDo):
        next_migration(plugin, await live(settings), "Again")


async def test_what_is_written_is_as_the_formatter_wants_it(make: Make, fresh_database: FreshDatabase) -> None:
    plugin, _ = make("dynamo")
    settings = fresh_database()
    await migrate_database(settings, PluginRegistry.discover(installed=False))
    made = next_migration(plugin, await live(settings), "everything, at once.")
    made.path.write_text(made.text)
    assert "m0001_everything_at_once.py" == made.path.name
    for arguments in (["format", "--check"], ["check", "--select", "E,F,I,Q"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--isolated", "--line-length", "110", made.path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr


async def test_limits_that_columns_declare_come_to_an_older_database(
    make: Make, fresh_database: FreshDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    plugin, _ = make("rotor")
    settings, registry = fresh_database(), PluginRegistry.discover([plugin], installed=False)
    await migrate_database(settings, registry, check=False)
    first = next_migration(plugin, await live(settings), "first")
    first.path.write_text(first.text)
    importlib.invalidate_caches()
    await migrate_database(settings, registry)
    # As it was before the columns said so, with a row that breaks it.
    await execute(
        settings,
        "ALTER TABLE rotor_engine DROP CONSTRAINT rotor_engine_places_allowed, DROP CONSTRAINT rotor_engine_code_uq;"
        " ALTER TABLE rotor_engine NO FORCE ROW LEVEL SECURITY;"
        " INSERT INTO rotor_engine (tenant_id, id, name, built_on, code, places)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 'a', '2025-01-01', 'a', 10);"
        " ALTER TABLE rotor_engine FORCE ROW LEVEL SECURITY",
    )
    made = next_migration(plugin, await live(settings), "limits")
    steps = [" ".join(step.split()) for step in made.text.split("await schema.")[1:]]
    assert [
        'add_unique("rotor_engine", ("code",))',
        'add_check( "rotor_engine", "rotor_engine_places_allowed", "places BETWEEN 1 AND 9", )',
    ] == steps
    made.path.write_text(made.text)
    importlib.invalidate_caches()
    await migrate_database(settings, registry)
    assert "rotor_engine: 1 rows break rotor_engine_places_allowed" in caplog.text
    with pytest.raises(NothingToDo):
        next_migration(plugin, await live(settings), "Again")
    with pytest.raises(asyncpg.CheckViolationError):
        await execute(
            settings,
            "ALTER TABLE rotor_engine NO FORCE ROW LEVEL SECURITY;"
            " INSERT INTO rotor_engine (tenant_id, id, name, built_on, code, places)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'b', '2025-01-01', 'b', 0)",
        )


async def test_a_new_column_is_added_with_its_reference(fresh_database: FreshDatabase) -> None:
    other = fresh_database()
    registry = PluginRegistry.discover([BookshelfPlugin()], installed=False)
    await migrate_database(other, registry)
    await execute(other, "ALTER TABLE book DROP note, DROP price, DROP version; ALTER TABLE loan DROP book_id")
    await execute(other, "ALTER TABLE loan ADD book_id uuid")
    await execute(other, "ALTER TABLE loan ALTER book_id SET NOT NULL")
    made = next_migration(BookshelfPlugin(), await live(other), "bring back")
    assert "m0002_bring_back.py" == made.path.name
    steps = made.text.split("await schema.")[1:]
    assert [
        'add_column( "book", "price", "numeric(8,2)", )',
        'add_column( "book", "note", "text", )',
        'add_column( "book", "version", "integer NOT NULL DEFAULT 1", )',
        'add_reference("loan", "book_id", "book")',
    ] == [" ".join(step.split()) for step in steps]


async def test_rows_that_exist_get_what_the_author_says(fresh_database: FreshDatabase) -> None:
    other = fresh_database()
    await migrate_database(other, PluginRegistry.discover([BookshelfPlugin()], installed=False))
    await execute(
        other,
        "ALTER TABLE shelf NO FORCE ROW LEVEL SECURITY; ALTER TABLE shelf DROP name, ALTER room DROP NOT NULL;"
        " INSERT INTO shelf (tenant_id, id) VALUES (gen_random_uuid(), gen_random_uuid())",
    )
    fill = {"shelf.name": "'Untitled'", "shelf.room": "7"}
    made = next_migration(BookshelfPlugin(), await live(other), "titles", fill)
    connection = await asyncpg.connect(other.owner_database_url)
    try:
        module: dict[str, Any] = {}
        exec(made.text, module)
        await module["forwards"](Schema(connection, "homeroom_app"))
        assert [("Untitled", 7)] == [tuple(row) for row in await connection.fetch("SELECT name, room FROM shelf")]
    finally:
        await connection.close()
    with pytest.raises(NothingToDo):
        next_migration(BookshelfPlugin(), await live(other), "titles")
    with pytest.raises(ConfigurationError, match=r"book\.note: not a column that is required from now on"):
        next_migration(BookshelfPlugin(), await live(other), "notes", {"book.note": "''"})


async def test_a_text_that_becomes_longer_needs_no_hand(fresh_database: FreshDatabase) -> None:
    other = fresh_database()
    registry = PluginRegistry.discover([BookshelfPlugin()], installed=False)
    await migrate_database(other, registry)
    await execute(other, "ALTER TABLE book ALTER title TYPE varchar(150), ALTER note TYPE varchar(20)")
    made = next_migration(BookshelfPlugin(), await live(other), "longer")
    steps = re.findall(r'execute\("(.*)"\)', made.text)
    assert [
        "ALTER TABLE book ALTER COLUMN title TYPE varchar(200)",
        "ALTER TABLE book ALTER COLUMN note TYPE text",
    ] == steps
    for step in steps:
        await execute(other, step)
    with pytest.raises(NothingToDo):
        next_migration(BookshelfPlugin(), await live(other), "longer")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("ALTER TABLE book ADD colour text", "book.colour is no longer declared"),
        ("ALTER TABLE book RENAME note TO remark", "book.remark is no longer declared"),
        ("ALTER TABLE book ALTER pages TYPE bigint", "book.pages is bigint and is declared as integer"),
        ("ALTER TABLE book ALTER title TYPE varchar(300)", "book.title is character varying(300) and is declared as"),
        ("ALTER TABLE book ALTER title DROP NOT NULL", "book.title is declared as required, and is not"),
        ("ALTER TABLE book ALTER note SET NOT NULL", "book.note is declared as nullable, and is not"),
        ("ALTER TABLE book DROP title", "book.title is new and required: say what the rows that exist get, by --fill"),
    ],
)
async def test_what_may_lose_rows_must_be_written_by_hand(
    tables: asyncpg.Connection, change: str, problem: str
) -> None:
    await tables.execute("SET LOCAL search_path = public")
    await tables.execute(change)
    with pytest.raises(ConfigurationError, match="by hand") as refused:
        next_migration(BookshelfPlugin(), await LiveTables.read(tables), "change")
    assert problem in str(refused.value)


async def test_a_plugin_without_migrations_and_a_name_of_nothing_are_refused(tables: asyncpg.Connection) -> None:
    class Bare(Plugin):
        name = "bare"
        title = "Nothing"

    found = await LiveTables.read(tables)
    with pytest.raises(ConfigurationError, match="names no package"):
        next_migration(Bare(), found, "what")
    with pytest.raises(ConfigurationError, match="in a few words"):
        next_migration(BookshelfPlugin(), found, "…")
