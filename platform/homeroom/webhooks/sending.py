"""Delivering what waits: every worker process does it, and each delivery is claimed by one of them.

An attempt is counted before it is made, in a transaction of its own, and lends the delivery for a while: one that kills
its worker comes again, and ends at the same limit. What came of it is written only if nobody has claimed it since.
Endpoints do not wait for one another, and a round does not wait for one that is slow: it is passed over until it has
answered. Messages to one endpoint go in the order of what they tell, but one that is tried again does not hold up those
after it.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.errors import Failure, Forbidden, Refusal
from homeroom.languages import language_of
from homeroom.messages import Message
from homeroom.notices import notify
from homeroom.webhooks.keys import signing_keys
from homeroom.webhooks.message import body_of
from homeroom.webhooks.notices import DISABLED
from homeroom.webhooks.posting import SECONDS, Answer, Outside, post
from homeroom.webhooks.refusals import ADDRESS_GONE, OWNER_LOST_RIGHT, UNDELIVERED
from homeroom.webhooks.rules import ATTEMPTS, DELAYS, GIVE_UP, secret_of, signed_headers
from homeroom.webhooks.states import DeliveryState, EndpointState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from homeroom.callers import Caller, Space
    from homeroom.host import Host

__all__ = ["Sender"]

logger = logging.getLogger(__name__)

#: Endpoints of all spaces, and of one of them, that this process tells at the same time.
_MOST: Final = 100
_MOST_OF_SPACE: Final = 10
#: Seconds for which a round waits for what it has begun.
_PATIENCE: Final = 2.0
#: Messages that one endpoint gets in one go, and seconds for which they are lent: enough for all of them.
_AT_ONCE: Final = 5
_LENT: Final = timedelta(seconds=(_AT_ONCE + 1) * SECONDS)
_GONE: Final = 410
_WITH_DUE: Final = "homeroom.spaces_with_due_webhooks($1)"
_CLAIM: Final = """
WITH due AS (
    SELECT d.id FROM (
        SELECT e.id FROM webhook_endpoint e
        WHERE e.state = 'active' AND e.id <> ALL ($4::uuid[]) AND EXISTS (
            SELECT FROM webhook_delivery w WHERE w.endpoint_id = e.id AND w.state = 'waiting' AND w.next_at <= $1)
        ORDER BY random() LIMIT $5) e
    CROSS JOIN LATERAL (
        SELECT w.id FROM webhook_delivery w
        WHERE w.endpoint_id = e.id AND w.state = 'waiting' AND w.next_at <= $1
        ORDER BY w.occurred_at, w.id LIMIT $3 FOR UPDATE SKIP LOCKED) d),
claimed AS (
    UPDATE webhook_delivery w SET attempts = w.attempts + 1, next_at = $2 FROM due WHERE w.id = due.id
    RETURNING w.id, w.endpoint_id, w.event, w.entry_id, w.occurred_at, w.attempts)
SELECT c.*, e.url, e.title, e.document, e.account_id, e.secret_version, e.previous_until
FROM claimed c JOIN webhook_endpoint e ON e.id = c.endpoint_id ORDER BY c.occurred_at, c.id
"""
_NOTE: Final = """
UPDATE webhook_delivery
SET state = $3, next_at = $4, response_status = $5, duration_ms = $6, error = $7, delivered_at = $8
WHERE id = $1 AND attempts = $2 AND state = 'waiting' RETURNING endpoint_id
"""
_WELL: Final = "UPDATE webhook_endpoint SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL"
_ILL: Final = """
UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, $2) WHERE id = $1 RETURNING failing_since
"""
_DISABLE: Final = """
UPDATE webhook_endpoint SET state = 'disabled', disabled_reason = $2, version = version + 1
WHERE id = $1 AND state = 'active' RETURNING true
"""


class Sender:
    """Delivers the messages of all spaces.

    Args:
        host: The open host of a worker process.
        seconds: How long one attempt may take.
    """

    def __init__(self, host: Host, seconds: float = SECONDS) -> None:
        self._host = host
        self._seconds = seconds
        self._keys = signing_keys(host)
        self._outside = Outside.of(host.settings.webhook_networks)
        #: Space to endpoint to the task that is sending to it.
        self._under_way: dict[UUID, dict[UUID, asyncio.Task[None]]] = {}

    async def round(self) -> int:
        """Begin to deliver what is due; gives how many attempts that will be."""
        due = set(await self._host.database.call(_WITH_DUE, self._host.clock(), writes=False))
        spaces = [each for each in await self._host.directory.spaces() if each.id in due]
        random.shuffle(spaces)  # where there is not room for all, it is not always the same who waits
        claimed, before = 0, set(self._tasks)
        for space in spaces:
            room = _MOST - sum(map(len, self._under_way.values()))
            if room <= 0:
                break
            claimed += await self._begin(space, room)
        if begun := set(self._tasks) - before:
            await asyncio.wait(begun, timeout=_PATIENCE)
        return claimed

    async def end(self) -> None:
        """End what is under way: each attempt was counted, and its message comes again when it is no longer lent."""
        for task in (tasks := self._tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [task for endpoints in self._under_way.values() for task in endpoints.values()]

    async def _begin(self, space: Space, room: int) -> int:
        """Claim messages of a space and begin to send them."""
        now = self._host.clock()
        busy = self._under_way.get(space.id, {})
        free = min(_MOST_OF_SPACE - len(busy), room)
        async with self._host.database.transaction(space.id) as transaction:
            rows = await transaction.fetch(_CLAIM, now, now + _LENT, _AT_ONCE, list(busy), free)
        by_endpoint: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            by_endpoint[row["endpoint_id"]].append(row)
        for endpoint, messages in by_endpoint.items():
            task = asyncio.create_task(self._tell(space, messages), name=f"webhook {endpoint}")
            self._under_way.setdefault(space.id, {})[endpoint] = task
            task.add_done_callback(partial(self._done, space.id, endpoint))
        return len(rows)

    def _done(self, space: UUID, endpoint: UUID, _: asyncio.Task[None]) -> None:
        del self._under_way[space][endpoint]
        if not self._under_way[space]:
            del self._under_way[space]

    async def _tell(self, space: Space, messages: list[asyncpg.Record]) -> None:
        try:
            for row in messages:
                await self._deliver(space, row)
        except Exception:
            # Those that were claimed come again when they are no longer lent.
            logger.exception("messages of %s could not be sent", space.slug)

    async def _deliver(self, space: Space, row: asyncpg.Record) -> None:
        now = self._host.clock()
        try:
            caller = await self._caller(space, row["account_id"])
            body = await body_of(self._host, caller, row)
        except (Refusal, Failure) as refused:
            await self._note(space, row, DeliveryState.REFUSED, Answer(None, str(refused), 0), now)
            return
        versions = [row["secret_version"]]
        if row["previous_until"] is not None and now < row["previous_until"]:
            versions.append(row["secret_version"] - 1)
        secrets = [secret_of(key, space.id, row["endpoint_id"], each) for each in versions for key in self._keys]
        headers = signed_headers(secrets, f"msg_{row['id'].hex}", int(now.timestamp()), body)
        answer = await post(row["url"], body, headers, self._outside, self._seconds)
        if answer.status is not None and 200 <= answer.status < 300:
            await self._note(space, row, DeliveryState.DELIVERED, answer, now)
        elif answer.status == _GONE or row["attempts"] >= ATTEMPTS:
            await self._note(space, row, DeliveryState.FAILED, answer, now)
        else:
            await self._note(space, row, DeliveryState.WAITING, answer, now)

    async def _caller(self, space: Space, account: UUID | None) -> Caller:
        """Who registered it, as they stand now. Raises Failure if they may not have webhooks any more."""
        if account is None:
            return self._host.system_caller(space, login="webhooks", via="job")
        caller = await self._host.directory.caller(space.id, account)
        if "webhooks.endpoint.register" not in caller.access.commands:
            raise Forbidden(OWNER_LOST_RIGHT)
        return caller

    async def _note(
        self, space: Space, row: asyncpg.Record, state: DeliveryState, answer: Answer, now: datetime
    ) -> None:
        next_at = now
        if state is DeliveryState.WAITING:
            # Never quite the same: what failed together shall not come back together.
            next_at += timedelta(seconds=DELAYS[row["attempts"] - 1] * random.uniform(1.0, 1.2))  # noqa: S311
        error = answer.error
        if error is None and state is not DeliveryState.DELIVERED:
            error = f"the answer was {answer.status}"
        delivered = now if state is DeliveryState.DELIVERED else None
        async with self._host.database.transaction(space.id) as transaction:
            noted = await transaction.fetchval(
                _NOTE, row["id"], row["attempts"], state.value, next_at, answer.status, answer.milliseconds, error,
                delivered,
            )  # fmt: skip
            if noted is None or state is DeliveryState.REFUSED:
                return
            if state is DeliveryState.DELIVERED:
                await transaction.execute(_WELL, noted)
                return
            since = await transaction.fetchval(_ILL, noted, now)
            if answer.status == _GONE:
                why = Message(ADDRESS_GONE)
            elif now - since >= GIVE_UP:
                why = Message(UNDELIVERED, {"days": GIVE_UP.days, "error": error})
            else:
                return
            reason = self._host.messages.text(why.code, why.values, language_of(space.locale))
            if await transaction.fetchval(_DISABLE, noted, reason):
                trail = AuditTrail("webhooks.endpoint.disable", reason)
                states = [{"state": each.value} for each in (EndpointState.ACTIVE, EndpointState.DISABLED)]
                trail.changed("webhook_endpoint", noted, *states)
                caller = self._host.system_caller(space, login="webhooks", via="job")
                context = Context(self._host, caller, transaction, trail, now)
                await notify(
                    context,
                    DISABLED,
                    roles=("admin", "district_admin"),
                    values={"title": row["title"] or urlsplit(row["url"]).hostname or "", "reason": why},
                    about=f"WebhookEndpoint_{noted}",
                    key=f"{noted}:{row['id']}",
                )
                await trail.write(transaction, caller, now, None)
                logger.warning("the webhook %s of %s is switched off: %s", noted, space.slug, why)
