"""What administrators do with webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import UNSET, Command, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.webhooks.checks import check_document, check_events, check_title, check_url
from homeroom.webhooks.keys import webhook_key
from homeroom.webhooks.refusals import TOO_MANY_ENDPOINTS, WEBHOOK_WAITS
from homeroom.webhooks.resources import SHOWN_SECRET
from homeroom.webhooks.rules import OVERLAP, like_pattern, secret_of
from homeroom.webhooks.states import DeliveryState, EndpointState
from homeroom.webhooks.tables import WebhookDelivery, WebhookEndpoint

__all__ = [
    "COMMANDS", "change_webhook", "enable_webhook", "register_webhook", "remove_webhook", "repeat_webhook_deliveries",
    "rotate_webhook_secret",
]  # fmt: skip

_MOST_ENDPOINTS: Final = 20
#: Messages are sent under the rights of the account that last changed one of these.
_ANSWERED_FOR: Final = ("url", "events", "document")


@command("webhooks.endpoint.register", returns="WebhookEndpoint", confirmed=True)
async def register_webhook(
    context: Context, *, url: str, events: list[str], title: str | None = None, document: str | None = None
) -> UUID:
    """Register another system for what is done here. The answer alone shows the secret that signs the messages.

    Raises Refusal if the address or an event will not do, or the schema does not allow the document.

    Args:
        url: Where messages go, by https.
        events: Names of commands and jobs, such as `gradebook.mark.enter`, and patterns that end in `*`.
        title: What it is for.
        document: A query whose answer is sent along, under your own rights when it is sent. A variable called as a list
            of the schema, such as `$marks`, gets the ids of the rows of that list which the command has changed.
    """
    check_url(context, url)
    check_title(title)
    check_events(context, events)
    if document is not None:
        await check_document(context, document)
    if await context.fetchval("SELECT count(*) FROM webhook_endpoint") >= _MOST_ENDPOINTS:
        raise Refusal(TOO_MANY_ENDPOINTS, "url", most=_MOST_ENDPOINTS)
    row = {
        "title": title,
        "url": url,
        "events": events,
        "patterns": [like_pattern(each) for each in events],
        "document": document,
        "state": EndpointState.ACTIVE.value,
        "account_id": context.caller.account,
        "login": context.caller.login,
        "registered_at": context.now,
        "secret_version": 1,
    }
    (made,) = await context.rows(WebhookEndpoint).insert([row])
    await _show_secret(context, made, 1)
    return made


@command("webhooks.endpoint.change", returns="WebhookEndpoint", confirmed=True)
async def change_webhook(
    context: Context,
    *,
    endpoint: Annotated[UUID, Ref("WebhookEndpoint")],
    url: str | Unset = UNSET,
    events: list[str] | Unset = UNSET,
    title: str | Unset | None = UNSET,
    document: str | Unset | None = UNSET,
    paused: bool | Unset = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change an endpoint: its address, its events, its document, or whether it is paused.

    What is not given stays. What waits is sent to the new address; the secret stays. The account that changes address,
    events or document is from then on the one under whose rights messages are sent. Refused as registering is, and with
    CONFLICT if somebody has changed the endpoint since it was read.

    Args:
        endpoint: Which one.
        url: Where messages go from now on, those that wait included.
        events: All events that it receives from now on.
        title: What it is for; null clears it.
        document: Another query whose answer is sent along; null clears it.
        paused: True: nothing is sent to it until further notice, and what happens meanwhile is not sent later. False:
        messages are sent again, also to one that was switched off, beginning with what has waited.
        expected_version: The version that was read.
    """
    await context.permit("WebhookEndpoint", [endpoint], field="endpoint")
    row = await context.fetchrow("SELECT * FROM webhook_endpoint WHERE id = $1 FOR UPDATE", endpoint)
    assert row is not None
    changes: dict[str, Any] = {}
    if url is not UNSET and url != row["url"]:
        check_url(context, url)
        changes |= {"url": url, "failing_since": None}
    if events is not UNSET and events != row["events"]:
        check_events(context, events)
        changes |= {"events": events, "patterns": [like_pattern(each) for each in events]}
    if title is not UNSET:
        check_title(title)
        changes["title"] = title or None
    if document is not UNSET and (document or None) != row["document"]:
        changes["document"] = document or None
    if any(each in changes for each in _ANSWERED_FOR):
        # Otherwise one administrator's rights would answer what another one asks, at an address of that one's choice.
        changes |= {"account_id": context.caller.account, "login": context.caller.login}
        if kept := changes.get("document", row["document"]):
            await check_document(context, kept)
    if paused:
        changes |= {"state": EndpointState.PAUSED.value, "disabled_reason": None}
    elif paused is not UNSET and row["state"] != EndpointState.ACTIVE.value:
        changes |= {"state": EndpointState.ACTIVE.value, "disabled_reason": None, "failing_since": None}
    await context.rows(WebhookEndpoint).update(
        endpoint, changes, expected_version=expected_version, field="expectedVersion"
    )
    return endpoint


@command("webhooks.endpoint.remove")
async def remove_webhook(context: Context, *, endpoint: Annotated[UUID, Ref("WebhookEndpoint")]) -> None:
    """Tell an endpoint nothing any more, and forget what was delivered to it."""
    await context.permit("WebhookEndpoint", [endpoint], field="endpoint")
    await context.execute("DELETE FROM webhook_delivery WHERE endpoint_id = $1", endpoint)
    await context.rows(WebhookEndpoint).delete(endpoint, field="endpoint")


@command("webhooks.endpoint.enable", returns="WebhookEndpoint")
async def enable_webhook(context: Context, *, endpoint: Annotated[UUID, Ref("WebhookEndpoint")]) -> UUID:
    """Tell an endpoint again that was switched off or paused, beginning with what has waited for it."""
    await context.permit("WebhookEndpoint", [endpoint], field="endpoint")
    await context.rows(WebhookEndpoint).update_many(
        [{"id": endpoint, "state": EndpointState.ACTIVE.value, "disabled_reason": None, "failing_since": None}]
    )
    return endpoint


@command("webhooks.secret.rotate", returns="WebhookEndpoint", confirmed=True)
async def rotate_webhook_secret(context: Context, *, endpoint: Annotated[UUID, Ref("WebhookEndpoint")]) -> UUID:
    """Make a new secret for an endpoint, and show it in this answer alone. For a day the one before signs as well."""
    await context.permit("WebhookEndpoint", [endpoint], field="endpoint")
    found = "SELECT secret_version FROM webhook_endpoint WHERE id = $1 FOR UPDATE"
    version: int = await context.fetchval(found, endpoint) + 1
    await context.rows(WebhookEndpoint).update_many(
        [{"id": endpoint, "secret_version": version, "previous_until": context.now + OVERLAP}]
    )
    await _show_secret(context, endpoint, version)
    return endpoint


@command("webhooks.delivery.repeat", returns="WebhookDelivery", many=True)
async def repeat_webhook_deliveries(
    context: Context, *, deliveries: list[Annotated[UUID, Ref("WebhookDelivery")]]
) -> list[UUID]:
    """Deliver messages once more, from the first attempt on and under the ids that they had. Raises WEBHOOK_WAITS."""
    await context.permit("WebhookDelivery", deliveries, field="deliveries", rows=True)
    locked = "SELECT id, state FROM webhook_delivery WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
    states = {row["id"]: row["state"] for row in await context.fetch(locked, deliveries)}
    problems = [
        Problem(WEBHOOK_WAITS, "deliveries", row)
        for row, each in enumerate(deliveries)
        if states[each] == DeliveryState.WAITING.value or each in deliveries[:row]
    ]
    if problems:
        raise Refusal.of(problems)
    await context.rows(WebhookDelivery).update_many(
        [
            {"id": each, "state": DeliveryState.WAITING.value, "attempts": 0, "next_at": context.now, "error": None}
            for each in deliveries
        ]
    )
    return deliveries


async def _show_secret(context: Context, endpoint: UUID, version: int) -> None:
    if context.rehearsing:  # the next call would make the same secret
        return
    secret = secret_of(webhook_key(context.host), context.space.id, endpoint, version)
    await context.execute("SELECT set_config($1, $2, true)", SHOWN_SECRET, f"{endpoint} {secret}")


COMMANDS: Final[tuple[Command, ...]] = (
    register_webhook,
    change_webhook,
    remove_webhook,
    enable_webhook,
    rotate_webhook_secret,
    repeat_webhook_deliveries,
)
