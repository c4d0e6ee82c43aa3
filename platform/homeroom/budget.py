"""How much time a plugin may take of everybody's, and who takes more.

What is measured is what others wait for: importing it, and its implementations of hooks. A plugin that passes its
budget runs on; the log names it for the operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from homeroom.hooks import Hooks
    from homeroom.plugins import PluginRegistry

__all__ = ["BUDGETS", "DEFAULT_BUDGET", "LOAD_BUDGET", "Taken", "budget_of", "taken_by"]

#: Milliseconds to import a plugin. Every command of the command line waits for it.
LOAD_BUDGET = 1_000.0
#: Milliseconds for one call of a hook that says what a plugin is made of; the first one imports much.
DEFAULT_BUDGET = 1_000.0
#: Milliseconds for one call of the other hooks: a start waits for the first, somebody's request for the last.
BUDGETS: Mapping[str, float] = {"startup": 5_000, "shutdown": 5_000, "space_created": 1_000, "event": 100}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a plugin took.

    Args:
        plugin: Its name.
        hook: The hook, or an empty text for the import.
        calls: How often it was called.
        milliseconds: All calls together.
        longest: The longest call, in milliseconds.
    """

    plugin: str
    hook: str
    calls: int
    milliseconds: float
    longest: float

    @property
    def budget(self) -> float:
        """Milliseconds that one call may take."""
        return budget_of(self.hook)

    @property
    def is_over(self) -> bool:
        """Whether a call took more than its budget."""
        return self.longest > self.budget


def budget_of(hook: str) -> float:
    """Milliseconds that one call of a hook may take; an empty name is the import of the plugin."""
    return BUDGETS.get(hook, DEFAULT_BUDGET) if hook else LOAD_BUDGET


def taken_by(registry: PluginRegistry, hooks: Hooks) -> Iterator[Taken]:
    """What each plugin took so far, in start order: its import first, then its hooks by name."""
    for name in registry.plugins:
        loaded = registry.load_seconds.get(name, 0.0) * 1000
        yield Taken(name, "", 1, loaded, loaded)
        for (plugin, hook), times in sorted(hooks.times.items()):
            if plugin == name:
                yield Taken(name, hook, times.calls, times.seconds * 1000, times.longest * 1000)
