"""Plugins: found, ordered, and left out one by one when they are broken, while everything else runs."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

import click
import pytest

from homeroom import Command, Context, Event, Plugin, Ref, Rule, command, hookimpl
from homeroom.database.engine import Database
from homeroom.database.tables import SchoolTable
from homeroom.database.walls import ContextSigner
from homeroom.errors import ConfigurationError
from homeroom.hooks import Hooks
from homeroom.hookspecs import hookspec
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.resources import EVERYTHING, Extension, Resource, Through, computed, extend, resource
from homeroom.worker.queue import PostgresQueue


class Tool(SchoolTable, tablename="tool"):
    """A tool."""


class Nail(SchoolTable, tablename="nail"):
    """A nail."""


TOOL = resource(Tool, scopes={"school": EVERYTHING})


@command("tools.tool.sharpen")
async def sharpen(context: Context) -> None:
    """Sharpen."""


def plugin(name: str, **attributes: Any) -> Plugin:
    """A plugin of a class of its own: hooks are given as functions that are marked."""
    return type("Made", (Plugin,), {"name": name, "title": f"The plugin {name}", **attributes})()


def discover(*plugins: Plugin) -> PluginRegistry:
    """A registry of just these."""
    return PluginRegistry.discover(plugins, installed=False)


def host(registry: PluginRegistry) -> Host:
    """A host that is never opened."""
    return Host(registry, Database("", ContextSigner(bytes(32))), PostgresQueue())


def hook(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function as an implementation."""
    return hookimpl(function)


@hook
def gives_tools(self: object) -> Sequence[Resource]:
    return [TOOL]


def reasons(registry: PluginRegistry) -> dict[str, str]:
    """Why each was left out."""
    return {each.name: each.reason for each in registry.quarantined}


def test_plugins_start_after_those_that_they_require() -> None:
    registry = discover(
        plugin("a", requires=("z", "m")), plugin("m", requires=("z",)), plugin("z"), plugin("b", requires=("a",))
    )
    assert ["z", "m", "a", "b"] == list(registry.plugins)
    assert [] == registry.quarantined


def test_hooks_are_called_in_start_order_with_the_arguments_they_take() -> None:
    called: list[str] = []

    def titles(name: str) -> Any:
        @hookimpl
        def role_titles(self: object) -> dict[str, str]:
            called.append(name)
            return {name: name.upper()}

        return role_titles

    registry = discover(plugin("a", requires=("z",), role_titles=titles("a")), plugin("z", role_titles=titles("z")))
    assert [("z", "Z"), ("a", "A")] == Hooks(registry).collect("role_titles")
    assert ["z", "a"] == called
    assert [("a", "A")] == Hooks(registry).collect("role_titles", only=frozenset({"a"}))


def test_calls_are_counted_and_timed() -> None:
    hooks = Hooks(discover(plugin("tools", resources=gives_tools)))
    hooks.collect("resources")
    hooks.collect("resources")
    times = hooks.times["tools", "resources"]
    assert 2 == times.calls
    assert 0 < times.longest < times.seconds < 60


def test_a_host_asks_a_plugin_once_for_what_it_declares() -> None:
    asked = []

    @hook
    def resources(self: object) -> Sequence[Resource]:
        asked.append("resources")
        return ()

    made = host(discover(plugin("base", resources=resources), plugin("on_top", requires=("base",))))
    # The host has put together both sets of plugins, and puts together a third.
    made.variant(frozenset())
    assert ["resources"] == asked


async def _async_rules(self: object) -> Sequence[Rule]:
    return []


def _sync_event(self: object, context: Context, event: Event) -> None:
    return None


def _wrong_argument(self: object, kitchen: str) -> Sequence[Resource]:
    return []


def _sharpens(self: object) -> Sequence[Resource]:
    return []


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "nameless": ({"title": ""}, "states no name or no title"),
    "too_new": ({"api": ">=2"}, "wants hooks >=2, this host has 1.0"),
    "too_old": ({"api": "<1.0"}, "wants hooks <1.0"),
    "unreadable_range": ({"api": "about one"}, "wants hooks about one"),
    "no_range": ({"api": None}, "wants hooks None"),
    "needy": ({"requires": ("nowhere",)}, "requires nowhere, which is not there or waits for it"),
    "unknown_hook": ({"sharpens": hook(_sharpens)}, "implements sharpens, which is no hook"),
    "coroutine": ({"rules": hook(_async_rules)}, "the hook rules must be sync"),
    "no_coroutine": ({"event": hook(_sync_event)}, "the hook event must be async"),
    "locale_of_text": ({"locale": "locale"}, "its locale is 'locale', and should be the path of a folder"),
    "wrong_argument": ({"resources": hook(_wrong_argument)}, "kitchen"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_plugin_that_does_not_fit_is_left_out_and_the_others_run(name: str) -> None:
    attributes, reason = BROKEN[name]
    registry = discover(plugin("aaa"), plugin(name, **attributes), plugin("zzz"))
    assert {"aaa", "zzz"} == set(registry.plugins)
    assert [name] == [each.name for each in registry.quarantined]
    assert reason in registry.quarantined[0].reason
    assert "extra" == registry.quarantined[0].origin
    assert [] == Hooks(registry).collect("resources")


def test_plugins_that_require_one_another_are_left_out() -> None:
    registry = discover(plugin("a", requires=("b",)), plugin("b", requires=("a",)), plugin("c"))
    assert ["c"] == list(registry.plugins)
    assert {"a", "b"} == reasons(registry).keys()


def test_anyone_who_requires_a_broken_one_is_left_out_too() -> None:
    registry = discover(plugin("a", api=">=9"), plugin("b", requires=("a",)), plugin("c", requires=("b",)))
    assert {} == registry.plugins
    assert {"a", "b", "c"} == reasons(registry).keys()


def test_a_name_that_is_taken_belongs_to_the_first() -> None:
    first, second = plugin("tools"), plugin("tools")
    registry = discover(first, second)
    assert first is registry.plugins["tools"]
    assert "the name is taken by extra" == reasons(registry)["tools"]


def _raises(self: object) -> Sequence[Resource]:
    raise KeyError("forgotten")


def _gives_none_of_it(self: object) -> Any:
    return 5


def _gives_the_table(self: object) -> Any:
    return [Nail]


def _gives_a_function(self: object) -> Any:
    return [lambda context: None]


@command("tools.tool.colour")
async def _colour(context: Context, *, colours: set[str]) -> None:
    """Colour in a way that nobody can ask for."""


@command("tools.nail.hit")
async def _hit(context: Context, *, nail: Annotated[UUID, Ref("Nail")]) -> None:
    """Hit what nobody has declared."""


@command("tools.nail.make", returns="Nail")
async def _make(context: Context) -> UUID:
    """Make what nobody has declared."""
    return UUID(int=1)


def _asks_for_a_set(self: object) -> Sequence[Command]:
    return [_colour]


def _refers_to_nothing(self: object) -> Sequence[Command]:
    return [_hit]


def _returns_nothing(self: object) -> Sequence[Command]:
    return [_make]


def _has_no_such_type(self: object) -> Sequence[Resource]:
    return [resource(Nail, computed("length", "Inches", "1"), scopes={"school": EVERYTHING})]


def _leads_nowhere(self: object) -> Sequence[Resource]:
    return [resource(Nail, scopes={"school": Through("tool_id", "nowhere", "own")})]


def _uses_what_it_does_not_require(self: object) -> Sequence[Extension]:
    return [extend(Tool, computed("weight", "Int", "1"))]


def _extends_nothing(self: object) -> Sequence[Extension]:
    return [extend(Nail, computed("length", "Int", "1"))]


FAILING: dict[str, tuple[str, Any, str]] = {
    "raises": ("resources", _raises, "KeyError: 'forgotten'"),
    "no_list": ("resources", _gives_none_of_it, "TypeError"),
    "another_kind": ("resources", _gives_the_table, "expected a Resource"),
    "no_command": ("commands", _gives_a_function, "expected a Command"),
    "no_job": ("jobs", _gives_a_function, "expected a Job"),
    "no_rule": ("rules", _gives_a_function, "expected a Rule"),
    "no_extension": ("extensions", _gives_a_function, "expected a Extension"),
    "asks_for_a_set": ("commands", _asks_for_a_set, "parameter colours: a value of the type set[str] cannot be asked"),
    "refers_to_nothing": ("commands", _refers_to_nothing, "parameter nail: there is no resource Nail"),
    "returns_nothing": ("commands", _returns_nothing, "returns Nail, and there is no such resource"),
    "no_such_type": ("resources", _has_no_such_type, "field length: there is no type Inches"),
    "leads_nowhere": ("resources", _leads_nowhere, "has a resource over the table nowhere"),
    "unrequired": ("extensions", _uses_what_it_does_not_require, "no plugin that it requires has a resource over"),
    "extends_nothing": (
        "extensions",
        _extends_nothing,
        "no plugin that it requires has a resource over the table nail",
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_plugin_that_fails_when_it_is_asked_is_left_out_with_all_that_require_it(name: str) -> None:
    what, function, reason = FAILING[name]
    broken = plugin(name, **{what: hook(function)})
    registry = discover(plugin("tools", resources=gives_tools), broken, plugin("zzz", requires=(name,)))
    running = host(registry)
    assert ["tools"] == list(registry.plugins)
    assert reason in reasons(registry)[name]
    assert f"requires {name}, which is quarantined" == reasons(registry)["zzz"]
    assert ["Tool"] == list(running.variant(frozenset({"tools", name, "zzz"})).resources)


def test_a_part_of_the_host_that_fails_is_fatal() -> None:
    with pytest.raises(ConfigurationError, match="forgotten"):
        host(discover(plugin("graphs", resources=hook(_raises), host_part=True)))


@hook
def _gives_tools_again(self: object) -> Sequence[Resource]:
    return [resource(Nail, name="Tool", scopes={"school": EVERYTHING})]


@hook
def _gives_sharpen(self: object) -> Sequence[Command]:
    return [sharpen]


@command("more.tool.sharpen")
async def _sharpen_too(context: Context) -> None:
    """Sharpen more."""


@hook
def _gives_sharpen_too(self: object) -> Sequence[Command]:
    return [dataclasses.replace(_sharpen_too, function=sharpen.function)]


@hook
def _gives_sharpen_twice(self: object) -> Sequence[Command]:
    return [sharpen, sharpen]


@hook
def _gives_tools_twice(self: object) -> Sequence[Resource]:
    return [TOOL, TOOL]


@hook
def _extends_tool(self: object) -> Sequence[Extension]:
    return [extend(Tool, computed("weight", "Int", "1"))]


@hook
def _widens_tool(self: object) -> Sequence[Extension]:
    return [extend(Tool, scopes={"school": "TRUE OR FALSE"})]


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (({"resources": gives_tools}, {"resources": _gives_tools_again}), "the resource 'Tool'"),
        (({"resources": gives_tools}, {"resources": gives_tools}), "the resource 'Tool'"),
        (({"commands": _gives_sharpen}, {"commands": _gives_sharpen}), "the command 'tools.tool.sharpen'"),
        (
            ({"resources": gives_tools, "extensions": _extends_tool}, {"extensions": _extends_tool}),
            "first and second both give the Tool field 'weight'",
        ),
        (
            ({"resources": gives_tools}, {"extensions": _widens_tool}),
            "first and second both give the Tool scope 'school'",
        ),
        (({"commands": _gives_sharpen}, {"commands": _gives_sharpen_too}), "the mutation 'sharpen'"),
    ],
    ids=[
        "one type twice",
        "one table twice",
        "one command twice",
        "one field twice",
        "one scope twice",
        "one mutation twice",
    ],
)
def test_a_clash_of_two_plugins_is_fatal(attributes: tuple[dict[str, Any], dict[str, Any]], message: str) -> None:
    plugins = [plugin(name, **each) for name, each in zip(("first", "second"), _named(attributes), strict=True)]
    with pytest.raises(ConfigurationError, match=message):
        host(discover(*plugins))


@pytest.mark.parametrize("name", ["early", "late"])
@pytest.mark.parametrize(
    ("what", "of_the_host", "of_the_plugin", "message"),
    [
        ("resources", gives_tools, _gives_tools_again, "gives the resource 'Tool'; that is the host's own (hhh)"),
        ("commands", _gives_sharpen, _gives_sharpen_too, "gives the mutation 'sharpen'; that is the host's own (hhh)"),
    ],
)
def test_what_is_the_hosts_own_nobody_else_gets(
    name: str, what: str, of_the_host: Any, of_the_plugin: Any, message: str
) -> None:
    part = plugin("hhh", host_part=True, **{what: of_the_host})
    registry = discover(plugin(name, **{what: of_the_plugin}), part, plugin("other"))
    host(registry)
    assert {"hhh", "other"} == set(registry.plugins)
    assert message in reasons(registry)[name]


@pytest.mark.parametrize(
    ("what", "twice", "message"),
    [
        ("resources", _gives_tools_twice, "gives the resource 'Tool' twice"),
        ("commands", _gives_sharpen_twice, "gives the command 'tools.tool.sharpen' twice"),
    ],
)
def test_who_gives_a_name_twice_is_left_out(what: str, twice: Any, message: str) -> None:
    registry = discover(plugin("tools", **{what: twice}), plugin("other"))
    host(registry)
    assert ["other"] == list(registry.plugins)
    assert message in reasons(registry)["tools"]


def _named(attributes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [dict(each) for each in attributes]


def test_what_a_space_has_is_exactly_what_its_plugins_give() -> None:
    running = host(
        discover(
            plugin("tools", resources=gives_tools, commands=_gives_sharpen),
            plugin("weights", requires=("tools",), extensions=_extends_tool),
            plugin("core", host_part=True),
        )
    )
    assert frozenset({"core"}) == running.variant(frozenset()).plugins
    assert {} == running.variant(frozenset()).resources
    only_tools = running.variant(frozenset({"tools"}))
    assert ({"Tool"}, {"tools.tool.sharpen"}) == (set(only_tools.resources), set(only_tools.commands))
    assert "weight" not in only_tools.resources["Tool"].fields
    assert "weight" in running.variant(frozenset({"tools", "weights"})).resources["Tool"].fields
    # A plugin without what it requires does not run, and equal sets are one variant.
    assert running.variant(frozenset({"weights"})) is running.variant(frozenset())
    assert frozenset({"tools", "weights", "core"}) == running.registry.with_requirements(["weights", "unknown"])


async def test_one_that_fails_at_the_start_is_left_out_and_the_others_start(kernel: Host) -> None:
    started: list[str] = []

    def startup_of(name: str, error: Exception | None = None) -> Any:
        async def startup(self: object, host: Host) -> None:
            started.append(name)
            if error is not None:
                raise error

        return hookimpl(startup)

    def running(*, host_part: bool) -> Host:
        registry = discover(
            plugin("a", startup=startup_of("a", OSError("no network")), host_part=host_part),
            plugin("b", startup=startup_of("b")),
            plugin("c", startup=startup_of("c"), requires=("a",)),
        )
        return Host(registry, Database(kernel.database.url, kernel.database.signer), PostgresQueue())

    opened = running(host_part=False)
    await opened.open()
    await opened.close()
    assert ["a", "b"] == started
    assert ["b"] == list(opened.registry.plugins)
    assert "fails at start-up: OSError: no network" == reasons(opened.registry)["a"]

    fatal = running(host_part=True)
    with pytest.raises(ConfigurationError, match="no network"):
        await fatal.open()
    await fatal.close()


async def test_one_that_fails_at_the_end_does_not_keep_the_others_from_closing(kernel: Host) -> None:
    ended: list[str] = []

    async def shutdown(self: Plugin, host: Host) -> None:
        ended.append(self.name)
        raise OSError("too late")

    registry = discover(plugin("a", shutdown=hookimpl(shutdown)), plugin("b", shutdown=hookimpl(shutdown)))
    opened = Host(registry, Database(kernel.database.url, kernel.database.signer), PostgresQueue())
    await opened.open()
    await opened.close()
    assert ["b", "a"] == ended, "who began last ends first"


def test_a_plugin_may_offer_hooks_of_its_own() -> None:
    offered = types.ModuleType("offered")

    def colours() -> Sequence[str]:
        """Colours. Sync, collect."""
        raise AssertionError("a specification is not called")

    offered.colours = hookspec(colours)  # type: ignore[attr-defined]

    def implemented(self: Plugin) -> Sequence[str]:
        return [self.name]

    implemented.__name__ = "colours"
    paint = plugin("paint", hookspecs=(offered,), colours=hookimpl(implemented))
    user = plugin("brush", requires=("paint",), colours=hookimpl(implemented))
    assert ["paint", "brush"] == Hooks(discover(paint, user)).collect("colours")
    alone = discover(plugin("brush", colours=hookimpl(implemented)))
    assert "colours, which is no hook" in reasons(alone)["brush"]


def test_routes_that_cannot_be_given_leave_the_others_there(kernel: Host) -> None:
    from litestar import get

    from homeroom.app import create_app

    @get("/hello")
    async def hello() -> str:
        return "hello"

    def good(self: object, host: Host) -> Any:
        return [hello]

    def bad(self: object, host: Host) -> Any:
        raise RuntimeError("no route")

    good.__name__ = bad.__name__ = "routes"
    registry = discover(plugin("good", routes=hookimpl(good)), plugin("bad", routes=hookimpl(bad)))
    app = create_app(Host(registry, Database(kernel.database.url, kernel.database.signer), PostgresQueue()))
    assert ["/hello"] == [route.path for route in app.routes]
    assert {"bad"} == reasons(registry).keys()


def test_the_installed_plugins_are_all_there() -> None:
    registry = PluginRegistry.discover()
    Hooks(registry).collect("cli")
    running = host(registry)
    assert [] == registry.quarantined
    parts = {
        "approvals",
        "audit",
        "codes",
        "console",
        "custom_fields",
        "documents",
        "files",
        "graphql",
        "imports",
        "jobs",
        "notices",
        "operation",
        "policies",
        "privacy",
        "settings",
        "tenants",
        "webhooks",
    }
    assert parts == {name for name, each in registry.plugins.items() if each.host_part}
    commands = running.hooks.collect("cli")
    assert all(isinstance(each, click.Command) for each in commands)
