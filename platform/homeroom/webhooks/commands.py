"""What administrators do with webhooks."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit
from uuid import UUID

from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid, Problem, Refusal
from homeroom.queries import queries_of
from homeroom.webhooks.keys import webhook_key
from homeroom.webhooks.resources import SHOWN_SECRET
from homeroom.webhooks.rules import OVERLAP, like_pattern, matches, networks_of, secret_of
from homeroom.webhooks.states import DeliveryState, EndpointState
from homeroom.webhooks.tables import WebhookDelivery, WebhookEndpoint

__all__ = [
    "COMMANDS", "enable_webhook", "register_webhook", "remove_webhook", "repeat_webhook_deliveries",
    "rotate_webhook_secret",
]  # fmt: skip

_MOST_ENDPOINTS: Final = 20
_MOST_EVENTS: Final = 50
_LONGEST_URL: Final = 2000
_LONGEST_TITLE: Final = 200


class NotRepeatable(Refusal):
    """A delivery waits already."""

    code = "WEBHOOK_WAITS"


@command("webhooks.endpoint.register", returns="WebhookEndpoint")
async def register_webhook(
    context: Context, *, url: str, events: list[str], title: str | None = None, document: str | None = None
) -> UUID:
    """Have another system told what is done here. The answer alone shows the secret that signs the messages.

    Raises Invalid if the address or an event will not do, or the schema does not allow the document.

    Args:
        url: Where messages go, by https.
        events: Names of commands and jobs, such as `gradebook.marks.enter`, and patterns that end in `*`.
        title: What it is for.
        document: A query whose answer is sent along, under your own rights when it is sent. A variable called as a list
            of the schema, such as `$marks`, gets the ids of the rows of that list which the command has changed.
    """
    _check_url(context, url)
    if title is not None and len(title) > _LONGEST_TITLE:
        raise Invalid(f"at most {_LONGEST_TITLE} characters", field="title")
    _check_events(context, events)
    if document is not None:
        if context.caller.account is None:
            raise Invalid("a document needs an account under whose rights it is answered", field="document")
        variables = await queries_of(context.host).check(context.variant, document)
        lists = {each.plural for each in context.variant.resources.values()}
        if unknown := sorted(variables - lists):
            raise Invalid(f"the variable ${unknown[0]} is called as no list of the schema", field="document")
    if await context.fetchval("SELECT count(*) FROM webhook_endpoint") >= _MOST_ENDPOINTS:
        raise Invalid(f"a space has at most {_MOST_ENDPOINTS} endpoints", field="url")
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


@command("webhooks.endpoint.remove")
async def remove_webhook(context: Context, *, endpoint: Annotated[UUID, Ref("WebhookEndpoint")]) -> None:
    """Tell an endpoint nothing any more, and forget what was delivered to it."""
    await context.permit("WebhookEndpoint", [endpoint], field="endpoint")
    await context.execute("DELETE FROM webhook_delivery WHERE endpoint_id = $1", endpoint)
    await context.rows(WebhookEndpoint).delete(endpoint, field="endpoint")


@command("webhooks.endpoint.enable", returns="WebhookEndpoint")
async def enable_webhook(context: Context, *, endpoint: Annotated[UUID, Ref("WebhookEndpoint")]) -> UUID:
    """Tell an endpoint again that was switched off, beginning with what has waited for it."""
    await context.permit("WebhookEndpoint", [endpoint], field="endpoint")
    await context.rows(WebhookEndpoint).update_many(
        [{"id": endpoint, "state": EndpointState.ACTIVE.value, "disabled_reason": None, "failing_since": None}]
    )
    return endpoint


@command("webhooks.secret.rotate", returns="WebhookEndpoint")
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
    """Deliver messages once more, from the first attempt on and under the ids that they had. Raises NotRepeatable."""
    await context.permit("WebhookDelivery", deliveries, field="deliveries", rows=True)
    locked = "SELECT id, state FROM webhook_delivery WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
    states = {row["id"]: row["state"] for row in await context.fetch(locked, deliveries)}
    problems = [
        Problem(NotRepeatable.code, "it waits already", "deliveries", row)
        for row, each in enumerate(deliveries)
        if states[each] == DeliveryState.WAITING.value or each in deliveries[:row]
    ]
    if problems:
        raise NotRepeatable.of(problems)
    await context.rows(WebhookDelivery).update_many(
        [
            {"id": each, "state": DeliveryState.WAITING.value, "attempts": 0, "next_at": context.now, "error": None}
            for each in deliveries
        ]
    )
    return deliveries


async def _show_secret(context: Context, endpoint: UUID, version: int) -> None:
    secret = secret_of(webhook_key(context.host), context.space.id, endpoint, version)
    await context.execute("SELECT set_config($1, $2, true)", SHOWN_SECRET, f"{endpoint} {secret}")


def _check_url(context: Context, url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Invalid("this is no address", field="url") from None
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid(f"an address has at most {_LONGEST_URL} characters, all of them ASCII", field="url")
    if not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise Invalid("an address has a host, and no name, password or fragment", field="url")
    own = networks_of(context.host.settings.webhook_networks)
    if parts.scheme != "https" and not (parts.scheme == "http" and own):
        raise Invalid("messages go by https", field="url")


def _check_events(context: Context, events: list[str]) -> None:
    if not 1 <= len(events) <= _MOST_EVENTS:
        raise Invalid(f"name 1 to {_MOST_EVENTS} events", field="events")
    known = (*context.variant.commands, *context.variant.jobs)
    problems = [
        Problem(Invalid.code, "no command or job is called so here", "events", row)
        for row, each in enumerate(events)
        if not any(matches(each, name) for name in known)
    ]
    if problems:
        raise Invalid.of(problems)


COMMANDS: Final[tuple[Command, ...]] = (
    register_webhook,
    remove_webhook,
    enable_webhook,
    rotate_webhook_secret,
    repeat_webhook_deliveries,
)
