"""What roles may do with webhooks by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["RULES"]

#: Administrators decide which systems receive the events of a space.
RULES: Final = tuple(
    rule
    for role in ("admin", "district_admin")
    for rule in (
        Rule(role, "WebhookEndpoint"),
        Rule(role, "WebhookDelivery"),
        Rule(role, "webhooks.endpoint.*", "run"),
        Rule(role, "webhooks.secret.*", "run"),
        Rule(role, "webhooks.delivery.*", "run"),
    )
)
