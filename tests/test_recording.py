"""Statements of a run are recorded, and a server names those that it does not accept, and functions never called."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from homeroom.host import Host
from homeroom.settings import Settings
from recording import record_statements, recorded, refused, uncalled, write_statements


async def test_what_another_server_does_not_accept_is_named(database_settings: Settings, tmp_path: Path) -> None:
    original = asyncpg.Connection._get_statement
    try:
        found = record_statements()
        connection = await asyncpg.connect(database_settings.owner_database_url)
        try:
            assert 3 == await connection.fetchval("SELECT 1 + $1::int", 2)
            refusal = await refused(connection, ["SELECT 2", "SELEC 1", "SELECT * FROM nothing", "SELECT nope(1)"])
        finally:
            await connection.close()
    finally:
        asyncpg.Connection._get_statement = original
    assert ["42601", "42883"] == [each[:5] for each in refusal]
    write_statements(tmp_path, found)
    assert {"SELECT 1 + $1::int", "SELECT 2"} <= set(recorded(tmp_path))
    assert "SELEC 1" not in recorded(tmp_path)


async def test_a_function_that_nothing_called_is_named(host: Host) -> None:
    connection = await asyncpg.connect(host.settings.owner_database_url)
    try:
        async with connection.transaction():
            for name, language in (("unused", "plpgsql"), ("homeroom.unused", "plpgsql"), ("checked_when_made", "sql")):
                body = "BEGIN END" if language == "plpgsql" else "SELECT NULL::void"
                await connection.execute(f"CREATE FUNCTION {name}() RETURNS void LANGUAGE {language} AS '{body}'")
            found = await uncalled(connection)
            await connection.execute("DROP FUNCTION unused(), homeroom.unused(), checked_when_made()")
    finally:
        await connection.close()
    assert {"unused()", "homeroom.unused()"} <= set(found)
    assert "checked_when_made()" not in found
