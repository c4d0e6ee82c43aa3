"""Migrations: in order, once, whole or not at all, over the rows of all spaces, by two nodes at the same moment."""

from __future__ import annotations

import asyncio
import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from bookshelf.places import FreshDatabase

from homeroom.boot import context_key
from homeroom.database.connection import UnverifiedContextError
from homeroom.database.dated import add_period_constraints, dated
from homeroom.database.engine import Database
from homeroom.database.ids import new_id
from homeroom.database.keys import Keys, retire_key
from homeroom.database.migrations import migrate
from homeroom.database.tables import SchoolTable
from homeroom.database.twins import no_twins
from homeroom.database.walls import ContextSigner
from homeroom.errors import ConfigurationError
from homeroom.settings import Settings

#: Writes a migration into a package: package, number, name, body.
Write = Callable[[str, int, str, str], None]

KERNEL = ("homeroom", "homeroom.migrations")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Makes packages of migrations that can be imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: set[str] = set()

    def one(package: str, number: int, name: str, body: str) -> None:
        folder = tmp_path / package
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        (folder / f"m{number:04d}_{name}.py").write_text(f"async def forwards(schema):\n{lines}")
        importlib.invalidate_caches()
        made.add(package)

    yield one
    for name in [each for each in sys.modules if each.split(".")[0] in made]:
        del sys.modules[name]


async def run(settings: Settings, *packages: tuple[str, str]) -> list[tuple[str, str]]:
    """Migrate; what ran."""
    role = urlsplit(str(settings.database_url)).username
    done = await migrate(str(settings.owner_database_url), str(role), context_key(settings), packages)
    return [(each.plugin, each.name) for each in done]


async def ask(settings: Settings, sql: str) -> Any:
    """The first value, as the owner in maintenance."""
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'")
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.fixture
def empty(fresh_database: FreshDatabase) -> Settings:
    """An empty database."""
    return fresh_database()


async def test_migrations_run_in_order_and_once(empty: Settings, write: Write) -> None:
    write("mig_shop", 1, "goods", 'await schema.create_table("good", {"name": "text NOT NULL"})')
    write("mig_shop", 2, "price", 'await schema.add_column("good", "price", "numeric(8, 2) NOT NULL DEFAULT 0")')
    write(
        "mig_till", 1, "sale", 'await schema.create_table("sale", {"good_id": "uuid"}, references={"good_id": "good"})'
    )
    packages = [("shop", "mig_shop"), ("till", "mig_till")]
    assert [("shop", "m0001_goods"), ("shop", "m0002_price"), ("till", "m0001_sale")] == await run(empty, *packages)
    assert [] == await run(empty, *packages)
    write("mig_shop", 3, "colour", 'await schema.add_column("good", "colour", "text")')
    assert [("shop", "m0003_colour")] == await run(empty, *packages)


async def test_a_migration_that_fails_leaves_nothing_and_the_ones_before_stay(empty: Settings, write: Write) -> None:
    write("mig_shop", 1, "goods", 'await schema.create_table("good", {"name": "text"})')
    write(
        "mig_shop", 2, "broken",
        'await schema.create_table("half", {"name": "text"})\nawait schema.execute("SELECT 1 / 0")',
    )  # fmt: skip
    with pytest.raises(asyncpg.DivisionByZeroError):
        await run(empty, ("shop", "mig_shop"))
    assert await ask(empty, "SELECT to_regclass('good') IS NOT NULL")
    assert await ask(empty, "SELECT to_regclass('half') IS NULL")
    assert "m0001_goods" == await ask(empty, "SELECT string_agg(name, ',') FROM homeroom.migration")


async def test_a_migration_changes_rows_of_all_spaces_under_force(empty: Settings, write: Write) -> None:
    write("mig_shop", 1, "goods", 'await schema.create_table("good", {"name": "text NOT NULL"})')
    await run(empty, ("shop", "mig_shop"))
    database = Database(str(empty.database_url), ContextSigner(context_key(empty)))
    await database.open()
    try:
        for name in ("nail", "screw"):
            async with database.transaction(new_id()) as transaction:
                await transaction.execute("INSERT INTO good (id, name) VALUES ($1, $2)", new_id(), name)
        write(
            "mig_shop", 2, "louder",
            "assert 2 == len(await schema.fetch('SELECT name FROM good'))\n"
            "assert 'UPDATE 2' == await schema.execute('UPDATE good SET name = upper(name)')",
        )  # fmt: skip
        await run(empty, ("shop", "mig_shop"))
    finally:
        await database.close()
    assert "NAIL,SCREW" == await ask(empty, "SELECT string_agg(name, ',' ORDER BY name) FROM good")


async def test_the_owner_sees_no_rows_when_it_does_not_migrate(empty: Settings, write: Write) -> None:
    write("mig_shop", 1, "goods", 'await schema.create_table("good", {"name": "text NOT NULL"})')
    write(
        "mig_shop", 2, "one",
        "await schema.execute(\"INSERT INTO good (tenant_id, id, name) SELECT u, u, 'x'"
        " FROM (SELECT gen_random_uuid() u) n\")",
    )  # fmt: skip
    await run(empty, ("shop", "mig_shop"))
    connection = await asyncpg.connect(empty.owner_database_url)
    try:
        assert 0 == await connection.fetchval("SELECT count(*) FROM good")
        assert "DELETE 0" == await connection.execute("DELETE FROM good")
    finally:
        await connection.close()
    assert 1 == await ask(empty, "SELECT count(*) FROM good")


NODE = """
import asyncio, json, sys
from homeroom.database.migrations import migrate
owner, role, key, folder = sys.argv[1:]
sys.path.insert(0, folder)
done = asyncio.run(migrate(owner, role, key.encode(), [("homeroom", "homeroom.migrations"), ("shop", "mig_shop")]))
print(json.dumps([each.name for each in done]))
"""


async def test_nodes_that_start_at_once_apply_each_migration_once(
    empty: Settings, write: Write, tmp_path: Path
) -> None:
    slow = 'await schema.create_table("good", {"name": "text"})\nawait schema.execute("SELECT pg_sleep(0.3)")'
    write("mig_shop", 1, "slow", slow)
    write("mig_shop", 2, "more", 'await schema.add_column("good", "price", "numeric(8, 2)")')
    role = urlsplit(str(empty.database_url)).username
    arguments = [str(empty.owner_database_url), str(role), str(empty.secret_key), str(tmp_path)]
    nodes = [
        subprocess.Popen([sys.executable, "-c", NODE, *arguments], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    outputs = await asyncio.gather(*(asyncio.to_thread(node.communicate, timeout=900) for node in nodes))
    assert [0, 0] == [node.returncode for node in nodes]
    applied = [name for output, _ in outputs for name in json.loads(output)]
    kernel = await ask(empty, "SELECT array_agg(name ORDER BY name) FROM homeroom.migration WHERE plugin = 'homeroom'")
    assert sorted([*kernel, "m0001_slow", "m0002_more"]) == sorted(applied)


async def accepted(connection: asyncpg.Connection, key: bytes) -> bool:
    """Whether the database accepts contexts that a key signs."""
    space = new_id()
    begun = "SELECT pg_backend_pid() || '.' || set_config('homeroom.session', 'a number', false)"
    context = ContextSigner(key).sign(space, await connection.fetchval(begun))
    await connection.execute("SELECT set_config('homeroom.context', $1, false)", context)
    try:
        return bool(space == await connection.fetchval("SELECT homeroom.space()"))
    except UnverifiedContextError:
        return False


async def test_a_key_is_changed_with_the_old_one_named_and_both_are_good_until_it_is_retired(empty: Settings) -> None:
    owner, role = str(empty.owner_database_url), str(urlsplit(str(empty.database_url)).username)
    old, new, other = context_key(empty), b"a new key of at least 32 bytes, so", b"another key of at least 32 bytes"
    await run(empty, KERNEL)
    connection = await asyncpg.connect(owner)
    try:
        with pytest.raises(ConfigurationError, match="HOMEROOM_PREVIOUS_SECRET_KEY"):
            await migrate(owner, role, new, [KERNEL])
        with pytest.raises(ConfigurationError, match="HOMEROOM_PREVIOUS_SECRET_KEY"):
            await migrate(owner, role, new, [KERNEL], previous_key=other)
        assert [True, False] == [await accepted(connection, each) for each in (old, new)]
        await migrate(owner, role, new, [KERNEL], previous_key=old)
        await migrate(owner, role, old, [KERNEL])  # a node that has the old one alone changes nothing
        assert [True, True, False] == [await accepted(connection, each) for each in (old, new, other)]
        assert 1 == await retire_key(owner, Keys(new))
        assert [False, True] == [await accepted(connection, each) for each in (old, new)]
        with pytest.raises(ConfigurationError):
            await retire_key(owner, Keys(old))
    finally:
        await connection.close()


async def test_postgresql_and_python_agree_on_the_hmac_of_keys_of_any_length(empty: Settings) -> None:
    owner, role = str(empty.owner_database_url), str(urlsplit(str(empty.database_url)).username)
    before = None
    connection = None
    for length in (32, 64, 65, 200):
        key = bytes(range(1, 201))[:length]
        await migrate(owner, role, key, [], previous_key=before)
        before = key
        connection = connection or await asyncpg.connect(owner)
        assert await accepted(connection, key), length
    assert connection is not None
    await connection.close()


async def test_what_the_helper_refuses(empty: Settings, write: Write) -> None:
    function = "RETURNS int LANGUAGE sql SECURITY DEFINER"
    for number, (body, message) in enumerate(
        [
            ('create_table("Good", {})', "not a name"),
            ('create_table("good; DROP TABLE x", {})', "not a name"),
            ('create_table("good", {"Name": "text"})', "not a name"),
            (f'create_function("CREATE FUNCTION public.f() {function} AS $$ SELECT 1 $$")', "homeroom.<name>"),
            (f'create_function("CREATE FUNCTION homeroom.f() {function} AS $$ SELECT 1 $$")', "search_path"),
        ]
    ):
        write(f"mig_bad{number}", 1, "bad", f"await schema.{body}")
        with pytest.raises(ConfigurationError, match=message):
            await run(empty, ("bad", f"mig_bad{number}"))


async def test_a_misnumbered_module_is_refused_before_anything_runs(empty: Settings, write: Write) -> None:
    write("mig_twice", 1, "first", 'await schema.create_table("good", {"name": "text"})')
    write("mig_twice", 1, "other", "pass")
    with pytest.raises(ConfigurationError, match="m0001_first has the same number"):
        await run(empty, ("twice", "mig_twice"))
    assert await ask(empty, "SELECT to_regclass('good') IS NULL")


async def test_a_number_may_be_left_out(empty: Settings, write: Write) -> None:
    write("mig_gap", 1, "first", 'await schema.create_table("early", {"name": "text"})')
    write("mig_gap", 3, "third", 'await schema.create_table("late", {"name": "text"})')
    await run(empty, ("gap", "mig_gap"))
    write("mig_gap", 2, "second", 'await schema.create_table("between", {"name": "text"})')
    await run(empty, ("gap", "mig_gap"))
    assert await ask(empty, "SELECT to_regclass('between') IS NOT NULL AND to_regclass('late') IS NOT NULL")


async def test_dates_are_bounded_in_tables_old_and_new(
    empty: Settings, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    columns = '{"starts_on": "date NOT NULL", "ends_on": "date", "born_on": "date", "one": "date"}'
    write("mig_shop", 1, "stays", f'await schema.create_table("stay", {columns})')
    write("mig_shop", 2, "rule", 'await schema.execute("ALTER TABLE stay ADD CONSTRAINT rule CHECK (one IS NOT NULL)")')
    await run(empty, ("shop", "mig_shop"))
    space, names = new_id(), ("starts_on", "ends_on", "born_on", "one")
    connection = await asyncpg.connect(empty.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'")
        insert = f"INSERT INTO stay (tenant_id, id, {', '.join(names)}) VALUES ('{space}', '{new_id()}', "
        for column in names:
            days = ["infinity" if each == column else "2026-09-05" for each in names]
            with pytest.raises(asyncpg.CheckViolationError, match=f"{column}_in_bounds"):
                await connection.execute(insert + ", ".join(f"'{each}'" for each in days) + ")")
        # A database from before the bound, with the rows of that time.
        await connection.execute("ALTER TABLE stay " + ", ".join(f"DROP CONSTRAINT {n}_in_bounds" for n in names))
        await connection.execute(insert + "'-infinity', 'infinity', '0001-01-01', '2026-09-05')")
        await run(empty, ("shop", "mig_shop"))
        row = await connection.fetchrow("SELECT starts_on::text, ends_on::text, born_on::text, one::text FROM stay")
        assert ("1800-01-01", None, None, "2026-09-05") == tuple(row)
        assert "stay: mended 1 rows" in caplog.text
        assert await connection.fetchval(
            "SELECT bool_and(convalidated) FROM pg_constraint WHERE conname LIKE '%_in_bounds'"
        )
        # Where an empty date breaks a rule, the bound itself takes its place.
        await connection.execute("ALTER TABLE stay DROP CONSTRAINT one_in_bounds")
        await connection.execute("UPDATE stay SET one = 'infinity'")
        await run(empty, ("shop", "mig_shop"))
        assert "2200-12-31" == await connection.fetchval("SELECT one::text FROM stay")
    finally:
        await connection.close()


async def test_periods_that_overlap_already_are_named_and_end_no_migration(
    empty: Settings, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    class Loan(SchoolTable, tablename="loan"):
        """Somebody has something, from which day to which."""

        periods = dated(by="thing")

    columns = '{"thing": "text NOT NULL", "starts_on": "date NOT NULL", "ends_on": "date"}'
    write("mig_loan", 1, "loans", f'await schema.create_table("loan", {columns})')
    await run(empty, ("loan", "mig_loan"))
    insert = "INSERT INTO loan (tenant_id, id, thing, starts_on, ends_on) VALUES ($1, $2, 'x', $3, $4)"
    connection = await asyncpg.connect(empty.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'")
        space, first, second = new_id(), new_id(), new_id()
        for row, last in ((first, None), (second, date(2026, 9, 30))):
            await connection.execute(insert, space, row, date(2026, 9, 1), last)
        await connection.execute(insert, new_id(), new_id(), date(2026, 9, 1), None)  # in another space
        await add_period_constraints(connection, [Loan])
        assert "loan: 2 rows overlap others by thing" in caplog.text
        assert str(second) in caplog.text
        await connection.execute("DELETE FROM loan WHERE id = $1", second)
        await add_period_constraints(connection, [Loan])
        await add_period_constraints(connection, [Loan])
        with pytest.raises(asyncpg.ExclusionViolationError, match="loan_thing_apart"):
            await connection.execute(insert, space, second, date(2030, 9, 1), None)
    finally:
        await connection.close()


async def test_texts_that_look_alike_already_are_named_and_end_no_migration(
    empty: Settings, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    class Shelf(SchoolTable, tablename="shelf"):
        """A shelf in a room."""

        twins = no_twins("name", by="room", where=("kind", "open"))

    columns = '{"room": "text NOT NULL", "name": "text NOT NULL", "kind": "text NOT NULL"}'
    write("mig_shelf", 1, "shelves", f'await schema.create_table("shelf", {columns})')
    await run(empty, ("shelf", "mig_shelf"))
    insert = "INSERT INTO shelf (tenant_id, id, room, name, kind) VALUES ($1, $2, $3, $4, $5)"
    connection = await asyncpg.connect(empty.owner_database_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'")
        space, second = new_id(), new_id()
        await connection.execute(insert, space, new_id(), "1", "A", "open")
        await connection.execute(insert, space, second, "1", "\uff41", "open")  # a full-width letter
        for room, kind in (("1", "closed"), ("2", "open")):
            await connection.execute(insert, space, new_id(), room, "a", kind)
        await connection.execute(insert, new_id(), new_id(), "1", "A", "open")  # in another space
        await add_period_constraints(connection, [Shelf])
        assert "shelf: 2 rows have the name of another row or one that looks the same" in caplog.text
        assert str(second) in caplog.text
        await connection.execute("DELETE FROM shelf WHERE id = $1", second)
        await add_period_constraints(connection, [Shelf])
        with pytest.raises(asyncpg.ExclusionViolationError, match="shelf_name_twins"):
            await connection.execute(insert, space, second, "1", "a", "open")
    finally:
        await connection.close()
