"""What happens to requests by the calendar: reminders, escalation, expiry."""

from __future__ import annotations

import typing
from datetime import timedelta
from typing import Any, Final

from homeroom.context import Context
from homeroom.jobs import Job, job
from homeroom.notices import notify
from homeroom_approvals.deciders import deputies_of
from homeroom_approvals.moving import as_system, ask, end_request, escalate, global_id, request_row
from homeroom_approvals.notices import LATE, titled
from homeroom_approvals.tables import RequestState
from homeroom_approvals.versions import flows_of

__all__ = ["JOBS"]

_UNDECIDED: Final = (RequestState.PENDING, RequestState.RETURNED)
_ANY: Final = "SELECT EXISTS (SELECT FROM approval_request WHERE state IN ('pending', 'returned'))"
_EXPIRED: Final = """
SELECT id, flow FROM approval_request WHERE state IN ('pending', 'returned') AND expires_on < $1 ORDER BY id
"""
#: The subjects whose latest request of a flow ($1) came to nothing before a moment ($2).
_FORGOTTEN: Final = """
SELECT r.subject_id FROM approval_request r WHERE r.flow = $1 AND r.state IN ('refused', 'withdrawn', 'expired')
    AND r.decided_at < $2 AND NOT EXISTS (SELECT FROM approval_request later
        WHERE later.flow = r.flow AND later.subject_id = r.subject_id
            AND (later.asked_at, later.id) > (r.asked_at, r.id))
ORDER BY r.id LIMIT 500
"""
_DUE: Final = """
SELECT s.id, s.name, s.due_on, s.escalated_at, r.id AS request_id, r.flow, r.title,
    ARRAY(SELECT d.person_id FROM approval_decider d WHERE d.step_id = s.id AND d.person_id IS NOT NULL) AS persons,
    ARRAY(SELECT d.role FROM approval_decider d WHERE d.step_id = s.id AND d.role <> '') AS roles
FROM approval_step s JOIN approval_request r ON r.id = s.request_id
WHERE s.state = 'open' AND r.state = 'pending' ORDER BY s.id
"""


async def _anything_open(context: Context) -> bool:
    return bool(await context.fetchval(_ANY))


@job("approvals.request.follow", cron="15 6 * * *", when=_anything_open)
async def follow_requests(context: Context) -> int:
    """Expire requests that nobody decided in time, ask others where a step is late, and remind those who decide."""
    flows = flows_of(context)
    for each in await context.fetch(_EXPIRED, context.today):
        if each["flow"] not in flows:
            continue
        request = await request_row(context, each["id"])
        if request["state"] in _UNDECIDED:  # else it was withdrawn while this waited for it
            await end_request(context, flows[each["flow"]], request, RequestState.EXPIRED, "")
    done = 0
    for each in await context.fetch(_DUE):
        flow = flows.get(each["flow"])
        if flow is not None:
            done += await _follow(context, flow, each)
    return done


async def _follow(context: Context, flow: Any, row: Any) -> int:
    step = flow.all_steps.get(row["name"])
    if step is None:
        return 0
    deputies, nobody = await deputies_of(context, flow.name, row["persons"], row["roles"])
    late = row["due_on"] < context.today
    if (late or nobody) and row["escalated_at"] is None and step.escalates_to is not None:
        request = await request_row(context, row["request_id"])
        if request["state"] != RequestState.PENDING:
            return 0
        persons, roles = await escalate(context, step, request, row["id"])
        await ask(context, flow, request, persons, roles, row["due_on"])
        return 1
    if row["due_on"] <= context.today + timedelta(days=1):
        await notify(
            context,
            LATE,
            persons=[*row["persons"], *deputies],
            roles=row["roles"],
            values={"flow": titled(flow), "title": row["title"], "due": row["due_on"]},
            about=global_id(row["request_id"]),
            key=f"{row['id']} {context.today}" if late else str(row["id"]),
        )
        return 1
    return 0


@job("approvals.subject.forget", cron="45 4 * * *")
async def forget_subjects(context: Context) -> int:
    """Remove what was refused, withdrawn or not decided, after the time that its flow sets."""
    done = 0
    for flow in flows_of(context).values():
        if flow.forgets_after is None or flow.removing is None:
            continue
        before = context.now - timedelta(days=flow.forgets_after)
        for row in await context.fetch(_FORGOTTEN, flow.name, before):
            one: Any = row["subject_id"]
            several = typing.get_origin(flow.removing.parameters[flow.removing.removes][0]) is list
            await as_system(context).run(flow.removing, {flow.removing.removes: [one] if several else one})
            done += 1
    return done


JOBS: Final[tuple[Job, ...]] = (follow_requests, forget_subjects)
