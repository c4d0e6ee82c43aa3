"""A second process of the installation, with a clock of its own, that counts its statements."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest_asyncio

from homeroom.boot import context_key
from homeroom.database.engine import Database, Transaction
from homeroom.database.walls import ContextSigner
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing import Client
from homeroom.worker.queue import PostgresQueue


class CountingDatabase(Database):
    """Counts how often it is asked."""

    asked = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        #: The functions that were called.
        self.called: list[str] = []

    async def read(self, sql: str, *args: Any) -> Any:
        self.asked += 1
        return await super().read(sql, *args)

    async def call(self, function: str, *args: Any, writes: bool = True) -> Any:
        self.asked += 1
        self.called.append(function)
        return await super().call(function, *args, writes=writes)

    @asynccontextmanager
    async def transaction(self, space: UUID, **options: Any) -> AsyncIterator[Transaction]:
        self.asked += 1
        async with super().transaction(space, **options) as transaction:
            yield transaction


class OtherProcess:
    """Another host over the same database.

    Args:
        settings: Of the installation.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.database_url is not None
        self.database = CountingDatabase(settings.database_url, ContextSigner(context_key(settings)))
        self.later = timedelta()
        self.host = Host(
            PluginRegistry.discover(),
            self.database,
            PostgresQueue(),
            settings=settings,
            clock=lambda: datetime.now(UTC) + self.later,
        )

    @property
    def directory(self) -> Any:
        """Its directory."""
        return self.host.directory

    async def sees(self, client: Client, method: str = "GET") -> Any:
        """The caller that it makes of a request with a client's cookie and host name."""
        return await self.directory.authenticate(head_of(client, method))


def head_of(client: Client, method: str = "GET") -> dict[str, Any]:
    """The ASGI scope of a request as this client sends it."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
    headers = [(b"host", client.http.base_url.host.encode()), (b"cookie", cookie.encode())]
    sent = client.http.headers
    headers += [
        (name.encode(), sent[name].encode())
        for name in ("origin", "x-homeroom-tenant", "authorization")
        if name in sent
    ]
    return {"type": "http", "method": method, "headers": headers, "client": ("192.0.2.1", 1)}


@pytest_asyncio.fixture(loop_scope="session")
async def other_process(host: Host, database_settings: Settings) -> AsyncIterator[OtherProcess]:
    """Another process of the same installation."""
    other = OtherProcess(database_settings)
    await other.host.open()
    yield other
    await other.host.close()
