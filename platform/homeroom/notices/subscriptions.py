"""What one can listen to: notices as they come."""

from __future__ import annotations

from typing import Final

from homeroom.subscriptions import Subscription, values_of

__all__ = ["SUBSCRIPTIONS"]

SUBSCRIPTIONS: Final = (
    Subscription(
        field="noticesArrived",
        event="notices.notice.arrived",
        resource="Notice",
        rows=values_of("notices"),
        accounts=values_of("accounts"),
        description="One's own notices, as they come.",
    ),
)
