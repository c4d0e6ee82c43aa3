"""The three servers: the product as it is served, the bare handler and the ordinary way, all run by one program."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec
import psutil

from homeroom.processes import ProcessGroup
from homeroom.server import command as server_command
from homeroom.server import free_port, wait_until_ready

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = ["Kind", "Server", "serving"]

_SECONDS_TO_START = 600


class Kind(StrEnum):
    """Which server."""

    OURS = "homeroom"
    BARE = "bare"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Args:
        kind: Which.
        port: Its port on this machine.
        process: Its first process.
    """

    kind: Kind
    port: int
    process: psutil.Process


@contextlib.contextmanager
def serving(settings: Settings, kinds: Sequence[Kind] = tuple(Kind)) -> Iterator[dict[Kind, Server]]:
    """Start servers; within the block they answer.

    Args:
        settings: Of the installation, with the number of worker processes.
        kinds: Which servers.
    """
    servers = {}
    with ProcessGroup(stop_timeout=settings.stop_timeout + 2) as group:
        for kind in kinds:
            chosen = msgspec.structs.replace(settings, port=free_port(settings.host), owner_database_url=None)
            environment = os.environ | chosen.environment()
            environment.pop("HOMEROOM_OWNER_DATABASE_URL", None)
            before = set(psutil.Process().children())
            group.start(kind.value, _command(kind), environment)
            (process,) = set(psutil.Process().children()) - before
            wait_until_ready(chosen.host, chosen.port, seconds=_SECONDS_TO_START, check=group.check)
            servers[kind] = Server(kind, chosen.port, process)
        yield servers


def _command(kind: Kind) -> list[str]:
    """What `homeroom serve` runs, or the same with another application."""
    return server_command() if kind is Kind.OURS else server_command(f"homeroom_bench.{kind.value}:application")
