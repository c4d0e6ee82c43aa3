"""Telling every process of the installation which rows an event has touched.

A notice names a space, a field of the ``Subscription`` type and ids; it shows nothing of a row. It is sent after the
commit and beside the request, several at once in one statement. While the database is unavailable notices wait; they
are sent when it is back.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

if TYPE_CHECKING:
    from homeroom.database.engine import Database

__all__ = ["CHANNEL", "MISSED", "Notice", "Notices"]

logger = logging.getLogger(__name__)

CHANNEL = "homeroom_rows"
#: Ids of one notice: PostgreSQL's payload has less than 8,000 bytes, an id 39 of them.
_MOST_IDS = 150
#: Seconds in which notices gather.
_GATHERING = 0.03
#: Notices of one statement.
_MOST_NOTICES = 500
#: Seconds between two attempts while the database is unavailable, and how long the end of a process waits for it.
_RETRY = 0.5
_FLUSHING = 5.0
#: Notices that wait for the database; if there are more, listeners are informed that they missed some.
_MOST_WAITING = 10_000
#: The payload that says so.
MISSED = "missed"
_NOTIFY = "SELECT count(pg_notify($1, each)) FROM unnest($2::text[]) AS each"


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """Rows of one space that an event has touched.

    Args:
        space: The space.
        field: The field of the ``Subscription`` type.
        about: By name, the ids by which listeners may have asked for a part.
        rows: The rows' ids.
        accounts: Whose each row is, if the rows belong to accounts; else empty.
    """

    space: UUID
    field: str
    about: dict[str, UUID]
    rows: list[UUID]
    accounts: list[UUID] = []


_encode = msgspec.json.Encoder(uuid_format="canonical").encode
_decode = msgspec.json.Decoder(Notice).decode


@dataclass(slots=True)
class _Outbox:
    waiting: list[str]
    sending: asyncio.Task[None] | None = None


class Notices:
    """Sends notices from this process.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outboxes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Outbox] = weakref.WeakKeyDictionary()

    def send(
        self, space: UUID, field: str, about: Mapping[str, UUID], rows: Sequence[UUID], accounts: Sequence[UUID] = ()
    ) -> None:
        """Have a notice sent soon. Returns at once."""
        loop = asyncio.get_running_loop()
        outbox = self._outboxes.setdefault(loop, _Outbox([]))
        most = _MOST_IDS // 2 if accounts else _MOST_IDS
        for part, whose in zip(_parts(rows, most), _parts(accounts or rows, most), strict=True):
            notice = Notice(space, field, dict(about), part, whose if accounts else [])
            outbox.waiting.append(_encode(notice).decode())
        if outbox.sending is None:
            outbox.sending = loop.create_task(self._deliver(outbox), name="homeroom-notices")

    async def flush(self) -> None:
        """Wait until everything of the running loop is sent; some seconds at most."""
        outbox = self._outboxes.get(asyncio.get_running_loop())
        if outbox is not None and outbox.sending is not None:
            try:
                async with asyncio.timeout(_FLUSHING):
                    await outbox.sending
            except TimeoutError:
                logger.warning(
                    "subscribers were not informed of %d changes: the database is unavailable", len(outbox.waiting)
                )

    async def _deliver(self, outbox: _Outbox) -> None:
        await asyncio.sleep(_GATHERING)
        logged = False
        try:
            while outbox.waiting:
                batch = outbox.waiting[:_MOST_NOTICES]
                try:
                    await self._database.read(_NOTIFY, CHANNEL, batch)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                    # Sent again until it succeeds: those who listen may not have noticed anything.
                    if not logged:
                        logger.warning("notices to subscribers wait for the database: %s", type(error).__name__)
                        logged = True
                    if len(outbox.waiting) > _MOST_WAITING:
                        outbox.waiting[:] = [MISSED]
                    await asyncio.sleep(_RETRY)
                else:
                    del outbox.waiting[: len(batch)]
        finally:
            outbox.sending = None

    @staticmethod
    def read(payload: str) -> Notice | None:
        """A notice as it was received; none if it is not one."""
        try:
            return _decode(payload)
        except msgspec.MsgspecError:
            return None


def _parts(ids: Sequence[UUID], most: int) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), most):
        yield list(ids[start : start + most])
