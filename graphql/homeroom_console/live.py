"""What parts of pages listen to: attributes that ``assets/live.js`` reads.

The browser sends the hash of a document that the host knows, never a document of its own, so live pages work where a
school answers listed documents alone. A part that listens asks again for itself by htmx when something has happened::

    <div {{ live("jobChanged", job=job.id) }} hx-get="/pages/jobs" hx-trigger="hr-live">
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from markupsafe import Markup

from homeroom_graphql.documents import document_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom_console.reader import Reader

__all__ = ["listens", "live"]

_encode = msgspec.json.Encoder().encode


def live(reader: Reader, field: str, about: Mapping[str, Any]) -> Markup:
    """The attributes of a part of a page that is informed of events.

    Args:
        reader: Who reads; a reader who may not see such rows is informed of nothing.
        field: The subscription, such as ``marksEntered``.
        about: Its arguments, ids.
    """
    subscription = reader.variant.subscriptions.get(field)
    if subscription is None or subscription.resource not in reader.caller.access.resources:
        return Markup("")
    return listens(subscription.plain_document, about)


def listens(document: str, variables: Mapping[str, Any]) -> Markup:
    """The attributes of a part of a page that is given what a subscription shows.

    Args:
        document: The subscription.
        variables: Those that it declares are sent with it.
    """
    used = {name: value for name, value in variables.items() if f"${name}:" in document}
    return Markup('data-live="{}" data-live-with="{}"').format(document_hash(document), _encode(used).decode())
