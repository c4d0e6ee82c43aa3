"""The database's own bound on dates: every date column of a school's table takes the dates of :mod:`homeroom.dates`.

The bound is a check of each column, added once to tables old and new at the end of a migration. Rows from before
the bound are mended: a date beyond it becomes empty, or the bound itself where the column must be filled.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import asyncpg

from homeroom.dates import EARLIEST, LATEST

__all__ = ["SUFFIX", "bound_date_columns"]

logger = logging.getLogger(__name__)
#: What the name of such a check ends with; the column's name comes before it.
SUFFIX: Final = "_in_bounds"
_LONGEST_NAME: Final = 63 - len(SUFFIX)
_WITHIN: Final = f"BETWEEN DATE '{EARLIEST}' AND DATE '{LATEST}'"
#: The days of a period: an empty one would mean that it never began or does not end.
_PERIOD: Final = ("starts_on", "ends_on")
_UNBOUNDED: Final = """
SELECT c.relname::text AS "table", array_agg(a.attname::text ORDER BY a.attnum) AS columns,
       array_agg(a.attnotnull ORDER BY a.attnum) AS required
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.atttypid = 'date'::regtype
  AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attname = 'tenant_id' AND NOT t.attisdropped)
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conname = left(a.attname, $1) || $2)
GROUP BY c.relname ORDER BY c.relname
"""


async def bound_date_columns(connection: Any) -> None:
    """Add the bound to every date column of a school's table that lacks it, and mend the rows that break it.

    Where rows cannot be mended without breaking another rule of their table, they stay as they are and a warning
    names the table; new rows are bound all the same.

    Args:
        connection: An asyncpg connection as the owner, outside a transaction.
    """
    for row in await connection.fetch(_UNBOUNDED, _LONGEST_NAME, SUFFIX):
        table = row["table"]
        columns = dict(zip(row["columns"], row["required"], strict=True))
        async with connection.transaction():
            await connection.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL search_path = public")
            checks = ", ".join(f"ADD CONSTRAINT {_name(each)} CHECK ({each} {_WITHIN}) NOT VALID" for each in columns)
            await connection.execute(f"ALTER TABLE {table} {checks}")
            if await _mended(connection, table, columns):
                valid = ", ".join(f"VALIDATE CONSTRAINT {_name(each)}" for each in columns)
                await connection.execute(f"ALTER TABLE {table} {valid}")


def _name(column: str) -> str:
    return f"{column[:_LONGEST_NAME]}{SUFFIX}"


async def _mended(connection: Any, table: str, columns: dict[str, bool]) -> bool:
    """Whether all rows of a table are within the bounds now."""
    beyond = " OR ".join(f"{column} NOT {_WITHIN}" for column in columns)
    count = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {beyond}")
    if not count:
        return True
    for may_be_empty in (True, False):
        sets = ", ".join(
            f"{column} = {_nearest(column, may_be_empty and not required)}" for column, required in columns.items()
        )
        try:
            async with connection.transaction():
                await connection.execute(f"UPDATE {table} SET {sets} WHERE {beyond}")
        except asyncpg.IntegrityConstraintViolationError:
            continue
        logger.warning("%s: mended %s rows with dates outside %s to %s", table, count, EARLIEST, LATEST)
        return True
    logger.warning("%s: %s rows have dates outside %s to %s; correct them by hand", table, count, EARLIEST, LATEST)
    return False


def _nearest(column: str, may_be_empty: bool) -> str:
    early = "NULL" if may_be_empty and column not in _PERIOD else f"DATE '{EARLIEST}'"
    late = "NULL" if may_be_empty else f"DATE '{LATEST}'"
    return (
        f"CASE WHEN {column} < DATE '{EARLIEST}' THEN {early}"
        f" WHEN {column} > DATE '{LATEST}' THEN {late} ELSE {column} END"
    )
