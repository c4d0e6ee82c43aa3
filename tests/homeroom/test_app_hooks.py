"""What plugins add to the application and to the roles: middleware, rights, derived names, compiled access."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from bookshelf.plugin import BookshelfPlugin
from litestar import get
from litestar.testing import AsyncTestClient

from homeroom import Plugin, Rule, hookimpl
from homeroom.app import create_app
from homeroom.background import Background, Rounds
from homeroom.boot import closed_host
from homeroom.claims import Claim
from homeroom.database.engine import Database
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.permissions import Access, Scopes
from homeroom.plugins import PluginRegistry
from homeroom.variants import Variant
from homeroom.worker.queue import PostgresQueue


class Porch(Plugin):
    """Adds a header to every answer, and a route to see it on."""

    name = "porch"
    title = "A porch"

    @hookimpl
    def routes(self, host: Host) -> Sequence[Any]:
        @get("/hello")
        async def hello() -> str:
            return "hello"

        return [hello]

    @hookimpl
    def middleware(self, host: Host) -> Sequence[Any]:
        def around(app: Any) -> Any:
            async def middle(scope: Any, receive: Any, send: Any) -> None:
                async def sending(message: Any) -> None:
                    if message["type"] == "http.response.start":
                        message["headers"] = [*message["headers"], (b"x-porch", b"swept")]
                    await send(message)

                await app(scope, receive, sending)

            return middle

        return [around]


class BrokenPorch(Plugin):
    """Cannot say what it adds."""

    name = "broken"
    title = "A broken porch"

    @hookimpl
    def middleware(self, host: Host) -> Sequence[Any]:
        raise RuntimeError("no porch")


async def test_middleware_is_around_every_route_and_a_broken_one_costs_its_plugin_alone(kernel: Host) -> None:
    registry = PluginRegistry.discover([BookshelfPlugin(), BrokenPorch(), Porch()], installed=False)
    host = Host(registry, Database(kernel.database.url, kernel.database.signer), PostgresQueue())
    async with AsyncTestClient(create_app(host)) as client:
        answer = await client.get("/hello")
    assert (200, "swept") == (answer.status_code, answer.headers["x-porch"])
    assert ["broken"] == [each.name for each in registry.quarantined]
    assert "hook middleware: RuntimeError: no porch" in registry.quarantined[0].reason


def test_what_is_done_round_the_clock_is_asked_of_every_plugin() -> None:
    async def sweep() -> None: ...

    class Caretaker(Plugin):
        """Sweeps."""

        name = "caretaker"
        title = "A caretaker"

        @hookimpl
        def background(self, host: Host) -> Sequence[Background]:
            return [Background("sweep", 60, sweep)]

    host = closed_host(PluginRegistry.discover([Caretaker()], installed=False))
    assert ["sweep"] == [each.name for each in host.hooks.collect("background", host=host)]


async def test_what_rounds_leave_under_way_is_ended_with_them(caplog: pytest.LogCaptureFixture) -> None:
    swept = asyncio.Event()
    left: list[asyncio.Task[bool]] = []

    async def sweep() -> None:
        left.append(asyncio.create_task(asyncio.Event().wait()))
        swept.set()

    async def end() -> None:
        for task in left:
            task.cancel()
        raise RuntimeError("the broom is stuck")

    class Caretaker(Plugin):
        """Sweeps, and leaves the door open."""

        name = "caretaker"
        title = "A caretaker"

        @hookimpl
        def background(self, host: Host) -> Sequence[Background]:
            return [Background("sweep", 60, sweep, end), Background("look", 60, swept.wait)]

    rounds = Rounds(closed_host(PluginRegistry.discover([Caretaker()], installed=False)))
    rounds.start()
    await swept.wait()
    await rounds.stop()
    await asyncio.wait(left, timeout=900)
    assert [True] == [task.cancelled() for task in left]
    assert "background work sweep could not be ended" in caplog.text


class Keys(Plugin):
    """Knows of a right that is no command, gives it to a role, and compiles as plainly as can be."""

    name = "keys"
    title = "Keys"

    @hookimpl
    def rights(self) -> Mapping[str, str]:
        return {"keys.cellar": "the cellar"}

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [Rule("caretaker", "keys.cellar", "run")]

    @hookimpl
    def compile_access(self, variant: Variant, roles: frozenset[str], rules: Sequence[Rule]) -> Access:
        held = {rule.object: Scopes(frozenset({rule.scope})) for rule in rules if rule.role in roles}
        return Access(key="+".join(sorted(held)), resources={}, commands=held)


def test_a_right_is_found_among_what_its_role_may_run() -> None:
    host = closed_host(PluginRegistry.discover([Keys()], installed=False))
    plugins = frozenset({"keys"})
    assert {"keys.cellar": "the cellar"} == host.variant(plugins).rights
    assert {"keys.cellar"} == set(host.compile_access(plugins, frozenset({"caretaker"}), ()).commands)
    assert set() == set(host.compile_access(plugins, frozenset({"visitor"}), ()).commands)
    own = [Rule("visitor", "keys.cellar", "run")]
    assert {"keys.cellar"} == set(host.compile_access(plugins, frozenset({"visitor"}), own).commands)


def test_names_that_follow_from_what_is_declared_are_claimed() -> None:
    class Labels(Plugin):
        """Gives every plugin of a variant the same label."""

        name = "labels"
        title = "Labels"
        host_part = True

        @hookimpl
        def derived_names(self, variant: Variant) -> Sequence[Claim]:
            return [Claim("label", "here", plugin) for plugin in sorted(variant.plugins - {"labels"})]

    one = type("One", (Plugin,), {"name": "one", "title": "One"})
    two = type("Two", (Plugin,), {"name": "two", "title": "Two"})
    closed_host(PluginRegistry.discover([Labels(), one()], installed=False))
    with pytest.raises(ConfigurationError, match="one and two both give the label 'here'"):
        closed_host(PluginRegistry.discover([Labels(), one(), two()], installed=False))


def test_an_application_loads_no_support_for_types_of_other_libraries() -> None:
    loaded = {type(each).__module__ for each in create_app(closed_host(PluginRegistry.discover([]))).plugins}
    assert not [each for each in loaded if "pydantic" in each or "attrs" in each]
