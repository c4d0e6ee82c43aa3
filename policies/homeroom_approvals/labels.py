"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "Approval": "Request",
    "approvals": "Requests",
    "ApprovalStep": "Step of a request",
    "approvalSteps": "Steps of requests",
    "ApprovalDelegation": "Deputy",
    "approvalDelegations": "Deputies",
    "ApprovalFlowVersion": "Version of a flow",
    "approvalFlowVersions": "Versions of flows",
    "Approval.asked_by": "Asked by",
    "Approval.subject_id": "About",
    "Approval.subject_kind": "Kind",
    "Approval.seen": "Facts seen",
    "ApprovalStep.decided_by": "Decided by",
    "approvals.request.decide": "Decide requests",
    "approvals.request.withdraw": "Withdraw a request",
    "approvals.request.resubmit": "Submit a request again",
    "approvals.delegation.set": "Name a deputy",
    "approvals.delegation.arrange": "Name a deputy for somebody else",
    "approvals.delegation.remove": "End a delegation",
    "approvals.flow.set": "Set a flow",
    "approvals.flow.list": "Flows",
    "jobs.approvals.subject.forget": "Remove what was not approved",
    "jobs.approvals.request.follow": "Remind, escalate and expire requests",
}
