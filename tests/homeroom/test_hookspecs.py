"""The file of hooks: each documented, typed, with what it promises, and used by a plugin that is really there."""

from __future__ import annotations

import ast
import inspect
import re
import typing
from pathlib import Path

import pytest

from homeroom import hookspecs
from homeroom.plugins import PluginRegistry

HOOKS = {
    name: function
    for name, function in vars(hookspecs).items()
    if inspect.isfunction(function) and hasattr(function, "homeroom_spec")
}
#: What the first paragraph or the last of it must say: how it is called and how results combine.
PROMISE = re.compile(r"\b(Sync|Async), (collect|first|each)\b")


@pytest.fixture(scope="module")
def installed() -> PluginRegistry:
    """All installed plugins."""
    return PluginRegistry.discover()


def test_there_are_hooks() -> None:
    assert 12 <= len(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_how_it_is_called_and_how_results_combine(name: str) -> None:
    promise = PROMISE.search(inspect.getdoc(HOOKS[name]) or "")
    assert promise is not None, f"{name}: expected `Sync, collect.` or the like"
    assert ("Async" == promise[1]) is inspect.iscoroutinefunction(HOOKS[name])
    assert ("Async" == promise[1]) is ("each" == promise[2])


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_typed(name: str) -> None:
    annotations = HOOKS[name].__annotations__
    assert "return" in annotations
    assert set(inspect.signature(HOOKS[name]).parameters) == annotations.keys() - {"return"}
    assert "Any" not in [text.strip() for text in annotations.values()]


@pytest.mark.parametrize("name", [name for name in HOOKS if inspect.signature(HOOKS[name]).parameters])
def test_every_argument_is_documented(name: str) -> None:
    text = inspect.getdoc(HOOKS[name]) or ""
    for argument in inspect.signature(HOOKS[name]).parameters:
        assert re.search(rf"^\s+{argument}: \S", text, re.MULTILINE), f"{name}: {argument} is not documented"


#: The bundled regions propose purposes in their presets; the talent bank of the tests declares one.
_FOR_OTHERS = frozenset({"consent_purposes"})


@pytest.mark.parametrize("name", sorted(HOOKS.keys() - _FOR_OTHERS))
def test_a_hook_is_used_by_a_plugin_that_is_really_there(name: str, installed: PluginRegistry) -> None:
    caller = getattr(installed.manager.hook, name)
    assert [] != caller.get_hookimpls(), f"no installed plugin implements {name}"


def _named_in_tests() -> frozenset[str]:
    """Functions, keyword arguments and texts of the tests: how a test implements a hook, gives one or calls one."""
    names: set[str] = set()
    for file in Path(__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
            elif isinstance(node, ast.keyword) and node.arg is not None:
                names.add(node.arg)
    return frozenset(names)


def test_every_hook_has_a_test(installed: PluginRegistry) -> None:
    offered = [
        name
        for plugin in installed.in_order()
        for module in plugin.hookspecs
        for name, function in vars(module).items()
        if hasattr(function, "homeroom_spec")
    ]
    assert offered
    assert [] == sorted({*HOOKS, *offered} - _named_in_tests())


def test_the_version_of_the_hooks_is_one_that_a_plugin_accepts_by_default() -> None:
    from packaging.specifiers import SpecifierSet

    from homeroom import Plugin

    assert SpecifierSet(Plugin.api).contains(typing.cast("str", hookspecs.API_VERSION))
