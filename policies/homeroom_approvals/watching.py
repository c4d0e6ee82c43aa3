"""Returning requests whose facts have changed since they were submitted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from homeroom.notices import settle
from homeroom_approvals.facts import OWN_VALUES, facts_of, watched_tables
from homeroom_approvals.moving import end_request, request_row, return_request
from homeroom_approvals.notices import WAITING
from homeroom_approvals.tables import ApprovalRequest, RequestState
from homeroom_approvals.versions import flows_of

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom_approvals.flows import Flow

__all__ = ["return_changed"]

_WATCHED: Final = "approvals.watched"
_THERE: Final = "SELECT id FROM approval_request WHERE id = ANY($1::uuid[])"
_PENDING: Final = """
SELECT id, subject_id, seen FROM approval_request WHERE flow = $1 AND state = 'pending'
    AND ($2::uuid[] IS NULL OR subject_id = ANY($2::uuid[]))
"""


async def return_changed(context: Context, rows: Mapping[str, Collection[UUID]]) -> None:
    """Return the pending requests whose facts a command or a job has changed.

    Requests that propose a command are compared when they are decided: their rows, such as marks, change often.

    Args:
        context: The command's or the job's.
        rows: Table to the rows that it has changed.
    """
    requests = set(rows.get(ApprovalRequest._meta.tablename, ()))
    if requests:
        there = {row["id"] for row in await context.fetch(_THERE, list(requests))}
        for removed in sorted(requests - there):  # with the row that it was about
            await settle(context, WAITING, str(removed))
    for flow, watched in _watching(context):
        touched = watched & rows.keys()
        if touched:
            main = flow.table._meta.tablename
            # A row that is gone no longer says to which other row it belonged: then all requests are compared.
            await _return(context, flow, list(rows[main]) if touched == {main} else None)


def _watching(context: Context) -> Sequence[tuple[Flow, frozenset[str]]]:
    """The flows whose requests are compared when rows change, each with the tables of its facts."""
    found: Sequence[tuple[Flow, frozenset[str]]] | None = context.variant.parts.get(_WATCHED)
    if found is None:
        found = context.variant.parts[_WATCHED] = [
            (flow, frozenset({*watched_tables(flow), OWN_VALUES}))
            for flow in flows_of(context).values()
            if flow.proposed is None
        ]
    return found


async def _return(context: Context, flow: Flow, subjects: list[UUID] | None) -> None:
    pending = await context.fetch(_PENDING, flow.name, subjects)
    if not pending:
        return
    facts = await facts_of(context, flow, [each["subject_id"] for each in pending])
    for each in pending:
        now = facts.get(each["subject_id"])
        if now == each["seen"]:
            continue
        request = await request_row(context, each["id"])
        if request["state"] != RequestState.PENDING:  # it was decided or withdrawn while this waited for it
            continue
        if now is None:  # the row was removed
            await end_request(context, flow, request, RequestState.WITHDRAWN, "")
        else:
            await return_request(context, flow, request, "")
