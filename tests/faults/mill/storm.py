"""The storm: workers, PostgreSQL and the broker are killed while jobs are asked for and run; then it is counted.

``python tests/faults/mill/storm.py --jobs 1500 --kills 50 [--rabbitmq]`` plays it whole.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import asyncpg
import msgspec
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.database.providers import EmbeddedProvider
from homeroom.host import Host
from homeroom.settings import Settings
from mill.plugin import EXPLOSIONS, bring, light, registry
from mill.rabbit import Rabbit

__all__ = ["Outcome", "storm"]

Answer = TypeVar("Answer")
_WORKERS = 2
#: What a client sees of a database that is killed under it.
_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
_COUNTS = """
SELECT (SELECT count(*) FROM flour) AS sacks, (SELECT count(DISTINCT number) FROM flour) AS numbers,
       count(*) FILTER (WHERE name = 'mill.grain.grind') AS asked,
       count(*) FILTER (WHERE name = 'mill.grain.grind' AND state = 'succeeded') AS succeeded,
       count(*) FILTER (WHERE state IN ('queued', 'running', 'retrying')) AS open,
       coalesce(sum(attempts) FILTER (WHERE name = 'mill.grain.grind'), 0) AS attempts,
       count(*) FILTER (WHERE name = 'mill.grain.grind' AND attempts > 1) AS begun_again,
       max(attempts) FILTER (WHERE name = 'mill.grain.grind') AS most
FROM job WHERE name LIKE 'mill.%'
"""


@dataclass(slots=True)
class Outcome:
    """What was counted.

    Args:
        asked: Jobs asked for, the one that kills its worker apart.
        succeeded: Those of them that say so.
        lost: Those whose effect is not there.
        doubled: Effects too many.
        open: Jobs that had not ended when time was up.
        attempts: How often jobs were begun, together.
        begun_again: Jobs that were begun more than once.
        most: How often one was begun at most.
        poison: State, attempts and error of the job that kills its worker, in each school.
        kills: Workers that were killed.
        deaths: Workers that ended by themselves: the job that kills its worker.
        database_kills: How often PostgreSQL was killed.
        broker_kills: How often RabbitMQ was.
        seconds: From the first job to the last.
    """

    asked: int = 0
    succeeded: int = 0
    lost: int = 0
    doubled: int = 0
    open: int = 0
    attempts: int = 0
    begun_again: int = 0
    most: int = 0
    poison: list[tuple[str, int, str]] = field(default_factory=list)
    kills: int = 0
    deaths: int = 0
    database_kills: int = 0
    broker_kills: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        reported = f"{self.asked} jobs asked for, {self.succeeded} succeeded: "
        reported += f"{self.lost} lost, {self.doubled} doubled, {self.open} open\n"
        reported += f"{self.kills} workers killed, {self.deaths} more by their job; "
        reported += f"PostgreSQL killed {self.database_kills} times, RabbitMQ {self.broker_kills} times\n"
        reported += (
            f"{self.attempts} attempts; {self.begun_again} jobs were begun again, one was begun {self.most} times; "
        )
        reported += f"{self.seconds:.0f} s"
        for state, attempts, error in self.poison:
            reported += f"\nthe job that kills its worker: {state} after {attempts} attempts: {error}"
        return reported


class _Workers:
    """Worker processes, each replaced when it is gone."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._alive: list[subprocess.Popen[bytes]] = []
        self.deaths = 0

    def tend(self) -> None:
        """Replace those that ended by themselves."""
        gone = [each for each in self._alive if each.poll() is not None]
        self.deaths += len(gone)
        self._alive = [each for each in self._alive if each not in gone]
        while len(self._alive) < _WORKERS:
            self._start()

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._alive.append(
                subprocess.Popen(
                    [sys.executable, str(Path(__file__).with_name("worker.py"))],
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def kill_one(self) -> None:
        """Kill the oldest, which is at work."""
        self.tend()
        victim = self._alive.pop(0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        self.tend()

    def stop(self) -> None:
        """End all."""
        for each in self._alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()
        self._alive.clear()


async def _insist(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do it until the database is there."""
    while True:
        try:
            return await work()
        except _AWAY:
            await asyncio.sleep(0.2)


async def storm(jobs: int, kills: int, *, rabbitmq: bool, seconds: float = 600, log: Path | None = None) -> Outcome:
    """Play it.

    Args:
        jobs: How many are asked for, half in each of two schools.
        kills: How many workers are killed.
        rabbitmq: Whether workers take messages from RabbitMQ, which is then killed too.
        seconds: After how long it is over, whatever there is.
        log: Where the workers' lines go.
    """
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(Rabbit()) if rabbitmq else None
        home = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="homeroom-storm-", ignore_cleanup_errors=True))
        )
        database = EmbeddedProvider(home, durable=True)
        settings = stack.enter_context(database).apply(Settings(job_threads=4, stop_timeout=5.0, warm_seconds=0))
        settings = msgspec.structs.replace(settings, broker_url=broker.url if broker else None)
        plugins = registry()
        await migrate_database(settings, plugins)
        host = build_host(settings, plugins)
        await host.open()
        try:
            environment = os.environ | msgspec.structs.replace(settings, owner_database_url=None).environment()
            workers = _Workers(environment, log or home / "workers.log")
            stack.callback(workers.stop)
            return await _Storm(host, workers, home, broker).play(jobs, kills, seconds)
        finally:
            await host.close()


class _Storm:
    def __init__(self, host: Host, workers: _Workers, home: Path, broker: Rabbit | None) -> None:
        self._host = host
        self._workers = workers
        self._home = home
        self._broker = broker
        self._spaces: Sequence[Space] = ()
        self._outcome = Outcome()

    async def play(self, jobs: int, kills: int, seconds: float) -> Outcome:
        """Ask, kill, wait and count."""
        outcome = self._outcome
        begun = time.monotonic()
        self._spaces = [
            await self._host.directory.create_space(slug=slug, name=slug, region="mill") for slug in ("east", "west")
        ]
        self._workers.tend()
        asking = asyncio.create_task(self._ask(jobs))
        # Spread over the work, and not over the time: a kill that meets nothing proves nothing.
        at = [(number * jobs // (kills + 1), "worker") for number in range(1, kills + 1)]
        at += [(jobs * third // 3, "database") for third in (1, 2)]
        at += [(jobs * quarter // 4, "broker") for quarter in (1, 3)] if self._broker else []
        for done, victim in sorted(at):
            while (await self._counts())["sacks"] < done and time.monotonic() - begun < seconds:
                self._workers.tend()
                await asyncio.sleep(0.05)
            await asyncio.sleep(random.uniform(0, 0.1))
            await self._kill(victim)
        await asking
        while (counts := await self._counts())["open"] and time.monotonic() - begun < seconds:
            self._workers.tend()
            await asyncio.sleep(0.2)
        outcome.seconds = time.monotonic() - begun
        outcome.deaths = self._workers.deaths
        outcome.asked, outcome.succeeded = counts["asked"], counts["succeeded"]
        outcome.lost, outcome.doubled = jobs - counts["numbers"], counts["sacks"] - counts["numbers"]
        outcome.open, outcome.attempts = counts["open"], counts["attempts"]
        outcome.begun_again, outcome.most = counts["begun_again"], counts["most"]
        for space in self._spaces:
            async with self._host.database.transaction(space.id) as transaction:
                for row in await transaction.fetch("SELECT * FROM job WHERE name = 'mill.dust.explode'"):
                    outcome.poison.append((row["state"], row["attempts"], row["error"] or ""))
        return outcome

    async def _ask(self, jobs: int) -> None:
        """Ask for each once, also if the answer to the first try was lost: that is what the key of a call is for."""
        host = self._host
        callers = [host.system_caller(each) for each in self._spaces]
        await _insist(functools.partial(host.execute, callers[0], light, idempotency_key="light"))
        for number in range(jobs):
            arguments = {"number": number, "idempotency_key": f"grain {number}"}
            await _insist(functools.partial(host.execute, callers[number % len(callers)], bring, **arguments))

    async def _counts(self) -> dict[str, int]:
        """Over both schools."""
        total: dict[str, int] = {}

        async def look() -> None:
            total.clear()
            for space in self._spaces:
                async with self._host.database.transaction(space.id, read_only=True) as transaction:
                    row = await transaction.fetchrow(_COUNTS)
                for name, value in dict(row or {}).items():
                    before, now = total.get(name, 0), value or 0
                    total[name] = max(before, now) if name == "most" else before + now

        await _insist(look)
        return total

    async def _kill(self, victim: str) -> None:
        if victim == "worker":
            self._workers.kill_one()
            self._outcome.kills += 1
        elif victim == "broker":
            assert self._broker is not None
            self._broker.kill()
            await asyncio.to_thread(self._broker.start)
            self._outcome.broker_kills += 1
        else:
            await asyncio.to_thread(self._kill_database)
            self._outcome.database_kills += 1

    def _kill_database(self) -> None:
        """All of its processes at once, and then a start that has to recover."""
        first = int((self._home / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        postmaster = psutil.Process(first)
        doomed = [postmaster, *postmaster.children(recursive=True)]
        for each in doomed:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(doomed, timeout=900)
        again = EmbeddedProvider(self._home, durable=True)
        again.start()


def main() -> None:
    """Play it whole, print what was counted, and exit with 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rabbitmq", action="store_true")
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    outcome = asyncio.run(storm(given.jobs, given.kills, rabbitmq=given.rabbitmq, seconds=given.seconds, log=given.log))
    print(outcome)
    whole = given.jobs == outcome.asked == outcome.succeeded and not (outcome.lost or outcome.doubled or outcome.open)
    stopped = [("failed", EXPLOSIONS)] == [each[:2] for each in outcome.poison]
    raise SystemExit(0 if whole and stopped else 1)


if __name__ == "__main__":
    main()
