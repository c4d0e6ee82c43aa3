"""The server is started, answers, and is gone when its supervisor ends, however that happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from homeroom.processes import ChildEnded, ProcessGroup
from homeroom.server import command, free_port, wait_until_ready
from homeroom.settings import Settings

APPLICATION = """
def make():
    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"good morning"})
    return application
"""
SUPERVISOR = """
import os, sys
from homeroom.processes import ProcessGroup, interruptible
from homeroom.server import command
try:
    with interruptible(), ProcessGroup(stop_timeout=float(sys.argv[1])) as group:
        group.start("server", sys.argv[2:], os.environ)
        group.at_work = True
        print("started", flush=True)
        group.wait()
except KeyboardInterrupt:
    print("ended")
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)"


@pytest.fixture
def environment(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    """Variables for a server of the small application on a free port: the one asked for, else that of the run."""
    (tmp_path / "small_application.py").write_text(APPLICATION)
    server = getattr(request, "param", Settings.load().server)
    settings = Settings(port=free_port("127.0.0.1"), workers=2, server=server)
    return os.environ | settings.environment() | {"PYTHONPATH": str(tmp_path)}


@pytest.fixture
def no_leftovers() -> Iterator[None]:
    """Fails if a process that the test started is still there."""
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    yield
    gone = time.monotonic() + 300
    while left := {p.pid for p in psutil.Process().children(recursive=True)} - before:
        assert time.monotonic() < gone, f"left over: {left}"
        time.sleep(0.1)


def test_a_free_port_is_kept_for_a_server() -> None:
    port = free_port("127.0.0.1")
    with socket.socket() as anybody, pytest.raises(OSError, match="in use"):
        anybody.bind(("127.0.0.1", port))
    socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.parametrize("environment", ["granian", "uvicorn"], indirect=True)
@pytest.mark.usefixtures("no_leftovers")
def test_it_answers_and_ends(environment: dict[str, str]) -> None:
    port = int(environment["HOMEROOM_PORT"])
    with ProcessGroup(stop_timeout=10) as group:
        group.start("server", command("small_application:make"), environment)
        wait_until_ready("127.0.0.1", port, seconds=900, check=group.check)
        group.at_work = True
        assert "good morning" == httpx.get(f"http://127.0.0.1:{port}/").text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/")


@pytest.mark.usefixtures("no_leftovers")
def test_one_that_is_asked_to_stop_while_it_starts_ends_in_time(environment: dict[str, str]) -> None:
    for pause in (0.0, 0.2, 0.5):
        group = ProcessGroup(stop_timeout=3)
        group.start("server", command("small_application:make"), environment)
        time.sleep(pause)
        began = time.monotonic()
        group.stop()
        assert time.monotonic() - began < 60


@pytest.mark.usefixtures("no_leftovers")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_supervisor_takes_the_server_along(environment: dict[str, str], number: signal.Signals) -> None:
    words = [sys.executable, "-c", SUPERVISOR, "10", *command("small_application:make")]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as supervisor:
        port = int(environment["HOMEROOM_PORT"])
        wait_until_ready("127.0.0.1", port, seconds=900, check=lambda: None)
        supervisor.send_signal(number)
        said, _ = supervisor.communicate(timeout=900)
    assert ("started", "ended", 0) == (said.split()[0], said.split()[-1], supervisor.returncode)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/")


def test_a_killed_supervisor_takes_the_server_along(environment: dict[str, str]) -> None:
    words = [sys.executable, "-c", SUPERVISOR, "10", *command("small_application:make")]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as supervisor:
        port = int(environment["HOMEROOM_PORT"])
        wait_until_ready("127.0.0.1", port, seconds=900, check=lambda: None)
        server = psutil.Process(supervisor.pid).children(recursive=True)
        supervisor.kill()
    _, alive = psutil.wait_procs(server, timeout=900)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.usefixtures("no_leftovers")
def test_one_that_does_not_listen_is_ended_all_the_same() -> None:
    group = ProcessGroup(stop_timeout=0.5)
    group.at_work = True
    group.start("deaf", [sys.executable, "-c", DEAF], os.environ)
    time.sleep(1)
    began = time.monotonic()
    group.stop()
    assert time.monotonic() - began < 60


def test_a_child_that_ends_by_itself_is_news() -> None:
    with ProcessGroup(stop_timeout=1) as group:
        group.start("brief", [sys.executable, "-c", "raise SystemExit(3)"], os.environ)
        with pytest.raises(ChildEnded, match="brief ended with code 3"):
            group.wait()


def test_one_that_a_signal_ends_is_started_again_where_that_is_asked_for(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys\n"
        "mark = pathlib.Path(sys.argv[1])\n"
        "if mark.exists(): raise SystemExit(3)\n"
        "mark.touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    with ProcessGroup(stop_timeout=1) as group:
        group.start("sturdy", [sys.executable, "-c", program, str(tmp_path / "mark")], os.environ, again_if_killed=True)
        with pytest.raises(ChildEnded, match="sturdy ended with code 3"):
            group.wait()
