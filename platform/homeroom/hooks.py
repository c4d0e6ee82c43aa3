"""Calling hooks: awaits, times and isolates, which pluggy by itself does not.

pluggy holds the specifications and the implementations, and lets each take just the arguments it needs;
the calls are made here, because pluggy neither awaits nor continues after an exception.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom.budget import budget_of
from homeroom.deadlines import TookTooLong, ended_after, until
from homeroom.declared_codes import declared_codes
from homeroom.errors import Failure, HookError, PluginError, Refusal
from homeroom.hook_modules import load_hook_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from pluggy import HookImpl

    from homeroom.plugins import PluginRegistry
    from homeroom.refusals import Code

__all__ = ["LIMITS", "HookTimes", "Hooks"]

logger = logging.getLogger(__name__)

#: Seconds after which a call of a hook is ended, and the plugin with it where the hook belongs to the start. An empty
#: name stands for all others.
LIMITS: Mapping[str, float] = {
    "": 30,
    "startup": 30,
    "shutdown": 10,
    "space_created": 60,
    "event": 10,
    "job_given_up": 10,
}
#: More than any plugin gives; no signal ends a loop within the interpreter's own code.
_MANY = 100_000
#: Seconds in which tasks end that a plugin's shutdown has brought to their end.
_ENDING = 0.5
#: Beside the names of hooks, for what a plugin declares in its module of refusals.
_CODES: Final = "refusals"
#: Hooks that are called while nothing else runs.
_ALONE = frozenset({"startup", "shutdown"})


@dataclass(slots=True)
class HookTimes:
    """What one plugin's implementation of one hook took.

    Args:
        calls: How often it was called.
        seconds: All calls together.
        longest: The longest call.
    """

    calls: int = 0
    seconds: float = 0.0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        """One more call."""
        self.calls += 1
        self.seconds += seconds
        self.longest = max(self.longest, seconds)


class Hooks:
    """Calls the hooks of a registry.

    Args:
        registry: The plugins.
        limits: Hook to the seconds after which a call is ended; see :data:`LIMITS`.
    """

    def __init__(self, registry: PluginRegistry, limits: Mapping[str, float] = LIMITS) -> None:
        self.registry = registry
        self._limits = limits
        self.host_parts = registry.host_parts()
        #: (plugin, hook) to what it took, for the report of :mod:`homeroom.budget`.
        self.times: dict[tuple[str, str], HookTimes] = defaultdict(HookTimes)
        #: (plugin, hook) to what the plugin declares; see :meth:`declared`.
        self._declared: dict[tuple[str, str], Sequence[Any]] = {}
        #: (plugin, hook) whose declarations are of the kind that the hook wants.
        self.of_their_kind: set[tuple[str, str]] = set()
        #: Plugin to its labels with those of what it requires; see :meth:`labels`.
        self._labels: dict[str, dict[str, str]] = {}
        #: Plugin to the tasks that it began at its start.
        self._left: dict[str, set[asyncio.Task[Any]]] = defaultdict(set)

    def load(self) -> None:
        """Import the modules in which plugins implement hooks. Raises PluginError."""
        for plugin in self.registry.in_order():
            try:
                load_hook_modules(plugin)
            except Exception as error:
                raise PluginError(plugin.name, f"implementations of hooks: {type(error).__name__}: {error}") from error

    def deprecated(self, only: frozenset[str]) -> dict[str, str]:
        """The deprecated fields and commands of some plugins: name to the reason."""
        return {name: reason for each in self.registry.in_order(only) for name, reason in each.deprecated.items()}

    def locales(self, only: frozenset[str]) -> dict[str, Path]:
        """Those of some plugins that bring message catalogues, and the folders of them."""
        return {each.name: each.locale for each in self.registry.in_order(only) if each.locale is not None}

    def catalogues(self, only: frozenset[str]) -> dict[str, tuple[Path, ...]]:
        """Of some plugins, the folders of the catalogues that translate labels: their own, those of what they require
        with the nearest first, and the host's.
        """
        return {each.name: self.registry.catalogues_of(each) for each in self.registry.in_order(only)}

    def labels(self, only: frozenset[str]) -> dict[str, dict[str, str]]:
        """The English labels that some plugins give, each with those of what it requires. Raises PluginError."""
        # A set has with each plugin all that it requires, so they are the same in every set.
        missing = [each for each in self.registry.in_order(only) if each.name not in self._labels]
        if missing:
            given = {plugin: dict(found) for plugin, found in self.declared("labels", frozenset(self.registry.plugins))}
            for each in missing:
                self._labels[each.name] = {
                    key: text
                    for near in reversed(self.registry.with_nearest(each))
                    for key, text in given.get(near.name, {}).items()
                }
        return {each.name: self._labels[each.name] for each in self.registry.in_order(only)}

    def refusal_codes(self, only: frozenset[str]) -> list[tuple[str, Sequence[Code]]]:
        """The codes of refusals and failures that some plugins declare, in start order. Raises PluginError."""
        found: list[tuple[str, Sequence[Code]]] = []
        for plugin in self.registry.in_order(only):
            codes = self._declared.get((plugin.name, _CODES))
            if codes is None:
                try:
                    codes = self._declared[plugin.name, _CODES] = declared_codes(plugin)
                except Exception as error:
                    raise PluginError(plugin.name, f"codes of refusals: {type(error).__name__}: {error}") from error
            found.append((plugin.name, codes))
        return found

    def interested(self, event: str, only: frozenset[str]) -> frozenset[str]:
        """Those of some plugins that want to know of an event."""
        plugins = self.registry.plugins
        return frozenset(
            name
            for name in only
            if (plugin := plugins.get(name)) is not None and (plugin.events is None or event in plugin.events)
        )

    def _implementations(self, hook: str, only: frozenset[str] | None) -> Iterator[tuple[str, HookImpl]]:
        order = list(self.registry.plugins)
        caller = getattr(self.registry.manager.hook, hook)
        found = {implementation.plugin_name: implementation for implementation in caller.get_hookimpls()}
        for name in order:
            # One that was quarantined while others were called is not called any more.
            if name in found and name in self.registry.plugins and (only is None or name in only):
                yield name, found[name]

    def _call(
        self, plugin: str, implementation: HookImpl, hook: str, arguments: dict[str, Any], read: Callable[[Any], Any]
    ) -> Any:
        started = time.perf_counter()
        try:
            with until(self._limits.get(hook, self._limits[""])):
                return read(implementation.function(*(arguments[name] for name in implementation.argnames)))
        except PluginError:
            raise
        except (Exception, SystemExit) as error:
            raise HookError(plugin, hook, error) from error
        finally:
            self._timed(plugin, hook, started)

    def _timed(self, plugin: str, hook: str, started: float) -> None:
        seconds = time.perf_counter() - started
        times = self.times[plugin, hook]
        budget = budget_of(hook) / 1000
        if seconds > budget >= times.longest:  # said once; the report counts the rest
            logger.warning("plugin %s took %.0f ms in hook %s, of %.0f", plugin, seconds * 1000, hook, budget * 1000)
        times.add(seconds)

    def collect(self, hook: str, /, only: frozenset[str] | None = None, **arguments: Any) -> list[Any]:
        """All results of a synchronous hook, one list. Raises :class:`HookError` naming the plugin."""
        results: list[Any] = []
        for _, found in self.collect_by_plugin(hook, only=only, **arguments):
            results.extend(found)
        return results

    def collect_by_plugin(
        self, hook: str, /, only: frozenset[str] | None = None, **arguments: Any
    ) -> list[tuple[str, list[Any]]]:
        """As :meth:`collect`, by plugin."""
        results: list[tuple[str, list[Any]]] = []
        for name, implementation in self._implementations(hook, only):
            results.append((name, self._call(name, implementation, hook, arguments, _items)))
        return results

    def declared(self, hook: str, /, only: frozenset[str]) -> list[tuple[str, Sequence[Any]]]:
        """As :meth:`collect_by_plugin`, for a hook without arguments. Each plugin is asked once in the life of a host.

        A host puts together many sets of plugins, and what a plugin declares is the same in each of them.
        """
        results: list[tuple[str, Sequence[Any]]] = []
        for name, implementation in self._implementations(hook, only):
            found = self._declared.get((name, hook))
            if found is None:
                found = self._declared[name, hook] = tuple(self._call(name, implementation, hook, {}, _items))
            results.append((name, found))
        return results

    def first(self, hook: str, /, only: frozenset[str] | None = None, **arguments: Any) -> Any:
        """The first answer of a synchronous hook that is not none."""
        for name, implementation in self._implementations(hook, only):
            answer = self._call(name, implementation, hook, arguments, lambda answer: answer)
            if answer is not None:
                return answer
        return None

    async def each(
        self,
        hook: str,
        /,
        only: frozenset[str] | None = None,
        *,
        failed: Callable[[str, Exception], None] | None = None,
        around: Callable[[], AbstractAsyncContextManager[Any]] = nullcontext,
        backwards: bool = False,
        **arguments: Any,
    ) -> None:
        """Await every implementation in start order, each for as long as :data:`LIMITS` lets it.

        Args:
            hook: The hook's name.
            only: The plugins of the space; none means all.
            failed: Called with the plugin that failed and its error; the others are then called. Without it, the
                failure is raised. A :class:`~homeroom.errors.Refusal` or a :class:`~homeroom.errors.Failure` is meant
                for the person who asks, and is always raised.
            around: Makes what each implementation runs within.
            backwards: Whether those that were started last come first.
            arguments: The hook's arguments.
        """
        limit = self._limits.get(hook, self._limits[""])
        implementations = list(self._implementations(hook, only))
        for name, implementation in reversed(implementations) if backwards else implementations:
            started = time.perf_counter()
            try:
                async with around():
                    await self._awaited(name, hook, limit, implementation, arguments)
            except (Refusal, Failure):
                raise
            except (Exception, SystemExit) as error:
                if failed is None:
                    raise
                from homeroom.database.connection import AWAY  # a caller without hooks needs no database

                if isinstance(error, AWAY):
                    logger.warning("plugin %s waits for the database in hook %s: %s", name, hook, error)
                else:
                    logger.exception("plugin %s failed in hook %s", name, hook, exc_info=error)
                failed(name, error if isinstance(error, Exception) else HookError(name, hook, error))
            finally:
                self._timed(name, hook, started)

    async def _awaited(
        self, plugin: str, hook: str, limit: float, implementation: HookImpl, arguments: dict[str, Any]
    ) -> None:
        work: Any = implementation.function(*(arguments[each] for each in implementation.argnames))
        if hook in _ALONE:
            # Nothing else of this host runs now: what is new among the tasks is this plugin's.
            before = asyncio.all_tasks()
            try:
                await ended_after(limit, work)
            finally:
                self._left[plugin] |= asyncio.all_tasks() - before
            return
        clock = asyncio.timeout(limit)
        try:
            async with clock:
                await work
        except TimeoutError:
            if clock.expired():
                raise TookTooLong(limit) from None
            raise

    async def end_tasks(self) -> None:
        """End what plugins began at their start and did not end themselves, and say whose it was."""
        for plugin, tasks in self._left.items():
            running = {task for task in tasks if not task.done()}
            if running:  # what ends by itself, now that its plugin has, may do so
                _, running = await asyncio.wait(running, timeout=_ENDING)
            for task in running:
                task.cancel()
            if running:
                logger.warning("plugin %s left %d task(s) running; they are ended", plugin, len(running))
                await asyncio.wait(running, timeout=1.0)
        self._left.clear()


def _items(answer: Any) -> list[Any]:
    """All that an answer gives; a generator is the plugin's own code, and runs within the plugin's own time."""
    if isinstance(answer, str | bytes):
        raise TypeError(f"expected a sequence, got {answer!r}")
    found = answer.items() if isinstance(answer, Mapping) else answer or ()
    items = list(itertools.islice(iter(found), _MANY + 1))
    if len(items) > _MANY:
        raise TypeError(f"gives more than {_MANY} things")
    return items
