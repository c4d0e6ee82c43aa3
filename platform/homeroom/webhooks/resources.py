"""What can be read of webhooks."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, computed, resource
from homeroom.webhooks.tables import WebhookDelivery, WebhookEndpoint

__all__ = ["RESOURCES", "SHOWN_SECRET"]

#: The setting of a transaction by which the command that has made a secret shows it in its own answer and nowhere else.
SHOWN_SECRET = "homeroom.shown_secret"  # noqa: S105 - the name of a place
_SHOWN = f"current_setting('{SHOWN_SECRET}', true)"

RESOURCES = (
    resource(
        WebhookEndpoint,
        computed(
            "secret",
            "String",
            f"CASE WHEN split_part({_SHOWN}, ' ', 1) = {{row}}.id::text THEN split_part({_SHOWN}, ' ', 2) END",
            "The secret that signs messages; shown once, in the answer to the command that made it.",
        ),
        scopes={"school": EVERYTHING},
        exclude=("patterns", "account_id", "secret_version"),
        filters=("state", "registered_at"),
        order=("registered_at",),
        default_order=("registered_at",),
        enums={"state": "WebhookEndpointState"},
    ),
    resource(
        WebhookDelivery,
        scopes={"school": EVERYTHING},
        plural="webhookDeliveries",
        exclude=("entry_id",),
        filters=("endpoint", "event", "state", "occurred_at"),
        order=("occurred_at",),
        default_order=("-occurred_at",),
        enums={"state": "WebhookDeliveryState"},
    ),
)
