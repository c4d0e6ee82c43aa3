"""Through PgBouncer in session mode everything is as without: limits hold, schools are apart, changes are received."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict

from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.database.engine import Database
from homeroom.database.sql import within
from homeroom.database.walls import InSpace
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.server import free_port
from homeroom.settings import Settings
from homeroom_school.commands.people import NameInput, create_student

_CONFIGURATION = """
[databases]
homeroom = host={host} port={port} dbname={dbname}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = session
default_pool_size = 20
"""


def program() -> str:
    """PgBouncer; skips the test where there is none."""
    found = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        if os.environ.get("HOMEROOM_TEST_PGBOUNCER") == "required":
            pytest.fail("pgbouncer is not installed: apt-get install pgbouncer")
        pytest.skip("pgbouncer is not installed: apt-get install pgbouncer")
    return found


@pytest.fixture
async def through(host: Host, database_settings: Settings) -> AsyncIterator[Settings]:
    """Settings whose application's URL leads through PgBouncer to the database of the tests."""
    pgbouncer = program()
    to = conninfo_to_dict(str(database_settings.database_url))
    where = {"host": str(to.get("host", "127.0.0.1")), "port": str(to.get("port", 5432)), "dbname": str(to["dbname"])}
    # Pytest's own folders are closed to the account that it runs as.
    folder, listen = Path(tempfile.mkdtemp(prefix="homeroom-pgbouncer-")), free_port("127.0.0.1")
    folder.chmod(0o755)
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{to["user"]}" "{to.get("password", "")}"\n')
    configuration.write_text(_CONFIGURATION.format(**where, listen=listen, users=users))
    identity: dict[str, int] = {}
    if os.geteuid() == 0:  # it refuses to run as root; who runs PostgreSQL may speak to its socket
        place = Path(where["host"]) if where["host"].startswith("/") else Path("/var/empty")
        owner = place.stat().st_uid if place.exists() else 65534
        identity = {"user": owner or 65534, "group": place.stat().st_gid if place.exists() else 65534}
        for path in (users, configuration):
            os.chown(path, identity["user"], identity["group"])
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([pgbouncer, str(configuration)], stdout=log, stderr=log, **identity)  # type: ignore[call-overload]
    url = f"postgresql://{quote(str(to['user']))}:{quote(str(to.get('password', '')))}@127.0.0.1:{listen}/homeroom"
    try:
        async with asyncio.timeout(900):
            while True:
                assert process.poll() is None, (folder / "log").read_text()
                with contextlib.suppress(OSError):
                    await (await asyncpg.connect(url)).close()
                    break
                await asyncio.sleep(0.1)
        yield msgspec.structs.replace(database_settings, database_url=url, database_pool=3, read_seconds=0.5)
    finally:
        process.terminate()
        process.wait(timeout=900)
        shutil.rmtree(folder)


async def test_a_connection_has_its_limits_and_keeps_schools_apart(
    host: Host, through: Settings, school_a: Space, school_b: Space
) -> None:
    database = Database(str(through.database_url), host.database.signer, pool_size=2, read_seconds=0.5)
    await database.open()
    try:
        set_now = "SELECT current_setting('statement_timeout') || current_setting('TimeZone') || current_setting('jit')"
        assert "500msUTCoff" == await database.read(set_now)
        with pytest.raises(asyncpg.QueryCanceledError):
            await database.read("SELECT pg_sleep(20)::text")
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await database.read("DELETE FROM audit_entry RETURNING id")
        mine = within("$1", "homeroom.space()")
        for space in (school_a, school_b, school_a):
            assert space.id == await database.read(mine, InSpace(space.id))
    finally:
        await database.close()


async def test_a_host_works_and_receives_changes(through: Settings, host: Host, school_a: Space) -> None:
    made = build_host(through, PluginRegistry.discover())
    await made.open()
    try:
        caller = made.system_caller(await made.directory.space(school_a.slug))
        await made.execute(caller, create_student, name=NameInput(given_name="An", family_name="Bouncer"))
        async with host.database.transaction(school_a.id) as transaction:
            found = "SELECT count(*) FROM student WHERE family_name = 'Bouncer'"
            assert 1 == await transaction.fetchval(found)
        async with asyncio.timeout(900):
            while not made.directory.hearing:
                await asyncio.sleep(0.05)
    finally:
        await made.close()
