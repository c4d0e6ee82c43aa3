"""The third wall: PostgreSQL itself shows and takes only the rows of the space whose signed context it has."""

from __future__ import annotations

import secrets
from typing import Any

import asyncpg
import pytest
from bookshelf.plugin import add_books

from homeroom import Refusal
from homeroom.callers import Caller
from homeroom.database.connection import UnverifiedContextError
from homeroom.database.engine import Database
from homeroom.database.ids import new_id
from homeroom.database.sql import within
from homeroom.database.walls import ContextSigner, InSpace
from homeroom.errors import WallError
from homeroom.host import Host
from homeroom.settings import Settings

COUNTS = "SELECT (SELECT count(*) FROM shelf) + (SELECT count(*) FROM book) + (SELECT count(*) FROM audit_entry)"


@pytest.fixture
async def bare(settings: Settings) -> Any:
    """A connection as the powerless role, without any context, as somebody who got in would have it."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()


async def session_of(connection: asyncpg.Connection) -> str:
    """What signatures of a connection are bound to; begun as the application does."""
    begun = "SELECT pg_backend_pid() || '.' || set_config('homeroom.session', $1, false)"
    return str(await connection.fetchval(begun, secrets.token_hex(16)))


def forgeries(here: Caller, there: Caller, signer: ContextSigner, session: str) -> list[str]:
    """Contexts that somebody might try, who knows every space's id and holds contexts of other sessions."""
    target, own = str(there.space.id), signer.sign(here.space.id, session)
    pid, _, number = session.partition(".")
    return [
        target,
        target + own[36:],
        target + "0" * 64,
        target + ContextSigner(b"another key of thirty-two bytes!").sign(there.space.id, session)[36:],
        signer.sign(there.space.id, f"{int(pid) + 1}.{number}"),
        signer.sign(there.space.id, f"{pid}.{number[::-1]}"),
        target + signer.prove(session),
        signer.sign(there.space.id, session)[:-1],
        signer.sign(there.space.id, session) + "0",
        signer.sign(there.space.id, session)[:-1] + "g",
        signer.sign(there.space.id, session).upper(),
        "é" * 100,
        "' OR true --".ljust(100),
    ]


async def test_without_a_context_there_are_no_rows(bare: asyncpg.Connection, here: Caller) -> None:
    assert 0 == await bare.fetchval(COUNTS)


async def test_with_the_signed_context_there_are(bare: asyncpg.Connection, here: Caller, signer: ContextSigner) -> None:
    await bare.execute(
        "SELECT set_config('homeroom.context', $1, false)", signer.sign(here.space.id, await session_of(bare))
    )
    assert 1 + 2 + 2 == await bare.fetchval(COUNTS)


async def test_a_forged_context_shows_no_rows(
    bare: asyncpg.Connection, here: Caller, there: Caller, signer: ContextSigner
) -> None:
    for forged in forgeries(here, there, signer, await session_of(bare)):
        await bare.execute("SELECT set_config('homeroom.context', $1, false)", forged)
        with pytest.raises(UnverifiedContextError):
            await bare.fetchval(COUNTS)


async def test_a_forged_context_writes_no_rows(
    bare: asyncpg.Connection, here: Caller, there: Caller, signer: ContextSigner
) -> None:
    insert = f"INSERT INTO shelf (tenant_id, id, name, room) VALUES ('{there.space.id}', '{new_id()}', 'x', 1)"
    for forged in ["", *forgeries(here, there, signer, await session_of(bare))]:
        await bare.execute("SELECT set_config('homeroom.context', $1, false)", forged)
        with pytest.raises((asyncpg.InsufficientPrivilegeError, UnverifiedContextError)):
            await bare.execute(insert)
        for statement in ("UPDATE shelf SET name = 'taken'", "DELETE FROM book"):
            if forged:
                with pytest.raises(UnverifiedContextError):
                    await bare.execute(statement)
            else:
                assert (await bare.execute(statement)).endswith(" 0")


async def test_rows_for_another_space_cannot_be_written(database: Database, here: Caller, there: Caller) -> None:
    insert = "INSERT INTO shelf (tenant_id, id, name, room) VALUES ($1, $2, 'x', 1)"
    for statement, arguments in (
        (insert, (there.space.id, new_id())),
        ("UPDATE shelf SET tenant_id = $1", (there.space.id,)),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(here.space.id) as transaction:
                await transaction.execute(statement, *arguments)
    async with database.transaction(here.space.id) as transaction:
        assert "UPDATE 0" == await transaction.execute("UPDATE shelf SET room = 9 WHERE tenant_id = $1", there.space.id)


async def test_a_reference_into_another_space_is_as_good_as_one_to_nothing(
    database: Database, here: Caller, there: Caller
) -> None:
    async with database.transaction(there.space.id) as transaction:
        book = await transaction.fetchval("SELECT id FROM book LIMIT 1")
    messages = []
    for target in (book, new_id()):
        with pytest.raises(asyncpg.ForeignKeyViolationError) as caught:
            async with database.transaction(here.space.id) as transaction:
                await transaction.execute(
                    "INSERT INTO loan (id, book_id, reader_id, day) VALUES ($1, $2, $1, '2026-01-01')", new_id(), target
                )
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


async def test_a_taken_id_or_name_of_another_space_is_free_here(
    database: Database, here: Caller, there: Caller
) -> None:
    async with database.transaction(there.space.id) as transaction:
        shelf = await transaction.fetchval("SELECT id FROM shelf")
        await transaction.execute("UPDATE shelf SET name = 'Their own'")
    async with database.transaction(here.space.id) as transaction:
        await transaction.execute("INSERT INTO shelf (id, name, room) VALUES ($1, 'Their own', 1)", shelf)
        assert 2 == await transaction.fetchval("SELECT count(*) FROM shelf")


async def test_commands_take_rows_of_another_space_for_missing(kernel: Host, here: Caller, there: Caller) -> None:
    async with kernel.database.transaction(there.space.id) as transaction:
        theirs = await transaction.fetchval("SELECT id FROM shelf")
    answers = []
    for shelf in (theirs, new_id()):
        with pytest.raises(Refusal) as refused:
            await kernel.execute(here, add_books, shelf=shelf, titles=["x"])
        answers.append(refused.value.problems)
    assert answers[0] == answers[1]


async def test_a_single_read_sees_the_space_of_its_own_context(database: Database, here: Caller) -> None:
    await_one = within("$1", "(SELECT count(*) FROM book)")
    assert 2 == await database.read(await_one, InSpace(here.space.id))
    # The connection is used again: nothing of the context may be left on it.
    assert 0 == await database.read("SELECT count(*) FROM book")
    with pytest.raises(UnverifiedContextError):
        await database.read(await_one, "forged")
    assert 2 == await database.read(await_one, InSpace(here.space.id))


async def test_a_single_read_writes_nothing(database: Database, here: Caller) -> None:
    for statement in (
        "UPDATE shelf SET name = 'taken' RETURNING id",
        "WITH taken AS (UPDATE shelf SET name = 'taken' RETURNING id) SELECT count(*) FROM taken",
    ):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await database.read(statement)
    with pytest.raises(asyncpg.ActiveSQLTransactionError):  # it stays so
        await database.read(
            within("$1", "(SELECT set_config('transaction_read_only', 'off', true))"), InSpace(here.space.id)
        )


async def test_the_powerless_role_cannot_read_what_signs_contexts(bare: asyncpg.Connection) -> None:
    for statement in (
        "TABLE homeroom.context_key",
        "TABLE homeroom.migration",
        "TABLE homeroom.opening_hours",
        "SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%' AND false; TABLE homeroom.context_key",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bare.execute(statement)
    assert await bare.fetchval("SELECT homeroom.is_open('2026-01-01')") is False


async def test_the_powerless_role_cannot_weaken_the_walls(bare: asyncpg.Connection) -> None:
    for statement in (
        "ALTER TABLE book DISABLE ROW LEVEL SECURITY",
        "DROP POLICY space ON book",
        "CREATE POLICY more ON book USING (true)",
        "TRUNCATE book",
        "CREATE TABLE homeroom.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE homeroom_owner",
        "CREATE OR REPLACE FUNCTION homeroom.space() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    ):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)):
            await bare.execute(statement)


async def test_a_temporary_table_does_not_deceive_the_function_that_checks_contexts(
    bare: asyncpg.Connection, here: Caller, there: Caller
) -> None:
    await bare.execute("CREATE TEMP TABLE context_key (id int, inner_key bytea, outer_key bytea)")
    await bare.execute("INSERT INTO pg_temp.context_key VALUES (1, '', '')")
    signed = f"{there.space.id}|{await session_of(bare)}"
    forged = await bare.fetchval(
        "SELECT $1::text || encode(sha256(sha256(convert_to($2, 'UTF8'))), 'hex')", str(there.space.id), signed
    )
    await bare.execute("SELECT set_config('homeroom.context', $1, false)", forged)
    await bare.execute("SELECT set_config('search_path', 'pg_temp, public', false)")
    with pytest.raises(UnverifiedContextError):
        await bare.fetchval(COUNTS)


async def test_maintenance_is_the_owners_alone(bare: asyncpg.Connection, here: Caller) -> None:
    await bare.execute("SET homeroom.maintenance = 'on'")
    assert 0 == await bare.fetchval(COUNTS)


async def test_the_owner_sees_rows_in_maintenance_only(owner: asyncpg.Connection, here: Caller) -> None:
    assert 0 == await owner.fetchval(COUNTS)
    await owner.execute("SET LOCAL homeroom.maintenance = 'on'")
    assert 5 <= await owner.fetchval(COUNTS)


async def test_the_audit_cannot_be_changed(database: Database, here: Caller) -> None:
    for statement in (
        "UPDATE audit_entry SET login = 'somebody else'",
        "UPDATE audit_line SET new_values = NULL",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_line",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.transaction(here.space.id) as transaction:
                await transaction.execute(statement)


async def test_a_powerful_role_is_refused_at_the_start(settings: Settings, signer: ContextSigner) -> None:
    powerful = Database(str(settings.owner_database_url), signer)
    with pytest.raises(WallError, match="too powerful"):
        await powerful.open()
