"""A few threads that many people share fairly: nobody gets ahead by asking more often.

Work waits in lanes. A lane is a network address and, within it, a login. The lanes of known browsers come first; then
addresses take turns, and within an address its logins. When all places are taken, the address with most of them loses
one, and among equals the one that asked most often.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from homeroom.errors import Failure
from homeroom.refusals import TOO_BUSY
from homeroom_tenants.refusals import SIGNING_IN_BUSY

__all__ = ["FairThreads", "Lane", "TooBusy"]

Answer = TypeVar("Answer")

#: Pieces of work of one known login that come before those of strangers; more of them wait like a stranger's.
_FIRST_AT_ONCE: Final = 2
#: Turns and addresses that are remembered; an address that is forgotten is served like a new one.
_REMEMBERED: Final = 10_000
#: Seconds in which half of what an address asked is forgotten.
_HALF_LIFE: Final = 60.0


class TooBusy(Failure):
    """More logins at once than the machine can check."""

    code: Any = TOO_BUSY


@dataclass(frozen=True, slots=True)
class Lane:
    """For whom work is done.

    Args:
        network: The client's address, as limits count it.
        login: In its normal form.
        known: Whether it is known who asks: by a session, a one-time link or a browser that has signed in before.
    """

    network: str = ""
    login: str = ""
    known: bool = False


@dataclass(eq=False, slots=True)
class _Waiting:
    lane: Lane
    first: bool
    number: int
    work: Callable[[], object]
    done: asyncio.Future[object] = field(repr=False)


class FairThreads:
    """Does work in threads of its own, for one event loop.

    Args:
        threads: How many work at the same time.
        places: How many may wait.
    """

    def __init__(self, threads: int, places: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="homeroom-password")
        self._threads = threads
        self._places = places
        self._working = 0
        self._numbers = 0
        self._waiting: list[_Waiting] = []
        #: When a network, and a login within it, was served last, by number of the turn.
        self._served: dict[tuple[str, str | None], int] = {}
        #: How often a network asked, also in vain.
        self._asked: Counter[str] = Counter()
        self._halved_at = 0.0

    async def run(self, work: Callable[[], Answer], lane: Lane) -> Answer:
        """The result of some work. Raises TooBusy."""
        self._numbers += 1
        self._note_asked(lane.network)
        waiting = _Waiting(
            lane, self._comes_first(lane), self._numbers, work, asyncio.get_running_loop().create_future()
        )
        self._waiting.append(waiting)
        self._begin()
        if len(self._waiting) > self._places:
            self._send_away()
        try:
            return cast("Answer", await waiting.done)
        finally:
            if waiting in self._waiting:  # the caller has gone away
                self._waiting.remove(waiting)

    def close(self) -> None:
        """Lets the threads end."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _comes_first(self, lane: Lane) -> bool:
        ahead = sum(each.first and each.lane.login == lane.login for each in self._waiting)
        return lane.known and ahead < _FIRST_AT_ONCE

    def _begin(self) -> None:
        while self._working < self._threads and self._waiting:
            chosen = min(self._waiting, key=self._turn)
            self._waiting.remove(chosen)
            self._working += 1
            self._note_turn(chosen)
            self._executor.submit(chosen.work).add_done_callback(self._hand_back(chosen))

    def _turn(self, each: _Waiting) -> tuple[bool, int, int, int, int]:
        lane, served = each.lane, self._served
        return (
            not each.first,
            served.get((lane.network, None), 0),
            served.get((lane.network, lane.login), 0),
            self._asked[lane.network],
            each.number,
        )

    def _note_asked(self, network: str) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._halved_at > _HALF_LIFE or len(self._asked) >= _REMEMBERED:
            self._halved_at = now
            often = Counter({each: count // 2 for each, count in self._asked.items() if count > 1})
            self._asked = Counter(dict(often.most_common(_REMEMBERED // 2)))
        self._asked[network] += 1

    def _note_turn(self, chosen: _Waiting) -> None:
        if len(self._served) >= _REMEMBERED:
            newest = sorted(self._served.items(), key=lambda each: each[1])[_REMEMBERED // 2 :]
            self._served = dict(newest)
        self._numbers += 1
        lane = chosen.lane
        self._served[lane.network, None] = self._served[lane.network, lane.login] = self._numbers

    def _hand_back(self, chosen: _Waiting) -> Callable[[object], None]:
        loop = chosen.done.get_loop()

        def in_loop(finished: asyncio.Future[object]) -> None:
            self._working -= 1
            if not chosen.done.done():
                error = finished.exception()
                if error is not None:
                    chosen.done.set_exception(error)
                else:
                    chosen.done.set_result(finished.result())
            self._begin()

        def in_thread(finished: object) -> None:
            loop.call_soon_threadsafe(in_loop, cast("asyncio.Future[object]", finished))

        return in_thread

    def _send_away(self) -> None:
        """Take a place from the one who has most of them: first from strangers, by address, then by login."""
        strangers = [each for each in self._waiting if not each.first] or self._waiting
        networks = Counter(each.lane.network for each in strangers)
        logins = Counter((each.lane.network, each.lane.login) for each in strangers)
        loser = max(
            strangers,
            key=lambda each: (
                networks[each.lane.network],
                logins[each.lane.network, each.lane.login],
                self._asked[each.lane.network],
                each.number,
            ),
        )
        self._waiting.remove(loser)
        loser.done.set_exception(TooBusy(SIGNING_IN_BUSY))
