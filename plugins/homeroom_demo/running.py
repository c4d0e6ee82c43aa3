"""The demonstration while it runs: a database, a server and a worker, and what is said meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from homeroom.boot import build_host, migrate_database
from homeroom.database.providers import EmbeddedProvider, throwaway
from homeroom.processes import ProcessGroup
from homeroom.server import command as server_command
from homeroom.server import free_port, wait_until_ready
from homeroom.settings import Settings
from homeroom_demo.opening import open_schools
from homeroom_demo.record import Record

__all__ = ["Demonstration", "demonstration", "say"]


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A demonstration that runs.

    Args:
        settings: Of the installation.
        record: Who can sign in.
        group: Its server and its worker.
    """

    settings: Settings
    record: Record
    group: ProcessGroup

    @property
    def address(self) -> str:
        """The server's."""
        return f"http://{self.settings.host}:{self.settings.port}"


def say(text: str) -> None:
    """Tell how far it has come, at once."""
    click.echo(text)
    sys.stdout.flush()


@contextlib.contextmanager
def _step(text: str) -> Iterator[None]:
    began = time.monotonic()
    click.echo(f"==> {text} ... ", nl=False)
    sys.stdout.flush()
    yield
    say(f"{time.monotonic() - began:.1f} s")


@contextlib.contextmanager
def demonstration(settings: Settings, *, passing: bool, with_marks: bool | None = None) -> Iterator[Demonstration]:
    """The demonstration, from nothing to a server that answers; everything that was started ends with the block.

    Args:
        settings: Of the installation; its database is always the embedded one.
        passing: Throw-away data on a free port instead of the installation's own.
        with_marks: Whether there are marks already; by default in the installation's own data alone.
    """
    with_marks = not passing if with_marks is None else with_marks
    settings = msgspec.structs.replace(settings, database_url=None, owner_database_url=None, secret_key=None)
    with contextlib.ExitStack() as stack:
        with _step("starting PostgreSQL"):
            if passing:
                access = stack.enter_context(throwaway(user_name=settings.embedded_user))
            else:
                access = stack.enter_context(EmbeddedProvider.of(settings))
        complete = access.apply(settings)
        if passing:
            folder = Path(access.app_url.partition("host=")[2].partition("&")[0]).parent
            kept = folder / "demo.json"
        else:
            kept = settings.data_dir / "demo.json"
        with _step("migrating"):
            asyncio.run(migrate_database(complete))
        if Record.load(kept) is None:
            say("==> making a district and three schools of generated people")
        record = asyncio.run(_open(complete, kept, with_marks=with_marks))
        if passing or not _is_free(settings.host, settings.port):
            complete = msgspec.structs.replace(complete, port=free_port(settings.host))
        # Neither process needs the owner's password, so neither gets it.
        unprivileged = msgspec.structs.replace(complete, owner_database_url=None)
        environment = {**os.environ, **unprivileged.environment()}
        environment.pop("HOMEROOM_OWNER_DATABASE_URL", None)
        group = stack.enter_context(ProcessGroup(stop_timeout=settings.stop_timeout + 2))
        with _step("starting server and worker"):
            group.start("server", server_command(), environment)
            group.start("worker", [sys.executable, "-m", "homeroom.worker.process"], environment, again_if_killed=True)
            wait_until_ready(complete.host, complete.port, seconds=180, check=group.check)
            group.at_work = True
        yield Demonstration(complete, record, group)


async def _open(settings: Settings, kept: Path, *, with_marks: bool) -> Record:
    host = build_host(settings)
    await host.open()
    try:
        return await open_schools(host, kept, lambda text: say(f"    {text}"), with_marks=with_marks)
    finally:
        await host.close()


def _is_free(host: str, port: int) -> bool:
    import socket

    try:
        with socket.create_server((host, port)):
            return port != 0
    except OSError:
        return False
