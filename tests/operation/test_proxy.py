"""Two servers behind nginx, with the configuration that operators are given: they are restarted, and nobody notices."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from nodes import VIEWER, Server, serving
from websockets.exceptions import ConnectionClosed

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.server import free_port, wait_until_ready
from homeroom.settings import Settings
from homeroom.testing.people import People
from homeroom.testing.serving import Socket

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

GIVEN = Path(__file__).parents[2] / "deploy" / "nginx" / "homeroom.conf"
COUNT = "{ campuses(first: 1) { totalCount } }"
BUILD = 'mutation { createCampus(input: { code: "%s", name: "Of a test" }) { errors { code } } }'
MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/homeroom.conf;
}}
"""


def nginx() -> str:
    """The program; without it the test is skipped, unless it is required."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        reported = "there is no nginx here: apt-get install nginx-light"
        if os.environ.get("HOMEROOM_TEST_NGINX") == "required":
            pytest.fail(reported)
        pytest.skip(reported)
    return found


def configuration(port: int, servers: list[int]) -> str:
    """The given configuration, on this machine and without TLS."""
    text = GIVEN.read_text(encoding="utf-8")
    addresses = iter(servers)
    text = re.sub(r"server 10\.0\.0\.1\d:8000", lambda _: f"server 127.0.0.1:{next(addresses)}", text)
    text = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = text.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace(".schools.example", ".localhost")
    return re.sub(r"^\s*ssl_certificate.*\n", "", text, flags=re.MULTILINE)


@contextlib.contextmanager
def proxied(folder: Path, servers: list[int]) -> Iterator[int]:
    """The proxy in front of servers at these ports; gives its own."""
    program = nginx()
    folder.chmod(0o755)
    port = free_port("127.0.0.1")
    (folder / "homeroom.conf").write_text(configuration(port, servers))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        wait_until_ready("127.0.0.1", port, seconds=900, check=lambda: None)
        yield port
    finally:
        process.terminate()
        process.wait(900)


class Load:
    """Clients that ask and change something, one request after another.

    Args:
        proxy: Where they ask.
        school: Their school.
        token: Theirs.
    """

    def __init__(self, proxy: Server, school: Space, token: str) -> None:
        self._proxy = proxy
        self._school = school
        self._token = token
        self._over = False
        self.answered = 0
        self.built = 0
        self.failed: list[str] = []

    async def _keep_on(self, name: int) -> None:
        number = 0
        async with self._proxy.client(self._school, self._token) as client:
            while not self._over:
                number += 1
                changes = number % 5 == 0
                query = {"query": BUILD % f"N{name}-{number}"} if changes else VIEWER
                try:
                    answer = await client.post("/graphql", json=query)
                except httpx.HTTPError as error:
                    self.failed.append(repr(error))
                    continue
                if answer.status_code != 200 or "errors" in answer.json() or '"code"' in answer.text:
                    self.failed.append(f"{answer.status_code} {answer.text[:200]}")
                self.answered += 1
                self.built += changes
                await asyncio.sleep(0.1)

    async def more(self, requests: int) -> None:
        """Wait until so many more were answered."""
        wanted = self.answered + requests
        async with asyncio.timeout(900):
            while self.answered < wanted and not self.failed:
                await asyncio.sleep(0.1)

    @contextlib.asynccontextmanager
    async def put(self) -> AsyncIterator[None]:
        """Ask while the block runs."""
        async with asyncio.TaskGroup() as group:
            for name in range(4):
                group.create_task(self._keep_on(name))
            try:
                yield
            finally:
                self._over = True


async def still_there(client: Socket) -> bool:
    """Whether a socket lives on; one that does not was closed with a word."""
    try:
        await client.say("ping")
        assert {"type": "pong"} == await client.hear()
        return True
    except ConnectionClosed as ended:
        code = None if ended.rcvd is None else ended.rcvd.code
    assert 1012 == code
    return False


async def test_servers_are_restarted_one_after_the_other_and_no_request_fails(
    host: Host, database_settings: Settings, make_space: Any, as_role: People, tmp_path: Path
) -> None:
    school = await make_space("vn")
    client = await as_role(school, "admin", "registrar")
    assert client.account is not None
    token = await host.directory.issue_token(client.account, school.id, title="A test")
    patient = msgspec.structs.replace(database_settings, warm_seconds=600)
    ports = [free_port("127.0.0.1"), free_port("127.0.0.1")]
    before = (await client.gql(COUNT))["campuses"]["totalCount"]
    with contextlib.ExitStack() as stack:

        def start(port: int) -> Server:
            chosen = serving(patient, port=port, workers=1, stop_delay=0.5, stop_timeout=120, seconds=900)
            return stack.enter_context(chosen)

        nodes = {port: start(port) for port in ports}
        first = nodes[ports[0]]
        proxy = Server(first.process, stack.enter_context(proxied(tmp_path, ports)), first.log)
        load = Load(proxy, school, token)
        async with load.put():
            await load.more(40)
            for port in ports:
                # Whose a socket through the proxy is, the proxy decides; one leads to the server that stops.
                direct = await nodes[port].listening(school, token)
                listening = [direct, *[await proxy.listening(school, token) for _ in range(4)]]
                nodes[port].process.send_signal(signal.SIGTERM)
                code, said = await asyncio.to_thread(nodes[port].stopped)
                assert 0 == code, said
                lived = [await still_there(each) for each in listening]
                assert not lived[0]
                for each in listening:
                    await each.connection.close()
                nodes[port] = await asyncio.to_thread(start, port)
                await load.more(40)
    assert [] == load.failed
    assert load.answered > 120
    assert load.built == (await client.gql(COUNT))["campuses"]["totalCount"] - before > 0
