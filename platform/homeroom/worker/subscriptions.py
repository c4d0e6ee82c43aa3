"""What listeners and plugins learn about jobs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from homeroom.audit import AuditTrail
from homeroom.commands import Event
from homeroom.context import Context
from homeroom.errors import Failure, Refusal
from homeroom.subscriptions import Subscription, values_of

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.callers import Caller
    from homeroom.database.engine import Transaction
    from homeroom.host import Host

__all__ = ["CHANGED", "SUBSCRIPTIONS", "tell_changed", "tell_given_up"]

logger = logging.getLogger(__name__)

#: A job was begun, came further or ended.
CHANGED: Final = "jobs.job.changed"

SUBSCRIPTIONS: Final = (
    Subscription(
        field="jobChanged",
        event=CHANGED,
        resource="Job",
        rows=values_of("job"),
        description="A job was begun, has come further or has ended.",
        about={"job": "Job"},
    ),
)


async def tell_changed(host: Host, caller: Caller, transaction: Transaction, job: UUID, name: str, state: str) -> None:
    """Tell the space's plugins that a job has changed, once the transaction is committed where that matters to them.

    Args:
        host: The host.
        caller: As whom the job runs.
        transaction: In the job's space.
        job: The job's id.
        name: What runs.
        state: How far it has come.
    """
    context = Context(host, caller, transaction, AuditTrail(name), host.clock())
    await context.emit(Event(CHANGED, {"job": job, "name": name, "state": state}))


async def tell_given_up(
    host: Host, caller: Caller, transaction: Transaction, job: UUID, name: str, account: UUID | None, error: str
) -> None:
    """Tell the space's plugins that a job has ended for good without success; none of them can undo that.

    Args:
        host: The host.
        caller: The installation, in the job's space.
        transaction: The one that notes the end.
        job: The job's id.
        name: What ran.
        account: Who asked for it, or none.
        error: Why it did not succeed.
    """
    trail, now = AuditTrail(name), host.clock()
    context = Context(host, caller, transaction, trail, now)
    try:
        await host.hooks.each(
            "job_given_up",
            only=context.variant.plugins,
            failed=lambda _plugin, _error: None,
            around=context.savepoint,
            context=context,
            job=job,
            name=name,
            account=account,
            error=error,
        )
    except (Refusal, Failure):
        logger.exception("somebody refuses to hear that job %s has ended", job)
    if trail.length:
        await trail.write(transaction, caller, now, None)
