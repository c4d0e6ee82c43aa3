"""Calls of the directory's functions in the database, which want proof that the application calls them."""

from __future__ import annotations

import functools
import re
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from homeroom.database.engine import Database, NoTransaction, current_transaction

__all__ = ["DatabaseCalls"]

Decoded = TypeVar("Decoded")

_FUNCTION: Final = re.compile(r"homeroom\.([a-z_]+)\(")
#: Functions that change nothing: one round trip is enough for them.
_READING: Final = frozenset(
    {
        "spaces",
        "spaces_named",
        "closed_spaces",
        "standing",
        "account_of",
        "session_standing",
        "token_standing",
        "sessions_of",
        "tokens_of",
    }
    | {"reset_login", "address_of", "members", "page_standing"}
)


class DatabaseCalls:
    """Speaks to the functions in the schema `homeroom`.

    Those that change a space run in that space's signed context too.

    Args:
        database: As the powerless role.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _value(self, sql: str, *args: Any) -> Any:
        """The one value of a statement that calls functions outside every space.

        Args:
            sql: Such as ``SELECT homeroom.account_of($1)``.
            args: Its arguments.
        """
        function, reads = _function(sql)
        # Inside a command it belongs to the command's transaction, and must not wait for a second connection.
        try:
            transaction = current_transaction()
        except NoTransaction:
            return await self._database.call(function, *args, writes=not reads)
        return await transaction.call(function, *args)

    async def _decoded(self, kind: type[Decoded], sql: str, *args: Any) -> Decoded:
        return msgspec.json.decode(await self._value(sql, *args), type=kind)

    async def _within(self, space: UUID, sql: str, *args: Any) -> Any:
        """As :meth:`_value`, in the signed context of a space."""
        function, _ = _function(sql)
        async with self._database.transaction(space) as transaction:
            return await transaction.call(function, *args)


@functools.cache
def _function(sql: str) -> tuple[str, bool]:
    """A statement as an expression, and whether its functions only read."""
    return f"({sql})", _READING.issuperset(_FUNCTION.findall(sql))
