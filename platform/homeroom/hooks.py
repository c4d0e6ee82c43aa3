"""Calling hooks: awaits, times and isolates, which pluggy by itself does not.

pluggy holds the specifications and the implementations, and lets each take just the arguments it needs;
the calls are made here, because pluggy neither awaits nor goes on after an exception.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pluggy import HookImpl

    from homeroom.plugins import PluginRegistry

__all__ = ["HookError", "HookTimes", "Hooks", "PluginError"]

logger = logging.getLogger(__name__)


class PluginError(Exception):
    """A plugin is broken: it is left out, or the host does not start if it is a part of the host.

    An implementation of a hook may raise it to say so of another plugin.

    Args:
        plugin: The plugin.
        reason: What is wrong with it, for the operator.
    """

    def __init__(self, plugin: str, reason: str) -> None:
        super().__init__(f"plugin {plugin}: {reason}")
        self.plugin = plugin


class HookError(PluginError):
    """An implementation of a hook failed.

    Args:
        plugin: The plugin whose implementation it is.
        hook: The hook's name.
        cause: What it raised.
    """

    def __init__(self, plugin: str, hook: str, cause: BaseException) -> None:
        super().__init__(plugin, f"hook {hook}: {type(cause).__name__}: {cause}")
        self.hook = hook


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
    """

    def __init__(self, registry: PluginRegistry) -> None:
        self._registry = registry
        self.host_parts = registry.host_parts()
        #: (plugin, hook) to what it took, for the report of :mod:`homeroom.budget`.
        self.times: dict[tuple[str, str], HookTimes] = defaultdict(HookTimes)

    def _implementations(self, hook: str, only: frozenset[str] | None) -> Iterator[tuple[str, HookImpl]]:
        order = list(self._registry.plugins)
        caller = getattr(self._registry.manager.hook, hook)
        found = {implementation.plugin_name: implementation for implementation in caller.get_hookimpls()}
        for name in order:
            # One that was quarantined while others were called is not called any more.
            if name in found and name in self._registry.plugins and (only is None or name in only):
                yield name, found[name]

    def _call(self, plugin: str, implementation: HookImpl, hook: str, arguments: dict[str, Any]) -> Any:
        started = time.perf_counter()
        try:
            return implementation.function(*(arguments[name] for name in implementation.argnames))
        except PluginError:
            raise
        except Exception as error:
            raise HookError(plugin, hook, error) from error
        finally:
            self._timed(plugin, hook, started)

    def _timed(self, plugin: str, hook: str, started: float) -> None:
        seconds = time.perf_counter() - started
        times = self.times[plugin, hook]
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
        """As :meth:`collect`, told apart by plugin."""
        results: list[tuple[str, list[Any]]] = []
        for name, implementation in self._implementations(hook, only):
            answer = self._call(name, implementation, hook, arguments)
            try:
                items = list(answer.items()) if isinstance(answer, Mapping) else list(answer or ())
            except Exception as error:
                raise HookError(name, hook, error) from error
            results.append((name, items))
        return results

    def first(self, hook: str, /, only: frozenset[str] | None = None, **arguments: Any) -> Any:
        """The first answer of a synchronous hook that is not none."""
        for name, implementation in self._implementations(hook, only):
            answer = self._call(name, implementation, hook, arguments)
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
        **arguments: Any,
    ) -> None:
        """Await every implementation in start order.

        Args:
            hook: The hook's name.
            only: The plugins of the space; none means all.
            failed: Told which plugin failed and how, whereupon the others run on; without it, the failure is raised.
            arguments: The hook's arguments.
        """
        for name, implementation in self._implementations(hook, only):
            started = time.perf_counter()
            try:
                answer: Any = implementation.function(*(arguments[each] for each in implementation.argnames))
                await answer
            except Exception as error:
                if failed is None:
                    raise
                logger.exception("plugin %s failed in hook %s", name, hook, exc_info=error)
                failed(name, error)
            finally:
                self._timed(name, hook, started)
