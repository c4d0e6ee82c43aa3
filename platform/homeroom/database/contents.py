"""How many rows there are: of each table and space, in a database or in a dump of one."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Contents", "DumpError", "contents_of_database", "contents_of_dump"]

_TABLES = r"""
SELECT format('%I.%I', n.nspname, c.relname) AS name,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
           AS of_spaces
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                  AND d.deptype = 'e')
ORDER BY 1
"""
_COPY = re.compile(rb"COPY (\S+) \((.*)\) FROM stdin;\n")


class DumpError(ConfigurationError):
    """A file is no dump that can be read, or no whole one."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Rows, counted.

    Args:
        rows: (table with its schema, space's id or empty for a table outside the spaces) to the number of rows, where
            there are any.
        tables: All tables, those without rows included.
    """

    rows: Mapping[tuple[str, str], int]
    tables: frozenset[str]

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())

    @property
    def spaces(self) -> frozenset[str]:
        """The ids of the spaces that have rows."""
        return frozenset(space for _, space in self.rows if space)

    def filled(self) -> list[str]:
        """The tables that have rows, sorted."""
        return sorted({table for table, _ in self.rows})

    def differences(self, other: Contents) -> list[str]:
        """What the other has otherwise, a sentence for each table and space."""
        differing = [
            f"{table}{f' of space {space}' if space else ''}: {self.rows.get((table, space), 0)} rows here,"
            f" {other.rows.get((table, space), 0)} there"
            for table, space in sorted({*self.rows, *other.rows})
            if self.rows.get((table, space)) != other.rows.get((table, space))
        ]
        return differing + [f"{table}: is not in both" for table in sorted(self.tables ^ other.tables)]


async def contents_of_database(connection: Any, *, without: Iterable[str] = ()) -> Contents:
    """Count the rows that a connection sees.

    Args:
        connection: An asyncpg connection, in a transaction if the numbers shall be of one moment.
        without: Tables that do not count.

    Raises:
        DumpError: A table is not the connection's to read.
    """
    rows: dict[tuple[str, str], int] = {}
    tables = {row["name"]: row["of_spaces"] for row in await connection.fetch(_TABLES)}
    for name in without:
        tables.pop(name, None)
    for table, of_spaces in tables.items():
        space = "tenant_id::text" if of_spaces else "''"
        try:
            counted = await connection.fetch(f"SELECT {space} AS space, count(*) AS number FROM {table} GROUP BY 1")
        except asyncpg.InsufficientPrivilegeError as error:
            raise DumpError(
                f"{table} is not the owner's: {error}; let the owner read it, or move it to a database of its own"
            ) from None
        for row in counted:
            rows[table, row["space"]] = row["number"]
    return Contents(rows, frozenset(tables))


def contents_of_dump(program: Path, file: Path, *, without: Iterable[str] = ()) -> Contents:
    """Count the rows in a dump in PostgreSQL's custom format, reading all of it.

    Args:
        program: ``pg_restore``.
        file: The dump.
        without: Tables that do not count.

    Raises:
        DumpError: It cannot be read to its end.
    """
    words = [str(program), "--data-only", "--file=-", str(file)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        counted = _count(process.stdout, frozenset(without))
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode != 0:
        raise DumpError(f"{file} is no whole backup: {said}")
    return counted


def _count(lines: Iterator[bytes], without: frozenset[str]) -> Contents:
    """Count the rows in what pg_restore writes: a COPY command for each table, its rows, and a line ``\\.``."""
    rows: Counter[tuple[str, str]] = Counter()
    tables: set[str] = set()
    for line in lines:
        found = _COPY.fullmatch(line)
        if found is None:
            continue
        table, columns = found[1].decode(), found[2].split(b", ")
        place = columns.index(b"tenant_id") if b"tenant_id" in columns else None
        spaces: Counter[bytes] = Counter()
        for row in lines:
            if row == b"\\.\n":
                break
            # The tabs inside values are escaped, so this splits columns.
            spaces[b"" if place is None else row.split(b"\t", place + 1)[place]] += 1
        if table in without:
            continue
        tables.add(table)
        rows.update({(table, space.decode().strip()): number for space, number in spaces.items()})
    return Contents(rows, frozenset(tables))
