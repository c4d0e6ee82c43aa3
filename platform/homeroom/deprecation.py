"""How something goes: first a warning, then an error, then it is gone.

What goes says in which version each step comes and what to use instead. Hooks count by the version of the hooks
(:data:`homeroom.hookspecs.API_VERSION`); fields, commands and permissions by that of the distribution that gives them.

* **warn**: it works. Whoever uses it is named: a plugin that implements the hook, or whose rules speak of the field or
  the command, at every start and in ``homeroom plugins``; a frontend by ``@deprecated`` in the schema.
* **error**: a plugin that still uses it is quarantined. Frontends still find it in the schema.
* **gone**: whoever gave it takes it out of the code; ``homeroom plugin check`` says so if that is forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from packaging.version import Version

from homeroom.hooks import PluginError

if TYPE_CHECKING:
    from homeroom.hooks import Hooks
    from homeroom.permissions import Rule
    from homeroom.plugins import PluginRegistry

__all__ = ["Deprecated", "Deprecation", "Step", "deprecated", "deprecation_of", "judge_rules"]

logger = logging.getLogger(__name__)
Function = TypeVar("Function", bound=Callable[..., Any])
_MARK = "homeroom_deprecation"
Step = Literal["none", "warn", "error", "gone"]


@dataclass(frozen=True, slots=True)
class Deprecation:
    """That something goes.

    Args:
        since: The version from which on it warns.
        fails: The version from which on it is an error.
        gone: The version in which it is no longer there.
        instead: What to use, for people.
    """

    since: str
    fails: str
    gone: str
    instead: str

    def __post_init__(self) -> None:
        if not Version(self.since) < Version(self.fails) <= Version(self.gone):
            raise ValueError(f"a deprecation warns, then fails, then is gone: {self.since}, {self.fails}, {self.gone}")

    def step(self, version: str) -> Step:
        """Which step a version has reached."""
        present = Version(version)
        if present >= Version(self.gone):
            return "gone"
        if present >= Version(self.fails):
            return "error"
        return "warn" if present >= Version(self.since) else "none"

    def __str__(self) -> str:
        return f"Since {self.since}; an error from {self.fails}, gone in {self.gone}. Use {self.instead}."


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Somebody uses what goes.

    Args:
        plugin: Who.
        what: What: ``the hook old_hook``.
        deprecation: How it goes.
    """

    plugin: str
    what: str
    deprecation: Deprecation

    def __str__(self) -> str:
        return f"uses {self.what}, which goes: {self.deprecation}"


def deprecated(since: str, *, fails: str, gone: str, instead: str) -> Callable[[Function], Function]:
    """Say of a hook's specification that it goes; see :class:`Deprecation`. Stands above ``@hookspec``."""

    def mark(function: Function) -> Function:
        setattr(function, _MARK, Deprecation(since, fails, gone, instead))
        return function

    return mark


def deprecation_of(function: Callable[..., Any]) -> Deprecation | None:
    """What :func:`deprecated` said of a hook's specification."""
    found: Deprecation | None = getattr(function, _MARK, None)
    return found


def judge_rules(registry: PluginRegistry, hooks: Hooks) -> None:
    """Find plugins whose rules speak of what goes at another plugin, and note them in the registry.

    Raises:
        PluginError: One does although it is an error by now.
    """
    going = registry.going()
    for plugin, rules in hooks.collect_by_plugin("rules") if going else ():
        own = registry.plugins[plugin].going
        for rule in rules:
            found = going.get(_object_of(rule))
            if found is None or _object_of(rule) in own or found[1] == "none":
                continue
            used = Deprecated(plugin, _object_of(rule), found[0])
            if found[1] != "warn":
                raise PluginError(plugin, f"its rules speak of {used.what}, which goes: {used.deprecation}")
            if used not in registry.deprecations:
                logger.warning("plugin %s %s", plugin, used)
                registry.deprecations.append(used)


def _object_of(rule: Rule) -> str:
    return str(getattr(rule, "object", ""))
