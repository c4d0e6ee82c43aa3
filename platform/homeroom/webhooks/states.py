"""What becomes of endpoints and deliveries; apart from the tables, which the command line does without."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["DeliveryState", "EndpointState"]


class EndpointState(StrEnum):
    """Whether messages are sent to an endpoint."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """What has become of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"
