"""Commands of ours as processes of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

from homeroom.settings import Settings
from in_process import Done, homeroom


def run(settings: Settings, *words: str) -> Done:
    """Run a command to its end."""
    return homeroom(settings.environment(), *words)


@contextlib.contextmanager
def running(settings: Settings, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of ours; ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "homeroom.cli", *words],
        env=os.environ | settings.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=900)
