"""Calls of the directory's functions in the database."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from homeroom.database.engine import Database, NoTransaction, current_transaction

__all__ = ["DatabaseCalls"]

Decoded = TypeVar("Decoded")


class DatabaseCalls:
    """Speaks to the functions in the schema `homeroom`.

    Those that change a space run in that space's signed context; the others need none.

    Args:
        database: As the powerless role.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _value(self, sql: str, *args: Any) -> Any:
        # Inside a command it belongs to the command's transaction, and must not wait for a second connection.
        try:
            transaction = current_transaction()
        except NoTransaction:
            return await self._database.read(sql, *args)
        return await transaction.fetchval(sql, *args)

    async def _decoded(self, kind: type[Decoded], sql: str, *args: Any) -> Decoded:
        return msgspec.json.decode(await self._value(sql, *args), type=kind)

    async def _within(self, space: UUID, sql: str, *args: Any) -> Any:
        async with self._database.transaction(space) as transaction:
            return await transaction.fetchval(sql, *args)
