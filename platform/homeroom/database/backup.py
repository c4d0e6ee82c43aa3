"""Saving a whole database and bringing it back, as the owner, and making sure that nothing is missing.

Row level security binds the owner too: it sees rows of schools only in maintenance, and a dump made without is whole
in form and empty. So the rows are counted, table by table and space by space, in the very snapshot that is dumped, and
counted again in the file.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from homeroom.database.contents import Contents, DumpError, contents_of_database, contents_of_dump
from homeroom.database.migrations import LOCK
from homeroom.database.providers.clients import find_client
from homeroom.errors import ConfigurationError

__all__ = ["BackupError", "SpacesOf", "back_up", "maintenance_connection", "restore"]

#: Gives all spaces that a connection of the owner knows, id to name; none in a database without tables.
SpacesOf = Callable[[Any], Awaitable[Mapping[str, str]]]

#: What signs the contexts of all spaces has no place in a file that is carried about; migrating stores it again.
_LEFT_OUT = ("homeroom.context_key",)
#: Written by migrating an empty database.
_OF_NO_SCHOOL = frozenset({"homeroom.migration"})
_SHOWN = 10

_BLIND = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.rolname = current_user
WHERE c.relkind = 'r' AND c.relforcerowsecurity AND NOT (c.relowner = r.oid OR r.rolsuper OR r.rolbypassrls)
ORDER BY 1 LIMIT 1
"""


class BackupError(ConfigurationError):
    """A backup was not made or not brought back; the message says why."""


async def back_up(owner_url: str, file: Path, spaces_of: SpacesOf) -> Contents:
    """Save the database into a new file, in PostgreSQL's custom format. Others may work meanwhile.

    Args:
        owner_url: How to connect as the owner.
        file: Where to; nothing may be there. Nobody else on the machine can read it.
        spaces_of: Whose rows must be in it.

    Returns:
        What the file holds.

    Raises:
        BackupError: It cannot be made, or would lack something; no file is there then.
    """
    connection = await maintenance_connection(owner_url)
    try:
        draft = _private_draft(file)
        try:
            # A migration waits for the end of this, and this for the end of one.
            await connection.execute("SELECT pg_advisory_lock_shared($1)", LOCK)
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
                there = await contents_of_database(connection, without=_LEFT_OUT)
                spaces = await spaces_of(connection)
                words = [f"--exclude-table-data={each}" for each in _LEFT_OUT]
                words += ["--format=custom", "--enable-row-security", f"--snapshot={snapshot}", f"--file={draft}"]
                await _run("pg_dump", connection, owner_url, words)
            saved = await _contents(connection, draft)
            _compare(saved, there, "the file", "the database")
            _refuse_missing(saved, spaces)
            _keep(draft, file)
        finally:
            draft.unlink(missing_ok=True)
    finally:
        await connection.close()
    return saved


async def restore(owner_url: str, file: Path, spaces_of: SpacesOf) -> Contents:
    """Bring a saved database back into an empty one, whole or not at all. It must be migrated afterwards.

    Tables without any row, such as a migration of the empty database left, are dropped first.

    Args:
        owner_url: How to connect as the owner.
        file: The dump.
        spaces_of: Of whom no rows may be there before, and some must be there afterwards.

    Returns:
        What was brought back.

    Raises:
        BackupError: The database is not empty, the file is not whole, or it does not fit.
    """
    connection = await maintenance_connection(owner_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        saved = await _contents(connection, file)
        if "homeroom.migration" not in saved.tables:
            raise BackupError(f"{file} is no backup of Homeroom")
        await _refuse_used(connection, spaces_of)
        await _drop_tables(connection)
        words = ["--no-owner", "--single-transaction", "--exit-on-error", str(file)]
        await _run("pg_restore", connection, owner_url, words)
        try:
            _compare(await contents_of_database(connection, without=_LEFT_OUT), saved, "the database", "the file")
            _refuse_missing(saved, await spaces_of(connection))
        except BackupError:
            await _drop_tables(connection)
            raise
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return saved


async def maintenance_connection(owner_url: str) -> Any:
    """A connection as the owner that sees the rows of all spaces. Raises BackupError if it would not."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("SET homeroom.maintenance = 'on'; SET idle_in_transaction_session_timeout = 0")
        blind = await connection.fetchval(_BLIND)
        if blind is not None:
            raise BackupError(f"HOMEROOM_OWNER_DATABASE_URL connects as a role that does not own {blind}")
    except BaseException:
        await connection.close()
        raise
    return connection


def _private_draft(file: Path) -> Path:
    """A new file beside another that nobody else can read."""
    if file.exists():
        raise BackupError(f"{file} is there already")
    draft = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise BackupError(f"cannot write {file}: {error.strerror}") from None
    return draft


def _keep(draft: Path, file: Path) -> None:
    """Give the draft its name, once the disk has it."""
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.rename(file)


async def _refuse_used(connection: Any, spaces_of: SpacesOf) -> None:
    """Raise BackupError if somebody has used the database."""
    names = sorted((await spaces_of(connection)).values())
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise BackupError(f"the database has schools: {', '.join(names[:_SHOWN])}{more}; restore into an empty one")
    there = await contents_of_database(connection, without=_LEFT_OUT)
    used = [table for table in there.filled() if table not in _OF_NO_SCHOOL]
    if used:
        more = f", and so have {len(used) - 1} more tables" if len(used) > 1 else ""
        raise BackupError(f"the database is in use: {used[0]} has rows{more}; restore into an empty one")


# Functions of triggers that migrations made beside the tables; not what an extension brought.
_FUNCTIONS = """
SELECT p.oid::regprocedure::text AS name FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
"""


async def _drop_tables(connection: Any) -> None:
    there = await contents_of_database(connection)
    async with connection.transaction():
        await connection.execute("DROP SCHEMA IF EXISTS homeroom CASCADE")
        for table in sorted(each for each in there.tables if not each.startswith("homeroom.")):
            await connection.execute(f"DROP TABLE {table} CASCADE")
        for each in await connection.fetch(_FUNCTIONS):
            await connection.execute(f"DROP FUNCTION IF EXISTS {each['name']} CASCADE")


def _refuse_missing(saved: Contents, spaces: Mapping[str, str]) -> None:
    missing = sorted(name for space, name in spaces.items() if space not in saved.spaces)
    if missing:
        raise BackupError(f"the file has no rows of {', '.join(missing[:_SHOWN])}")


def _compare(found: Contents, wanted: Contents, here: str, there: str) -> None:
    differing = found.differences(wanted)
    if differing:
        more = [f"and {len(differing) - _SHOWN} more"] if len(differing) > _SHOWN else []
        lines = "\n".join(f"  {each}" for each in [*differing[:_SHOWN], *more])
        raise BackupError(f"{here} does not hold what {there} does (here: {here}, there: {there}):\n{lines}")


async def _contents(connection: Any, file: Path) -> Contents:
    program = find_client("pg_restore", _version(connection))
    try:
        return await asyncio.to_thread(contents_of_dump, program, file, without=_LEFT_OUT)
    except DumpError as error:
        raise BackupError(str(error)) from None


async def _run(name: str, connection: Any, owner_url: str, words: list[str]) -> None:
    """Run one of PostgreSQL's programs as the owner in maintenance. The password is on no command line."""
    parts = conninfo_to_dict(owner_url)
    password = parts.pop("password", None)
    parts["options"] = f"{parts.get('options') or ''} -c homeroom.maintenance=on".strip()
    environment = dict(os.environ) if password is None else os.environ | {"PGPASSWORD": str(password)}
    process = await asyncio.create_subprocess_exec(
        str(find_client(name, _version(connection))),
        f"--dbname={make_conninfo('', **parts)}",
        *words,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise BackupError(f"{name} failed: {said.decode(errors='replace').strip()}")


def _version(connection: Any) -> int:
    version = connection.get_server_version()
    return int(version.major) * 10000
