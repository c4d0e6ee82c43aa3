"""Places for work on passwords are shared fairly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from homeroom_tenants.fair_threads import FairThreads, Lane, TooBusy


class Hall:
    """One thread that is held up until the test lets it go, and a few places."""

    def __init__(self, places: int) -> None:
        self.threads = FairThreads(1, places)
        self.done: list[str] = []
        self._gate = threading.Event()

    async def hold(self) -> asyncio.Task[None]:
        task = asyncio.create_task(self.threads.run(lambda: self._gate.wait(10) and None, Lane("gate", "gate")))
        await asyncio.sleep(0)
        return task

    def ask(self, name: str, lane: Lane) -> asyncio.Task[None]:
        return asyncio.create_task(self.threads.run(lambda: self.done.append(name), lane))

    async def finish(self, *tasks: asyncio.Task[None]) -> list[bool]:
        """Let the work go on; tells of each task whether it was sent away."""
        await asyncio.sleep(0)
        self._gate.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(each is None or isinstance(each, TooBusy) for each in found)
        return [each is not None for each in found]


@pytest_asyncio.fixture(loop_scope="session")
async def hall() -> AsyncIterator[Hall]:
    made = Hall(places=6)
    yield made
    made.threads.close()


async def test_addresses_take_turns_and_logins_within_them(hall: Hall) -> None:
    gate = await hall.hold()
    asked = [hall.ask(f"a{n}", Lane("a", "x")) for n in (1, 2, 3)]
    asked += [hall.ask("a4", Lane("a", "y")), hall.ask("b1", Lane("b", "x"))]
    await hall.finish(gate, *asked)
    assert ["b1", "a1", "a4", "a2", "a3"] == hall.done


async def test_who_has_most_places_gives_one_up(hall: Hall) -> None:
    gate = await hall.hold()
    flood = [hall.ask(f"a{n}", Lane("a", f"login {n}")) for n in range(6)]
    await asyncio.sleep(0)
    others = [hall.ask(each, Lane(each, "x")) for each in ("b", "c")]
    assert [False, *[False] * 4, True, True, False, False] == await hall.finish(gate, *flood, *others)


async def test_a_flood_alone_keeps_its_oldest_places(hall: Hall) -> None:
    gate = await hall.hold()
    flood = [hall.ask(f"a{n}", Lane("a", "x")) for n in range(9)]
    assert [False, *[False] * 6, *[True] * 3] == await hall.finish(gate, *flood)


async def test_of_many_addresses_those_give_way_that_ask_most(hall: Hall) -> None:
    gate = await hall.hold()
    flood = []
    for _ in range(3):  # each comes again, whether or not it was sent away
        flood += [hall.ask(f"f{n}", Lane(f"address {n}", "x")) for n in range(12)]
        await asyncio.sleep(0)
    newcomer = hall.ask("newcomer", Lane("home", "mai"))
    sent_away = await hall.finish(gate, *flood, newcomer)
    assert not sent_away[-1]
    assert "newcomer" == hall.done[0]


async def test_known_browsers_come_first_but_not_without_end(hall: Hall) -> None:
    gate = await hall.hold()
    strangers = [hall.ask(f"s{n}", Lane(f"address {n}", "x")) for n in range(6)]
    await asyncio.sleep(0)
    known = [hall.ask(f"k{n}", Lane("k", "mai", known=True)) for n in range(3)]
    sent_away = await hall.finish(gate, *strangers, *known)
    assert ["k0", "k1"] == hall.done[:2]
    # Two at once are first; the third waits like a stranger's.
    assert [False, False] == sent_away[-3:-1]
    assert 3 == sum(sent_away)


async def test_who_leaves_gives_up_the_place(hall: Hall) -> None:
    gate = await hall.hold()
    gone = hall.ask("gone", Lane("a", "x"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    await hall.finish(gate)
    assert [] == hall.done


async def test_an_error_reaches_who_asked(hall: Hall) -> None:
    with pytest.raises(ZeroDivisionError):
        await hall.threads.run(lambda: 1 // 0, Lane())
