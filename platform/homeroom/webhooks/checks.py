"""What an endpoint must be to be registered: each fault is refused by the name of its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from homeroom.errors import Invalid, Problem
from homeroom.queries import queries_of
from homeroom.webhooks.rules import address_in, allowed, matches, networks_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["check_document", "check_events", "check_title", "check_url"]

_MOST_EVENTS: Final = 50
_LONGEST_URL: Final = 2000
_LONGEST_TITLE: Final = 200


def check_url(context: Context, url: str) -> None:
    """Raise Invalid unless messages may go to an address.

    What a name stands for is looked up each time something is sent, for it may be another by then; an address that is
    written out, or the machine's own name, is refused at once.
    """
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
    encrypted = parts.scheme == "https"
    if not encrypted and not (parts.scheme == "http" and own):
        raise Invalid("messages go by https", field="url")
    written = address_in(parts.hostname)
    if written is not None and not allowed(written, own, encrypted=encrypted):
        raise Invalid("the address lies in a network to which no messages go", field="url")


def check_title(title: str | None) -> None:
    """Raise Invalid for a title that is too long."""
    if title is not None and len(title) > _LONGEST_TITLE:
        raise Invalid(f"at most {_LONGEST_TITLE} characters", field="title")


def check_events(context: Context, events: list[str]) -> None:
    """Raise Invalid, naming each, for what is neither a command or job of the space nor a pattern of some."""
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


async def check_document(context: Context, document: str) -> None:
    """Raise Invalid for a query that cannot be answered with a message, or not under the caller's rights."""
    if context.caller.account is None:
        raise Invalid("a document needs an account under whose rights it is answered", field="document")
    variables = await queries_of(context.host).check(context.variant, document)
    lists = {each.plural for each in context.variant.resources.values()}
    if unknown := sorted(variables - lists):
        raise Invalid(f"the variable ${unknown[0]} is called as no list of the schema", field="document")
