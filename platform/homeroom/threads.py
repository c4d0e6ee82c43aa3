"""Running a plain function beside the event loop, in a way that can be ended."""

from __future__ import annotations

import asyncio
import contextvars
import ctypes
import logging
import threading
from collections.abc import Callable
from typing import Any

from homeroom.jobs import LOOP

__all__ = ["ThreadEnded", "in_thread"]

logger = logging.getLogger(__name__)
#: Seconds that a function has to end when it is told to; it may be within one long call of C.
_ENDING = 10.0


class ThreadEnded(BaseException):
    """Raised within a function that took too long. No Exception, so that nobody takes it for a fault to be mended."""


async def in_thread(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Run a plain function in a thread, within the present context variables.

    If the awaiting task is cancelled, the function is ended by :class:`ThreadEnded` at its next step in Python, and is
    waited for up to ten seconds. One that is still within a call of C then has no open transaction any more, and cannot
    write.

    Returns:
        What the function returned.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()
    context.run(LOOP.set, loop)

    def settle(result: Any, error: BaseException | None) -> None:
        if not ended.done():
            if error is None:
                ended.set_result(result)
            else:
                ended.set_exception(error)

    def work() -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = context.run(function, *args, **kwargs)
        except ThreadEnded:
            error = TimeoutError("ended from outside")
        except BaseException as fault:  # noqa: BLE001 - handed on to whoever awaits
            error = fault
        loop.call_soon_threadsafe(settle, result, error)

    thread = threading.Thread(target=work, name="homeroom-job", daemon=True)
    thread.start()
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        if not ended.done():
            assert thread.ident is not None
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(ThreadEnded))
            done, _ = await asyncio.wait([ended], timeout=_ENDING)
            if not done:
                logger.critical("a job's thread does not end; it has no transaction any more")
        if ended.done():
            ended.exception()  # looked at, so that nobody is told of an error that nobody has read
        raise
