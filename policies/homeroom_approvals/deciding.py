"""Deciding requests: one or many, each bound to what was seen, by the right person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.errors import Problem, Refusal
from homeroom.refusals import LISTED_TWICE, NOT_IN_STATE
from homeroom.texts import plain_text
from homeroom_approvals.deciders import Right, find_right
from homeroom_approvals.facts import facts_of
from homeroom_approvals.flows import ApprovalOutcome
from homeroom_approvals.moving import (
    changed,
    end_request,
    move_on,
    refuse_expired,
    request_row,
    return_request,
    set_column,
)
from homeroom_approvals.refusals import (
    DECIDED_EARLIER,
    FACTS_CHANGED,
    NO_SUCH_FLOW,
    NOT_YOURS,
    NOTE_NEEDED,
    OWN_REQUEST,
    PERSON_UNKNOWN,
)
from homeroom_approvals.tables import ApprovalStep, RequestState, StepState
from homeroom_approvals.versions import flows_of

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom_approvals.flows import Flow, Step

__all__ = ["Decision", "decide"]

_LONGEST_NOTE: Final = 2_000
_LOCK: Final = "SELECT id FROM approval_request WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
_OPEN: Final = """
SELECT s.id, s.name,
    ARRAY(SELECT d.person_id FROM approval_decider d WHERE d.step_id = s.id AND d.person_id IS NOT NULL) AS persons,
    ARRAY(SELECT d.role FROM approval_decider d WHERE d.step_id = s.id AND d.role <> '') AS roles
FROM approval_step s WHERE s.request_id = $1 AND s.state = 'open' ORDER BY s.name
"""
#: Who has decided steps of a request ($1) in a round ($2).
_DECIDED: Final = """
SELECT decided_account, decided_persons FROM approval_step
WHERE request_id = $1 AND round = $2 AND decided_at IS NOT NULL
"""
_STATE_OF: Final = {ApprovalOutcome.APPROVE: StepState.APPROVED, ApprovalOutcome.REFUSE: StepState.REFUSED,
                    ApprovalOutcome.RETURN: StepState.RETURNED}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about one request.

    Args:
        request: The request.
        outcome: What is decided.
        seen: The hash of the facts as they were read with the request.
        note: What is said with it.
    """

    request: UUID
    outcome: ApprovalOutcome
    seen: str
    note: str = ""


async def decide(context: Context, decisions: Sequence[Decision], *, keep_good: bool = False) -> list[UUID]:
    """Decide requests: all of them or none, or, with ``keep_good``, those that can be decided.

    Args:
        context: The command's; its caller decides.
        decisions: What is decided.
        keep_good: Whether those that can be decided are, and the others are named as problems.

    Returns:
        The requests that were decided.

    Raises:
        Refusal: Names each that cannot be decided.
    """
    # In one order, so that two people who decide the same requests at once do not wait for each other for ever.
    await context.fetch(_LOCK, [each.request for each in decisions])
    done: list[UUID] = []
    problems: list[Problem] = []
    for number, each in enumerate(decisions):
        if each.request in {other.request for other in decisions[:number]}:
            problems.append(Problem(LISTED_TWICE, "rows.approval", number))
            continue
        try:
            async with context.savepoint():
                await _decide(context, each)
        except Refusal as refused:
            problems += [_in_row(problem, number) for problem in refused.problems]
        else:
            done.append(each.request)
    if problems and not keep_good:
        raise Refusal.of(problems)
    context.left_out(problems)
    return done


def _in_row(problem: Problem, number: int) -> Problem:
    field = problem.field or "approval"
    return problem.at(field if field.startswith("rows.") else f"rows.{field}", number)


async def _decide(context: Context, decision: Decision) -> None:
    request = await request_row(context, decision.request)
    flow = flows_of(context).get(request["flow"])
    if flow is None:
        raise Refusal(NO_SUCH_FLOW, "approval", name=request["flow"])
    if request["state"] != RequestState.PENDING:
        raise Refusal(NOT_IN_STATE, "approval", state=RequestState(request["state"]))
    refuse_expired(context, request)
    note = plain_text(decision.note, _LONGEST_NOTE, "note")
    if decision.outcome is not ApprovalOutcome.APPROVE and not note:
        raise Refusal(NOTE_NEEDED, "note")
    step, row, right = await _open_step(context, flow, request)
    if step.reply and not note:
        raise Refusal(NOTE_NEEDED, "note")
    # The row is locked first: what is compared cannot change before the decision is written.
    await context.fetch(f"SELECT id FROM {flow.table._meta.tablename} WHERE id = $1 FOR UPDATE", request["subject_id"])
    facts = await facts_of(context, flow, [request["subject_id"]])
    if not request["seen"] == decision.seen == facts.get(request["subject_id"]):
        raise Refusal(FACTS_CHANGED, "seen")
    if decision.outcome is ApprovalOutcome.APPROVE and step.check is not None:
        await step.check(context, [request["subject_id"]])
    await context.rows(ApprovalStep).update(
        row,
        {
            "state": _STATE_OF[decision.outcome].value,
            "decided_at": context.now,
            "decided_by": context.caller.login,
            "decided_account": context.caller.account,
            "decided_persons": list(dict.fromkeys([*context.caller.persons, *right.persons])),
            "in_place_of": right.in_place_of,
            "note": note,
        },
    )
    if decision.outcome is ApprovalOutcome.RETURN:
        await return_request(context, flow, request, note)
    elif decision.outcome is ApprovalOutcome.REFUSE:
        await end_request(context, flow, request, RequestState.REFUSED, note)
    else:
        if step.sets:
            await set_column(context, flow, request["subject_id"], step.sets)
        await move_on(context, flow, decision.request, note)
        await changed(context, decision.request)


async def _open_step(context: Context, flow: Flow, request: Mapping[str, Any]) -> tuple[Step, UUID, Right]:
    """The open step that the caller may decide, its row, and by what they may."""
    caller = context.caller
    mine = {caller.account, *caller.persons} - {None}
    askers = {request["asked_account"], *request["asked_persons"]} - {None}
    earlier = {
        each
        for row in await context.fetch(_DECIDED, request["id"], request["round"])
        for each in (row["decided_account"], *row["decided_persons"])
    } - {None}
    refusal = Refusal(NOT_YOURS, "approval")
    for row in await context.fetch(_OPEN, request["id"]):
        step = flow.all_steps.get(row["name"])
        if step is None:  # the plugin has it no more
            continue
        if caller.account is None and caller.via == "cli":  # an operator, whom the audit names
            return step, row["id"], Right()
        wrong = askers | earlier if step.another else set()
        right = await find_right(context, caller, flow.name, row["persons"], row["roles"], wrong)
        if right is None:
            continue
        if step.another and not caller.persons:
            refusal = Refusal(PERSON_UNKNOWN, "approval")
        elif step.another and mine & askers:
            refusal = Refusal(OWN_REQUEST, "approval")
        elif step.another and mine & earlier:
            refusal = Refusal(DECIDED_EARLIER, "approval")
        else:
            return step, row["id"], right
    raise refusal
