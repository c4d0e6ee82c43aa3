"""The HTTP server: granian, or uvicorn by setting, with one event loop per worker process.

``homeroom serve`` runs it as a supervised child (see :mod:`homeroom.processes`): a granian that is asked to
stop while it starts does not always hear it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import sys
import time
from collections.abc import Callable

from homeroom.logs import configure_logs, log_config
from homeroom.processes import end_with_parent
from homeroom.settings import Settings

__all__ = ["APPLICATION", "UVICORN_SOCKETS", "command", "free_port", "main", "serve", "wait_until_ready"]

#: What is served: a function that gives an ASGI application.
APPLICATION = "homeroom.boot:application"
#: What speaks WebSocket on uvicorn.
UVICORN_SOCKETS = "homeroom.uvicorn_sockets:CutOffProtocol"


def serve(target: str, settings: Settings) -> None:
    """Serve an application until asked to stop.

    Args:
        target: ``module:function`` that makes the ASGI application, once in every worker.
        settings: Address, number of workers and which server.
    """
    if settings.server == "uvicorn":
        import uvicorn

        uvicorn.run(
            target,
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            loop="uvloop",
            http="httptools",
            ws=UVICORN_SOCKETS,
            access_log=False,
            log_config=log_config(settings),
            log_level=settings.log_level,
            server_header=False,
            proxy_headers=False,  # homeroom.client_address reads them, by the setting of trusted proxies
            timeout_graceful_shutdown=int(settings.stop_timeout),
        )
        return
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        target,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        runtime_threads=1,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        factory=True,
        log_level=LogLevels(settings.log_level),
        log_dictconfig=log_config(settings),
        respawn_failed_workers=True,
        workers_kill_timeout=max(1, int(settings.stop_timeout)),
    ).serve()


def command(target: str = APPLICATION) -> list[str]:
    """The command that serves an application with the settings of its environment."""
    return [sys.executable, "-m", "homeroom.server", target]


def free_port(host: str) -> int:
    """A port of this machine that nobody listens on now, and that nobody else is given in the next minute.

    A connection over the port is closed at once and leaves it in TIME_WAIT: the kernel gives such a port to no one who
    asks for any, but a server that asks for it (with SO_REUSEADDR, as ours do) gets it.
    """
    with socket.create_server((host, 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address[:2]):
            listener.accept()[0].close()  # this end closes first: TIME_WAIT stays on its side
        return int(address[1])


def wait_until_ready(host: str, port: int, *, seconds: float, check: Callable[[], None]) -> None:
    """Wait until a server answers a request; one that listens may still be loading the application.

    Args:
        host: The address.
        port: The port.
        seconds: How long to wait.
        check: Called meanwhile; raises if there is nothing to wait for any more.

    Raises:
        TimeoutError: Nobody answers after so long.
    """
    deadline = time.monotonic() + seconds
    while True:
        check()
        connection = http.client.HTTPConnection(host, port, timeout=1)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("HEAD", "/")
            connection.getresponse()
            connection.close()
            return
        connection.close()
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing answers on {host}:{port} after {seconds:.0f} s")
        time.sleep(0.05)


def main() -> None:
    """Serve what the first argument names; the rest comes from the environment."""
    end_with_parent()
    settings = Settings.load()
    configure_logs(settings)
    serve(sys.argv[1] if len(sys.argv) > 1 else APPLICATION, settings)


if __name__ == "__main__":
    main()
