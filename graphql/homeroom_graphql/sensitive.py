"""Reading what is sensitive: the statement gives the ids beside the values, and the audit keeps who saw which, and why.

A plan that touches nothing sensitive is one statement as ever. One that does runs in a transaction together with the
entry of the audit: nobody sees what could not be noted. The entry's command is ``audit.read``; it has a line for each
row that names the fields, and never a value. A reader who finds rows by a sensitive field learns about it
without its being shown: the entry names such fields, and the rows that were found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from homeroom.audit import LOOK, AuditTrail
from homeroom_graphql.plans import SeenRows

if TYPE_CHECKING:
    from homeroom.database.engine import Transaction
    from homeroom.host import Host
    from homeroom_graphql.plans import Plan, Run
__all__ = ["note", "read"]


async def read(host: Host, plan: Plan, run: Run) -> bytes:
    """The answer to a single plan.

    Args:
        host: The open host.
        plan: The plan.
        run: Its execution.
    """
    if not plan.noted:
        answer: bytes = await host.database.read(plan.sql, *plan.arguments(run))
        return plan.complete(answer)
    arguments = plan.arguments(run)
    async with host.database.transaction(run.caller.space.id) as transaction:
        seen = SeenRows(asked=plan.asked)
        shown = plan.complete(await transaction.fetchval(plan.sql, *arguments), seen)
        await note(transaction, run, seen)
        return shown


async def note(transaction: Transaction, run: Run, seen: SeenRows) -> None:
    """Keep in the audit what was shown; the own record of a person is no sight of somebody else's.

    Args:
        transaction: The one that read.
        run: Who reads, when and why.
        seen: What the answer shows and was asked by.
    """
    own = {str(person) for person in run.caller.persons}
    trail = AuditTrail(LOOK, run.purpose)
    for place in {**seen.shown, **seen.found}:
        table, row = place
        if row not in own:
            trail.looked(table, UUID(row), seen.shown.get(place, ()), seen.found.get(place, ()))
    if trail.lines or seen.asked:
        asked = {"found_by": sorted(seen.asked)} if seen.asked else None
        await trail.write(transaction, run.caller, run.now, asked)
