"""Processes that belong together: started, watched, and ended together, whatever happens to the one that
started them.

Each child leads a process group of its own, so that Ctrl-C reaches the parent alone, which ends the children
in order and, if they do not listen, for good. A child whose parent is killed gets a signal from the kernel (Linux).
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Self

__all__ = ["PARTING", "ChildEnded", "ProcessGroup", "StopRequest", "end_with_parent", "interruptible", "notify"]

logger = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
#: Seconds that a process needs to end beside those that it has to finish what it is at.
PARTING = 5.0


class ChildEnded(Exception):  # noqa: N818 - it is news, and not always bad
    """A child ended although nobody asked it to.

    Args:
        name: The child's name.
        code: Its exit code; negative is the number of a signal.
    """

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ended with code {code}")
        self.name = name
        self.code = code


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within the block SIGTERM and SIGHUP do what Ctrl-C does: everything is put away in either case."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    numbers = [signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup, closing the terminal ends nothing
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class StopRequest:
    """Whether this process was asked to stop, by SIGTERM, SIGINT or SIGHUP.

    No exception is raised: one that is raised in the middle of a start leaves threads behind that nobody ends.
    """

    #: Seconds between two looks.
    LOOK = 0.1

    def __init__(self) -> None:
        self.requested = False

    def listen(self) -> None:
        """Take the signals from now on. Called in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # under nohup
                signal.signal(number, self._request)

    def wait(self) -> None:
        """Wait until the process is asked to stop."""
        # Not on an event: a handler that runs while the main thread takes the event's lock would wait for ever.
        while not self.requested:
            time.sleep(self.LOOK)

    def _request(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True


def end_with_parent() -> None:
    """Called by a child first of all: end (SIGTERM) when the process that started it is gone."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if parent == 1 or os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def notify(state: str) -> None:
    """Tell the service manager how far this process is, if it asked for that (sd_notify(3)).

    Args:
        state: ``READY=1`` or ``STOPPING=1``.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


@dataclass(slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    again: Callable[[], subprocess.Popen[bytes]] | None = None


class ProcessGroup:
    """Children that run together. A context manager: leaving it ends them.

    Args:
        stop_timeout: Seconds that the children have to finish what they are at, all together.
    """

    def __init__(self, *, stop_timeout: float) -> None:
        self._stop_timeout = stop_timeout
        #: Whether the children are at work; before that there is nothing that they would have to finish.
        self.at_work = False
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, again_if_killed: bool = False
    ) -> None:
        """Start a child.

        Args:
            name: For messages.
            command: The program and its arguments.
            environment: All of its variables.
            again_if_killed: Restart it when a signal has ended it, or it has ended as if asked to: what ended one
                child shall not end the others.
        """

        def popen() -> subprocess.Popen[bytes]:
            return subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL, start_new_session=True)

        self._children.append(_Child(name, popen(), popen if again_if_killed else None))

    def check(self) -> None:
        """Raise :class:`ChildEnded` if one has that is not to be restarted."""
        for child in self._children:
            code = child.process.poll()
            if code is None:
                continue
            if child.again is None or code > 0:
                raise ChildEnded(child.name, code)
            logger.error("%s was ended by signal %d and is restarted", child.name, -code or signal.SIGTERM)
            self._signal(child, signal.SIGKILL)  # what it had started may not stay
            child.process = child.again()

    def wait(self) -> None:
        """Wait until a child ends or somebody interrupts. Raises :class:`ChildEnded` or KeyboardInterrupt."""
        while True:
            self.check()
            time.sleep(0.1)

    def stop(self) -> None:
        """End all children; those that do not end in time are killed with all that they started."""
        deadline = time.monotonic() + (self._stop_timeout if self.at_work else min(1.0, self._stop_timeout))
        for child in reversed(self._children):
            self._signal(child, signal.SIGTERM)
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                deadline = 0.0  # a second Ctrl-C: hurry
        for child in self._children:
            # Also when the child itself is gone: nothing that it started may stay.
            self._signal(child, signal.SIGKILL)
            child.process.wait()
        self._children.clear()

    @staticmethod
    def _signal(child: _Child, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if number is signal.SIGTERM:
                child.process.send_signal(number)
            else:
                os.killpg(child.process.pid, number)
