"""From an event to the notices of the subscriptions that tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from homeroom_graphql.subscriptions.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.commands import Event
    from homeroom.context import Context
    from homeroom.host import Host
    from homeroom.subscriptions import Subscription
    from homeroom.variants import Variant

__all__ = ["notices_of", "tell"]

_PART = "graphql.subscriptions by event"
_SERVICE = "graphql.notices"


def notices_of(host: Host) -> Notices:
    """What sends the notices of a host."""
    found = host.services.get(_SERVICE)
    if not isinstance(found, Notices):
        found = host.services[_SERVICE] = Notices(host.database)
    return found


def tell(context: Context, event: Event) -> None:
    """Notify the subscribers of an event, once the transaction is committed."""
    subscriptions = _by_event(context.variant).get(event.name)
    if subscriptions is None:
        return
    notices, space = notices_of(context.host), context.space.id
    concerned = [
        (
            each.field,
            {name: event.values[name] for name in each.about if isinstance(event.values.get(name), UUID)},
            rows,
            list(each.accounts(event.values)) if each.accounts is not None else (),
        )
        for each in subscriptions
        if (rows := list(each.rows(event.values)))
    ]

    def send() -> None:
        for field, about, rows, accounts in concerned:
            notices.send(space, field, about, rows, accounts)

    if concerned:
        context.transaction.after_commit(send)


def _by_event(variant: Variant) -> Mapping[str, Sequence[Subscription]]:
    found: dict[str, list[Subscription]] | None = variant.parts.get(_PART)
    if found is None:
        found = variant.parts[_PART] = {}
        for each in variant.subscriptions.values():
            found.setdefault(each.event, []).append(each)
    return found
