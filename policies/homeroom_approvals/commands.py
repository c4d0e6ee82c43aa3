"""Deciding, withdrawing and submitting again; a school's own settings of flows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

import msgspec

from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import (
    LISTED_TWICE,
    NOT_IN_STATE,
    OUT_OF_RANGE,
    TOO_MANY,
)
from homeroom.texts import plain_text
from homeroom_approvals.deciding import Decision, decide
from homeroom_approvals.delegating import DELEGATION_COMMANDS
from homeroom_approvals.flows import ApprovalOutcome, Flow
from homeroom_approvals.moving import end_request, request_row
from homeroom_approvals.opening import submit_again
from homeroom_approvals.refusals import (
    NO_SUCH_ROLE,
    NO_SUCH_STEP,
    STEP_FIXED,
)
from homeroom_approvals.tables import ApprovalFlowVersion, RequestState
from homeroom_approvals.versions import StepSetting, declared_flow

__all__ = ["COMMANDS"]

_MOST_ROWS: Final = 500
_MOST_DAYS: Final = 250
_LONGEST_NOTE: Final = 300


@dataclass(frozen=True)
class ApprovalDecisionRow:
    """What is decided about one request.

    Args:
        approval: The request.
        outcome: What is decided. To refuse and to return need a note.
        seen: The field `seen` of the request, as it was read together with what the request depends on.
        note: What is said with it.
    """

    approval: Annotated[UUID, Ref("Approval")]
    outcome: ApprovalOutcome
    seen: str
    note: str = ""


@command("approvals.request.decide", returns="Approval", many=True)
async def decide_approvals(context: Context, *, rows: list[ApprovalDecisionRow], keep_good: bool = False) -> list[UUID]:
    """Decide requests that wait for the caller: all of them or none.

    Raises Refusal naming each row: OWN_REQUEST where another person has to decide, CONFLICT where what the request
    depends on has changed since it was read, NOT_IN_STATE where it is decided already, and what the effect itself
    refuses.

    Args:
        keep_good: Whether those that can be decided are decided, and the others are named as errors.
    """
    if len(rows) > _MOST_ROWS:
        raise Refusal(TOO_MANY, "rows", most=_MOST_ROWS)
    await context.permit("Approval", [each.approval for each in rows], field="rows.approval", rows=True)
    decisions = [Decision(each.approval, each.outcome, each.seen, each.note) for each in rows]
    return await decide(context, decisions, keep_good=keep_good)


@command("approvals.request.withdraw", returns="Approval")
async def withdraw_approval(context: Context, *, approval: Annotated[UUID, Ref("Approval")], note: str = "") -> UUID:
    """Withdraw a request that is not decided yet.

    Args:
        note: Why.
    """
    flow, request = await _open_request(context, approval, RequestState.PENDING, RequestState.RETURNED)
    await end_request(context, flow, request, RequestState.WITHDRAWN, plain_text(note, 2_000, "note"))
    return approval


@command("approvals.request.resubmit", returns="Approval")
async def resubmit_approval(context: Context, *, approval: Annotated[UUID, Ref("Approval")], note: str = "") -> UUID:
    """Submit a returned request again. It depends on the facts as they are now, and all steps begin again.

    Args:
        note: Why it is asked for, in place of what was said before.
    """
    flow, _request = await _open_request(context, approval, RequestState.RETURNED)
    await submit_again(context, flow, approval, note)
    return approval


async def _open_request(context: Context, approval: UUID, *states: RequestState) -> tuple[Flow, dict[str, object]]:
    await context.permit("Approval", [approval], field="approval")
    request = dict(await request_row(context, approval))
    if request["state"] not in states:
        raise Refusal(NOT_IN_STATE, "approval", state=RequestState(str(request["state"])))
    return declared_flow(context, str(request["flow"]), "approval"), request


@dataclass(frozen=True)
class ApprovalStepSetting:
    """How a school sets one step of a flow; what is left out is as the plugin declares it.

    Args:
        step: The step's name.
        days: School days in which it is to be decided.
        roles: The roles that decide it.
        from_amount: The least amount for which it is needed.
        left_out: Whether it is left out; only a step that the plugin declares optional.
    """

    step: str
    days: int | None = None
    roles: list[str] | None = None
    from_amount: Decimal | None = None
    left_out: bool = False


@command("approvals.flow.set", returns="ApprovalFlowVersion", audited_arguments=True, confirmed=True)
async def set_approval_flow(
    context: Context,
    *,
    flow: str,
    steps: list[ApprovalStepSetting],
    expires_days: int | None = None,
    note: str = "",
) -> UUID:
    """Set deadlines, deciders and limits of a flow for requests from now on. Open requests keep what they began with.

    Args:
        flow: The flow, such as `talent.nomination`.
        steps: Each step that the school sets; the others are as the plugin declares them.
        expires_days: School days after which a request expires.
        note: Why.
    """
    declared = declared_flow(context, flow, "flow")
    problems: list[Problem] = []
    for number, each in enumerate(steps):
        problems += _faults(context, declared, each, number)
        if each.step in {other.step for other in steps[:number]}:
            problems.append(Problem(LISTED_TWICE, "steps.step", number))
    if expires_days is not None and not 1 <= expires_days <= _MOST_DAYS:
        problems.append(Problem(OUT_OF_RANGE, "expires_days", least=1, most=_MOST_DAYS))
    if problems:
        raise Refusal.of(problems)
    settings = [
        StepSetting(
            step=each.step, days=each.days, roles=tuple(each.roles or ()), from_amount=each.from_amount,
            left_out=each.left_out,
        )
        for each in steps
    ]  # fmt: skip
    await context.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"flow {flow} {context.space.id}")
    number = await context.fetchval(
        "SELECT coalesce(max(number), 0) + 1 FROM approval_flow_version WHERE flow = $1", flow
    )
    (made,) = await context.rows(ApprovalFlowVersion).insert(
        [
            {
                "flow": flow,
                "number": number,
                "steps": msgspec.json.encode(settings).decode(),
                "expires_days": expires_days,
                "note": plain_text(note, _LONGEST_NOTE, "note"),
                "made_by": context.caller.login,
                "made_at": context.now,
            }
        ]
    )
    return made


def _faults(context: Context, flow: Flow, given: ApprovalStepSetting, number: int) -> list[Problem]:
    step = flow.all_steps.get(given.step)
    if step is None:
        return [Problem(NO_SUCH_STEP, "steps.step", number, name=given.step)]
    found = []
    if given.days is not None and not 1 <= given.days <= _MOST_DAYS:
        found.append(Problem(OUT_OF_RANGE, "steps.days", number, least=1, most=_MOST_DAYS))
    if given.roles is not None and (step.fixed or not given.roles):
        found.append(Problem(STEP_FIXED, "steps.roles", number))
    found += [
        Problem(NO_SUCH_ROLE, "steps.roles", number, name=each)
        for each in given.roles or ()
        if each not in context.variant.roles
    ]
    if given.left_out and not step.optional:
        found.append(Problem(STEP_FIXED, "steps.leftOut", number))
    if given.from_amount is not None and flow.amount is None:
        found.append(Problem(STEP_FIXED, "steps.fromAmount", number))
    return found


COMMANDS: Final[tuple[Command, ...]] = (
    decide_approvals,
    withdraw_approval,
    resubmit_approval,
    *DELEGATION_COMMANDS,
    set_approval_flow,
)
