"""What ``homeroom worker`` runs, with the mill."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from homeroom.boot import build_host
from homeroom.collector import collect_rarely
from homeroom.logs import configure_logs
from homeroom.settings import Settings
from homeroom.worker.process import work
from mill.plugin import registry

if __name__ == "__main__":
    collect_rarely()
    settings = Settings.load()
    configure_logs(settings)
    work(settings, build_host(settings, registry()))
