"""An installation that tells other systems on this machine."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from homeroom.app import create_app
from homeroom.host import Host
from homeroom.testing import People
from homeroom.webhooks.sending import Sender

__all__ = ["Office"]


class Office:
    """An installation whose workers may send to this machine: a server, and what a worker does round the clock.

    Args:
        host: Of the server.
        worker: The host of the worker, whose clock is set.
    """

    def __init__(self, host: Host, worker: Host) -> None:
        self.host = host
        self.worker = worker
        self.people = People(host, create_app(host))
        self.later = timedelta()
        clock = worker.clock
        worker.clock = lambda: clock() + self.later

    def wait(self, **time: float) -> None:
        """Let time go by for the worker."""
        self.later += timedelta(**time)

    async def deliver(self, sender: Sender | None = None) -> None:
        """One round of the worker, or of a sender, and all that it begins."""
        works = self.worker.hooks.collect("background", host=self.worker)
        (work,) = [each for each in works if each.name == "webhooks"]
        await (sender.round() if sender is not None else work.work())
        await asyncio.gather(*(each for each in asyncio.all_tasks() if each.get_name().startswith("webhook ")))
