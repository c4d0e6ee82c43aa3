"""The SQL of a run of the tests, and whether a server of another version accepts it.

``HOMEROOM_TEST_STATEMENTS=FOLDER pytest ...`` records the distinct statements that a run sends by asyncpg. Then
``python tests/recording.py FOLDER`` migrates the empty database of ``HOMEROOM_TEST_OWNER_DATABASE_URL`` and has its
server prepare each of them.

The server looks at the statements inside a function only when the function is called. ``python tests/recording.py``
without a folder, after tests in that database, names the functions that none of them called; the server must run with
``track_functions = pl``.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import asyncpg

__all__ = ["record_statements", "recorded", "refused", "uncalled", "write_statements"]

_UNCALLED = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname = 'plpgsql' AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND NOT EXISTS (SELECT FROM pg_stat_user_functions f WHERE f.funcid = p.oid) ORDER BY 1
"""
#: What only says that a statement is one of a test's own plugin, whose tables the other database lacks.
_OTHER_TABLES = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError, asyncpg.UndefinedColumnError)


def record_statements() -> set[str]:
    """Record from now on, in the set that is returned."""
    found: set[str] = set()
    original = asyncpg.Connection._get_statement

    async def recording(connection: Any, query: str, *arguments: Any, **options: Any) -> Any:
        statement = await original(connection, query, *arguments, **options)
        found.add(query)  # not what this server refused: a test meant that
        return statement

    asyncpg.Connection._get_statement = recording
    return found


def write_statements(folder: Path, statements: set[str]) -> None:
    """Write the file of this process, for :func:`recorded`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{os.getpid()}.json").write_text(json.dumps(sorted(statements)), encoding="utf-8")


def recorded(folder: Path) -> list[str]:
    """The distinct statements of all processes of a run."""
    return sorted({each for file in folder.glob("*.json") for each in json.loads(file.read_text(encoding="utf-8"))})


async def refused(connection: asyncpg.Connection[Any], statements: list[str]) -> list[str]:
    """What the server does not accept, a text each.

    Args:
        connection: To a database with the tables of all plugins.
        statements: They are prepared and never run.
    """
    faults = []
    for statement in statements:
        try:
            await connection.prepare(statement)
        except _OTHER_TABLES:
            continue
        except (asyncpg.UndefinedFunctionError, asyncpg.UndefinedObjectError) as error:
            if not any(re.search(rf"\b{name}\b", str(error)) for name in _made_by_tests()):
                faults.append(f"{error.sqlstate} {error}: {statement.strip()[:400]}")
        except asyncpg.PostgresError as error:
            faults.append(f"{error.sqlstate} {error}: {statement.strip()[:400]}")
    return faults


async def uncalled(connection: asyncpg.Connection[Any]) -> list[str]:
    """The functions in PL/pgSQL of a database that nothing has called since it was made."""
    return [row[0] for row in await connection.fetch(_UNCALLED)]


@functools.cache
def _made_by_tests() -> frozenset[str]:
    """The functions and types that tests and their plugins make, in lower case."""
    sources = (file.read_text(encoding="utf-8") for file in Path(__file__).parent.rglob("*.py"))
    made = r"CREATE (?:OR REPLACE )?(?:FUNCTION|TYPE|DOMAIN|COLLATION|OPERATOR) (?:\w+\.)?(\w+)"
    return frozenset(name.lower() for source in sources for name in re.findall(made, source, re.IGNORECASE))


async def _prepare(folder: Path) -> int:
    from homeroom.boot import migrate_database
    from homeroom.plugins import PluginRegistry
    from homeroom.settings import Settings

    settings = Settings(
        database_url=os.environ["HOMEROOM_TEST_DATABASE_URL"],
        owner_database_url=os.environ["HOMEROOM_TEST_OWNER_DATABASE_URL"],
        secret_key="a key for tests that is long enough",
    )
    await migrate_database(settings, PluginRegistry.discover())
    statements = recorded(folder)
    connection = await asyncpg.connect(settings.owner_database_url, statement_cache_size=0)
    try:
        faults = await refused(connection, statements)
    finally:
        await connection.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(statements) - len(faults)} of {len(statements)} statements accepted")
    return 1 if faults or not statements else 0


async def _count() -> int:
    connection = await asyncpg.connect(os.environ["HOMEROOM_TEST_OWNER_DATABASE_URL"])
    try:
        names = await uncalled(connection)
        called = await connection.fetchval("SELECT count(*) FROM pg_stat_user_functions")
    finally:
        await connection.close()
    for name in names:
        print(f"No test on this server calls {name}: name one in .ci/run that does.", file=sys.stderr)
    print(f"{called} functions called, {len(names)} not")
    return 1 if names or not called else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_prepare(Path(sys.argv[1])) if sys.argv[1:] else _count()))
