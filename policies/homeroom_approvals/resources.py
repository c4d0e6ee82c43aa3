"""What can be read of requests: the inbox, the history, the indicators."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, computed, extend, many, resource, statistics, through
from homeroom_approvals.tables import ApprovalDelegation, ApprovalFlowVersion, ApprovalRequest, ApprovalStep

__all__ = ["EXTENSIONS", "RESOURCES"]

_OWN: Final = "({row}.asked_account = :account OR {row}.asked_persons && :persons)"
#: Requests with an open step that the caller may decide, as themselves or as somebody's deputy.
_WAITING: Final = (
    "({row}.state = 'pending' AND {row}.id IN (SELECT s.request_id FROM approval_step s"
    " JOIN approval_decider d ON d.step_id = s.id WHERE s.state = 'open' AND (d.person_id = ANY(:persons)"
    " OR d.role = ANY(:roles) OR EXISTS (SELECT FROM approval_delegation g WHERE g.deputy_id = ANY(:persons)"
    " AND g.starts_on <= :today AND g.ends_on >= :today AND g.flow IN ('', {row}.flow)"
    " AND (d.person_id = ANY(g.persons) OR d.role = ANY(g.roles))"
    # The person who is absent still has the role, or still is that person.
    " AND g.account_id IN (SELECT n.account FROM"
    " homeroom.notice_recipients('{}', ARRAY[d.role]::text[], ARRAY[d.person_id], now()) n)))))"
)
_DECIDED: Final = (
    "({row}.id IN (SELECT s.request_id FROM approval_step s"
    " WHERE s.decided_account = :account OR s.decided_persons && :persons))"
)

APPROVAL: Final = resource(
    ApprovalRequest,
    computed("waits_for_me", "Boolean", _WAITING, "Whether the reader may decide an open step of it."),
    computed(
        "hours",
        "Decimal",
        "round(extract(epoch FROM {row}.decided_at - {row}.asked_at) / 3600, 1)",
        "Hours from the submission to the end.",
    ),
    name="Approval",
    scopes={"school": EVERYTHING, "own": _OWN, "waiting": _WAITING, "decided": _DECIDED},
    kinds={"subject_id": "subject_kind"},
    exclude=("asked_account", "asked_persons"),
    filters=(
        "flow", "state", "subject_kind", "subject_id", "asked_by", "asked_at", "due_on", "decided_at", "waits_for_me",
    ),
    order=("asked_at", "due_on", "decided_at"),
    default_order=("-asked_at",),
    enums={"state": "ApprovalState"},
    statistics=statistics(group_by=("flow",)),
)  # fmt: skip

_STEP: Final = resource(
    ApprovalStep,
    scopes={
        "school": EVERYTHING,
        **{scope: through(ApprovalStep.request_id, scope) for scope in ("own", "waiting", "decided")},
    },
    exclude=("decided_account", "decided_persons"),
    filters=("request", "name", "state", "due_on", "decided_at"),
    order=("round", "position", "due_on", "decided_at"),
    default_order=("round", "position"),
    enums={"state": "ApprovalStepState"},
    statistics=statistics(group_by=("name",)),
)

_DELEGATION: Final = resource(
    ApprovalDelegation,
    scopes={"school": EVERYTHING, "own": "({row}.account_id = :account OR {row}.deputy_id = ANY(:persons))"},
    exclude=("account_id", "persons", "arranged_account", "arranged_persons"),
    filters=("starts_on", "ends_on"),
    order=("starts_on",),
    default_order=("-starts_on",),
)

_VERSION: Final = resource(
    ApprovalFlowVersion, filters=("flow",), order=("flow", "number"), default_order=("flow", "-number")
)

RESOURCES: Final = (APPROVAL, _STEP, _DELEGATION, _VERSION)
EXTENSIONS: Final = (
    extend(
        ApprovalRequest,
        many("steps", ApprovalStep.request_id, order=("round", "position"), description="Its steps, in their order."),
    ),
)
