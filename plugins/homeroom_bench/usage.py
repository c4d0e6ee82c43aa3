"""CPU time of a server and of PostgreSQL, as the kernel reports it; the load generator's does not count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import psutil

__all__ = ["Meter", "Usage", "postmaster_of"]

#: They process what anybody wrote earlier, at a moment of their own.
_DEFERRED: Final = re.compile(r"postgres: (\S+: )?(checkpointer|autovacuum|logical replication)")


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds, user and system.

    Args:
        server: Of the HTTP server's processes.
        database: Of PostgreSQL's, or none where they are not to be seen from here.
    """

    server: float
    database: float | None

    def since(self, before: Usage) -> Usage:
        """What was used since an earlier reading."""
        database = None
        if self.database is not None and before.database is not None:
            database = self.database - before.database
        return Usage(self.server - before.server, database)


class Meter:
    """Reads what a server and PostgreSQL have used so far.

    Args:
        server: The first process of the HTTP server.
        postmaster: The first process of PostgreSQL, if it runs on this machine.
    """

    def __init__(self, server: psutil.Process, postmaster: psutil.Process | None) -> None:
        self._server = server
        self._postmaster = postmaster

    def read(self) -> Usage:
        """The time used until now, by processes that have ended too."""
        return Usage(_tree(self._server), None if self._postmaster is None else _database(self._postmaster))


def _tree(process: psutil.Process) -> float:
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:  # it has ended; its parent's account holds its time
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _database(postmaster: psutil.Process) -> float:
    times = postmaster.cpu_times()
    total: float = times.user + times.system + times.children_user + times.children_system
    for each in postmaster.children():
        try:
            if not _DEFERRED.match(" ".join(each.cmdline())):
                times = each.cpu_times()
                total += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return total


def postmaster_of(backend: int) -> psutil.Process | None:
    """The first process of PostgreSQL, found from the process that serves one connection.

    Args:
        backend: What ``pg_backend_pid()`` says.

    Returns:
        The process, or none if the server runs elsewhere.
    """
    try:
        process = psutil.Process(backend)
        if "postgres" not in process.name() or not any("homeroom" in part for part in process.cmdline()):
            return None
        return process.parent()
    except psutil.Error:
        return None
