"""What ``homeroom worker`` runs, with the mill."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from homeroom.boot import build_host
from homeroom.logs import configure_logs
from homeroom.plugins import PluginRegistry
from homeroom.processes import end_with_parent, interruptible
from homeroom.settings import Settings
from homeroom.worker.process import WorkerProcess
from mill.plugin import MillPlugin

if __name__ == "__main__":
    end_with_parent()
    settings = Settings.load()
    configure_logs(settings)
    try:
        with (
            interruptible(),
            WorkerProcess(settings, build_host(settings, PluginRegistry.discover([MillPlugin()]))),
        ):
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        pass
