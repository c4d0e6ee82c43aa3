"""The rows of one space among those of all: removed, or brought back from a backup of the whole database.

As the owner in maintenance, for whom row level security lets everything through. A reference must hold at the end of
each statement, so tables are emptied and filled in an order in which that works; where tables refer to one another in
a circle, the rows of a space are written first without the references of the circle.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from homeroom.database.backup import BackupError, maintenance_connection
from homeroom.database.providers.clients import find_client

__all__ = ["SavedSpace", "delete_rows", "put_back", "read_saved"]

_TABLES: Final = """
SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r'
  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
ORDER BY c.relname
"""
#: Each reference between two tables of spaces: table, its column, the table referred to, and whether it may be empty.
_REFERENCES: Final = """
SELECT f.relname AS table, t.relname AS target, a.attname AS column, NOT a.attnotnull AS optional
FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum = k.conkey[array_upper(k.conkey, 1)]
WHERE k.contype = 'f' AND f.relnamespace = 'public'::regnamespace AND t.relnamespace = 'public'::regnamespace
"""
_COPY: Final = re.compile(r"COPY (\S+) \((.*)\) FROM stdin;\n")
_SPACE: Final = "homeroom.space"
_MIGRATION: Final = "homeroom.migration"
#: Tables outside the spaces whose rows of the space come back with it: the column that names the space.
_OF_SPACE: Final[Mapping[str, str]] = {
    "homeroom.space_host": "space_id",
    "homeroom.space_rule": "space_id",
    "homeroom.district_rule": "district_id",
    "homeroom.district_grant": "space_id",
    "homeroom.membership": "space_id",
}


@dataclass(frozen=True, slots=True)
class _Order:
    """The tables of spaces, those that are referred to first, and the references that circles leave over."""

    tables: Sequence[str]
    late: Sequence[tuple[str, str]]


@dataclass(slots=True)
class SavedSpace:
    """The rows of one space in a backup, as the lines of COPY, in files of a folder.

    Args:
        id: The space.
        slug: Its short name when it was saved.
        files: Table to the file with its lines.
        columns: Table to its columns.
        rows: Table to the number of its rows.
        migrations: (plugin, name) of all migrations that the saved database had.
    """

    id: UUID
    slug: str
    files: dict[str, Path] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    migrations: set[tuple[str, str]] = field(default_factory=set)

    @property
    def total(self) -> int:
        """All rows of tables of spaces."""
        return sum(number for table, number in self.rows.items() if table.startswith("public."))


async def delete_rows(connection: Any, space: UUID) -> dict[str, int]:
    """Delete the rows of a space from all tables of spaces.

    Args:
        connection: Of the owner in maintenance, in a transaction.
        space: The space; its own row stays.

    Returns:
        Table to how many rows were deleted, where there were any.
    """
    order = await _order(connection)
    for table, column in order.late:
        await connection.execute(f"UPDATE {table} SET {column} = NULL WHERE tenant_id = $1", space)
    deleted = {}
    for table in reversed(order.tables):
        tag = await connection.execute(f"DELETE FROM {table} WHERE tenant_id = $1", space)
        if number := int(tag.rpartition(" ")[2]):
            deleted[table] = number
    return deleted


async def read_saved(owner_url: str, file: Path, slug: str, folder: Path) -> SavedSpace:
    """Read the rows of one space out of a backup of the whole database.

    Args:
        owner_url: How to connect as the owner; the version of PostgreSQL decides which program reads the file.
        file: What ``homeroom backup`` wrote.
        slug: The space's short name in it.
        folder: An empty folder that takes the rows.

    Raises:
        BackupError: The file is no backup, or has no such space.
    """
    connection = await maintenance_connection(owner_url)
    try:
        version = connection.get_server_version()
        program = find_client("pg_restore", int(version.major) * 10000)
    finally:
        await connection.close()
    found = await asyncio.to_thread(_find, program, file, slug)
    saved = SavedSpace(found, slug)
    await asyncio.to_thread(_extract, program, file, saved, folder)
    return saved


async def put_back(connection: Any, saved: SavedSpace) -> None:
    """Write the rows of a saved space; there must be none of it.

    Accounts are not part of it: memberships come back for those accounts that are still there.

    Args:
        connection: Of the owner in maintenance, in a transaction.
        saved: As :func:`read_saved` gave it.

    Raises:
        BackupError: The database has other migrations than the saved one had.
    """
    present = {
        (row["plugin"], row["name"]) for row in await connection.fetch("SELECT plugin, name FROM homeroom.migration")
    }
    if present != saved.migrations:
        others = sorted(f"{plugin} {name}" for plugin, name in present ^ saved.migrations)
        raise BackupError(
            "the backup was made with other migrations than this database has: "
            + ", ".join(others[:10])
            + "; restore it into an empty database with the version that made it, and migrate that one"
        )
    await _fill(connection, saved, _SPACE)
    for table in _OF_SPACE:
        await _fill(connection, saved, table, only="account_id IN (SELECT id FROM homeroom.account)")
    await _fill(
        connection, saved, "homeroom.membership_role", only="membership_id IN (SELECT id FROM homeroom.membership)"
    )
    order = await _order(connection)
    for table in order.tables:
        await _fill(
            connection, saved, f"public.{table}", empty=[column for late, column in order.late if late == table]
        )
    for table, column in order.late:
        await _complete(connection, saved, table, column)


async def _order(connection: Any) -> _Order:
    waiting = [row["name"] for row in await connection.fetch(_TABLES)]
    references = [dict(row) for row in await connection.fetch(_REFERENCES)]
    done: list[str] = []
    late: list[tuple[str, str]] = []
    while waiting:
        ready = [
            table
            for table in waiting
            if not any(
                each["table"] == table
                and each["target"] in waiting
                and each["target"] != table
                and (table, each["column"]) not in late
                for each in references
            )
        ]
        if ready:
            done += ready
            waiting = [table for table in waiting if table not in ready]
            continue
        circle = next(
            each
            for each in references
            if each["optional"]
            and each["table"] in waiting
            and each["target"] in waiting
            and each["table"] != each["target"]
            and (each["table"], each["column"]) not in late
        )
        late.append((circle["table"], circle["column"]))
    return _Order(done, late)


def _tables_in(program: Path, file: Path) -> Iterator[tuple[str, list[str], Iterator[str]]]:
    """Each table in a backup: its name with schema, its columns, and its lines, to be read before the next table."""
    words = [str(program), "--data-only", "--file=-", str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="strict") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = iter(process.stdout)
        for line in lines:
            found = _COPY.fullmatch(line)
            if found is None:
                continue
            rows = _rows(lines)
            yield found[1], [each.strip('"') for each in found[2].split(", ")], rows
            for _ in rows:
                pass
        said = process.stderr.read().strip()
    if process.returncode != 0:
        raise BackupError(f"{file} is no whole backup: {said}")


def _rows(lines: Iterator[str]) -> Iterator[str]:
    for row in lines:
        if row == "\\.\n":
            return
        yield row


def _find(program: Path, file: Path, slug: str) -> UUID:
    found = None
    for table, columns, rows in _tables_in(program, file):
        if table == _SPACE:
            place, name = columns.index("id"), columns.index("slug")
            for row in rows:
                cells = row.rstrip("\n").split("\t")
                if cells[name] == slug:
                    found = UUID(cells[place])
    if found is None:
        raise BackupError(f"{file} has no school or district {slug!r}")
    return found


def _extract(program: Path, file: Path, saved: SavedSpace, folder: Path) -> None:
    """Write the lines of one space into a file for each table. The tabs within values are escaped."""
    own = str(saved.id)
    memberships: set[str] = set()
    kept_roles: list[str] = []
    for table, columns, rows in _tables_in(program, file):
        if table == _MIGRATION:
            places = columns.index("plugin"), columns.index("name")
            for row in rows:
                cells = row.rstrip("\n").split("\t")
                saved.migrations.add((cells[places[0]], cells[places[1]]))
            continue
        if table == "homeroom.membership_role":
            saved.columns[table] = columns
            kept_roles = list(rows)  # which are of the space shows when the memberships are known
            continue
        column = "tenant_id" if "tenant_id" in columns else "id" if table == _SPACE else _OF_SPACE.get(table)
        if column is None:
            continue
        place = columns.index(column)
        target = folder / table
        number = 0
        with target.open("w", encoding="utf-8", newline="\n") as written:
            for row in rows:
                if row.rstrip("\n").split("\t", place + 1)[place] == own:
                    written.write(row)
                    number += 1
                    if table == "homeroom.membership":
                        memberships.add(row.rstrip("\n").split("\t")[columns.index("id")])
        saved.files[table], saved.columns[table], saved.rows[table] = target, columns, number
    if kept_roles:
        table = "homeroom.membership_role"
        place = saved.columns[table].index("membership_id")
        mine = [row for row in kept_roles if row.rstrip("\n").split("\t", place + 1)[place] in memberships]
        saved.files[table], saved.rows[table] = folder / table, len(mine)
        saved.files[table].write_text("".join(mine), encoding="utf-8")


async def _fill(
    connection: Any, saved: SavedSpace, table: str, *, only: str = "true", empty: Sequence[str] = ()
) -> None:
    """Bring the rows of a table in by way of a temporary one: PostgreSQL refuses COPY into tables with row security."""
    if not saved.rows.get(table):
        return
    columns = saved.columns[table]
    if "account_id" not in columns and table in _OF_SPACE:
        only = "true"
    names = ", ".join(f'"{each}"' for each in columns)
    values = ", ".join("NULL" if each in empty else f'"{each}"' for each in columns)
    await _stage(connection, saved, table)
    await connection.execute(f"INSERT INTO {table} ({names}) SELECT {values} FROM saved_rows WHERE {only}")
    await connection.execute("DROP TABLE saved_rows")


async def _complete(connection: Any, saved: SavedSpace, table: str, column: str) -> None:
    """Put the references of a circle in place, now that all rows are there."""
    if saved.rows.get(f"public.{table}"):
        await _stage(connection, saved, f"public.{table}")
        await connection.execute(
            f"UPDATE {table} t SET {column} = s.{column} FROM saved_rows s"
            f" WHERE t.tenant_id = s.tenant_id AND t.id = s.id AND s.{column} IS NOT NULL"
        )
        await connection.execute("DROP TABLE saved_rows")


async def _stage(connection: Any, saved: SavedSpace, table: str) -> None:
    names = ", ".join(f'"{each}"' for each in saved.columns[table])
    await connection.execute(f"CREATE TEMPORARY TABLE saved_rows AS SELECT {names} FROM {table} WITH NO DATA")
    with saved.files[table].open("rb") as source:
        await connection.copy_to_table("saved_rows", source=source, columns=saved.columns[table])
