"""What roles may do with approvals by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["RULES"]

_READ: Final = ("Approval", "ApprovalStep", "ApprovalFlowVersion")

RULES: Final = (
    # Everybody sees the own requests and those that wait for them; who may decide follows from the flow.
    *(
        Rule(EVERYBODY, name, scope=scope)
        for name in ("Approval", "ApprovalStep")
        for scope in ("own", "waiting", "decided")
    ),
    Rule(EVERYBODY, "approvals.request.decide", "run", scope="waiting"),
    Rule(EVERYBODY, "approvals.request.withdraw", "run", scope="own"),
    Rule(EVERYBODY, "approvals.request.resubmit", "run", scope="own"),
    Rule(EVERYBODY, "ApprovalDelegation", scope="own"),
    Rule(EVERYBODY, "approvals.delegation.set", "run"),
    Rule(EVERYBODY, "approvals.delegation.remove", "run", scope="own"),
    Rule(EVERYBODY, "approvals.flow.list", "run"),
    *(Rule(role, name) for role in ("admin", "principal") for name in (*_READ, "ApprovalDelegation")),
    *(
        Rule(role, name, "run")
        for role in ("admin", "principal")
        for name in ("approvals.flow.set", "approvals.delegation.arrange")
    ),
    Rule("admin", "approvals.delegation.remove", "run"),
)
