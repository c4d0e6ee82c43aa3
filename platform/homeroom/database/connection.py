"""Connections of the application: how they are opened, and what they say when they are lost."""

from __future__ import annotations

import functools
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from homeroom.database.walls import SESSION
from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from homeroom.database.walls import ContextSigner

__all__ = ["AWAY", "UNUSABLE", "Connection", "UnverifiedContextError", "connect"]

logger = logging.getLogger(__name__)


class UnverifiedContextError(asyncpg.PostgresConnectionError):  # type: ignore[misc] # asyncpg has no types
    """The database does not accept our signature: our key is another, or the session was tampered with."""

    sqlstate = "HR001"  # asyncpg raises the class that says so


#: What a connection, or the attempt to have one, says when the database is unavailable.
AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # The password was changed, or the database is being replaced: nothing to be done in this process.
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)

#: What an attempt to use the database says that may succeed later without anybody changing this process.
UNUSABLE: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_SETTINGS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "TimeZone": "UTC",
    # A statement that is a transaction of its own only reads; a transaction that writes says so.
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    # Statements are few and come again and again; planning one of them costs more than running it. What decides a plan
    # (which fields are given, which scopes hold) is in the text, and the space is no parameter.
    "plan_cache_mode": "force_generic_plan",
    # What a school works with stays in memory, where a page costs about ten rows. PostgreSQL's own numbers are those of
    # a disk: with them, a small table that is looked into for each row of an answer would be read whole each time.
    "seq_page_cost": "0.1",
    "random_page_cost": "0.1",
}
_BEGIN_SESSION = f"""
SELECT pg_backend_pid() AS pid, set_config('{SESSION}', $1, false) AS session,
    pg_size_bytes(current_setting('track_activity_query_size')) AS shown
"""
_SAME_SESSION = f"SELECT pg_backend_pid() || '.' || current_setting('{SESSION}', true)"
#: Contexts that a connection remembers.
_REMEMBERED: Final = 1000
#: Seconds between two log lines about a signature that is not accepted.
_SAY_AGAIN: Final = 10.0
_said: dict[str, float] = {}


async def connect(url: str, *, statement_timeout: str) -> Connection:
    """Open a connection.

    Its settings are set after connecting: a pooler such as PgBouncer refuses most startup parameters.

    Args:
        url: Where to, and as whom.
        statement_timeout: How long a statement may take that says nothing else, as PostgreSQL writes it.

    Raises:
        asyncpg.PostgresError: One of :data:`AWAY`, or PostgreSQL's refusal.
        ConfigurationError: A pooler in between hands statements to different sessions.
    """
    try:
        connection: Connection = await asyncpg.connect(
            url,
            connection_class=Connection,
            statement_cache_size=1000,
            max_cached_statement_lifetime=0,
            server_settings={"application_name": "homeroom"},
        )
    except OSError as error:  # a time limit among them
        raise asyncpg.ClientCannotConnectError("the database cannot be reached") from error
    try:
        settings = {**_SETTINGS, "statement_timeout": statement_timeout}
        await connection.execute(";".join(f"SET {name} = '{value}'" for name, value in settings.items()))
        # As a parameter: the text of a statement can be read by other sessions of the role.
        begun = await connection.fetchrow(_BEGIN_SESSION, secrets.token_hex(16))
        connection.session = f"{begun['pid']}.{begun['session']}"
        connection.hidden = f"/*{' ' * begun['shown']}*/"
        if await connection.fetchval(_SAME_SESSION) != connection.session:
            raise ConfigurationError(
                "the pooler between Homeroom and PostgreSQL gives statements of one connection to several sessions;"
                " set it to session mode"
            )
    except BaseException:
        connection.terminate()
        raise
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
        except UnverifiedContextError as error:
            self.terminate()  # whatever was done to this session, the next one is another
            now = time.monotonic()
            if now - _said.get(str(error), -_SAY_AGAIN) >= _SAY_AGAIN:
                _said[str(error)] = now
                logger.error("%s; is HOMEROOM_SECRET_KEY a key of this database?", error)  # noqa: TRY400
            raise

    return call


class Connection(asyncpg.Connection):  # type: ignore[misc] # asyncpg has no types
    """A connection that reports its loss as such, at whatever moment that happens.

    Raises:
        asyncpg.PostgresError: One of :data:`AWAY`, also where the driver knows no word for it.
    """

    __slots__ = ("_contexts", "hidden", "session")

    #: What contexts are bound to: the backend's process id and the session's random number.
    session: str
    #: A comment as long as what other sessions are shown of a text: what comes after it, they do not see.
    hidden: str

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._contexts: dict[UUID, str] = {}

    def context(self, signer: ContextSigner, space: UUID) -> str:
        """The signed context of a space on this connection."""
        context = self._contexts.get(space)
        if context is None:
            if len(self._contexts) >= _REMEMBERED:
                self._contexts.clear()
            context = self._contexts[space] = signer.sign(space, self.session)
        return context

    execute = _saying_when_lost(asyncpg.Connection.execute)
    fetch = _saying_when_lost(asyncpg.Connection.fetch)
    fetchrow = _saying_when_lost(asyncpg.Connection.fetchrow)
    fetchval = _saying_when_lost(asyncpg.Connection.fetchval)
    copy_records_to_table = _saying_when_lost(asyncpg.Connection.copy_records_to_table)
