"""How the console shows webhooks."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Figure, Look, Nav

__all__ = ["FIGURES", "LOOKS"]

LOOKS: Final = (
    Look(
        "WebhookEndpoint",
        columns=("title", "url", "state", "failing_since", "registered_at"),
        actions=("webhooks.endpoint.change",),
        nav=Nav("settings", 70, needs=("webhooks.endpoint.register",)),
    ),
    Look(
        "WebhookDelivery",
        columns=("event", "state", "endpoint", "occurred_at", "attempts", "response_status"),
        names=("event",),
    ),
)
FIGURES: Final = (
    Figure(
        "webhooks.disabled",
        "Webhooks switched off",
        "{ webhookEndpoints(filter: {state: {eq: DISABLED}}) { totalCount } }",
        "webhookEndpoints",
        wrong=True,
        order=62,
    ),
)
