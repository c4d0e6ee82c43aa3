"""Servers of their own, as operators run them."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from homeroom.callers import Space
from homeroom.server import free_port, wait_until_ready
from homeroom.settings import Settings
from homeroom.testing.serving import Socket

TOKEN = secrets.token_urlsafe(32)
VIEWER = {"query": "{ viewer { roles space { plugins } } }"}


@dataclass
class Server:
    """A `homeroom serve`.

    Args:
        process: Its first process.
        port: Where it listens.
        log: What it writes; a pipe that nobody reads would stop it when it is full.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: IO[bytes]

    def client(self, space: Space, token: str | None = None) -> httpx.AsyncClient:
        """Somebody at the school's host name."""
        headers = {"Host": f"{space.slug}.localhost"} | ({"Authorization": f"Bearer {token}"} if token else {})
        # There is no TLS here, and reading the certificates of the machine takes longer than a request.
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=900, verify=False)

    async def listening(self, space: Space, token: str) -> Socket:
        """A socket of somebody who listens to jobs."""
        connection = await connect(
            f"ws://{space.slug}.localhost/graphql",
            host="127.0.0.1",
            port=self.port,
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers={"Authorization": f"Bearer {token}"},
            open_timeout=900,
        )
        client = Socket(connection)
        await client.say("connection_init")
        assert {"type": "connection_ack"} == await client.hear()
        await client.subscribe("a", "subscription { jobChanged { id } }")
        await client.ready()
        return client

    def stopped(self) -> tuple[int, str]:
        """Its exit code and what it wrote."""
        code = self.process.wait(timeout=900)
        self.log.seek(0)
        return code, self.log.read().decode()


@contextlib.contextmanager
def serving(settings: Settings, *, port: int | None = None, seconds: float = 900, **changed: Any) -> Iterator[Server]:
    """A server of this database; ended afterwards.

    Args:
        settings: Of the installation.
        port: Where; by default a free one.
        seconds: How long it may take until it answers.
        changed: Settings that are otherwise here.
    """
    chosen = msgspec.structs.replace(
        settings,
        port=port or free_port("127.0.0.1"),
        log_format="json",
        metrics_token=TOKEN,
        database_pool=4,
        **changed,
    )
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "homeroom.cli", "serve"],
            env=os.environ | chosen.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready("127.0.0.1", chosen.port, seconds=seconds, check=lambda: None)
            yield Server(process, chosen.port, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=900)
