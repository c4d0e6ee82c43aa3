"""Who listens in this process, and what each has still to be shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from homeroom.errors import Unavailable
from homeroom.operation.stopping import stopping_of
from homeroom_graphql.operations import RequestError
from homeroom_graphql.refusals import FELL_BEHIND, TOO_MANY_SUBSCRIPTIONS
from homeroom_graphql.subscriptions.messages import Close
from homeroom_graphql.subscriptions.notices import CHANNEL, MISSED, Notice, Notices
from homeroom_graphql.subscriptions.others import Others
from homeroom_tenants.listener import Listener

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["Feed", "Feeds"]

#: Rows that wait for one listener; one that is slower than this has to ask again.
_MOST_WAITING = 10_000
#: Seconds in which sockets are closed when the process stops.
_CLOSING_SECONDS = 3.0
_STOPPING = (Close.SERVICE_RESTART, "this server stops; connect again")
_MISSED = (Close.TRY_AGAIN, "some changes may have been missed; connect and ask again")


class Feed:
    """The rows that one subscription has still to show; a row that waits already waits once.

    Args:
        about: What the notices must be about.
        account: Who listens: rows that belong to other accounts are not shown to them, and not looked up.
    """

    def __init__(self, about: Mapping[str, UUID], account: UUID | None) -> None:
        self._about = about
        self._account = account
        self._waiting: dict[UUID, None] = {}
        self._woken = asyncio.Event()
        self._behind = False

    def hear(self, notice: Notice) -> None:
        """Take the rows of a notice, if it is about what was asked for."""
        if any(notice.about.get(name) != wanted for name, wanted in self._about.items()):
            return
        rows = notice.rows
        if notice.accounts:
            rows = [row for row, account in zip(rows, notice.accounts, strict=True) if account == self._account]
            if not rows:
                return
        self._waiting.update(dict.fromkeys(rows))
        if len(self._waiting) > _MOST_WAITING:
            self._behind = True
        self._woken.set()

    async def rows(self) -> list[UUID]:
        """The next rows, when there are some. Raises RequestError if more would wait than are kept."""
        await self._woken.wait()
        self._woken.clear()
        if self._behind:
            raise RequestError.of(FELL_BEHIND)
        rows, self._waiting = list(self._waiting), {}
        return rows


class Feeds:
    """All feeds of a process, and the one connection on which it receives notices.

    Args:
        host: The host.
        most: Subscriptions and other operations over sockets that one account may have at once, and also its sockets.
    """

    def __init__(self, host: Host, most: int) -> None:
        self._host = host
        self._most = most
        self._feeds: defaultdict[tuple[UUID, str], set[Feed]] = defaultdict(set)
        self._taken: Counter[Hashable] = Counter()
        self._sockets: set[Callable[[Close, str], None]] = set()
        self._closing = False
        #: Set when the last socket is gone after that.
        self._empty = asyncio.Event()
        self._listener: Listener | None = None
        self._others = Others(host, self._deaf)

    @contextlib.contextmanager
    def slot(self, of: Hashable) -> Iterator[None]:
        """One of the places that somebody has. Raises RequestError if there is none left."""
        if self._taken[of] >= self._most:
            raise RequestError.of(TOO_MANY_SUBSCRIPTIONS, {"most": self._most})
        self._taken[of] += 1
        try:
            yield
        finally:
            self._taken[of] -= 1
            if not self._taken[of]:
                del self._taken[of]

    async def listen(self) -> None:
        """Receive notices from now on. Raises Unavailable if that is not possible now."""
        if self._listener is None:
            # Made for the first who comes: a process without sockets needs no connection for it.
            self._listener = Listener(self._host.database.url, channel=CHANNEL, changed=self._hear, deaf=self._deaf)
            await self._listener.start()
            self._others.start()
        else:
            await self._listener.wait()
        if not self._listener.hearing:
            raise Unavailable

    @contextlib.contextmanager
    def feed(self, space: UUID, field: str, about: Mapping[str, UUID], account: UUID | None) -> Iterator[Feed]:
        """A feed of one field for an account, as long as the block runs."""
        feed = Feed(about, account)
        self._feeds[space, field].add(feed)
        try:
            yield feed
        finally:
            feeds = self._feeds[space, field]
            feeds.discard(feed)
            if not feeds:
                del self._feeds[space, field]

    @contextlib.contextmanager
    def present(self, end: Callable[[Close, str], None]) -> Iterator[None]:
        """Know of a socket while the block runs.

        Args:
            end: Has it closed: when notices may have been missed, or when this process stops.
        """
        self._sockets.add(end)
        if self._closing:
            end(*_STOPPING)
        try:
            with stopping_of(self._host).holding(lambda: end(*_STOPPING)):
                yield
        finally:
            self._sockets.discard(end)
            if self._closing and not self._sockets:
                self._empty.set()

    async def close(self) -> None:
        """Stop listening, and have every socket closed; wait a few seconds until they are."""
        self._closing = True
        for end in list(self._sockets):
            end(*_STOPPING)
        if self._sockets:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), _CLOSING_SECONDS)
        await self._others.stop()
        if self._listener is not None:
            await self._listener.stop()
            self._listener = None

    def _hear(self, payload: str) -> None:
        if payload == MISSED:
            self._deaf()
            return
        if self._others.hear(payload):
            return
        notice = Notices.read(payload)
        if notice is not None:
            for feed in self._feeds.get((notice.space, notice.field), ()):
                feed.hear(notice)

    def _deaf(self) -> None:
        for end in list(self._sockets):
            end(*_MISSED)
