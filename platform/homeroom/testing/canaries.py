"""Canaries: texts that are found again wherever they fly.

Every free text of a school, in every table of every plugin, is replaced by a text that begins with a prefix of one's
choice and names its table and column. To find the prefix outside the school (in an answer to somebody of
another school, a log, an error, a cache, a file) has found a leak, and knows where it began.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import msgspec

from homeroom.audit.trail import AuditTrail
from homeroom.errors import Refusal
from homeroom.refusals import BAD_FORMAT
from homeroom.testing.filling import Live, Shape, fill_table, shapes

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.database.engine import Transaction
    from homeroom.host import Host

__all__ = ["LONGEST_PREFIX", "Seeded", "seed_canaries"]

#: Leaves room for the name of a column in most of the columns that are short.
LONGEST_PREFIX: Final = 12
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_TEXTS = frozenset({"text", "character varying", "character"})
_JSON = frozenset({"json", "jsonb"})


@dataclass(frozen=True, slots=True)
class Seeded:
    """What became of one column that holds text.

    Args:
        table: The table.
        column: The column.
        rows: How many rows carry a canary in it.
        text: The canary of one of them.
        reason: Why none carries one, or why it could not be whole; empty if all is well.
    """

    table: str
    column: str
    rows: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Canary:
    """A text; rows are numbered where the column has room for it, and what is cut off is reported."""

    stem: str
    numbered: bool = False
    missing: str = ""

    def __str__(self) -> str:
        return f"{self.stem} 1" if self.numbered else self.stem


async def seed_canaries(host: Host, space: Space, prefix: str) -> list[Seeded]:
    """Put a canary into every free text of a school; all of them or none.

    What is there is overwritten. A table without rows gets one, and so does one whose rows nobody may change. A text
    that programs read (a code, a time of day) stays as it is and is reported with that reason.

    Args:
        host: The open host.
        space: The school.
        prefix: What each canary begins with: a letter, then letters and digits, twelve characters at most.

    Returns:
        Each column that holds text, by table and column.

    Raises:
        Refusal: The prefix cannot be distinguished from other texts, or is too long.
    """
    if not _PREFIX.fullmatch(prefix) or len(prefix) > LONGEST_PREFIX:
        raise Refusal(BAD_FORMAT, "prefix")
    found: list[Seeded] = []
    async with host.database.transaction(space.id) as transaction:
        # Deferred to the end, a rule between tables would refuse all of it for one column.
        await transaction.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in await shapes(transaction, host.registry):
            found += await _seed_table(transaction, table, prefix)
        trail = AuditTrail("testing.seed_canaries")
        arguments = {"columns": len(found), "rows": sum(each.rows for each in found)}
        await trail.write(transaction, host.system_caller(space), host.clock(), arguments)
    return sorted(found, key=lambda each: (each.table, each.column))


async def _seed_table(transaction: Transaction, table: Shape, prefix: str) -> list[Seeded]:
    texts = [each for each in table.columns.values() if _holds_text(each) and not each.made]
    if not texts:
        return []
    named = f'"{table.name}"'
    rows = await transaction.fetchval(f"SELECT count(*) FROM {named}")
    unchangeable = [each for each in texts if not each.may_update and _why_coded(each) is None]
    refused = ""
    if table.may_insert and (not rows or unchangeable):
        refused = await _add_row(transaction, table, prefix) or ""
        rows = await transaction.fetchval(f"SELECT count(*) FROM {named}")
    return [await _seed_column(transaction, table, each, prefix, rows, refused) for each in texts]


async def _add_row(transaction: Transaction, table: Shape, prefix: str) -> str | None:
    """A row that has its canaries from the start where nobody may change it; the others come with those of all rows."""
    chosen = {
        column.name: _written(column, str(_canary(table, column, prefix, 1)))
        for column in table.columns.values()
        if _holds_text(column) and column.may_insert and not column.may_update and _why_coded(column) is None
    }
    return await fill_table(transaction, table, chosen)


async def _seed_column(
    transaction: Transaction, table: Shape, column: Live, prefix: str, rows: int, refused: str
) -> Seeded:
    canary = _canary(table, column, prefix, rows)

    def left(reason: str) -> Seeded:
        return Seeded(table.name, column.name, 0, "", reason)

    if (reason := _why_coded(column)) is not None:
        return left(reason)
    if rows == 0 or (refused and not column.may_update):
        return left(f"the table takes no row: {refused or 'the application may not add one'}")
    changed = 1
    if column.may_update:
        try:
            async with transaction.savepoint():
                changed = await _write(transaction, table, column, canary)
        except asyncpg.UniqueViolationError:
            return left(f"it tells rows apart, and {canary.missing or 'has no room for their number'}")
        except asyncpg.IntegrityConstraintViolationError as error:
            return left(f"the database takes certain texts alone: {error}")
    return Seeded(table.name, column.name, changed, str(canary), canary.missing)


def _holds_text(column: Live) -> bool:
    return column.type.removesuffix("[]") in _TEXTS | _JSON


def _why_coded(column: Live) -> str | None:
    if column.codes:
        return f"one of {', '.join(column.codes)}"
    return None if column.sample is None else f"programs read it, such as {column.sample}"


def _canary(table: Shape, column: Live, prefix: str, rows: int) -> _Canary:
    long, short = f"{prefix} {table.name}.{column.name}", f"{prefix} {column.name}"
    room = sys.maxsize if column.length is None else column.length
    number = len(f" {rows}")
    reason = f"it holds {room} characters"
    candidates = [
        (len(long) + number, _Canary(long, numbered=True)),
        (len(long), _Canary(long)),
        (len(short) + number, _Canary(short, numbered=True, missing=f"{reason}: the table is not named")),
        (len(short), _Canary(short, missing=f"{reason}: the table is not named")),
        (0, _Canary(short[:room], missing=reason)),
    ]
    # What tells rows apart needs the number more than the name of the table.
    fitting = [each for length, each in candidates if length <= room]
    return next((each for each in fitting if each.numbered and column.telling), fitting[0])


async def _write(transaction: Transaction, table: Shape, column: Live, canary: _Canary) -> int:
    """Into the rows that have a text there; if none has, into all."""
    has_text = f"\"{column.name}\"::text NOT IN ('', '{{}}', '[]')"
    some = await transaction.fetchval(f'SELECT EXISTS (SELECT FROM "{table.name}" WHERE {has_text})')
    which = has_text if some else "TRUE"
    if column.type in _JSON:
        return await _write_json(transaction, table, column, str(canary), which)
    value = "$1::text || CASE WHEN $2 THEN ' ' || numbered.n ELSE '' END"
    if column.type.endswith("[]"):
        value = f"ARRAY[{value}]"
    status = await transaction.execute(
        f'UPDATE "{table.name}" t SET "{column.name}" = {value}'
        f' FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "{table.name}" WHERE {which}) numbered'
        " WHERE t.id = numbered.id",
        canary.stem,
        canary.numbered,
    )
    return int(status.rpartition(" ")[2])


async def _write_json(transaction: Transaction, table: Shape, column: Live, text: str, which: str) -> int:
    """Over each text within the values; where there is none, under a name of its own."""
    rows = await transaction.fetch(f'SELECT id, "{column.name}"::text AS value FROM "{table.name}" WHERE {which}')
    values = [None if row["value"] is None else msgspec.json.decode(row["value"]) for row in rows]
    await transaction.execute(
        f'UPDATE "{table.name}" t SET "{column.name}" = given.value::{column.type}'
        " FROM unnest($1::uuid[], $2::text[]) AS given (id, value) WHERE t.id = given.id",
        [row["id"] for row in rows],
        [_written(column, text, value) for value in values],
    )
    return len(rows)


def _written(column: Live, text: str, value: Any = None) -> Any:
    """A canary as the column takes it from Python."""
    if column.type in _JSON:
        replaced = _replaced(value, text)
        if not any(_texts(replaced)):
            replaced = {"canary": text}
        return msgspec.json.encode(replaced).decode()
    return [text] if column.type.endswith("[]") else text


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [_replaced(each, text) for each in value]
    if isinstance(value, dict):
        return {key: _replaced(each, text) for key, each in value.items()}
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
