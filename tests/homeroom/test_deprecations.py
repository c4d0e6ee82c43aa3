"""What goes: it warns, then it is an error, then it is gone; and whoever uses it is named."""

from __future__ import annotations

import importlib.metadata
import json
import types
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from bookshelf.plugin import BookshelfPlugin
from click.testing import CliRunner

from homeroom import Plugin, Rule, hookimpl, hookspecs
from homeroom.boot import closed_host
from homeroom.cli import main
from homeroom.deprecation import Deprecation, deprecated
from homeroom.hookspecs import hookspec
from homeroom.plugins import PluginRegistry
from homeroom_graphql.schema import build_schema

GOES = Deprecation("1.1", fails="1.2", gone="2.0", instead="colours")


@pytest.fixture
def paint() -> Plugin:
    """A plugin that offers a hook that goes."""

    @hookspec
    def shades() -> Sequence[str]:
        """Shades. Sync, collect."""
        raise AssertionError("a specification is not called")

    module = types.ModuleType("offered")
    module.shades = deprecated("1.1", fails="1.2", gone="2.0", instead="colours")(shades)  # type: ignore[attr-defined]
    return type("Paint", (Plugin,), {"name": "paint", "title": "Paint", "hookspecs": (module,)})()


def user(hook: str) -> Plugin:
    """A plugin that implements a hook."""

    def implemented(self: object) -> Sequence[str]:
        return []

    implemented.__name__ = hook
    made = {"name": "brush", "title": "Brush", "requires": ("paint",), hook: hookimpl(implemented)}
    return type("Brush", (Plugin,), made)()


@pytest.mark.parametrize(
    ("version", "warned", "left_out"), [("1.0", 0, 0), ("1.1", 1, 0), ("1.2", 0, 1), ("1.9", 0, 1)]
)
def test_a_hook_warns_and_then_costs_its_users_their_place(
    paint: Plugin, version: str, warned: int, left_out: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hookspecs, "API_VERSION", version)
    registry = PluginRegistry.discover([paint, user("shades")], installed=False)
    told = [*(str(each) for each in registry.deprecations), *(each.reason for each in registry.quarantined)]
    assert (warned, left_out) == (len(registry.deprecations), len(registry.quarantined))
    for text in told:
        assert "the hook shades, which goes: Since 1.1; an error from 1.2, gone in 2.0. Use colours." in text
    assert ("brush" in registry.plugins) is (not left_out)


def test_a_hook_that_is_gone_is_no_hook() -> None:
    assert not hasattr(hookspecs, "shades")
    registry = PluginRegistry.discover(
        [user("shades"), type("Paint", (Plugin,), {"name": "paint", "title": "P"})()], installed=False
    )
    assert ["fails its checks: implements shades, which is no hook"] == [each.reason for each in registry.quarantined]


def test_the_steps_come_in_their_order() -> None:
    assert ["none", "warn", "error", "gone"] == [GOES.step(each) for each in ("1.0.9", "1.1", "1.10", "2.0")]
    with pytest.raises(ValueError, match="warns, then fails"):
        Deprecation("1.2", fails="1.1", gone="2.0", instead="nothing")


class GoingBookshelf(BookshelfPlugin):
    """A bookshelf of which a field and a command go."""

    going = {"Book.title": GOES, "bookshelf.books.lend": GOES}  # noqa: RUF012


class Reader(Plugin):
    """Gives rights to them."""

    name = "reader"
    title = "Readers"
    requires = ("bookshelf",)

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [Rule("librarian", "Book.title"), Rule("librarian", "bookshelf.books.lend", "run")]


@pytest.fixture
def at_version(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], PluginRegistry]:
    """A registry in which the bookshelf's distribution has a version."""

    def at(version: str) -> PluginRegistry:
        monkeypatch.setattr(PluginRegistry, "version_of", lambda _self, _name: version)
        return PluginRegistry.discover([GoingBookshelf(), Reader()], installed=False)

    return at


@pytest.mark.parametrize(("version", "shown"), [("1.0", False), ("1.1", True), ("1.2", True)])
def test_fields_and_commands_that_go_say_so_in_the_schema(
    at_version: Callable[[str], PluginRegistry], version: str, shown: bool
) -> None:
    host = closed_host(at_version(version))
    schema: Any = build_schema(host.variant(frozenset({"bookshelf"})))
    reason = str(GOES) if shown else None
    assert reason == schema.type_map["Book"].fields["title"].deprecation_reason
    assert reason == schema.mutation_type.fields["lendBooks"].deprecation_reason
    assert schema.mutation_type.fields["addBooks"].deprecation_reason is None


@pytest.mark.parametrize(("version", "warned", "left_out"), [("1.0", 0, 0), ("1.1", 2, 0), ("1.2", 0, 1)])
def test_rules_of_others_that_speak_of_them_warn_and_then_fail(
    at_version: Callable[[str], PluginRegistry], version: str, warned: int, left_out: int
) -> None:
    registry = at_version(version)
    closed_host(registry)
    assert (warned, left_out) == (len(registry.deprecations), len(registry.quarantined))
    assert {"reader"} >= {each.plugin for each in (*registry.deprecations,)} | {e.name for e in registry.quarantined}
    assert "bookshelf" in registry.plugins  # its own rules may speak of it until the end


def test_the_list_of_plugins_names_who_uses_what_goes(
    at_version: Callable[[str], PluginRegistry], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = at_version("1.1")
    monkeypatch.setattr(PluginRegistry, "discover", lambda: registry)
    told = CliRunner().invoke(main, ["plugins"]).output
    assert f"DEPRECATED  uses Book.title, which goes: {GOES}" in told
    found = json.loads(CliRunner().invoke(main, ["plugins", "--json"]).output)
    assert [0, 2] == [len(each["deprecated"]) for each in found["plugins"]]


def test_the_version_of_a_plugin_is_that_of_its_distribution() -> None:
    registry = PluginRegistry.discover()
    assert importlib.metadata.version("homeroom") == registry.version_of("school")
    assert "0" == registry.version_of("nothing")
