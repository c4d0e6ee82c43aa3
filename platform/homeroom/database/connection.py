"""Connections of the application: how they are opened, and what they say when they are lost."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["AWAY", "UNUSABLE", "Connection", "connect"]

#: What a connection, or the attempt to have one, says when the database is away.
AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)

#: What an attempt to use the database says that may succeed later without anybody changing this process.
UNUSABLE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_SETTINGS = {
    "application_name": "homeroom",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "TimeZone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    # Statements are few and come again and again; planning one of them costs more than running it. What decides a plan
    # (which fields are given, which scopes hold) is in the text, and the space is no parameter.
    "plan_cache_mode": "force_generic_plan",
}


async def connect(url: str, *, statement_timeout: str) -> Connection:
    """Open a connection.

    Args:
        url: Where to, and as whom.
        statement_timeout: How long a statement may take that says nothing else, as PostgreSQL writes it.

    Raises:
        asyncpg.PostgresError: One of :data:`AWAY`, or PostgreSQL's refusal.
    """
    try:
        connection: Connection = await asyncpg.connect(
            url,
            connection_class=Connection,
            statement_cache_size=1000,
            max_cached_statement_lifetime=0,
            server_settings={**_SETTINGS, "statement_timeout": statement_timeout},
        )
    except OSError as error:  # a time limit among them
        raise asyncpg.ClientCannotConnectError("the database cannot be reached") from error
    return connection


def _saying_when_lost(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    @functools.wraps(method)
    async def call(self: Connection, *args: Any, **options: Any) -> Any:
        try:
            return await method(self, *args, **options)
        except (asyncpg.InternalClientError, asyncpg.InterfaceError) as error:
            if isinstance(error, asyncpg.InternalClientError):
                # Between a server's last words and the end of the line, the driver takes a statement for its own fault.
                self.terminate()
            if not self.is_closed():
                raise
            raise asyncpg.ConnectionDoesNotExistError("the connection to the database was lost") from error

    return call


class Connection(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """A connection that says of its loss that it was lost, in whatever moment that happens.

    Raises:
        asyncpg.PostgresError: One of :data:`AWAY`, also where the driver knows no word for it.
    """

    __slots__ = ()

    execute = _saying_when_lost(asyncpg.Connection.execute)
    fetch = _saying_when_lost(asyncpg.Connection.fetch)
    fetchrow = _saying_when_lost(asyncpg.Connection.fetchrow)
    fetchval = _saying_when_lost(asyncpg.Connection.fetchval)
    copy_records_to_table = _saying_when_lost(asyncpg.Connection.copy_records_to_table)
