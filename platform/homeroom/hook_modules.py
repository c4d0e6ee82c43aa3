"""Hooks that a plugin implements in modules of its folder ``on``: ``homeroom_x/on/space_created.py``.

The folder needs no method in ``plugin.py``. The name of a module is that of a hook, and the module has a function of
that name, which takes those arguments of the hook that it needs. The module is imported when the hook is called for the
first time, or when a host starts, which fails the plugin whose function is missing or takes another argument.

A hook of a plugin that need not be there is marked in its module: ``@hookimpl(optionalhook=True)``.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

from homeroom.errors import ConfigurationError
from homeroom.parts import modules_of, part_of

__all__ = ["FOLDER", "hook_modules", "load_hook_modules"]

#: The folder of the plugin's package.
FOLDER: Final = "on"


def hook_modules(
    package: str, specifications: Mapping[str, Callable[..., Any]], *, given: Iterable[str]
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Implementations of hooks by the modules of a plugin's folder ``on``.

    Args:
        package: The plugin's package, imported.
        specifications: Every hook's name to its specification.
        given: Hooks that the plugin's class implements.

    Raises:
        ConfigurationError: A module has the name of no hook, of one with a part, or of one that the class implements.
    """
    for hook in sorted(_modules(package)):
        place = f"{package}.{FOLDER}.{hook}"
        specification = specifications.get(hook)
        if specification is None:
            yield hook, _optional(place, hook, specifications)
        elif (part := part_of(specification)) is not None:
            raise ConfigurationError(f"{place}: the hook {hook} has the part {part}, and no module in {FOLDER}")
        elif hook in set(given):
            raise ConfigurationError(f"{place}: the plugin's class implements the hook {hook} too")
        else:
            yield hook, _implementation(place, hook, specification)


def load_hook_modules(plugin: object) -> None:
    """Import the modules of a plugin's folder ``on``.

    Args:
        plugin: A plugin whose implementations were made by :func:`hook_modules`.

    Raises:
        ConfigurationError: A module lacks its function, or the function takes an argument that the hook has not.
    """
    for function in list(vars(plugin).values()):
        load = getattr(function, "homeroom_load", None)
        if load is not None:
            load()


def _modules(package: str) -> frozenset[str]:
    if FOLDER not in modules_of(package):
        return frozenset()
    return modules_of(import_module(f"{package}.{FOLDER}").__name__)


def _implementation(place: str, hook: str, specification: Callable[..., Any]) -> Callable[..., Any]:
    names = tuple(inspect.signature(specification).parameters)

    @cache
    def load() -> tuple[Callable[..., Any], tuple[str, ...]]:
        function = _function(place, hook)
        takes = tuple(inspect.signature(function).parameters)
        if unknown := [each for each in takes if each not in names]:
            raise ConfigurationError(f"{place}: the hook {hook} has no argument {unknown[0]}")
        if inspect.iscoroutinefunction(function) is not inspect.iscoroutinefunction(specification):
            wanted = "async" if inspect.iscoroutinefunction(specification) else "sync"
            raise ConfigurationError(f"{place}: the hook {hook} must be {wanted}, as its specification is")
        return function, takes

    def call(*arguments: Any) -> Any:
        function, takes = load()
        given = dict(zip(names, arguments, strict=True))
        return function(**{each: given[each] for each in takes})

    async def call_async(*arguments: Any) -> Any:
        return await call(*arguments)

    made: Any = call_async if inspect.iscoroutinefunction(specification) else call
    # pluggy reads the names of the arguments from what is wrapped.
    made.__wrapped__ = specification
    made.homeroom_load = load
    return made  # type: ignore[no-any-return]


def _optional(place: str, hook: str, specifications: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    """A function for a hook of a plugin that is not there, or that starts later."""
    function = _function(place, hook)
    if not getattr(function, "homeroom_impl", {}).get("optionalhook"):
        near = difflib.get_close_matches(hook, specifications, 1)
        raise ConfigurationError(f"{place}: there is no hook {hook}" + (f"; is it {near[0]}?" if near else ""))
    return function


def _function(place: str, hook: str) -> Callable[..., Any]:
    function: Callable[..., Any] | None = getattr(import_module(place), hook, None)
    if function is None:
        raise ConfigurationError(f"{place} has no function {hook}")
    return function
