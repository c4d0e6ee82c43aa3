"""A RabbitMQ of the test's own, that it may kill: a node on free ports of this machine, gone in the end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

import pika
import pika.exceptions

from homeroom.server import free_port

__all__ = ["Rabbit", "rabbitmq_script"]

_ADDRESS = "127.0.0.1"
_SECONDS_TO_START = 900


def rabbitmq_script() -> Path | None:
    """The server's own script, which may be run by anybody; that in the PATH is for its account alone."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    return found[-1] if found and shutil.which("epmd") else None


class Rabbit:
    """The broker. A context manager: inside, it answers at :attr:`url`."""

    def __init__(self) -> None:
        self._port, self._epmd_port = free_port(_ADDRESS), free_port(_ADDRESS)
        self._folder = Path(tempfile.mkdtemp(prefix="homeroom-rabbit-"))
        self._environment = os.environ | {
            "HOME": str(self._folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": _ADDRESS,
            "RABBITMQ_NODENAME": f"homeroom{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": _ADDRESS,
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(free_port(_ADDRESS)),
            "RABBITMQ_BASE": str(self._folder),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none"),
        }
        self._epmd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/%2F"

    def __enter__(self) -> Self:
        # A foreground one of ours: the server would start one that outlives it.
        self._epmd = subprocess.Popen(
            ["epmd", "-port", str(self._epmd_port), "-address", _ADDRESS],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        script = rabbitmq_script()
        assert script is not None
        log = (self._folder / "output").open("ab")
        self._server = subprocess.Popen(
            [str(script)],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        deadline = time.monotonic() + _SECONDS_TO_START
        while True:
            try:
                pika.BlockingConnection(pika.URLParameters(self.url)).close()
            except (pika.exceptions.AMQPError, OSError):
                if time.monotonic() > deadline or self._server.poll() is not None:
                    raise RuntimeError((self._folder / "output").read_text()[-2000:]) from None
                time.sleep(0.2)
            else:
                return

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None
