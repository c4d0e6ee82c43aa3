"""Closing the facts of approved rows: what people have approved stays as they saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.errors import Refusal
from homeroom_approvals.facts import watched_tables
from homeroom_approvals.refusals import APPROVED_ALREADY
from homeroom_approvals.tables import RequestState
from homeroom_approvals.versions import flows_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["refuse_approved"]

#: Locks the requests, as who decides them does: what is written here and a decision come one after the other, and
#: the second one sees the first.
_REQUESTS: Final = """
SELECT state FROM approval_request WHERE flow = $1 AND subject_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""


def _closing(context: Context) -> Mapping[str, Sequence[tuple[str, str, set[str]]]]:
    """Table to the flows that close its rows, the column that leads to the row of a request, and what is no fact."""
    found: dict[str, list[tuple[str, str, set[str]]]] | None = context.variant.parts.get("approvals.closing")
    if found is None:
        found = context.variant.parts["approvals.closing"] = {}
        for flow in flows_of(context).values():
            if flow.closes and flow.proposed is None:
                shown = {"id", *([flow.state._meta.db_column_name] if flow.state is not None else [])}
                for table, column in watched_tables(flow).items():
                    found.setdefault(table, []).append((flow.name, column, shown if column == "id" else set()))
    return found


async def refuse_approved(context: Context, table: str, rows: Sequence[UUID], new: Sequence[Mapping[str, Any]]) -> None:
    """Refuse to write what belongs to the facts of an approved request.

    What the host itself does, such as the effect of another approval, is not refused, and a state may change.

    Args:
        context: The command's.
        table: The table.
        rows: Those that are there already and stay.
        new: What is about to be written, by column, or what rows have that are about to be removed.

    Raises:
        Refusal: NOT_IN_STATE.
    """
    if context.caller.via == "job" and context.caller.account is None:
        return
    for flow, column, shown in _closing(context).get(table, ()):
        if rows and new and all(shown.issuperset(each.keys()) for each in new):  # the state of a row is no fact
            continue
        subjects = list(rows)
        if column != "id":
            subjects = [each[column] for each in new if each.get(column) is not None]
            if rows:
                subjects += [
                    each["subject"]
                    for each in await context.fetch(
                        f"SELECT {column} AS subject FROM {table} WHERE id = ANY($1::uuid[])", list(rows)
                    )
                ]
        requests = await context.fetch(_REQUESTS, flow, subjects) if subjects else ()
        if any(each["state"] == RequestState.APPROVED for each in requests):
            raise Refusal(APPROVED_ALREADY)
