"""Ending what a plugin does not end by itself: code that blocks, and coroutines that never return.

Code that blocks the only thread cannot be ended from another one. A signal can: its handler runs in the main thread,
between two instructions of whatever blocks, and raises there. In other threads only coroutines are ended.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["TookTooLong", "ended_after", "until"]

#: How often what swallows the interruption is interrupted again, in seconds.
_AGAIN = 0.5
#: How long a coroutine may take to end once it was cancelled, in seconds.
_LAST_WORDS = 1.0


class TookTooLong(TimeoutError):  # noqa: N818 - said as what happened
    """Something did not end in its time.

    Args:
        seconds: How long it had.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"did not end within {seconds:g} s")


class _Interrupted(BaseException):
    """Raised within code that blocks; no ``except Exception`` of its holds it."""


@contextmanager
def until(seconds: float, applies: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Interrupt the block if it runs for too long. Only in the main thread; elsewhere it does nothing.

    Args:
        seconds: How long it may take.
        applies: Asked when the time is over: whether what runs at this moment is what is meant.

    Raises:
        TookTooLong: It was interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    began = time.monotonic()
    remaining, interval = signal.getitimer(signal.ITIMER_REAL)
    if 0 < remaining <= seconds:  # somebody else, such as a test's own limit, comes first
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if applies():
            raise _Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    except _Interrupted:
        raise TookTooLong(seconds) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if remaining:
            signal.setitimer(signal.ITIMER_REAL, max(remaining - (time.monotonic() - began), 0.001), interval)


async def ended_after(seconds: float, work: Coroutine[Any, Any, Any]) -> Any:
    """Await a coroutine in a task of its own, and end it if it takes too long, whether it waits or blocks.

    Args:
        seconds: How long it may take.
        work: The coroutine.

    Raises:
        TookTooLong: It was ended, or does not let itself be ended and is left to itself.
    """

    async def interruptible() -> Any:
        try:
            return await work
        # With any of these a task would end its event loop as well.
        except _Interrupted:
            raise TookTooLong(seconds) from None
        except SystemExit as error:
            raise RuntimeError(f"SystemExit: {error}") from error

    task = asyncio.get_running_loop().create_task(interruptible())
    try:
        # What waits is cancelled; the signal is for what blocks, and comes only where the task itself is running.
        with until(seconds + _AGAIN, lambda: _running() is task):
            await asyncio.wait({task}, timeout=seconds)
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=_LAST_WORDS)
                raise TookTooLong(seconds)
    finally:
        task.cancel()
    if task.cancelled():
        raise RuntimeError("it was cancelled by what it called")
    return task.result()


def _running() -> asyncio.Task[Any] | None:
    """The task that runs at this moment, or none where the event loop itself waits."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
