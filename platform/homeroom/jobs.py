"""Jobs: what runs in the background, in one space and on somebody's behalf."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from homeroom.errors import ConfigurationError

__all__ = ["Job", "job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A job. Made by :func:`job`.

    Args:
        name: Dotted: ``gradebook.results.recompute``; also the permission that is checked when it runs.
        function: ``async def f(context, **arguments)``; its arguments are JSON values.
        attempts: How often it is tried in all.
        time_limit: Seconds.
        description: The docstring.
    """

    name: str
    function: Callable[..., Awaitable[Any]]
    attempts: int
    time_limit: float
    description: str


def job(name: str, *, attempts: int = 5, time_limit: float = 300) -> Callable[[Callable[..., Awaitable[Any]]], Job]:
    """Declare a job. It runs in a transaction of its own, with the permission of the person who asked.

    Args:
        name: Dotted: ``<plugin>.<noun>.<verb>``.
        attempts: How often it is tried in all.
        time_limit: Seconds.
    """

    def declare(function: Callable[..., Awaitable[Any]]) -> Job:
        if not inspect.iscoroutinefunction(function) or not function.__doc__:
            raise ConfigurationError(f"job {name}: {function.__qualname__} must be async and have a docstring")
        return Job(name, function, attempts, time_limit, inspect.cleandoc(function.__doc__))

    return declare
