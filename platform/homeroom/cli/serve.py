"""``homeroom serve``."""

from __future__ import annotations

import os
import time

import click
import msgspec

from homeroom.cli.runtime import open_database, supervising
from homeroom.operation.run_dir import say_stopping, with_run_dir
from homeroom.operation.stopping import close_sockets
from homeroom.processes import PARTING, ProcessGroup, notify
from homeroom.server import command as server_command
from homeroom.server import free_port, wait_until_ready

__all__ = ["command"]


@click.command("serve")
def command() -> None:
    """Serve GraphQL over HTTP until interrupted.

    Address, port and number of processes are settings; `homeroom settings` lists them all.
    """
    with (
        supervising() as supervision,
        open_database(supervision.settings, wait=False) as opened,
        with_run_dir(opened) as given,
    ):
        settings = given
        if settings.port == 0:
            settings = msgspec.structs.replace(settings, port=free_port(settings.host))
        # The server does not need the owner's password, so it does not get it.
        environment = os.environ | msgspec.structs.replace(settings, owner_database_url=None).environment()
        environment.pop("HOMEROOM_OWNER_DATABASE_URL", None)
        with ProcessGroup(stop_timeout=settings.stop_timeout + PARTING + 1) as group:
            group.start("server", server_command(), environment)
            wait_until_ready(settings.host, settings.port, seconds=180 + settings.warm_seconds, check=group.check)
            group.at_work = True
            notify("READY=1")
            supervision.say(f"serving at http://{settings.host}:{settings.port}/", "  (Ctrl-C stops)")
            try:
                group.wait()
            except KeyboardInterrupt:
                notify("STOPPING=1")
                say_stopping(settings)
                time.sleep(settings.stop_delay)
                close_sockets(settings)
                raise
