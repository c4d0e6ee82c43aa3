"""What a space holds, so that a test can say that nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["contents_of"]

#: Every table of the schools. That somebody tried something may be written into the audit, and is no change.
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.relname NOT LIKE 'audit\\_%' ORDER BY 1
"""


async def contents_of(host: Host, space: Space) -> Mapping[str, str]:
    """A fingerprint of the rows of each table of a space; equal for equal rows.

    Args:
        host: The open host.
        space: Whose rows.
    """
    async with host.database.transaction(space.id, read_only=True) as transaction:
        tables = [row["relname"] for row in await transaction.fetch(_TABLES)]
        parts = (
            f"SELECT '{table}' AS name, md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS rows"
            f' FROM "{table}" t'
            for table in tables
        )
        return {row["name"]: row["rows"] for row in await transaction.fetch(" UNION ALL ".join(parts))}
