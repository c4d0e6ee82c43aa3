"""What the application's role reaches without the secret key: the whole surface, each thing with its reason.

Somebody injects SQL into a statement, or has the role's password. New functions and tables do not get here unnoticed:
whatever is not listed fails.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import asyncpg
import pytest
import pytest_asyncio

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing.people import People

#: Functions that run with the owner's rights and ask for no proof, each with the reason.
WITHOUT_PROOF: Final = {
    "space": "says whose context is signed",
    "proof_holds": "says whether this session has proof",
    "applied_migrations": "names of migrations, which are no secret",
    "notice_recipients": "members of the space of the signed context",
    "mail_address": "a member of the space of the signed context",
    "accounts_by_address": "members of the space of the signed context",
    "members": "members of the space of the signed context, for joins; calls with proof too",
    "member_rows": "of the space of the signed context; behind a view",
    "role_rows": "of the space of the signed context; behind a view",
    "rule_rows": "of the space of the signed context, and its district's that hold there; behind a view",
    "logged_by_district": "names of fields that the district of the signed context's space has chosen",
    "district_school_rows": "schools of the district of the signed context; behind a view",
    "district_grant_rows": "given by the district of the signed context; behind a view",
    "send_school_parcel": "in the name of the space of the signed context",
    "add_school_parcel_file": "to a parcel of the space of the signed context",
    "school_parcel_news": "of the space of the signed context",
    "note_school_parcel": "of the space of the signed context",
    "open_school_parcel": "of the space of the signed context",
    "school_parcel_files": "of the space of the signed context",
    "answer_school_parcel": "of the space of the signed context",
    "spaces_with_school_parcels": "ids of spaces for which a parcel waits, and nothing of it",
}
#: Tables outside the spaces that the role may use, each with the wall around it.
OPEN_TABLES: Final = {
    "job_queue": "row security: messages of the space of the signed context, or proof",
    "job_result": "row security: proof",
    "job_worker": "row security: proof",
}
_FUNCTIONS: Final = """
SELECT p.proname AS name, p.prosrc AS body, pg_get_function_identity_arguments(p.oid) AS arguments,
    array_to_string(ARRAY(SELECT 'NULL::' || format_type(t, NULL) FROM unnest(p.proargtypes) AS t), ', ') AS given
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
    AND has_function_privilege(p.oid, 'EXECUTE')
ORDER BY 1
"""


@pytest_asyncio.fixture
async def bare(host: Host, database_settings: Settings) -> AsyncIterator[Any]:
    """A session of the application's role, as somebody has it who does not know the key."""
    connection = await asyncpg.connect(database_settings.database_url)
    yield connection
    await connection.close()


async def test_every_function_asks_for_proof_or_has_a_reason(bare: Any) -> None:
    found = await bare.fetch(_FUNCTIONS)
    assert len(found) > 40
    asking = {row["name"] for row in found if "homeroom.demand_proof()" in row["body"]}
    assert {row["name"] for row in found} - asking == WITHOUT_PROOF.keys()
    for row in found:
        if row["name"] not in asking:
            continue
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not for this caller"):
            await bare.execute(f"SELECT homeroom.{row['name']}({row['given']})")


async def test_a_forged_proof_opens_nothing(bare: Any, host: Host) -> None:
    other = await asyncpg.connect(host.settings.database_url)
    session = await other.fetchval("SELECT pg_backend_pid() || '.' || set_config('homeroom.session', 'n', false)")
    await bare.fetchval("SELECT set_config('homeroom.session', 'n', false)")
    for forged in ("x", "0" * 64, host.database.signer.prove(session)):  # the last one is good in the other session
        await bare.execute("SELECT set_config('homeroom.proof', $1, false)", forged)
        with pytest.raises(asyncpg.PostgresError, match="not signed for this session"):
            await bare.fetchval("SELECT homeroom.spaces()")
    await other.execute("SELECT set_config('homeroom.proof', $1, false)", host.database.signer.prove(session))
    assert await other.fetchval("SELECT homeroom.spaces()")
    await other.close()


async def test_no_proof_is_left_in_a_transaction_that_called_with_it(host: Host, school_a: Space) -> None:
    async with host.database.transaction(school_a.id) as transaction:
        assert await transaction.call("homeroom.account_of($1)", "nobody at all") is None
        assert "" == await transaction.fetchval("SELECT current_setting('homeroom.proof', true)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction.savepoint():
                await transaction.fetchval("SELECT homeroom.account_of($1)", "nobody at all")


async def test_every_table_outside_the_spaces_is_closed_or_walled(bare: Any, school_a: Space) -> None:
    tables = await bare.fetch(
        "SELECT c.relname AS name, c.relrowsecurity AS secured FROM pg_class c"
        " WHERE c.relnamespace = 'homeroom'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
    )
    assert OPEN_TABLES.keys() == {row["name"] for row in tables if row["secured"]} == {row["name"] for row in tables}
    await bare.execute("SET homeroom.maintenance = 'on'")
    for table in OPEN_TABLES:
        assert 0 == await bare.fetchval(f"SELECT count(*) FROM homeroom.{table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await bare.execute(
            "INSERT INTO homeroom.job_queue (queue_name, message_id, state, message)"
            " VALUES ('default', $1, 'queued', jsonb_build_object('args', jsonb_build_array($2::text, $3::text)))",
            new_id(),
            str(school_a.id),
            str(new_id()),
        )


async def test_sequences_and_large_objects_hold_nothing_of_schools(bare: Any) -> None:
    readable = "has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'SELECT, UPDATE')"
    assert 0 == await bare.fetchval(f"SELECT count(*) FROM pg_sequences WHERE {readable}")
    assert 0 == await bare.fetchval("SELECT count(*) FROM pg_largeobject_metadata")
    for refused in ("SELECT pg_ls_dir('.')", "SELECT pg_read_file('postgresql.conf')", "TABLE pg_statistic"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await bare.execute(refused)


#: What shows something of other sessions or of tables as a whole.
VIEWS: Final = (
    "SELECT query FROM pg_stat_activity",
    "SELECT pg_stat_get_backend_activity(s) FROM pg_stat_get_backend_idset() AS s",
    "SELECT statement FROM pg_prepared_statements",
    "SELECT statement FROM pg_cursors",
    "SELECT name || setting FROM pg_settings WHERE name LIKE 'homeroom.%'",
    "SELECT setting FROM pg_file_settings WHERE false",
    "SELECT l::text FROM pg_locks l",
    "SELECT most_common_vals::text || histogram_bounds::text FROM pg_stats WHERE schemaname IN ('public', 'homeroom')",
    "SELECT most_common_vals::text FROM pg_stats_ext",
    "SELECT gid FROM pg_prepared_xacts",
)
_CONTEXT: Final = re.compile(r"[0-9a-f-]{36}[0-9a-f]{64}")


async def test_nothing_of_other_sessions_opens_another_school_under_load(
    bare: Any, host: Host, as_role: People, school_a: Space, school_b: Space
) -> None:
    """Contexts, proofs and session numbers are read nowhere; what is found is tried all the same."""
    registrar = await as_role(school_a, "registrar")
    busy = True

    async def load() -> None:
        number = 0
        while busy:
            number += 1
            await registrar.gql("{ students(first: 5) { totalCount nodes { fullName } } }")
            async with host.database.transaction(school_a.id) as transaction:
                await transaction.fetchval("SELECT count(*) FROM student")
            await host.directory.store.account_of(f"nobody {number}")  # type: ignore[attr-defined]

    owner = await asyncpg.connect(host.settings.owner_database_url)
    await owner.execute("ANALYZE")
    await owner.close()
    received: list[str] = []
    for channel in ("homeroom_directory", "homeroom_graphql", "dramatiq.default.enqueue"):
        await bare.add_listener(channel, lambda *notice: received.append(notice[3]))
    found: set[str] = set()
    begun: set[str] = set()
    workers = [asyncio.create_task(load()) for _ in range(4)]
    try:
        rounds = 0
        while rounds < 60 or (rounds < 5_000 and not begun):
            rounds += 1
            for view in VIEWS:
                try:
                    texts = [str(row[0]) for row in await bare.fetch(view) if row[0] is not None]
                except asyncpg.InsufficientPrivilegeError:
                    continue
                found.update(texts)
                begun.update(text for text in texts if text.startswith("BEGIN"))
    finally:
        busy = False
        await asyncio.gather(*workers)
    assert begun, "the load was not seen"
    for text in [*found, *received]:
        assert not _CONTEXT.search(text), text
        assert not re.search(r"set_config\('homeroom\.[a-z]+', *'[^']", text), text
    sessions = {each.session.partition(".")[2] for each in host.database.pool._idle}
    assert sessions
    assert not [each for each in sessions if any(each in text for text in found)]
    # And if one were read: it is signed for one session.
    [connection, *_] = host.database.pool._idle
    stolen = connection.context(host.database.signer, school_a.id)
    await bare.execute("SELECT set_config('homeroom.session', $1, false)", connection.session.partition(".")[2])
    await bare.execute("SELECT set_config('homeroom.context', $1, false)", stolen)
    with pytest.raises(asyncpg.PostgresError, match="not signed for this session"):
        await bare.fetchval("SELECT homeroom.space()")
