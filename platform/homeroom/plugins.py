"""What a plugin is, how it is found, and what happens to one that is broken.

A distribution with an entry point in the group ``homeroom`` adds a plugin; the host holds no list but that of the
kernel's own parts. A plugin that
cannot be imported, asks for another version of the hooks, lacks a plugin that it requires or fails its
checks is *quarantined*: reported by ``homeroom plugins``, and everything else runs on.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import time
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from homeroom.budget import LOAD_BUDGET
from homeroom.deadlines import until
from homeroom.errors import ConfigurationError, place_in_plugin
from homeroom.hook_modules import hook_modules
from homeroom.languages import KERNEL_LOCALE
from homeroom.markers import API_VERSION, hookimpl
from homeroom.parts import folder_of, modules_of, package_of, parts_of
from homeroom.settings import describe, plugin_prefix, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["GROUP", "KERNEL", "Plugin", "PluginRegistry", "Quarantined"]

GROUP = "homeroom"
#: Stands for the kernel where plugins are named, such as in the record of migrations.
KERNEL = "homeroom"
#: The packages of the kernel that are parts of the host. It finds them itself, whatever the installed metadata says.
_OWN_PARTS = (
    "audit",
    "code_tables",
    "custom_fields",
    "files",
    "imports",
    "notices",
    "operation",
    "privacy",
    "school_settings",
    "webhooks",
    "worker",
)
#: Seconds after which the import of a plugin is ended.
LOAD_LIMIT = 60.0

logger = logging.getLogger(__name__)


class Plugin:
    """Base of every plugin: a subclass states the attributes and implements hooks of :mod:`homeroom.hookspecs`.

    What lies in its package by the name of a part needs neither: the module ``migrations``, the folder ``locale``, the
    module ``hookspecs``, and what :mod:`homeroom.parts` finds for hooks.
    """

    #: Unique, lower snake case; what a school switches on.
    name: ClassVar[str]
    #: One line for people.
    title: ClassVar[str]
    #: Names of the plugins that must be on as well.
    requires: ClassVar[tuple[str, ...]] = ()
    #: The versions of the hooks that this plugin was written for (PEP 440 specifiers).
    api: ClassVar[str] = ">=1.0,<2"
    #: The package of its migrations, or none.
    migrations: ClassVar[str | None] = None
    #: The folder of its message catalogues, or none; see :mod:`homeroom.languages`.
    locale: ClassVar[Path | None] = None
    #: Modules with hook specifications that this plugin offers to others.
    hookspecs: ClassVar[tuple[Any, ...]] = ()
    #: Tables outside every space, name to reason. They lie in the schema ``homeroom``.
    global_tables: ClassVar[Mapping[str, str]] = {}
    #: Those of them that the application uses without a function in between, name to reason.
    open_tables: ClassVar[Mapping[str, str]] = {}
    #: Tables that it has taken over from another plugin, whose migrations still create them, name to reason.
    adopted_tables: ClassVar[Mapping[str, str]] = {}
    #: The settings of the installation that it reads from the environment, or none: the field ``inbox`` of the plugin
    #: ``mailbox`` is the variable ``HOMEROOM_MAILBOX_INBOX``. See :meth:`homeroom.host.Host.settings_of`.
    settings: ClassVar[type[msgspec.Struct] | None] = None
    #: Tables of schools that no resource shows, name to reason.
    unshown_tables: ClassVar[Mapping[str, str]] = {}
    #: Tables in which imports keep what files said about rows. Undoing an import sets them back.
    import_records: ClassVar[frozenset[str]] = frozenset()
    #: Commands and jobs that no role gets by default because only the installation runs them, name to reason. Jobs that
    #: come by the calendar need no entry.
    system_only: ClassVar[Mapping[str, str]] = {}
    #: Its fields (``Student.photo_url``) and commands (``lost.item.record``) that frontends should stop using, name to
    #: the reason. The schema marks them ``@deprecated`` with this text.
    deprecated: ClassVar[Mapping[str, str]] = {}
    #: The events that its hook ``event`` is called for; None means all events.
    events: ClassVar[frozenset[str] | None] = None
    #: A part of the host: on in every space, never offered as a choice.
    host_part: ClassVar[bool] = False
    #: Modules of its package that have the name of a part and are none; see :mod:`homeroom.parts`.
    not_parts: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        package = package_of(cls)
        if package is None:
            return
        modules, own = modules_of(package), vars(cls)
        if "migrations" in modules and "migrations" not in own:
            cls.migrations = f"{package}.migrations"
        if "locale" not in own:
            cls.locale = folder_of(package, "locale") or cls.locale
        if "hookspecs" in modules and "hookspecs" not in own:
            cls.hookspecs = (import_module(f"{package}.hookspecs"),)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A plugin that was left out.

    Args:
        name: Its entry point's name.
        origin: The distribution that brought it.
        reason: What is wrong, for the operator.
        plugin: The plugin; none if it could not be imported.
    """

    name: str
    origin: str
    reason: str
    plugin: Plugin | None = None


@dataclass(slots=True)
class PluginRegistry:
    """The plugins of this installation, in start order. Made by :meth:`discover`."""

    plugins: dict[str, Plugin] = field(default_factory=dict)
    quarantined: list[Quarantined] = field(default_factory=list)
    load_seconds: dict[str, float] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    #: Plugin to the settings of the installation that it declares, as they were read when it was found.
    settings: dict[str, msgspec.Struct] = field(default_factory=dict)
    manager: pluggy.PluginManager = field(default_factory=lambda: _Manager("homeroom"))

    @classmethod
    def discover(cls, extra: Iterable[Plugin] = (), *, installed: bool = True) -> PluginRegistry:
        """Find, check and order all installed plugins.

        Args:
            extra: Plugins that have no entry point, for tests.
            installed: Whether to look for entry points at all.
        """
        registry = cls()
        registry.manager.add_hookspecs(import_module(f"{KERNEL}.hookspecs"))
        found: dict[str, tuple[Plugin, str]] = {}
        for part in _OWN_PARTS if installed else ():
            point = EntryPoint(part, f"{KERNEL}.{part}.plugin:plugin", GROUP)
            plugin = registry._load(point, KERNEL)
            if plugin is not None and registry._accept(plugin, point.name, KERNEL, found):
                found[plugin.name] = (plugin, KERNEL)
        own = {id(plugin) for plugin, _ in found.values()}
        names: dict[int, str] = {}  # a distribution reads all its metadata whenever it is asked for its name
        for point in entry_points(group=GROUP) if installed else ():
            if point.dist is not None and id(point.dist) not in names:
                names[id(point.dist)] = point.dist.name
            origin = names.get(id(point.dist), "unknown")
            plugin = registry._load(point, origin)
            if plugin is not None and id(plugin) not in own and registry._accept(plugin, point.name, origin, found):
                found[plugin.name] = (plugin, origin)
        for plugin in extra:
            if registry._accept(plugin, plugin.name, "extra", found):
                found[plugin.name] = (plugin, "extra")
        registry._register(found)
        return registry

    def _load(self, point: EntryPoint, origin: str) -> Plugin | None:
        started = time.perf_counter()
        try:
            with until(LOAD_LIMIT):
                plugin = point.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - an import may fail in any way, and the host runs on
            self._quarantine(
                point.name, origin, f"cannot be imported: {type(error).__name__}: {error}{place_in_plugin(error)}"
            )
            return None
        finally:
            seconds = self.load_seconds[point.name] = time.perf_counter() - started
            if seconds * 1000 > LOAD_BUDGET:
                logger.warning("plugin %s took %.0f ms to import, of %.0f", point.name, seconds * 1000, LOAD_BUDGET)
        if not isinstance(plugin, Plugin):
            self._quarantine(point.name, origin, f"{point.value} is no homeroom.Plugin")
            return None
        return plugin

    def _accept(self, plugin: Plugin, point_name: str, origin: str, found: Mapping[str, tuple[Plugin, str]]) -> bool:
        if not getattr(plugin, "name", None) or not getattr(plugin, "title", None):
            self._quarantine(point_name, origin, "states no name or no title")
            return False
        try:
            fits = SpecifierSet(plugin.api).contains(API_VERSION)
        except (InvalidSpecifier, TypeError, AttributeError):  # no specifier, or no text at all
            fits = False
        if not fits:
            reason = f"wants hooks {plugin.api}, this host has {API_VERSION}"
            self._quarantine(plugin.name, origin, reason, plugin)
            return False
        if plugin.name in found:
            self._quarantine(plugin.name, origin, f"the name is taken by {found[plugin.name][1]}")
            return False
        return True

    def _register(self, found: dict[str, tuple[Plugin, str]]) -> None:
        """Register in the order of ``requires``, leaving out whatever misses something."""
        waiting = dict(sorted(found.items()))
        while waiting:
            ready = [n for n, (p, _) in waiting.items() if all(r in self.plugins for r in p.requires)]
            if not ready:
                break
            for name in ready:
                plugin, origin = waiting.pop(name)
                self._register_one(plugin, origin)
        for name, (plugin, origin) in waiting.items():
            missing = [each for each in plugin.requires if each not in self.plugins]
            self._quarantine(name, origin, f"requires {', '.join(missing)}, which is not there or waits for it", plugin)
        for name, plugin in list(self.plugins.items()):
            try:
                self._check_optional(plugin)
            except ConfigurationError as error:
                self.remove(name, f"fails its checks: {error}")

    def _register_one(self, plugin: Plugin, origin: str) -> None:
        try:
            for module in plugin.hookspecs:
                self.manager.add_hookspecs(module)
            self._find_parts(plugin)
            self._read_settings(plugin)
            self.manager.register(plugin, plugin.name)
            self._check_implementations(plugin)
        except Exception as error:  # noqa: BLE001 - pluggy and the plugin's own attributes may raise anything here
            if self.manager.has_plugin(plugin.name):
                self.manager.unregister(name=plugin.name)
            self._quarantine(plugin.name, origin, f"fails its checks: {error}", plugin)
        else:
            self.plugins[plugin.name] = plugin
            self.origins[plugin.name] = origin

    def _read_settings(self, plugin: Plugin) -> None:
        """Read the settings that it declares. Raises ConfigurationError, which names the variable."""
        if plugin.settings is None:
            return
        prefix = plugin_prefix(plugin.name)
        taken = {each.variable for each in describe(plugin.settings, prefix)} & {each.variable for each in describe()}
        if taken:
            raise ConfigurationError(f"its setting {min(taken)} is the host's own")
        self.settings[plugin.name] = read_settings(plugin.settings, prefix)

    def _find_parts(self, plugin: Plugin) -> None:
        """Make implementations of what lies in the plugin's package by the names of parts."""
        package = package_of(type(plugin))
        if package is None:
            return
        callers = vars(self.manager.hook).values()
        specifications = {each.name: each.spec.function for each in callers if each.spec is not None}
        given = [hook for hook in specifications if hasattr(type(plugin), hook)]
        # A plugin is one object for all hosts of a process, and another host may lack the plugin that offers a hook.
        own = vars(import_module(f"{KERNEL}.hookspecs"))
        for hook, function in parts_of(package, specifications, given=given, without=plugin.not_parts):
            setattr(plugin, hook, hookimpl(function, optionalhook=hook not in own))
        for hook, function in hook_modules(package, specifications, given=given):
            optional = hook not in specifications
            setattr(plugin, hook, function if optional else hookimpl(function))

    def _check_implementations(self, plugin: Plugin) -> None:
        """Wrong use fails now: a misspelt hook would never be called, a coroutine never awaited."""
        if not isinstance(plugin.locale, Path | None):
            raise ConfigurationError(f"its locale is {plugin.locale!r}, and should be the path of a folder")
        for caller in self.manager.get_hookcallers(plugin) or ():
            if caller.spec is None:
                # pluggy keeps it for a plugin that may offer this hook; _check_optional looks once all are there.
                if all(each.optionalhook for each in caller.get_hookimpls() if each.plugin is plugin):
                    continue
                raise ConfigurationError(f"implements {caller.name}, which is no hook")
            _check_kind(plugin, caller)

    def _check_optional(self, plugin: Plugin) -> None:
        """Check hooks of plugins that this one does not require; they may have been registered after it."""
        for caller in self.manager.get_hookcallers(plugin) or ():
            if caller.spec is not None and any(each.optionalhook for each in caller.get_hookimpls()):
                _check_kind(plugin, caller)

    def refuse_missing(self, name: str) -> None:
        """Raise ConfigurationError with the reason if there is no such plugin, or if it is quarantined."""
        if name not in self.plugins:
            reason = next((each.reason for each in self.quarantined if each.name == name), "it is not installed")
            raise ConfigurationError(f"plugin {name}: {reason}")

    def known(self, name: str) -> Plugin:
        """A plugin, also one that is quarantined, with the parts that can be found. Raises ConfigurationError."""
        if name in self.plugins:
            return self.plugins[name]
        plugin = next((each.plugin for each in self.quarantined if each.name == name), None)
        if plugin is None:
            self.refuse_missing(name)
            raise AssertionError
        with contextlib.suppress(Exception):  # it may be quarantined for this
            self._find_parts(plugin)
        return plugin

    def with_nearest(self, plugin: Plugin) -> list[Plugin]:
        """A plugin, then those that it requires with the nearest first, then the parts of the host.

        Args:
            plugin: One of these, or one that is quarantined.
        """
        parts = (each for each in self.plugins.values() if each.host_part)
        return list(dict.fromkeys([plugin, *self._required_by(plugin), *parts]))

    def _required_by(self, plugin: Plugin) -> Iterator[Plugin]:
        waiting = list(plugin.requires)
        for name in waiting:
            if name in self.plugins:
                yield self.plugins[name]
                waiting.extend(each for each in self.plugins[name].requires if each not in waiting)

    def catalogues_of(self, plugin: Plugin) -> tuple[Path, ...]:
        """The folders of the catalogues that translate a plugin's labels: its own, those of what it requires with the
        nearest first, the host's, and those of its parts.
        """
        own = [each.locale for each in (plugin, *self._required_by(plugin)) if each.locale is not None]
        parts = [each.locale for each in self.plugins.values() if each.host_part and each.locale is not None]
        return tuple(dict.fromkeys([*own, KERNEL_LOCALE, *parts]))

    def remove(self, name: str, reason: str) -> None:
        """Quarantine a plugin that proved broken after it was registered, and all that require it."""
        plugin = self.plugins.pop(name, None)
        if plugin is None:
            return
        self.manager.unregister(name=name)
        self._quarantine(name, self.origins.get(name, "unknown"), reason, plugin)
        for other in [n for n, p in self.plugins.items() if name in p.requires]:
            self.remove(other, f"requires {name}, which is quarantined")

    def _quarantine(self, name: str, origin: str, reason: str, plugin: Plugin | None = None) -> None:
        logger.error("plugin %s (%s) is quarantined: %s", name, origin, reason)
        self.quarantined.append(Quarantined(name, origin, reason, plugin))

    # Which plugins ---------------------------------------------------------------------------------------

    def with_requirements(self, names: Iterable[str]) -> frozenset[str]:
        """The named plugins, what they require, and the host's own parts. Unknown names are left out."""
        wanted: set[str] = set()
        stack = [*names, *(name for name, plugin in self.plugins.items() if plugin.host_part)]
        while stack:
            name = stack.pop()
            if name in self.plugins and name not in wanted:
                wanted.add(name)
                stack.extend(self.plugins[name].requires)
        return frozenset(wanted)

    def runnable(self, names: Iterable[str]) -> frozenset[str]:
        """Of the named plugins and the host's parts, those that are there with all that they require."""
        wanted = {n for n in names if n in self.plugins} | {n for n, p in self.plugins.items() if p.host_part}
        while True:
            kept = {n for n in wanted if all(r in wanted for r in self.plugins[n].requires)}
            if kept == wanted:
                return frozenset(kept)
            wanted = kept

    def in_order(self, names: frozenset[str] | None = None) -> Iterator[Plugin]:
        """Plugins in start order: all, or those named."""
        for name, plugin in self.plugins.items():
            if names is None or name in names:
                yield plugin

    def host_parts(self) -> frozenset[str]:
        """The names of those that are parts of the host."""
        return frozenset(name for name, plugin in self.plugins.items() if plugin.host_part)

    def migration_packages(self) -> list[tuple[str, str]]:
        """(plugin, package of migrations) in start order, the kernel's own first."""
        own = [(KERNEL, "homeroom.migrations")]
        return own + [(p.name, p.migrations) for p in self.in_order() if p.migrations is not None]

    def declared_settings(self) -> dict[str, type[msgspec.Struct]]:
        """Plugin to the settings of the installation that it declares."""
        return {plugin.name: plugin.settings for plugin in self.in_order() if plugin.settings is not None}

    def adopted_tables(self) -> frozenset[str]:
        """Every table that one plugin has taken over from another."""
        return frozenset(name for plugin in self.in_order() for name in plugin.adopted_tables)

    def global_tables(self) -> dict[str, str]:
        """Every declared table outside the spaces, name to reason."""
        tables: dict[str, str] = {}
        for plugin in self.in_order():
            tables.update(plugin.global_tables)
        return tables


class _Manager(pluggy.PluginManager):
    """Looks for implementations of hooks among the public names of plugins alone."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        """The options of an implementation; none for a name that no hook can have.

        pluggy looks at each attribute of every plugin, however often a process makes a registry.
        """
        return None if name.startswith("_") else super().parse_hookimpl_opts(plugin, name)


def _check_kind(plugin: Plugin, caller: pluggy.HookCaller) -> None:
    """Refuse an implementation that is not async where its hook is, or the other way round."""
    assert caller.spec is not None
    wanted = inspect.iscoroutinefunction(caller.spec.function)
    if inspect.iscoroutinefunction(getattr(plugin, caller.name)) is not wanted:
        raise ConfigurationError(f"the hook {caller.name} must be {'async' if wanted else 'sync'}")
