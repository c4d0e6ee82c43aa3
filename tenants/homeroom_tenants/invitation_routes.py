"""HTTP routes for the holder of an invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response, post

from homeroom.languages import language_of
from homeroom.messages import accept_header, accepted_language

from .bodies import NO_STORE, body_of
from .invitations import Offer, accept, offer
from .mail_routes import space_here

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["Acceptance", "InvitationCode", "invitation_routes"]


class InvitationCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code of an invitation."""

    code: str


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code alone joins with the account that is signed in; with a name and a password it makes a new one."""

    code: str
    name: str | None = None
    password: str | None = None


def invitation_routes(host: Host, directory: TenantDirectory) -> list[ControllerRouterHandler]:
    """The routes over one host's directory."""

    @post("/auth/invitation", status_code=200)
    async def show(request: Request[Any, Any, Any]) -> Response[Offer]:
        """What an invitation offers."""
        data = await body_of(request, InvitationCode)
        _, space = await space_here(directory, request)
        wanted = accepted_language(request.cookies.get("homeroom-language", ""))
        wanted = wanted or accepted_language(accept_header(request.scope["headers"])) or language_of(space.locale)
        return Response(await offer(host, space, data.code, wanted), headers=NO_STORE)

    @post("/auth/invitation/accept", status_code=204)
    async def join(request: Request[Any, Any, Any]) -> None:
        """Accept an invitation, once."""
        data = await body_of(request, Acceptance)
        _, space = await space_here(directory, request)
        alone = data.name is None and data.password is None
        standing = await directory.requests.signed_in(request.scope) if alone else None
        await accept(host, directory, space, data.code, standing=standing, name=data.name, password=data.password)

    return [show, join]
