"""Speaking to PostgreSQL inside one space.

Every statement runs in a :class:`Transaction` that carries the signed context of one space, or through
:meth:`Database.read`, whose single statement sets the context itself. There is no third way: the Piccolo
engine has no pool of its own and refuses to work outside a transaction.

This repairs, for our use, what stock Piccolo does: a failing COMMIT leaked the connection, nested blocks did
not roll back, concurrent statements of one transaction collided, and one pool was shared by several loops.
"""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg
from piccolo.engine.postgres import PostgresEngine

from homeroom.database.connection import AWAY, connect
from homeroom.database.pool import ConnectionPool
from homeroom.database.walls import SETTING, ContextSigner, InSpace, proved
from homeroom.errors import ConfigurationError, WallError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from uuid import UUID

    from piccolo.querystring import QueryString

__all__ = ["ENGINE", "Change", "Database", "NoTransaction", "RolledBack", "Transaction", "current_transaction"]

_SETTLE_SECONDS = 5.0

_current: ContextVar[Transaction | None] = ContextVar("homeroom_transaction", default=None)
_block: ContextVar[_Block | None] = ContextVar("homeroom_block", default=None)


class Change(NamedTuple):
    """A data-modifying ``WITH`` that a transaction runs in one statement with a SELECT.

    Args:
        sql: The ``WITH``, to which the SELECT is appended.
        arguments: What fills its placeholders.
    """

    sql: str
    arguments: Sequence[Any]


class NoTransaction(RuntimeError):  # noqa: N818
    """A statement was about to run outside every space."""


class RolledBack(RuntimeError):  # noqa: N818
    """A transaction was to be committed, but PostgreSQL had given it up after a statement that failed."""


def current_transaction() -> Transaction:
    """The transaction of the running command. Raises :class:`NoTransaction` outside one."""
    transaction = _current.get()
    if transaction is None:
        raise NoTransaction("no transaction: a statement outside every space is refused")
    return transaction


class _Block:
    """A savepoint block, or the transaction itself. Its inner blocks take turns: SQL's savepoints only nest."""

    __slots__ = ("ended", "outer", "transaction", "turn")

    def __init__(self, transaction: Transaction, outer: _Block | None) -> None:
        self.transaction = transaction
        self.outer = outer
        self.turn = asyncio.Lock()
        self.ended = False


class Transaction:
    """One transaction in one space. Concurrent statements queue; nested blocks are savepoints.

    Args:
        connection: The connection that the transaction runs on.
        space: The space whose rows it sees.
        signer: Signs its context and its proofs.
    """

    __slots__ = ("_after", "_connection", "_lock", "_outermost", "_postponed", "_savepoints", "_signer", "space")

    def __init__(self, connection: Any, space: UUID, signer: ContextSigner) -> None:
        self._connection = connection
        self._signer = signer
        self._lock = asyncio.Lock()
        self._outermost = _Block(self, None)
        self._savepoints = 0
        self._after: list[Callable[[], None]] = []
        #: Savepoints that nobody has needed yet, the outermost first.
        self._postponed: list[str] = []
        self.space = space

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        return self._connection is None

    def _open(self) -> Any:
        if self._connection is None:
            raise NoTransaction("the transaction is closed: a task outlived its request")
        return self._connection

    async def _ready(self) -> Any:
        """The connection, with every savepoint set that a statement needs before it."""
        connection = self._open()
        if self._postponed:
            await connection.execute("; ".join(f"SAVEPOINT {name}" for name in self._postponed))
            self._postponed.clear()
        return connection

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """All rows of a statement."""
        async with self._lock:
            connection = await self._ready()
            rows: list[asyncpg.Record] = await connection.fetch(sql, *self._signed(connection, args))
            return rows

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row of a statement, or none."""
        async with self._lock:
            connection = await self._ready()
            row: asyncpg.Record | None = await connection.fetchrow(sql, *self._signed(connection, args))
            return row

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first column of the first row, or none."""
        async with self._lock:
            connection = await self._ready()
            return await connection.fetchval(sql, *self._signed(connection, args))

    async def fetchval_with(self, change: Change, sql: str, *args: Any) -> Any:
        """Run a change and a SELECT in one statement, and give the first column of the first row of the SELECT.

        Args:
            change: What is written.
            sql: The SELECT, which does not see the change. Its placeholders follow those of the change.
            args: What fills them.
        """
        return await self.fetchval(change.sql + sql, *change.arguments, *args)

    async def call(self, function: str, *args: Any) -> Any:
        """The value of a function that asks for proof that the application calls it, such as one outside every space.

        Args:
            function: Such as ``homeroom.account_of($1)``.
            args: Its arguments.
        """
        async with self._lock:
            connection = await self._ready()
            return await connection.fetchval(proved(function, len(args)), *args, self._signer.prove(connection.session))

    def _signed(self, connection: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        # An answer that comes in one statement with the audit has its context behind the audit's own arguments.
        if InSpace not in map(type, args):
            return args
        if any(type(each) is InSpace and each.space != self.space for each in args):
            raise WallError("a transaction in one space cannot open another space")
        context = connection.context(self._signer, self.space)
        return tuple(context if type(each) is InSpace else each for each in args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement whose rows do not matter; gives PostgreSQL's command tag."""
        async with self._lock:
            tag: str = await (await self._ready()).execute(sql, *args)
            return tag

    async def copy(self, table: str, columns: Sequence[str], records: Sequence[Sequence[Any]]) -> None:
        """COPY records into a temporary table: PostgreSQL refuses COPY into tables with row security."""
        async with self._lock:
            await (await self._ready()).copy_records_to_table(table, columns=list(columns), records=records)

    @contextlib.asynccontextmanager
    async def savepoint(self, *, lazy: bool = False) -> AsyncIterator[Transaction]:
        """A block whose changes vanish alone if it raises. Blocks that concurrent tasks open take turns.

        Args:
            lazy: Whether it waits for the first statement of the block: one that has none costs nothing.
        """
        outer = self._innermost()
        async with outer.turn:
            self._savepoints += 1
            name = f"homeroom_{self._savepoints}"
            if lazy:
                self._postponed.append(name)
            else:
                await self.execute(f"SAVEPOINT {name}")
            block = _Block(self, outer)
            token = _block.set(block)
            try:
                yield self
            except BaseException:
                await self._end_savepoint(name, f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
                raise
            else:
                await self._end_savepoint(name, f"RELEASE SAVEPOINT {name}")
            finally:
                block.ended = True
                with contextlib.suppress(ValueError):  # closed from another context when cancelled
                    _block.reset(token)

    async def _end_savepoint(self, name: str, statement: str) -> None:
        if name in self._postponed:
            self._postponed.remove(name)
        else:
            await self.execute(statement)

    def _innermost(self) -> _Block:
        block = _block.get()
        while block is not None and (block.ended or block.transaction is not self):
            block = block.outer
        return block or self._outermost

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have something called once this transaction is committed, and not otherwise. It must not fail."""
        self._after.append(call)

    def _committed(self) -> None:
        for call in self._after:
            call()

    def _close(self) -> None:
        self._connection = None


class Database:
    """The application's database: a pool per event loop, all as the powerless role.

    Args:
        url: How to connect as the powerless role.
        signer: Signs the context of each space.
        pool_size: Connections per event loop.
        read_seconds: How long a statement may take that is a transaction of its own.
        statement_seconds: How long any other may take.
    """

    def __init__(
        self,
        url: str,
        signer: ContextSigner,
        *,
        pool_size: int = 10,
        read_seconds: float = 5.0,
        statement_seconds: float = 30.0,
    ) -> None:
        self.url = url
        self.signer = signer
        self._pool_size = pool_size
        self._read_timeout = f"{max(1, int(read_seconds * 1000))}ms"
        self._statement_timeout = f"{max(1, int(statement_seconds * 1000))}ms"
        self._pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, ConnectionPool] = weakref.WeakKeyDictionary()
        self._role_checked = False

    async def open(self) -> None:
        """Open the pool of the running loop, and make sure that the database answers.

        Raises:
            WallError: The role could see through the walls.
            asyncpg.PostgresError: One of :data:`homeroom.database.connection.AWAY`. The pool stays open: it connects
                when the database is back, and this may be called again.
        """
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = ConnectionPool(self._connect, self._pool_size)
        try:
            pool.release(await pool.acquire())
        except AWAY:
            raise
        except BaseException:
            await self.close()
            raise

    async def _connect(self) -> Any:
        connection = await connect(self.url, statement_timeout=self._read_timeout)
        if not self._role_checked:
            try:
                await refuse_powerful_role(connection)
            except BaseException:
                connection.terminate()
                raise
            self._role_checked = True
        return connection

    async def close(self) -> None:
        """Close the pool of the running loop."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.close()

    @property
    def pool(self) -> ConnectionPool:
        """The pool of the running loop. Raises ConfigurationError before :meth:`open`."""
        pool = self._pools.get(asyncio.get_running_loop())
        if pool is None:
            raise ConfigurationError("the database is not open on this event loop")
        return pool

    async def read(self, sql: str, *args: Any) -> Any:
        """One value from one statement in one round trip, in a transaction of its own that writes nothing.

        The statement sets its context itself, from its first argument, an :class:`~homeroom.database.walls.InSpace`
        (see :func:`homeroom.database.sql.within`); without one, it sees no rows.
        """
        pool = self.pool
        connection = await pool.acquire()
        try:
            if args and type(args[0]) is InSpace:
                args = (connection.context(self.signer, args[0].space), *args[1:])
            return await connection.fetchval(sql, *args)
        except asyncio.CancelledError:
            # Its answer may still be on the way, and PostgreSQL at work on it: nobody may have it before that ends.
            task = asyncio.create_task(_settle(pool, connection))
            _settling.add(task)
            task.add_done_callback(_settling.discard)
            connection = None
            raise
        finally:
            if connection is not None:
                pool.release(connection)

    async def call(self, function: str, *args: Any, writes: bool = True) -> Any:
        """The value of a function outside every space, which asks for proof that the application calls it.

        Args:
            function: Such as ``homeroom.wake_jobs($1, $2)``.
            args: Its arguments.
            writes: Whether the function changes anything; without, one round trip is enough.
        """
        sql = proved(function, len(args))
        pool = self.pool
        connection = await pool.acquire()
        ended = False
        try:
            proof = self.signer.prove(connection.session)
            if not writes:
                value = await connection.fetchval(sql, *args, proof)
            else:
                await connection.execute("BEGIN READ WRITE")
                value = await connection.fetchval(sql, *args, proof)
                await connection.execute("COMMIT")
            ended = True
            return value
        except asyncpg.PostgresError:
            if writes and not connection.is_closed():
                with contextlib.suppress(Exception):  # no better error than the one that is under way
                    await connection.execute("ROLLBACK")
            ended = not connection.is_closed() and not connection.is_in_transaction()
            raise
        finally:
            if not ended:
                connection.terminate()
            pool.release(connection)

    @contextlib.asynccontextmanager
    async def transaction(
        self, space: UUID, *, isolation: str = "READ COMMITTED", read_only: bool = False
    ) -> AsyncIterator[Transaction]:
        """A transaction in one space, from one message that begins it and sets the signed context.

        Inside another transaction of the same space it is a savepoint; of another space, it is refused. A task that
        outlived the transaction it was started in begins one of its own.

        Args:
            space: The space whose rows are seen and written.
            isolation: PostgreSQL's isolation level.
            read_only: Whether writing is refused.
        """
        outer = _current.get()
        if outer is not None and not outer.closed:
            if outer.space != space:
                raise WallError("a transaction in one space cannot open another space")
            async with outer.savepoint():
                yield outer
            return
        pool = self.pool
        connection = await pool.acquire()
        transaction = Transaction(connection, space, self.signer)
        mode = "READ ONLY" if read_only else "READ WRITE"
        ended = False
        try:
            await connection.execute(
                f"BEGIN ISOLATION LEVEL {isolation} {mode};{connection.hidden}"
                f"SELECT set_config('{SETTING}','{connection.context(self.signer, space)}',true),"
                f"set_config('statement_timeout','{self._statement_timeout}',true)"
            )
            token = _current.set(transaction)
            try:
                yield transaction
            except BaseException:
                async with transaction._lock:
                    with contextlib.suppress(Exception):  # no better error than the one that is under way
                        await connection.execute("ROLLBACK")
                        ended = True
                raise
            else:
                async with transaction._lock:
                    try:
                        tag = await connection.execute("COMMIT")
                    finally:
                        ended = not (connection.is_closed() or connection.is_in_transaction())
                if tag != "COMMIT":
                    # PostgreSQL answers so, without an error, when a statement had failed and nobody let it through.
                    raise RolledBack("a statement failed and its error was swallowed: nothing was written")
                transaction._committed()
            finally:
                with contextlib.suppress(ValueError):  # closed from another context when cancelled
                    _current.reset(token)
        finally:
            transaction._close()
            if not ended:
                connection.terminate()
            pool.release(connection)


#: Connections that wait for PostgreSQL to give up a statement; the event loop itself keeps no tasks alive.
_settling: set[asyncio.Task[None]] = set()


async def _settle(pool: ConnectionPool, connection: Any) -> None:
    """Give back a connection whose statement was cancelled, once PostgreSQL has noticed."""
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            await connection.execute("SELECT 1")  # asyncpg sends it after the cancellation was answered
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is of no use any more
        connection.terminate()
    finally:
        if not connection.is_closed() and connection.is_in_transaction():
            connection.terminate()
        pool.release(connection)


async def refuse_powerful_role(connection: Any) -> None:
    """Raise :class:`WallError` if the session's role owns tables, bypasses row security or is a superuser."""
    row = await connection.fetchrow(
        """SELECT r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication AS powerful,
                  EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                          WHERE c.relkind IN ('r', 'p', 'v', 'm') AND pg_has_role(r.oid, c.relowner, 'MEMBER')
                            AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema') AS owner
           FROM pg_roles r WHERE r.rolname = current_user"""
    )
    if row["powerful"] or row["owner"]:
        raise WallError(
            "HOMEROOM_DATABASE_URL connects as a role that is too powerful: it must own no table, be no"
            " superuser and not bypass row level security"
        )


class TenantEngine(PostgresEngine):
    """Piccolo's engine without a pool: each query runs in the current transaction, or not at all."""

    def __init__(self) -> None:
        super().__init__(config={}, log_queries=False)

    async def prep_database(self) -> None:
        """Nothing: extensions are the migrations' affair."""

    async def check_version(self) -> None:
        """Nothing: the version is checked when the host starts."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[dict[str, Any]]:
        """Run one Piccolo query in the current transaction. Raises :class:`NoTransaction` outside one."""
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        return [dict(row) for row in await current_transaction().fetch(sql, *arguments)]

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[dict[str, Any]]:
        """Refused: tables change through migrations, as another role."""
        raise WallError("the application does not change tables; write a migration")

    def transaction(self, allow_nested: bool = True) -> Any:
        """A savepoint in the current transaction."""
        return current_transaction().savepoint()


ENGINE = TenantEngine()
