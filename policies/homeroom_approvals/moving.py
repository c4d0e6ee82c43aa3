"""Moving a request on: its steps open, it comes to its end, and people are notified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.commands import Event, stored_arguments
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.notices import notify, settle
from homeroom.refusals import NOT_FOUND, NOT_IN_STATE
from homeroom_approvals.deciders import add_deciders, deputies_of
from homeroom_approvals.due import after_school_days
from homeroom_approvals.flows import Settled
from homeroom_approvals.notices import ENDED, RETURNED, WAITING, state_titled, titled
from homeroom_approvals.refusals import NO_DECIDER
from homeroom_approvals.tables import ApprovalRequest, ApprovalStep, RequestState, StepState
from homeroom_approvals.versions import FlowVersion, flow_version

if TYPE_CHECKING:
    from homeroom_approvals.flows import Flow, Step

__all__ = ["end_request", "escalate", "global_id", "move_on", "return_request"]

_STEPS: Final = """
SELECT id, name, position, state, days FROM approval_step WHERE request_id = $1 AND round = $2 ORDER BY position, name
"""
_OPEN_STEPS: Final = "SELECT id, state FROM approval_step WHERE request_id = $1 AND state IN ('waiting', 'open')"


async def move_on(context: Context, flow: Flow, request: UUID, note: str = "") -> None:
    """Open the next steps of a request, or, after the last one, let what was asked for take effect.

    Args:
        context: A command's or a job's.
        flow: Its flow.
        request: The request.
        note: What was said with the last decision.

    Raises:
        Refusal: Nobody can decide the next step, or what was asked for is not possible any more.
    """
    row = await request_row(context, request)
    steps = await context.fetch(_STEPS, request, row["round"])
    if any(each["state"] == StepState.OPEN for each in steps):
        return
    waiting = [each for each in steps if each["state"] == StepState.WAITING]
    if not waiting:
        await end_request(context, flow, row, RequestState.APPROVED, note)
        return
    version = await flow_version(context, flow, row["flow_version"])
    place = waiting[0]["position"]
    due = [await _open(context, version, row, each) for each in waiting if each["position"] == place]
    await context.rows(ApprovalRequest).update(request, {"due_on": min(due)})


async def _open(context: Context, version: FlowVersion, request: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    step = version.flow.all_steps[row["name"]]
    due = await after_school_days(context, context.today, row["days"])
    await context.rows(ApprovalStep).update(
        row["id"], {"state": StepState.OPEN.value, "opened_at": context.now, "due_on": due}
    )
    persons, roles = await add_deciders(context, version.deciders(step), request["subject_id"], row["id"])
    deputies, nobody = await deputies_of(context, version.flow.name, persons, roles)
    if nobody or not (persons or roles):
        more_persons, more_roles = await escalate(context, step, request, row["id"])
        persons, roles = [*persons, *more_persons], [*roles, *more_roles]
        if not (persons or roles):
            raise Refusal(NO_DECIDER, step=step.titles["en"])
    await ask(context, version.flow, request, [*persons, *deputies], roles, due)
    return due


async def escalate(context: Context, step: Step, request: Mapping[str, Any], row: UUID) -> tuple[list[UUID], list[str]]:
    """Ask others as well to decide a step; gives the persons and the roles that are new.

    Args:
        context: A command's or a job's.
        step: As it is declared.
        request: The request.
        row: The step's row.
    """
    if step.escalates_to is None:
        return [], []
    found = await add_deciders(context, step.escalates_to, request["subject_id"], row, escalated=True)
    await context.rows(ApprovalStep).update(row, {"escalated_at": context.now})
    return found


async def ask(
    context: Context, flow: Flow, request: Mapping[str, Any], persons: list[UUID], roles: list[str], due: Any
) -> None:
    """Put a request on the lists of those who decide it."""
    await notify(
        context,
        WAITING,
        persons=persons,
        roles=roles,
        values={"flow": titled(flow), "title": request["title"], "by": request["asked_by"]},
        about=global_id(request["id"]),
        key=str(request["id"]),
        due=due,
    )


async def end_request(context: Context, flow: Flow, request: Mapping[str, Any], state: RequestState, note: str) -> None:
    """Bring a request to its end, with everything that follows from that.

    Args:
        context: A command's or a job's.
        flow: Its flow.
        request: Its row.
        state: What it comes to.
        note: What was said.

    Raises:
        Refusal: What was asked for is not possible any more.
    """
    await _close_steps(context, request["id"])
    await context.rows(ApprovalRequest).update(
        request["id"],
        {"state": state.value, "decided_at": context.now, "outcome_note": note, "due_on": None},
    )
    await set_state(context, flow, request["subject_id"], state)
    if state is RequestState.APPROVED and flow.proposed is not None:
        await run_proposed(context, flow, request["subject_id"], request["arguments"])
    if flow.settled is not None:
        await flow.settled(as_system(context), Settled(request["id"], request["subject_id"], state, note))
    await settle(context, WAITING, str(request["id"]))
    if state is not RequestState.WITHDRAWN:
        await _tell_asker(context, ENDED, flow, request, {"state": state_titled(state), "note": note})
    await changed(context, request["id"])


async def return_request(context: Context, flow: Flow, request: Mapping[str, Any], note: str) -> None:
    """Return a request to the person who asked: for correction, or because its facts have changed."""
    await _close_steps(context, request["id"])
    await context.rows(ApprovalRequest).update(
        request["id"], {"state": RequestState.RETURNED.value, "outcome_note": note, "due_on": None}
    )
    await set_state(context, flow, request["subject_id"], RequestState.RETURNED)
    await settle(context, WAITING, str(request["id"]))
    await _tell_asker(context, RETURNED, flow, request, {"note": note})
    await changed(context, request["id"])


async def changed(context: Context, request: UUID) -> None:
    """Emit the event of a changed request, for subscriptions and other plugins."""
    await context.emit(Event("approvals.request.changed", {"approval": request}))


async def _close_steps(context: Context, request: UUID) -> None:
    await context.rows(ApprovalStep).update_many(
        [{"id": each["id"], "state": StepState.CANCELLED.value} for each in await context.fetch(_OPEN_STEPS, request)]
    )


async def _tell_asker(
    context: Context, kind: Any, flow: Flow, request: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    if request["asked_account"] is None:
        return
    await notify(
        context,
        kind,
        to=[request["asked_account"]],
        values={"flow": titled(flow), "title": request["title"], **values},
        about=global_id(request["id"]),
        key=f"{request['id']} {request['round']}",
    )


async def set_state(context: Context, flow: Flow, row: UUID, state: RequestState) -> None:
    """Set the column of the row that shows what its request has come to."""
    if state in flow.states:
        await set_column(context, flow, row, flow.states[state])


async def set_column(context: Context, flow: Flow, row: UUID, value: str) -> None:
    """Set the state column of a row to a value. A row that was removed is passed over."""
    if flow.state is not None:
        await context.rows(flow.table).update_many([{"id": row, flow.state._meta.db_column_name: value}])


async def run_proposed(context: Context, flow: Flow, row: UUID, arguments: str | None) -> Any:
    """Run the command that a request proposes, in the transaction of the context.

    Raises:
        Refusal: It is not possible.
    """
    command = flow.proposed
    assert command is not None
    first = next(iter(command.parameters))
    return await as_system(context).run(command, {**stored_arguments(command, arguments), first: row})


def as_system(context: Context) -> Context:
    """A context of the same transaction that may do everything: what follows from a decision needs no right."""
    caller = context.host.system_caller(context.space, login="approvals", via="job")
    return Context(context.host, caller, context.transaction, context.trail, context.now)


async def request_row(context: Context, request: UUID) -> Mapping[str, Any]:
    """The row of a request, locked until the transaction ends. Raises Refusal where it was removed meanwhile."""
    row = await context.fetchrow("SELECT * FROM approval_request WHERE id = $1 FOR UPDATE", request)
    if row is None:
        raise Refusal(NOT_FOUND, "approval")
    found: Mapping[str, Any] = row
    return found


def refuse_expired(context: Context, request: Mapping[str, Any]) -> None:
    """Refuse a request whose last day is over, also before the job of the morning has ended it.

    Args:
        context: The command's.
        request: Its row.

    Raises:
        Refusal: NOT_IN_STATE.
    """
    if request["expires_on"] is not None and request["expires_on"] < context.today:
        raise Refusal(NOT_IN_STATE, "approval", state=RequestState.EXPIRED)


def global_id(request: UUID) -> str:
    """How a request is named in GraphQL."""
    return f"Approval_{request}"
