"""Transactions: whatever goes wrong, no connection is lost and nothing half-done stays."""

from __future__ import annotations

import asyncio
import threading
from uuid import UUID

import asyncpg
import pytest
from bookshelf.places import new_space
from bookshelf.plugin import add_shelf
from bookshelf.tables import Shelf

from homeroom import Refusal
from homeroom.callers import Caller
from homeroom.database.connection import AWAY
from homeroom.database.engine import Database, NoTransaction, RolledBack, current_transaction
from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError, WallError
from homeroom.host import Host
from homeroom.refusals import INVALID

INSERT = "INSERT INTO shelf (id, name, room) VALUES ($1, $2, 1)"


async def names(database: Database, space: UUID) -> list[str]:
    """The names of a space's shelves, in order."""
    async with database.transaction(space) as transaction:
        return [row["name"] for row in await transaction.fetch("SELECT name FROM shelf ORDER BY name")]


@pytest.fixture
def space(kernel: Host) -> UUID:
    """The id of an empty space."""
    return new_space(kernel).id


async def test_a_commit_that_fails_leaks_no_connection(database: Database, space: UUID) -> None:
    for _ in range(30):  # more often than the pool has connections
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with database.transaction(space) as transaction:
                await transaction.execute(
                    "INSERT INTO book (id, shelf_id, title) VALUES ($1, $2, 'deferred')", new_id(), new_id()
                )
    assert database.pool.open == database.pool.idle
    assert [] == await names(database, space)
    with pytest.raises(NoTransaction):
        current_transaction()


async def test_a_connection_that_is_cut_off_says_so_and_is_replaced(database: Database, space: UUID) -> None:
    async def at_the_commit() -> None:
        async with database.transaction(space) as transaction:
            await transaction.execute(INSERT, new_id(), "lost")
            pid = await transaction.fetchval("SELECT pg_backend_pid()")
            await database.read("SELECT pg_terminate_backend($1)", pid)
            await asyncio.sleep(0.01)

    async def before_a_fault_of_its_own() -> None:
        async with database.transaction(space) as transaction:
            with pytest.raises(AWAY):
                await transaction.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            raise ValueError("of its own")

    for _ in range(15):  # more often than the pool has connections
        with pytest.raises(AWAY):
            await at_the_commit()
        with pytest.raises(ValueError, match="of its own"):  # and not that there is nothing to roll back
            await before_a_fault_of_its_own()
    assert database.pool.open == database.pool.idle
    assert [] == await names(database, space)


async def test_statements_of_concurrent_tasks_queue(database: Database, space: UUID) -> None:
    async with database.transaction(space) as transaction:
        await asyncio.gather(*(transaction.execute(INSERT, new_id(), f"{number:02}") for number in range(20)))
        found = await asyncio.gather(*(transaction.fetchval("SELECT count(*) FROM shelf") for _ in range(20)))
    assert [20] * 20 == found


async def test_piccolo_runs_in_the_transaction_of_the_space_and_nowhere_else(here: Caller, database: Database) -> None:
    async with database.transaction(here.space.id):
        assert [{"name": "Poems"}] == await Shelf.select(Shelf.name)
    with pytest.raises(NoTransaction):
        await Shelf.select(Shelf.name)


async def test_piccolo_cannot_change_tables(here: Caller, database: Database) -> None:
    async with database.transaction(here.space.id):
        with pytest.raises(WallError):
            await Shelf.alter().drop_table()


async def test_a_nested_block_that_fails_vanishes_alone(database: Database, space: UUID) -> None:
    async with database.transaction(space) as transaction:
        await transaction.execute(INSERT, new_id(), "before")
        with pytest.raises(Refusal):  # noqa: PT012 - the block is what is tested
            async with database.transaction(space) as inner:
                await inner.execute(INSERT, new_id(), "inside")
                raise Refusal(INVALID.with_text("no"))
        with pytest.raises(asyncpg.UniqueViolationError):
            async with transaction.savepoint():
                await transaction.execute(INSERT, new_id(), "before")
        await transaction.execute(INSERT, new_id(), "after")
    assert ["after", "before"] == await names(database, space)


async def test_nested_blocks_of_concurrent_tasks_do_not_undo_one_another(database: Database, space: UUID) -> None:
    async def block(number: int) -> None:
        async with database.transaction(space) as inner:
            await inner.execute(INSERT, new_id(), f"{number:02}")
            await asyncio.sleep(0.001 * (number % 3))
            async with inner.savepoint():
                await inner.execute(INSERT, new_id(), f"{number:02} deeper")
            if number % 2:
                raise Refusal(INVALID.with_text("odd"))

    async with database.transaction(space):
        results = await asyncio.gather(*(block(number) for number in range(6)), return_exceptions=True)
    assert [False, True] * 3 == [isinstance(each, Refusal) for each in results]
    expected = [f"{number:02}{more}" for number in (0, 2, 4) for more in ("", " deeper")]
    assert expected == await names(database, space)


async def test_a_swallowed_error_is_not_called_a_commit(database: Database, space: UUID) -> None:
    with pytest.raises(RolledBack):  # noqa: PT012 - the block is what is tested
        async with database.transaction(space) as transaction:
            await transaction.execute(INSERT, new_id(), "lost")
            with pytest.raises(asyncpg.UndefinedTableError):
                await transaction.execute("SELECT * FROM nowhere")
    assert [] == await names(database, space)
    assert database.pool.open == database.pool.idle


async def test_a_cancelled_task_writes_nothing_and_gives_its_connection_back(database: Database, space: UUID) -> None:
    async def slow() -> None:
        async with database.transaction(space) as transaction:
            await transaction.execute(INSERT, new_id(), "cancelled")
            await transaction.execute("SELECT pg_sleep(900)")

    for _ in range(15):
        task = asyncio.create_task(slow())
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [] == await names(database, space)
    assert database.pool.open == database.pool.idle


async def test_a_read_that_is_cancelled_gives_its_connection_back(database: Database, space: UUID) -> None:
    for _ in range(15):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(database.read("SELECT pg_sleep(900)"), 0.01)
    assert 1 == await database.read("SELECT 1")
    # Nor does the server go on for half a minute with what nobody waits for. A cancellation that reaches it before the
    # statement does is lost; then the connection is given up, and the statement ends by its own limit.
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(900)%' AND pid <> pg_backend_pid()"
    async with asyncio.timeout(600):
        while database.pool.open != database.pool.idle or await database.read(sleeping + " AND state = 'active'"):
            await asyncio.sleep(0.01)


async def test_a_task_that_outlives_its_transaction_cannot_use_it_and_may_begin_its_own(
    database: Database, space: UUID
) -> None:
    ended = asyncio.Event()

    async def late(transaction: object) -> list[str]:
        await ended.wait()
        with pytest.raises(NoTransaction):
            await transaction.execute("SELECT 1")  # type: ignore[attr-defined]
        return await names(database, space)

    async with database.transaction(space) as transaction:
        await transaction.execute(INSERT, new_id(), "kept")
        task = asyncio.create_task(late(transaction))
    ended.set()
    assert ["kept"] == await task


async def test_a_transaction_in_one_space_cannot_open_another(database: Database, space: UUID, kernel: Host) -> None:
    async with database.transaction(space):
        with pytest.raises(WallError):
            async with database.transaction(new_space(kernel).id):
                pass
        assert 1 == await current_transaction().fetchval("SELECT 1")


async def test_many_spaces_at_once_see_only_their_own(database: Database, kernel: Host) -> None:
    spaces = [new_space(kernel).id for _ in range(20)]

    async def visit(space: UUID) -> list[str]:
        async with database.transaction(space) as transaction:
            await transaction.execute(INSERT, new_id(), str(space))
            await asyncio.sleep(0)
            return [row["name"] for row in await transaction.fetch("SELECT name FROM shelf")]

    assert [[str(space)] for space in spaces] == await asyncio.gather(*map(visit, spaces))


async def test_a_read_only_transaction_refuses_to_write(database: Database, space: UUID) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.transaction(space, read_only=True) as transaction:
            await transaction.execute(INSERT, new_id(), "no")


async def test_isolation_is_what_was_asked_for(database: Database, space: UUID) -> None:
    async with database.transaction(space, isolation="REPEATABLE READ") as transaction:
        assert "repeatable read" == await transaction.fetchval("SHOW transaction_isolation")
    async with database.transaction(space) as transaction:
        assert "read committed" == await transaction.fetchval("SHOW transaction_isolation")


async def test_each_event_loop_has_connections_of_its_own(kernel: Host, here: Caller) -> None:
    found: list[list[str]] = []

    async def elsewhere() -> None:
        with pytest.raises(ConfigurationError):
            _ = kernel.database.pool
        await kernel.database.open()
        try:
            found.extend([await names(kernel.database, here.space.id) for _ in range(5)])
        finally:
            await kernel.database.close()

    thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
    thread.start()
    for number in range(5):
        await kernel.execute(here, add_shelf, name=f"{number}", room=2)
    await asyncio.to_thread(thread.join)
    assert 5 == len(found)
    assert all("Poems" in each for each in found)


async def test_one_connection_serves_everybody_in_turn(settings_of_one: Database, space: UUID) -> None:
    async def visit(number: int) -> None:
        async with settings_of_one.transaction(space) as transaction:
            await transaction.execute(INSERT, new_id(), f"{number}")

    await asyncio.gather(*map(visit, range(10)))
    assert 10 == len(await names(settings_of_one, space))
    assert 1 == settings_of_one.pool.open


@pytest.fixture
async def settings_of_one(database: Database) -> object:
    """The same database with a single connection."""
    small = Database(database.url, database.signer, pool_size=1)
    await small.open()
    yield small
    await small.close()


async def test_a_query_may_take_less_time_than_a_command(database: Database, space: UUID) -> None:
    strict = Database(database.url, database.signer, pool_size=1, read_seconds=0.1, statement_seconds=60)
    await strict.open()
    try:
        with pytest.raises(asyncpg.QueryCanceledError):
            await strict.read("SELECT pg_sleep(900)")
        async with strict.transaction(space) as transaction:
            assert "1min" == await transaction.fetchval("SELECT current_setting('statement_timeout')")
            await transaction.fetchval("SELECT pg_sleep(0.2)")
        assert "100ms" == await strict.read("SELECT current_setting('statement_timeout')")
    finally:
        await strict.close()
