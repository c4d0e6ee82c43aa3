"""Jobs: what runs in the background, in one space and on somebody's behalf, or by the calendar on nobody's."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError, Refusal
from homeroom.refusals import REQUIRED, UNKNOWN_ARGUMENT, Code
from homeroom.wording import english

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


__all__ = ["Job", "TryLater", "job", "next_run"]


class TryLater(Exception):  # noqa: N818 - it is no accident
    """Raised by a job that cannot do its work now but may later, such as while another system is unavailable.

    The attempt counts, and another follows while there is one left. The reason is kept with the job, and those who may
    see the job may read it.

    Args:
        reason: A declared code, whose text is kept in the language of the person who asked for the job; or a text.
        values: What the text of the code names in braces.

    Example:
        raise TryLater(LIBRARY_SILENT, server="library.example")
    """

    def __init__(self, reason: Code | str, /, **values: Any) -> None:
        self.code = reason if isinstance(reason, Code) else None
        self.values = values
        super().__init__(reason if self.code is None else english(self.code, values))


@dataclass(frozen=True, slots=True)
class Job:
    """A job. Made by :func:`job`.

    Args:
        name: Dotted: ``gradebook.results.recompute``; also the permission that is checked when it runs.
        function: ``async def f(context, **arguments)``; its arguments and what it returns are JSON values.
        attempts: How often it is tried in all.
        time_limit: Seconds.
        description: The docstring.
        cron: When it runs by itself in every space that has it, or none.
        when: Whether it then has anything to do; without one, it always runs.
    """

    name: str
    function: Callable[..., Any]
    attempts: int
    time_limit: float
    description: str
    cron: str | None = None
    when: Callable[[Any], Awaitable[bool]] | None = None

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Make sure that the function takes these arguments. Raises Refusal, which names the first wrong one."""
        _context, *taken = inspect.signature(self.function).parameters.values()
        if any(each.kind is each.VAR_KEYWORD for each in taken):
            return
        known = {each.name: each for each in taken}
        for name in arguments.keys() - known.keys():
            raise Refusal(UNKNOWN_ARGUMENT, name, job=self.name)
        for name, each in known.items():
            if each.default is each.empty and name not in arguments:
                raise Refusal(REQUIRED, name)


def job(
    name: str,
    *,
    attempts: int = 5,
    time_limit: float = 300,
    cron: str | None = None,
    when: Callable[[Any], Awaitable[bool]] | None = None,
) -> Callable[[Callable[..., Any]], Job]:
    """Declare a job. It runs in a transaction of its own, with the permission of the person who asked.

    Args:
        name: Dotted: ``<plugin>.<noun>.<verb>``.
        attempts: How often it is tried in all, one that kills its worker included.
        time_limit: Seconds, per attempt.
        cron: Runs it by the calendar, too: minute, hour, day of month, month and day of week in the time zone of each
            space, such as ``"30 3 * * 1-5"``. It then has no arguments, and the permission of the installation
            itself. Where clocks go forward, a run in the missing hour comes at its end; where they go back, one at
            a fixed hour comes once (as Debian's cron does it). Runs that were missed are made up for by one.
        when: Asked at each of these moments whether there is anything to do: ``async def f(context)``, a quick question
            to the database that writes nothing. If not, nothing runs and nothing is recorded. If it fails, it runs.

    Raises:
        ConfigurationError: The function is not async or has no docstring, or one of the arguments makes no sense.
    """

    def declare(function: Callable[..., Any]) -> Job:
        if not inspect.iscoroutinefunction(function):
            raise ConfigurationError(f"job {name}: {function.__qualname__} must be async")
        if not function.__doc__:
            raise ConfigurationError(f"job {name}: {function.__qualname__} must have a docstring")
        if attempts < 1 or time_limit <= 0:
            raise ConfigurationError(f"job {name}: at least one attempt, and a time limit above zero")
        if cron is not None:
            _check_cron(name, function, cron)
        elif when is not None:
            raise ConfigurationError(f"job {name}: only one that runs by the calendar is asked when")
        return Job(name, function, attempts, time_limit, inspect.cleandoc(function.__doc__), cron, when)

    return declare


def _check_cron(name: str, function: Callable[..., Any], cron: str) -> None:
    from cronsim import CronSim, CronSimError

    try:
        if len(cron.split()) != 5:
            raise CronSimError("expected five fields")
        next(CronSim(cron, datetime.now(UTC)))
    except CronSimError as error:
        raise ConfigurationError(f"job {name}: cron {cron!r}: {error}") from None
    except StopIteration:
        raise ConfigurationError(f"job {name}: cron {cron!r} never comes") from None
    needed = list(inspect.signature(function).parameters.values())[1:]
    if any(each.default is each.empty and each.kind is not each.VAR_KEYWORD for each in needed):
        raise ConfigurationError(f"job {name}: one that runs by the calendar has no arguments without a default")


def next_run(cron: str, after: datetime, zone: ZoneInfo) -> datetime:
    """When a periodic job runs next.

    Args:
        cron: Five fields.
        after: An aware moment.
        zone: Whose days and hours are meant.

    Returns:
        The first moment after it, UTC.
    """
    from cronsim import CronSim

    return next(CronSim(cron, after.astimezone(zone))).astimezone(UTC)
