"""How webhooks stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, blanked, nobody
from homeroom.webhooks.tables import WebhookDelivery, WebhookEndpoint

__all__ = ["PERSONAL_DATA"]

_OWN: Final = (
    "title url events patterns document state disabled_reason account_id registered_at failing_since secret_version"
    " previous_until version"
)

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(
        WebhookEndpoint,
        "@account:account_id",
        erasure=blanked({"login": ""}, keep=dict.fromkeys(_OWN.split(), "it is the endpoint's own")),
        category=DataCategory.ACCOUNT,
    ),
    *nobody("which message was taken when; what it said is not kept", WebhookDelivery),
)
