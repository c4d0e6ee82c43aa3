"""Opening requests: about rows that a command has made, and about commands that are proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.commands import given
from homeroom.database.ids import new_id
from homeroom.errors import Problem, Refusal
from homeroom.imports.stored import names_of
from homeroom.refusals import NOT_FOUND
from homeroom.texts import plain_text
from homeroom_approvals.due import after_school_days
from homeroom_approvals.facts import facts_of
from homeroom_approvals.moving import changed, move_on, refuse_expired, request_row, run_proposed, set_state
from homeroom_approvals.refusals import ALREADY_ASKED, PERSON_UNKNOWN
from homeroom_approvals.tables import ApprovalRequest, ApprovalStep, RequestState, StepState
from homeroom_approvals.versions import flow_version, needed_steps

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.resources import Resource
    from homeroom_approvals.flows import Flow

__all__ = ["open_requests", "propose", "submit_again"]

_LONGEST_NOTE: Final = 2_000
_LONGEST_TITLE: Final = 300
_OPEN: Final = """
SELECT subject_id FROM approval_request
WHERE flow = $1 AND subject_id = ANY($2::uuid[]) AND state IN ('pending', 'returned')
"""


async def open_requests(
    context: Context,
    flow: Flow,
    rows: Sequence[UUID],
    *,
    note: str = "",
    arguments: Mapping[str, Any] | None = None,
    field: str = "",
    listed: bool = False,
) -> list[UUID]:
    """Open a request about each row, by the caller of the context.

    Args:
        context: The command's.
        flow: The flow.
        rows: Rows of its table, each once.
        note: Why it is asked for.
        arguments: Of the command that is proposed.
        field: The input field that names the rows.
        listed: Whether they are the rows of a list in the input, so that a refusal names each.

    Returns:
        The requests' ids, in the order of the rows.

    Raises:
        Refusal: There is an open request about one of them, or nobody can decide it.
    """
    note = plain_text(note, _LONGEST_NOTE, "note")
    refuse_unknown_person(context, flow)
    there = {each["subject_id"] for each in await context.fetch(_OPEN, flow.name, list(rows))}
    if there:
        raise Refusal.of(
            [Problem(ALREADY_ASKED, field, n if listed else None) for n, each in enumerate(rows) if each in there]
        )
    resource = context.variant.by_table[flow.table._meta.tablename]
    names, version = await _names(context, flow, resource, rows), await flow_version(context, flow)
    facts, needed = await facts_of(context, flow, rows), await needed_steps(context, version, rows)
    if missing := [n for n, each in enumerate(rows) if each not in facts]:
        raise Refusal.of([Problem(NOT_FOUND, field, n if listed else None) for n in missing])
    expires = None
    if version.expires_days is not None:
        expires = await after_school_days(context, context.today, version.expires_days)
    stored = None if arguments is None else msgspec.json.encode(arguments).decode()
    made = [new_id() for _ in rows]
    await context.rows(ApprovalRequest).insert(
        [
            {
                "id": request,
                "flow": flow.name,
                "flow_version": version.number,
                "subject_kind": resource.name,
                "subject_id": row,
                "title": names.get(row, "")[:_LONGEST_TITLE],
                "arguments": stored,
                "note": note,
                "state": RequestState.PENDING.value,
                "round": 1,
                "seen": facts[row],
                "asked_by": context.caller.login,
                "asked_account": context.caller.account,
                "asked_persons": list(context.caller.persons),
                "asked_at": context.now,
                "expires_on": expires,
            }
            for request, row in zip(made, rows, strict=True)
        ]
    )
    for request, row in zip(made, rows, strict=True):
        await _begin_round(context, flow, request, row, 1, needed[row], version.days)
    return made


async def _names(context: Context, flow: Flow, resource: Resource, rows: Sequence[UUID]) -> dict[UUID, str]:
    if not flow.called:
        return await names_of(context, resource, rows)
    found = await context.fetch(
        f"SELECT r.id, {flow.called.replace('{row}', 'r')} AS name FROM {resource.table} r"
        " WHERE r.id = ANY($1::uuid[])",
        list(rows),
    )
    return {row["id"]: row["name"] or "" for row in found}


async def propose(context: Context, flow: Flow, row: UUID, arguments: Mapping[str, Any], note: str) -> UUID:
    """Open a request that proposes a command about a row. The command is tried at once, and rolled back.

    Args:
        context: The command's.
        flow: The flow.
        row: The row: the first argument of the command that is proposed.
        arguments: The further arguments.
        note: Why it is asked for.

    Raises:
        Refusal: The command is not possible, there is an open request already, or nobody can decide it.
    """
    assert flow.proposed is not None
    first = next(iter(flow.proposed.parameters))
    resource = context.variant.by_table[flow.table._meta.tablename]
    await context.permit(resource.name, [row], field=first)
    arguments = given(**arguments)
    await _try(context, flow, row, msgspec.json.encode(arguments).decode())
    (request,) = await open_requests(context, flow, [row], note=note, arguments=arguments, field=first)
    return request


class _Tried(Exception):  # noqa: N818 - not an error: it rolls back what was tried
    """Rolls back a command that was only tried."""


async def submit_again(context: Context, flow: Flow, request: UUID, note: str) -> None:
    """Submit a returned request again: with the facts as they are now, all steps from the first on.

    Args:
        context: The command's.
        flow: Its flow.
        request: The request; it is returned.
        note: Why it is asked for, where that is to change.
    """
    row = await request_row(context, request)
    refuse_expired(context, row)
    subject: UUID = row["subject_id"]
    version = await flow_version(context, flow, row["flow_version"])
    facts = await facts_of(context, flow, [subject])
    if subject not in facts:
        raise Refusal(NOT_FOUND, "approval")
    if flow.proposed is not None:
        await _try(context, flow, subject, row["arguments"])
    needed = await needed_steps(context, version, [subject])
    await context.rows(ApprovalRequest).update(
        request,
        {
            "state": RequestState.PENDING.value,
            "round": row["round"] + 1,
            "seen": facts[subject],
            "asked_at": context.now,
            "note": plain_text(note, _LONGEST_NOTE, "note") or row["note"],
            "outcome_note": "",
        },
    )
    await _begin_round(context, flow, request, subject, row["round"] + 1, needed[subject], version.days)


async def _try(context: Context, flow: Flow, row: UUID, arguments: str) -> None:
    """Run the command that is proposed and roll it back. Raises Refusal where it is not possible."""
    try:
        async with context.savepoint():
            await run_proposed(context, flow, row, arguments)
            raise _Tried
    except _Tried:
        pass


async def _begin_round(
    context: Context, flow: Flow, request: UUID, row: UUID, number: int, needed: set[str], days: Any
) -> None:
    await context.rows(ApprovalStep).insert(
        [
            {
                "request_id": request,
                "round": number,
                "position": position,
                "name": each.name,
                "state": (StepState.WAITING if each.name in needed else StepState.LEFT_OUT).value,
                "days": days(each),
            }
            for position, group in enumerate(flow.steps)
            for each in group
        ]
    )
    await set_state(context, flow, row, RequestState.PENDING)
    await move_on(context, flow, request)
    await changed(context, request)


def refuse_unknown_person(context: Context, flow: Flow) -> None:
    """Raise Refusal where two persons have to take part and the caller's account belongs to no person.

    Two accounts may be one person's; only the person behind each tells them apart.
    """
    caller = context.caller
    if caller.account is not None and not caller.persons and any(each.another for each in flow.all_steps.values()):
        raise Refusal(PERSON_UNKNOWN)
