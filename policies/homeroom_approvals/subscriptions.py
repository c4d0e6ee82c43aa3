"""Listening to requests."""

from __future__ import annotations

from typing import Final

from homeroom.subscriptions import Subscription, values_of

__all__ = ["SUBSCRIPTIONS"]

SUBSCRIPTIONS: Final = (
    Subscription(
        field="approvalChanged",
        event="approvals.request.changed",
        resource="Approval",
        rows=values_of("approval"),
        description="A request was opened, a step of it was decided, or it has come to its end.",
    ),
)
