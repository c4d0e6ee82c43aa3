"""What a space holds, so that a test can say that nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["Fingerprints", "contents_of"]

#: Every table of the schools. That somebody tried something may be written into the audit, and is no change.
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname NOT LIKE 'audit\\_%' ORDER BY 1
"""
#: The transactions that a statement sees: with an equal text it sees equal rows ("pg_snapshot Components").
_SNAPSHOT = "pg_current_snapshot()::text"


class Fingerprints:
    """Takes fingerprints of a space; where no transaction has ended since the last one, that one holds still.

    Args:
        host: The open host.
        space: Whose rows.
    """

    def __init__(self, host: Host, space: Space) -> None:
        self._host = host
        self._space = space
        self._statement = ""
        self._snapshot = ""
        self._taken: Mapping[str, str] = {}

    async def take(self) -> Mapping[str, str]:
        """A fingerprint of the rows of each table of the space; equal for equal rows."""
        async with self._host.database.transaction(self._space.id, read_only=True) as transaction:
            if not self._statement:
                tables = [row["relname"] for row in await transaction.fetch(_TABLES)]
                self._statement = " UNION ALL ".join((f"SELECT '' AS name, {_SNAPSHOT} AS rows", *map(_of, tables)))
            if not self._taken or self._snapshot != await transaction.fetchval(f"SELECT {_SNAPSHOT}"):
                taken = {row["name"]: row["rows"] for row in await transaction.fetch(self._statement)}
                self._snapshot, self._taken = taken.pop(""), taken
        return self._taken


def _of(table: str) -> str:
    rows = "md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))"
    return f"SELECT '{table}', {rows} FROM \"{table}\" t"


async def contents_of(host: Host, space: Space) -> Mapping[str, str]:
    """A fingerprint of the rows of each table of a space; equal for equal rows.

    Args:
        host: The open host.
        space: Whose rows.
    """
    return await Fingerprints(host, space).take()
