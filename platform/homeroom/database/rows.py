"""Audited writing: one statement for any number of rows, and one audit line for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.database.ids import new_ids
from homeroom.errors import Refusal
from homeroom.refusals import CONFLICT, NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from uuid import UUID

    from homeroom.audit import AuditTrail
    from homeroom.database.engine import Transaction
    from homeroom.database.tables import SchoolTable

__all__ = ["Rows", "column_types"]

#: Rows of one statement: making the values of more would hold up the event loop.
_AT_ONCE: Final = 2_000

_types: dict[type[Any], dict[str, str]] = {}


def column_types(table: type[SchoolTable]) -> dict[str, str]:
    """Column name to the SQL type that its values are cast to."""
    types = _types.get(table)
    if types is None:
        types = {}
        for column in table._meta.columns:
            name = column.column_type.split("(")[0].lower()
            # Lengths are the table's own check; text arrays keep the message of the constraint.
            types[column._meta.db_column_name] = "text" if name == "varchar" else name
        _types[table] = types
    return types


class Rows:
    """Writes one table within a transaction and tells the audit trail.

    Args:
        table: The table.
        transaction: The open transaction.
        trail: Learns every changed row.
        asked: Lets others refuse what is written: gets the ids of rows that are there and stay, what is about to be
            written or is removed, and the input field of the rows.
    """

    __slots__ = ("_asked", "_name", "_table", "_trail", "_transaction", "_types")

    def __init__(
        self,
        table: type[SchoolTable],
        transaction: Transaction,
        trail: AuditTrail,
        asked: Callable[[Sequence[UUID], Sequence[Mapping[str, Any]], str], Awaitable[None]] | None = None,
    ) -> None:
        self._asked = asked
        self._table = table
        self._name = table._meta.tablename
        self._transaction = transaction
        self._trail = trail
        self._types = column_types(table)

    async def insert(self, rows: Sequence[Mapping[str, Any]], *, field: str = "") -> list[UUID]:
        """Insert rows that all have the same columns; ids are made where ``id`` is not given. JSON is given as text.

        Args:
            rows: The rows.
            field: The input field to name where plugins refuse them.

        Returns:
            The ids, in the order of the rows.
        """
        if not rows:
            return []
        columns = _columns(rows)
        if len(rows) > _AT_ONCE:
            # Others of this process have their turn between two pieces.
            pieces = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
            return [each for piece in pieces for each in await self.insert(piece, field=field)]
        if self._asked is not None:
            await self._asked([], rows, field)
        ids = [row["id"] for row in rows] if "id" in rows[0] else new_ids(len(rows))
        arrays = [[row[column] for row in rows] for column in columns]
        names = ["id", *columns]
        await self._transaction.execute(
            # The space comes from a sub-select, which is evaluated once; the column's default would be for every row.
            f"INSERT INTO {self._name} (tenant_id, {', '.join(names)})"
            f" SELECT (SELECT homeroom.space()), {self._selected(columns)} FROM {self._unnest(names)}",
            ids,
            *(self._outgoing(column, array) for column, array in zip(columns, arrays, strict=True)),
        )
        shown = [{column: self._shown(column, row[column]) for column in columns} for row in rows]
        self._trail.changed_many(self._name, ids, [None] * len(ids), shown)
        return ids

    async def locked(self, row: UUID, *, field: str = "id") -> Mapping[str, Any]:
        """One row as it is, which nobody else changes until the transaction ends.

        Args:
            row: Its id.
            field: The input field to name in a refusal.

        Raises:
            Refusal: NOT_FOUND where there is no such row.
        """
        sql = f"SELECT * FROM {self._name} WHERE id = $1 FOR UPDATE"
        record: Mapping[str, Any] | None = await self._transaction.fetchrow(sql, row)
        if record is None:
            raise Refusal(NOT_FOUND, field)
        return record

    async def update(
        self,
        row: UUID,
        changes: Mapping[str, Any],
        *,
        expected_version: int | None = None,
        field: str = "id",
    ) -> dict[str, Any]:
        """Change one row; nothing is written or audited if no value differs.

        Args:
            row: Its id.
            changes: Column to new value.
            expected_version: The ``version`` that the caller read; the row's own is then raised by one.
            field: The input field to name in a refusal.

        Returns:
            The old values of the columns that changed.

        Raises:
            Refusal: NOT_FOUND where there is no such row, CONFLICT where its version is another.
        """
        if self._asked is not None:
            await self._asked([row], [changes], field)
        columns = list(changes)
        versioned = "version" in self._types
        wanted = [*columns, "version"] if versioned else columns
        record = await self._transaction.fetchrow(
            f"SELECT {', '.join(wanted)} FROM {self._name} WHERE id = $1 FOR UPDATE", row
        )
        if record is None:
            raise Refusal(NOT_FOUND, field)
        if versioned and expected_version is not None and record["version"] != expected_version:
            raise Refusal(CONFLICT, field)
        changed = [column for column in columns if self._differs(column, record[column], changes[column])]
        if not changed:
            return {}
        sets = [f"{column} = ${number}::{self._types[column]}" for number, column in enumerate(changed, start=2)]
        if versioned:
            sets.append("version = version + 1")
        await self._transaction.execute(
            f"UPDATE {self._name} SET {', '.join(sets)} WHERE id = $1",
            row,
            *(changes[column] for column in changed),
        )
        old = {column: record[column] for column in changed}
        self._trail.changed(
            self._name,
            row,
            {column: self._shown(column, old[column]) for column in changed},
            {column: self._shown(column, changes[column]) for column in changed},
        )
        return old

    async def update_many(self, rows: Sequence[Mapping[str, Any]], *, field: str = "") -> list[UUID]:
        """Change many rows at once; each mapping has ``id`` and the same columns. Rows that do not differ stay.

        Args:
            rows: The rows.
            field: The input field to name where plugins refuse them.

        Returns:
            The ids of the rows that changed. Ids that are not there are passed over.
        """
        if not rows:
            return []
        columns = _columns(rows)
        if len({row["id"] for row in rows}) != len(rows):
            raise ValueError(f"a row of {self._name} is given twice")
        if self._asked is not None:
            await self._asked([row["id"] for row in rows], rows, field)
        names = ["id", *columns]
        differs = " OR ".join(f"t.{c} IS DISTINCT FROM n.{c}::{self._types[c]}" for c in columns)
        sets = [f"{c} = n.{c}::{self._types[c]}" for c in columns]
        if "version" in self._types and "version" not in columns:
            sets.append("version = t.version + 1")
        olds = ", ".join(f"o.{c} AS {c}" for c in columns)
        records = await self._transaction.fetch(
            f"UPDATE {self._name} t SET {', '.join(sets)} FROM {self._unnest(names)}"
            f" JOIN {self._name} o ON o.id = n.id WHERE t.id = n.id AND t.tenant_id = o.tenant_id"
            f" AND ({differs}) RETURNING t.id, {olds}",
            *(self._outgoing(name, [row[name] for row in rows]) for name in names),
        )
        new_by_id = {row["id"]: row for row in rows}
        ids = [record["id"] for record in records]
        old, new = [], []
        for record in records:
            given = new_by_id[record["id"]]
            changed = [c for c in columns if self._differs(c, record[c], given[c])]
            old.append({c: self._shown(c, record[c]) for c in changed})
            new.append({c: self._shown(c, given[c]) for c in changed})
        self._trail.changed_many(self._name, ids, old, new)
        return ids

    async def save(self, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
        """Change the rows that have an ``id`` and insert those whose ``id`` is None; all have the same columns.

        Returns:
            The ids, in the order of the rows.
        """
        await self.update_many([row for row in rows if row["id"] is not None])
        new = [{name: value for name, value in row.items() if name != "id"} for row in rows if row["id"] is None]
        made = iter(await self.insert(new))
        return [next(made) if row["id"] is None else row["id"] for row in rows]

    async def delete(self, row: UUID, *, field: str = "id") -> None:
        """Remove one row; its last values stay in the audit. Raises Refusal if it is not there."""
        record = await self._transaction.fetchrow(f"DELETE FROM {self._name} WHERE id = $1 RETURNING *", row)
        if record is None:
            raise Refusal(NOT_FOUND, field)
        if self._asked is not None:
            await self._asked([], [record], field)
        self._trail.changed(self._name, row, self._last(record), None)

    async def delete_many(self, rows: Collection[UUID], *, field: str = "") -> list[UUID]:
        """Remove rows in one statement; their last values stay in the audit. Those that are not there are passed over.

        Args:
            rows: Their ids.
            field: The input field to name where plugins refuse them.

        Returns:
            The ids of those that were there.
        """
        if not rows:
            return []
        records = await self._transaction.fetch(
            f"DELETE FROM {self._name} WHERE id = ANY($1::uuid[]) RETURNING *", list(rows)
        )
        if self._asked is not None:
            await self._asked([], records, field)
        ids = [record["id"] for record in records]
        self._trail.changed_many(self._name, ids, [self._last(record) for record in records], [None] * len(ids))
        return ids

    def _last(self, record: Mapping[str, Any]) -> dict[str, Any]:
        return {c: self._shown(c, value) for c, value in record.items() if c not in ("tenant_id", "id")}

    def _differs(self, column: str, one: Any, other: Any) -> bool:
        return bool(one != other and self._shown(column, one) != self._shown(column, other))

    def _shown(self, column: str, value: Any) -> Any:
        """A value as the audit keeps it: JSON as what it means, not as how somebody wrote it."""
        if isinstance(value, str) and self._types.get(column) in ("jsonb", "json"):
            return msgspec.json.decode(value)
        return value

    def _unnest(self, names: Sequence[str]) -> str:
        placeholders = ", ".join(f"${number}::{self._array_type(name)}" for number, name in enumerate(names, start=1))
        return f"unnest({placeholders}) AS n ({', '.join(names)})"

    def _selected(self, columns: Sequence[str]) -> str:
        return ", ".join(["n.id", *(f"n.{column}::{self._types[column]}" for column in columns)])

    def _array_type(self, name: str) -> str:
        # unnest would flatten an array of arrays, and asyncpg takes JSON as text: both travel as text.
        return "text[]" if self._travels_as_text(name) else f"{self._types[name]}[]"

    def _travels_as_text(self, name: str) -> bool:
        return self._types[name] in ("jsonb", "json") or self._types[name].endswith("[]")

    def _outgoing(self, name: str, values: list[Any]) -> list[Any]:
        if not self._types[name].endswith("[]"):
            return values
        return [None if value is None else _array_literal(value) for value in values]


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns that all rows have. Raises ValueError if one row has others than the first."""
    names = rows[0].keys()
    for row in rows:
        if row.keys() != names:
            raise ValueError(f"rows that are written at once have the same columns: {sorted(row.keys() ^ names)}")
    return [name for name in names if name != "id"]


def _array_literal(values: Sequence[Any]) -> str:
    quoted = (
        "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
        for value in values
    )
    return "{" + ",".join(quoted) + "}"
