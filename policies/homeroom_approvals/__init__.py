"""Approvals: requests that other people decide, step by step, before something takes effect.

A plugin declares a flow beside the noun that it is about, in its module ``nouns``::

    NOMINATION = flow(
        TalentItem,
        "talent.nomination",
        titles("Nomination", "提名", "提名", "Đề cử"),
        step("verify", titles("Verification", "核實", "核实", "Xác minh"), holders_of("talent_coordinator"), days=5),
        step("publish", titles("Publication", "公布", "公布", "Công bố"), holders_of("principal"), check=family_agrees),
        state=TalentItem.state,
        states={PENDING: "nominated", APPROVED: "published", REFUSED: "refused", WITHDRAWN: "withdrawn"},
        seen=(TalentEvidence.item_id,),
    )

    nominate = NOMINATION.opened_by(ITEM.create("Nominate a student.", verb="nominate"))

What follows from it: the request with its steps and deadlines, the inbox of those who decide, notices, reminders,
escalation, expiry, the history at the row, and the process sheet. See :mod:`homeroom_approvals.flows`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.lazy import on_demand

if TYPE_CHECKING:
    from homeroom_approvals.flows import ApprovalOutcome, Flow, Settled, Step, asked_by_reader, flow, step
    from homeroom_approvals.tables import RequestState

__all__ = ["ApprovalOutcome", "Flow", "RequestState", "Settled", "Step", "asked_by_reader", "flow", "step"]

__getattr__ = on_demand(
    __name__,
    ApprovalOutcome="flows",
    Flow="flows",
    RequestState="tables",
    Settled="flows",
    Step="flows",
    asked_by_reader="flows",
    flow="flows",
    step="flows",
)
