"""The registry's tables as PostgreSQL keeps them."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import asyncpg
import pytest

from homeroom.database.catalogue import check
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom_school import tables


@pytest.mark.asyncio(loop_scope="session")
async def test_every_table_has_its_walls_and_is_as_declared(host: Host, database_settings: Settings) -> None:
    assert database_settings.owner_database_url is not None
    assert database_settings.database_url is not None
    role = unquote(urlsplit(database_settings.database_url).username or "")
    names = {each._meta.tablename for each in vars(tables).values() if hasattr(each, "_meta")}
    connection = await asyncpg.connect(database_settings.owner_database_url)
    try:
        # The database may hold tables of other plugins, which this host does not know.
        faults = [fault for fault in await check(connection, host.registry, role) if fault.object in names]
        known = {row["relname"] for row in await connection.fetch("SELECT relname FROM pg_class WHERE relkind = 'r'")}
    finally:
        await connection.close()
    assert [] == faults
    assert names <= known
