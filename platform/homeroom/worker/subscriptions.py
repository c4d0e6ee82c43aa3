"""What one can listen to of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.audit import AuditTrail
from homeroom.commands import Event
from homeroom.context import Context
from homeroom.subscriptions import Subscription, values_of

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.callers import Caller
    from homeroom.database.engine import Transaction
    from homeroom.host import Host

__all__ = ["CHANGED", "SUBSCRIPTIONS", "tell_changed"]

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
