"""A plugin that is slow, that raises, blocks, lies or leaks: it hurts itself, and everybody else works."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import logging
import subprocess
import sys
import time
import types
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from bookshelf.places import new_space
from bookshelf.plugin import BookshelfPlugin, add_books, add_shelf
from bookshelf.tables import Shelf

from homeroom import Command, Context, Event, Plugin, Refusal, hookimpl
from homeroom.boot import closed_host
from homeroom.callers import Space
from homeroom.database.engine import Database
from homeroom.hooks import LIMITS
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.refusals import INVALID
from homeroom.worker.queue import PostgresQueue

#: Seconds that a hook has here.
LIMITED = dict.fromkeys(LIMITS, 0.3)


def plugin(name: str, **hooks: Callable[..., Any]) -> Plugin:
    """A plugin whose hooks are these functions, whatever they are called where they stand."""
    made = {}
    for hook, function in hooks.items():
        copy = types.FunctionType(
            function.__code__, function.__globals__, hook, function.__defaults__, function.__closure__
        )
        made[hook] = hookimpl(copy)
    return type("Made", (Plugin,), {"name": name, "title": f"The plugin {name}", **made})()


def host_of(kernel: Host, *plugins: Plugin) -> Host:
    """A host over the database of the tests, not open, whose plugins have little time."""
    registry = PluginRegistry.discover([BookshelfPlugin(), *plugins], installed=False)
    database = Database(kernel.database.url, kernel.database.signer)
    return Host(registry, database, PostgresQueue(), clock=kernel.clock, limits=LIMITED)


@contextlib.asynccontextmanager
async def opened(host: Host) -> AsyncIterator[Host]:
    """Open a host and close it again."""
    await host.open()
    try:
        yield host
    finally:
        await host.close()


def reason(host: Host, name: str = "hostile") -> str:
    """Why a plugin was left out."""
    return next(each.reason for each in host.registry.quarantined if each.name == name)


# While the host is put together -------------------------------------------------------------------------


def _blocks(self: object) -> Sequence[Command]:
    time.sleep(60)
    return []


def _never_ends(self: object) -> Any:
    return itertools.repeat(add_shelf)


def _swallows(self: object) -> Sequence[Command]:
    while True:
        with contextlib.suppress(Exception):
            time.sleep(60)


def _leaves(self: object) -> Sequence[Command]:
    sys.exit("enough")


def _lies(self: object) -> Any:
    return "commands"


def _lies_within(self: object) -> Any:
    return [add_shelf.function]


def _gives_a_number(self: object) -> Any:
    return 7


@pytest.mark.parametrize(
    ("commands", "reported"),
    [
        (_blocks, "did not end within 0.3 s"),
        (_never_ends, "gives more than 100000 things"),
        (_swallows, "did not end within 0.3 s"),
        (_leaves, "SystemExit: enough"),
        (_lies, "expected a sequence, got 'commands'"),
        (_lies_within, "expected a Command"),
        (_gives_a_number, "'int' object is not iterable"),
    ],
    ids=["blocks", "never ends", "swallows", "leaves", "lies", "lies within", "a number"],
)
def test_what_says_nothing_sensible_is_left_out(kernel: Host, commands: Any, reported: str) -> None:
    host = host_of(kernel, plugin("hostile", commands=commands), plugin("other"))
    assert ["bookshelf", "other"] == sorted(host.registry.plugins)
    assert "hook commands" in reason(host)
    assert reported in reason(host)


def test_an_import_that_never_ends_is_ended() -> None:
    # In a process of its own: what hangs at import hangs before any host is there.
    program = """
import homeroom.plugins, importlib.metadata, sys, time, types
homeroom.plugins.LOAD_LIMIT = 0.3
class Point:
    name, value, dist = "hostile", "hostile:plugin", None
    def load(self): time.sleep(60)
homeroom.plugins.entry_points = lambda group: [Point()]
print(homeroom.plugins.PluginRegistry.discover().quarantined[0].reason)
"""
    reported = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=900)
    assert "cannot be imported: TookTooLong: did not end within 0.3 s\n" == reported.stdout


# At the start and at the end ----------------------------------------------------------------------------


async def _waits(self: object, host: Host) -> None:
    await asyncio.sleep(3600)


async def _blocks_the_loop(self: object, host: Host) -> None:
    time.sleep(60)


async def _will_not_be_cancelled(self: object, host: Host) -> None:
    for _ in range(8):
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            continue


async def _leaves_at_the_start(self: object, host: Host) -> None:
    raise SystemExit("enough")


async def _cancels_itself(self: object, host: Host) -> None:
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("startup", "reported"),
    [
        (_waits, "did not end within 0.3 s"),
        (_blocks_the_loop, "did not end within 0.3 s"),
        (_will_not_be_cancelled, "did not end within 0.3 s"),
        (_leaves_at_the_start, "SystemExit: enough"),
        (_cancels_itself, "it was cancelled"),
    ],
    ids=["waits", "blocks the loop", "will not be cancelled", "leaves", "cancels itself"],
)
async def test_who_does_not_start_is_left_out_and_the_others_start(kernel: Host, startup: Any, reported: str) -> None:
    started = []

    async def starts(self: object, host: Host) -> None:
        started.append(host)

    host = host_of(kernel, plugin("hostile", startup=startup), plugin("other", startup=starts))
    async with opened(host):
        assert [host] == started
        assert {"bookshelf", "other"} == set(host.registry.plugins)
        assert "fails at start-up" in reason(host)
        assert reported in reason(host)


async def test_what_it_leaves_running_is_ended_with_the_host_and_named(
    kernel: Host, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[asyncio.Task[None]] = []

    async def forever() -> None:
        while True:
            await asyncio.sleep(3600)

    async def leaks(self: object, host: Host) -> None:
        begun.extend(asyncio.ensure_future(forever()) for _ in range(3))

    async with opened(host_of(kernel, plugin("hostile", startup=leaks), plugin("other"))):
        assert not any(task.done() for task in begun)
    assert 3 == len(begun)
    assert all(task.cancelled() for task in begun)
    assert "plugin hostile left 3 task(s) running" in caplog.text
    assert "plugin other left" not in caplog.text


@pytest.mark.parametrize("shutdown", [_waits, _blocks_the_loop, _leaves_at_the_start])
async def test_who_does_not_stop_keeps_nobody_from_stopping(kernel: Host, shutdown: Any) -> None:
    stopped = []

    async def stops(self: object, host: Host) -> None:
        stopped.append(host)

    host = host_of(kernel, plugin("hostile", shutdown=shutdown), plugin("other", shutdown=stops))
    async with opened(host):
        pass
    assert [host] == stopped


# While somebody works -----------------------------------------------------------------------------------


async def _raises(self: object, context: Context, event: Event) -> None:
    await context.rows(Shelf).insert([{"name": "of the hostile plugin", "room": 1}])
    raise ZeroDivisionError


async def _breaks_the_transaction(self: object, context: Context, event: Event) -> None:
    await context.rows(Shelf).insert([{"name": "of the hostile plugin", "room": 1}])
    await context.fetch("SELECT no_such_thing")


async def _sleeps(self: object, context: Context, event: Event) -> None:
    await context.rows(Shelf).insert([{"name": "of the hostile plugin", "room": 1}])
    await asyncio.sleep(3600)


async def _sleeps_in_the_database(self: object, context: Context, event: Event) -> None:
    await context.fetch("SELECT pg_sleep(3600)")


async def _rubbish(self: object, context: Context, event: Event) -> Any:
    return object()


@pytest.mark.parametrize("event", [_raises, _breaks_the_transaction, _sleeps, _sleeps_in_the_database, _rubbish])
async def test_who_fails_at_an_event_undoes_its_own_and_nothing_else(
    kernel: Host, event: Any, caplog: pytest.LogCaptureFixture
) -> None:
    received = []

    async def listen(self: object, context: Context, event: Event) -> None:
        received.append(event.name)

    host = host_of(kernel, plugin("hostile", event=event), plugin("other", event=listen))
    space = space_of(host)
    async with opened(host):
        caller = host.system_caller(space)
        shelf = await host.execute(caller, add_shelf, name="sound", room=1)
        books = await host.execute(caller, add_books, shelf=shelf, titles=["kept"])
        assert ["bookshelf.books.added"] == received
        async with host.database.transaction(space.id) as transaction:
            assert 1 == await transaction.fetchval("SELECT count(*) FROM book WHERE id = $1", books[0])
            assert 0 == await transaction.fetchval("SELECT count(*) FROM shelf WHERE name = 'of the hostile plugin'")
            lines = await transaction.fetch(
                "SELECT l.noun FROM audit_line l JOIN audit_entry e ON e.id = l.entry_id"
                " WHERE e.id = (SELECT entry_id FROM audit_line WHERE row_id = $1)",
                books[0],
            )
            assert ["book"] == [line["noun"] for line in lines]
    assert (event is _rubbish) is ("plugin hostile failed in hook event" not in caplog.text)


@pytest.mark.parametrize(
    ("events", "calls"), [(None, 1), ({"bookshelf.books.added"}, 1), ({"bookshelf.books"}, 0), (set(), 0)]
)
async def test_a_plugin_gets_the_events_that_it_names(kernel: Host, events: set[str] | None, calls: int) -> None:
    received = []

    async def listen(self: object, context: Context, event: Event) -> None:
        received.append(event.name)

    listener = plugin("listener", event=listen)
    type(listener).events = None if events is None else frozenset(events)
    host = host_of(kernel, listener)
    async with opened(host):
        caller = host.system_caller(space_of(host))
        shelf = await host.execute(caller, add_shelf, name="sound", room=1)
        await host.execute(caller, add_books, shelf=shelf, titles=["kept"])
    assert ["bookshelf.books.added"] * calls == received


async def test_a_refusal_at_an_event_still_refuses_the_command(kernel: Host) -> None:
    async def refuses(self: object, context: Context, event: Event) -> None:
        raise Refusal(INVALID.with_text("not on a Sunday"), "titles")

    host = host_of(kernel, plugin("strict", event=refuses))
    async with opened(host):
        caller = host.system_caller(space_of(host))
        shelf = await host.execute(caller, add_shelf, name="refused", room=1)
        with pytest.raises(Refusal, match="not on a Sunday"):
            await host.execute(caller, add_books, shelf=shelf, titles=["no"])


def space_of(host: Host) -> Space:
    """A new space with every plugin of a host."""
    return dataclasses.replace(new_space(host), plugins=frozenset(host.registry.plugins))


# Who takes long is named ---------------------------------------------------------------------------------


def test_who_takes_more_than_its_time_is_named_once(kernel: Host, caplog: pytest.LogCaptureFixture) -> None:
    from homeroom import budget

    def slow(self: object) -> Sequence[Command]:
        time.sleep(0.01)
        return []

    before = budget.BUDGETS
    budget.BUDGETS = {**before, "commands": 1}
    try:
        with caplog.at_level(logging.WARNING):
            host = closed_host(PluginRegistry.discover([plugin("slow", commands=slow)], installed=False))
            host.hooks.collect("commands")
        (taken,) = [each for each in budget.taken_by(host.registry, host.hooks) if each.hook == "commands"]
        assert taken.is_over
        assert taken.calls > 1
    finally:
        budget.BUDGETS = before
    assert 1 == caplog.text.count("plugin slow took")
