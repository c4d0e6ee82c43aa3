"""What an endpoint must be to be registered: each fault is refused by the name of its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from homeroom.errors import Problem, Refusal
from homeroom.queries import queries_of
from homeroom.refusals import TOO_LONG
from homeroom.webhooks.refusals import (
    ACCOUNT_NEEDED,
    ADDRESS_CLOSED,
    ADDRESS_LENGTH,
    ADDRESS_PARTS,
    BAD_ADDRESS,
    EVENT_COUNT,
    HTTPS_NEEDED,
    NO_SUCH_EVENT,
    UNKNOWN_VARIABLE,
)
from homeroom.webhooks.rules import address_in, allowed, matches, networks_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["check_document", "check_events", "check_title", "check_url"]

_MOST_EVENTS: Final = 50
_LONGEST_URL: Final = 2000
_LONGEST_TITLE: Final = 200


def check_url(context: Context, url: str) -> None:
    """Raise Refusal unless messages may go to an address.

    What a name stands for is looked up each time something is sent, for it may be another by then; an address that is
    written out, or the machine's own name, is refused at once.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal(BAD_ADDRESS, "url") from None
    if len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Refusal(ADDRESS_LENGTH, "url", most=_LONGEST_URL)
    if not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise Refusal(ADDRESS_PARTS, "url")
    own = networks_of(context.host.settings.webhook_networks)
    encrypted = parts.scheme == "https"
    if not encrypted and not (parts.scheme == "http" and own):
        raise Refusal(HTTPS_NEEDED, "url")
    written = address_in(parts.hostname)
    if written is not None and not allowed(written, own, encrypted=encrypted):
        raise Refusal(ADDRESS_CLOSED, "url")


def check_title(title: str | None) -> None:
    """Raise Refusal for a title that is too long."""
    if title is not None and len(title) > _LONGEST_TITLE:
        raise Refusal(TOO_LONG, "title", most=_LONGEST_TITLE)


def check_events(context: Context, events: list[str]) -> None:
    """Raise Refusal, naming each, for what is neither a command or job of the space nor a pattern of some."""
    if not 1 <= len(events) <= _MOST_EVENTS:
        raise Refusal(EVENT_COUNT, "events", most=_MOST_EVENTS)
    known = (*context.variant.commands, *context.variant.jobs)
    problems = [
        Problem(NO_SUCH_EVENT, "events", row)
        for row, each in enumerate(events)
        if not any(matches(each, name) for name in known)
    ]
    if problems:
        raise Refusal.of(problems)


async def check_document(context: Context, document: str) -> None:
    """Raise Refusal for a query that cannot be answered with a message, or not under the caller's rights."""
    if context.caller.account is None:
        raise Refusal(ACCOUNT_NEEDED, "document")
    variables = await queries_of(context.host).check(context.variant, document)
    lists = {each.plural for each in context.variant.resources.values()}
    if unknown := sorted(variables - lists):
        raise Refusal(UNKNOWN_VARIABLE, "document", variable=unknown[0])
