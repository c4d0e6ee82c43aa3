"""``homeroom worker``."""

from __future__ import annotations

import os
import sys

import click
import msgspec

from homeroom.cli.runtime import open_database, supervising
from homeroom.processes import PARTING, ProcessGroup

__all__ = ["command", "worker_command"]


def worker_command() -> list[str]:
    """The command that works with the settings of its environment."""
    return [sys.executable, "-m", "homeroom.worker.process"]


@click.command("worker")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="How many to run.")
def command(processes: int) -> None:
    """Run background jobs until interrupted."""
    with supervising() as supervision, open_database(supervision.settings, wait=False) as settings:
        environment = os.environ | msgspec.structs.replace(settings, owner_database_url=None).environment()
        environment.pop("HOMEROOM_OWNER_DATABASE_URL", None)
        with ProcessGroup(stop_timeout=settings.stop_timeout + PARTING + 1) as group:
            for number in range(1, processes + 1):
                group.start(f"worker {number}", worker_command(), environment, again_if_killed=True)
            group.at_work = True
            supervision.say(f"{processes} worker(s) at work", "  (Ctrl-C stops)")
            group.wait()
