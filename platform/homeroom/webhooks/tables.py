"""Endpoints, and what is delivered to them."""

from __future__ import annotations

from piccolo.columns import UUID, Array, Integer, Text, Timestamptz, Varchar

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.webhooks.states import DeliveryState, EndpointState

__all__ = ["WebhookDelivery", "WebhookEndpoint"]


class WebhookEndpoint(SchoolTable, tablename="webhook_endpoint"):
    """An address of another system that receives what was done in the school."""

    title = Varchar(length=200, null=True, default=None, help_text="What it is for.")
    url = coded(Text(help_text="Where messages go."), "https://example.org/hooks")
    events = Array(
        base_column=Text(),
        default=list,
        help_text="The commands and jobs whose events it receives, such as `gradebook.*`.",
    )
    patterns = Array(base_column=Text(), default=list)
    document = Text(null=True, default=None, help_text="The query whose answer is sent along.")
    state = Text(choices=EndpointState, help_text="Whether messages are sent to it.")
    disabled_reason = Text(null=True, default=None, help_text="Why messages are no longer sent to it.")
    account_id = UUID(null=True, default=None)
    login = Text(help_text="Who registered it, or changed last what is sent; messages go under that person's rights.")
    registered_at = Timestamptz(help_text="When.")
    failing_since = Timestamptz(null=True, default=None, help_text="Since when nothing could be delivered.")
    secret_version = Integer(default=1)
    previous_until = Timestamptz(
        null=True, default=None, help_text="Until when the secret before the present one signs as well."
    )
    version = Integer(default=1, help_text="Rises with each change; a change may say which one it was made from.")


class WebhookDelivery(SchoolTable, tablename="webhook_delivery"):
    """One message to one endpoint."""

    endpoint_id = belongs_to(WebhookEndpoint)
    event = coded(Text(help_text="The command or job that it tells of."), "school.student.create")
    entry_id = UUID()
    occurred_at = Timestamptz(help_text="When that was done.")
    state = Text(choices=DeliveryState, help_text="What has become of it.")
    attempts = Integer(default=0, help_text="How often it was sent.")
    next_at = Timestamptz(help_text="When it is sent next, if it waits.")
    response_status = Integer(null=True, default=None, help_text="The HTTP status of the last answer.")
    duration_ms = Integer(null=True, default=None, help_text="What the last attempt took, in milliseconds.")
    error = Text(null=True, default=None, help_text="Why the last attempt did not succeed.")
    delivered_at = Timestamptz(null=True, default=None, help_text="When it was taken.")
