"""Where a request came in: the school of its host name, and how people there are spoken to before they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from homeroom.database.connection import AWAY
from homeroom.errors import Failure
from homeroom.languages import ENGLISH
from homeroom.messages import accept_header, accepted_language
from homeroom_console.brands import HOMEROOM, Brand, brand_of_space
from homeroom_tenants.hosts import label_under
from homeroom_tenants.request_head import RequestHead

if TYPE_CHECKING:
    from litestar import Request

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom_tenants.directory import TenantDirectory

__all__ = ["Place", "directory_of", "place_of", "scheme_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request came in.

    Args:
        space: The school or the district; none at the installation's own address, and while nobody can say.
        brand: How its pages look.
        language: Of somebody who is not signed in.
        nowhere: Whether the host name is one of schools, and no school has it.
    """

    space: Space | None
    brand: Brand
    language: str
    nowhere: bool = False


def directory_of(host: Host) -> TenantDirectory:
    """The directory, which knows accounts and spaces."""
    return cast("TenantDirectory", host.directory)


async def place_of(host: Host, request: Request[Any, Any, Any]) -> Place:
    """Where a request came in; an answer even while the database is unavailable."""
    chosen = accepted_language(request.cookies.get("homeroom-language", ""))
    chosen = chosen or accepted_language(accept_header(request.scope["headers"]))
    try:
        head = RequestHead.of(request.scope)
        known, _ = await directory_of(host).requests.selected(head)
        if known is None:
            name = (head.host or "").rpartition(":")[0] or (head.host or "")
            nowhere = label_under(name.lower(), host.settings.base_domain) is not None
            return Place(None, HOMEROOM, chosen or ENGLISH, nowhere)
        language = chosen or accepted_language(known.space.locale) or ENGLISH
        return Place(known.space, await brand_of_space(host, known.space), language)
    except (Failure, *AWAY):
        return Place(None, HOMEROOM, chosen or ENGLISH)


def scheme_of(request: Request[Any, Any, Any]) -> str:
    """The colours that somebody chose in this browser: ``light`` or ``dark``; empty: those of the system."""
    chosen = request.cookies.get("homeroom-scheme", "")
    return chosen if chosen in ("light", "dark") else ""
