"""What ``homeroom worker`` runs, with chores; with an argument it is asked to stop while it starts."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chores.plugin import ChoresPlugin
from homeroom import hookimpl
from homeroom.boot import build_host
from homeroom.host import Host
from homeroom.logs import configure_logs
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.worker.process import work


class ImpatientPlugin(ChoresPlugin):
    """Somebody ends the worker at the moment in which its plugins start."""

    @hookimpl
    async def startup(self, host: Host) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    settings = Settings.load()
    configure_logs(settings)
    plugin = ImpatientPlugin() if len(sys.argv) > 1 else ChoresPlugin()
    work(settings, build_host(settings, PluginRegistry.discover([plugin])))
