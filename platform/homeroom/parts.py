"""Parts of a plugin that are found by their names: ``homeroom_x.commands.COMMANDS`` needs no hook in ``plugin.py``.

A hook names its part by :func:`part`. A plugin whose class lies in ``<package>.plugin`` and that does not implement
the hook itself gives what this module of its package gives: a constant, or, for a hook with arguments, the function of
that name. The module is imported when the hook is called for the first time.

A package with a module ``nouns`` gives, beside all that, what each of its ``NOUNS`` makes, such as those of
:func:`homeroom.nouns.ordinary`: objects whose ``parts`` map the name of a part to what belongs there.

``commands`` and ``resources`` may be packages without such a list: each command and each resource that their modules
hold is then one of the plugin's.

A misspelt part is an error and no empty part: a module whose name is nearly that of a part, and a module of a part
that has none of its names, keep the plugin from starting.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

from homeroom.errors import ConfigurationError

__all__ = [
    "Part",
    "folder_of",
    "modules_of",
    "package_of",
    "part",
    "part_of",
    "parts_of",
    "plugin_module",
    "plugin_package",
    "values_in",
]

#: Modules and packages of a plugin that are used as a whole, and that no hook names.
_WHOLE: Final = frozenset({"hookspecs", "migrations", "nouns", "refusals", "tables"})
#: How alike two names are, from 0 to 1, of which one is taken for a misspelling of the other.
_ALIKE: Final = 0.85

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Part:
    """Where a plugin keeps what a hook gives.

    Args:
        module: The module within the plugin's package.
        name: The constant, or the function, in it.
        of: The type of the values in the constant, as ``module:name``; a package without the constant gives all values
            of this type that its modules hold. Empty: it does not.
    """

    module: str
    name: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


#: The module whose ``NOUNS`` add to other parts, and the parts that they may add to.
_NOUNS: Final = Part("nouns", "NOUNS")
_OF_NOUNS: Final = frozenset(
    {
        "approvals.FLOWS",
        "bars.BARS",
        "consent_gates.CONSENT_GATES",
        "resources.RESOURCES",
        "resources.EXTENSIONS",
        "commands.COMMANDS",
        "permissions.RULES",
        "personal_data.PERSONAL_DATA",
    }
)


def part(place: str, *, of: str = "") -> Callable[[_Function], _Function]:
    """Declare the part of a hook, below ``@hookspec``.

    Args:
        place: Module and name within the plugin's package: ``commands.COMMANDS``.
        of: The type of the values, as ``module:name``, if a package gives all of them without a list.
    """
    module, _, name = place.partition(".")

    def declare(function: _Function) -> _Function:
        function.homeroom_part = Part(module, name, of)  # type: ignore[attr-defined]
        return function

    return declare


def part_of(specification: Callable[..., Any]) -> Part | None:
    """The part of a hook; none if it has none."""
    return getattr(specification, "homeroom_part", None)


def package_of(plugin: type) -> str | None:
    """The package that the parts of a plugin lie in; none if its class lies in no module ``<package>.plugin``."""
    package, _, module = plugin.__module__.rpartition(".")
    return package if package and module == "plugin" else None


def plugin_package(plugin: object) -> str:
    """The package that a plugin's class lies in; a plugin that is one single module is its own package."""
    module = type(plugin).__module__
    return module.rpartition(".")[0] or module


def plugin_module(plugin: object, name: str) -> ModuleType | None:
    """A module of a plugin's package, imported; none if there is none. A single module has all its parts in itself."""
    package = import_module(plugin_package(plugin))
    if not hasattr(package, "__path__"):
        return package
    return import_module(f"{package.__name__}.{name}") if name in modules_of(package.__name__) else None


def modules_of(package: str) -> frozenset[str]:
    """The modules and packages that lie directly in a package."""
    places = tuple(sys.modules[package].__path__)
    return _modules_in(places, tuple(_changed(each) for each in places))


@functools.lru_cache(maxsize=256)
def _modules_in(places: tuple[str, ...], _changed: tuple[int, ...]) -> frozenset[str]:
    """The modules in some folders; read again only when a folder has changed, because hosts ask hundreds of times."""
    return frozenset(each.name for each in pkgutil.iter_modules(places))


def _changed(place: str) -> int:
    """When a folder got or lost a file, in nanoseconds; 0 for what is no folder, such as a zip file."""
    try:
        return Path(place).stat().st_mtime_ns
    except OSError:
        return 0


def values_in(package: str, kind: type[_Value]) -> tuple[_Value, ...]:
    """All values of a type in the modules of a package, or in one module, so that no list has to repeat their names.

    In ``recipients.py`` of a plugin: ``RECIPIENTS = values_in(__name__, Recipients)``. Modules come in the order of
    the alphabet, values in that of their definition. A value that several modules hold comes once; one whose name
    begins with an underscore is left out.

    Args:
        package: The package, or the module, usually ``__name__``. The modules of a package are imported.
        kind: The type, such as ``Command`` or ``Resource``.
    """
    found: dict[int, _Value] = {}
    whole = hasattr(import_module(package), "__path__")
    names = [f"{package}.{name}" for name in sorted(modules_of(package))] if whole else [package]
    for name in names:
        for attribute, value in vars(import_module(name)).items():
            if isinstance(value, kind) and not attribute.startswith("_"):
                found.setdefault(id(value), value)
    return tuple(found.values())


def folder_of(package: str, name: str) -> Path | None:
    """A folder beside the modules of a package, such as that of its catalogues; none if there is no such folder."""
    places = (Path(each) / name for each in sys.modules[package].__path__)
    return next((each for each in places if each.is_dir()), None)


def parts_of(
    package: str, specifications: Mapping[str, Callable[..., Any]], *, given: Iterable[str], without: Iterable[str] = ()
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Implementations of hooks by the parts of a package.

    Args:
        package: The plugin's package, imported.
        specifications: Every hook's name to its specification.
        given: Hooks that the plugin implements itself.
        without: Modules that have the name of a part and are none.

    Raises:
        ConfigurationError: A module has nearly the name of a part.
    """
    modules = modules_of(package) - set(without)
    parts = {hook: found for hook, each in specifications.items() if (found := part_of(each)) is not None}
    wanted_modules = {each.module for hook, each in parts.items() if hook not in set(given)}
    _refuse_misspelt_modules(package, modules, wanted_modules | _WHOLE)
    names: dict[str, set[str]] = defaultdict(set)
    for each in parts.values():
        names[each.module].add(each.name)
    own = {parts[hook].module for hook in given if hook in parts}
    nouns = {hook for hook, each in parts.items() if str(each) in _OF_NOUNS} if _NOUNS.module in modules else set()
    for hook in sorted(nouns & set(given)):
        raise ConfigurationError(f"{package} has a module nouns, so it gives {parts[hook]} and no hook {hook}")
    for hook, each in parts.items():
        if hook not in set(given) and each.module in modules:
            # A module that the plugin's own hook uses may give nothing but what that hook takes.
            wanted = frozenset() if each.module in own else frozenset(names[each.module])
            takes = bool(inspect.signature(specifications[hook]).parameters)
            make = _function if takes else _with_nouns if hook in nouns else _constant
            yield hook, make(package, each, frozenset(names[each.module]), wanted)
        elif hook in nouns:
            yield hook, _with_nouns(package, each)


def _constant(package: str, found: Part, names: frozenset[str], wanted: frozenset[str]) -> Callable[..., Any]:
    def constant() -> Any:
        return _load(package, found, names, wanted) or ()

    return constant


def _with_nouns(package: str, found: Part, *own: frozenset[str]) -> Callable[..., Any]:
    """What a part holds, if there is one, and what each of the package's ``NOUNS`` adds to it."""

    def constant() -> Any:
        nouns = _load(package, _NOUNS, frozenset({_NOUNS.name}), frozenset({_NOUNS.name}))
        added = [each for noun in nouns for each in noun.parts.get(str(found), ())]
        return (*(_load(package, found, *own) or () if own else ()), *added)

    return constant


def _function(package: str, found: Part, names: frozenset[str], wanted: frozenset[str]) -> Callable[..., Any]:
    def function(host: Any) -> Any:
        called = _load(package, found, names, wanted)
        return called(host) if called is not None else ()

    return function


def _load(package: str, found: Part, names: frozenset[str], wanted: frozenset[str]) -> Any:
    """What a part holds; none if its module gives other parts only. Raises ConfigurationError if it gives none."""
    module = import_module(f"{package}.{found.module}")
    if hasattr(module, found.name):
        return getattr(module, found.name)
    others = (each for each in vars(module) if each not in names and not each.startswith("_"))
    near = _nearest(found.name, tuple(others))
    if near:
        raise ConfigurationError(f"{module.__name__} has {near[0]}, which should be called {found.name}")
    if found.of and hasattr(module, "__path__"):
        place, _, name = found.of.partition(":")
        return values_in(module.__name__, getattr(import_module(place), name))
    if wanted and not any(hasattr(module, each) for each in wanted):
        raise ConfigurationError(f"{module.__name__} has no {' and no '.join(sorted(wanted))}")
    return None


@functools.lru_cache(maxsize=2048)
def _nearest(name: str, others: tuple[str, ...]) -> list[str]:
    """The one of several names that a name is a misspelling of, if there is one."""
    return difflib.get_close_matches(name, others, 1, _ALIKE)


def _refuse_misspelt_modules(package: str, modules: frozenset[str], parts: set[str]) -> None:
    for each in sorted(parts - modules):
        near = _nearest(each, tuple(sorted(modules - parts)))
        if near:
            raise ConfigurationError(f"{package} has a module {near[0]}, which should be called {each}")
