"""HTTP routes by which pages of listed origins sign people in; see :mod:`homeroom_tenants.page_sign_in`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, get, post

from homeroom.client_address import client_address
from homeroom.errors import Failure, Forbidden, Unauthenticated
from homeroom.origins import FOR_LISTED_ORIGINS
from homeroom_tenants.refusals import HOST_OF_SCHOOL_NEEDED

from .bodies import NO_STORE, body_of
from .cross_site import check_origin, own_origin
from .page_sign_in import GrantRefused, PageRequest, PageSignIn, PageTokens
from .request_head import RequestHead

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

    from .cache import KnownSpace
    from .directory import TenantDirectory

__all__ = ["page_sign_in_routes"]

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20


class Asked(msgspec.Struct, frozen=True):
    """What our page shows before somebody agrees.

    Args:
        school: The school's name.
        origin: The page's origin.
        denied: Where the browser is sent if they do not agree.
        login: Who is signed in here, or null.
    """

    school: str
    origin: str
    denied: str
    login: str | None


class Answer(msgspec.Struct, frozen=True):
    """Where the browser is sent."""

    location: str


def page_sign_in_routes(host: Host, directory: TenantDirectory) -> list[ControllerRouterHandler]:
    """The routes over one host's directory."""
    signing = PageSignIn(host, directory)
    scheme = host.settings.public_scheme

    async def ours(request: Request[Any, Any, Any]) -> tuple[RequestHead, KnownSpace, str]:
        """What our own page sends: the head, the school, and our origin there."""
        head = RequestHead.of(request.scope)
        check_origin(head.origin, directory.requests.own_origins(head))
        known, _ = await directory.requests.selected(head)
        if known is None:
            raise Forbidden(HOST_OF_SCHOOL_NEEDED)
        return head, known, own_origin(scheme, head.host or "")

    async def login_of(request: Request[Any, Any, Any]) -> str | None:
        try:
            return (await directory.requests.signed_in(request.scope)).account.login
        except Unauthenticated:
            return None

    @post("/oauth/authorize/request", status_code=200)
    async def show(request: Request[Any, Any, Any]) -> Response[Asked]:
        """What a page asks for, once it is found to be in order."""
        asked = await body_of(request, PageRequest)
        _, known, issuer = await ours(request)
        origin = signing.check(known, asked)
        denied = signing.back(asked, issuer, error="access_denied")
        return Response(Asked(known.space.name, origin, denied, await login_of(request)), headers=NO_STORE)

    @post("/oauth/authorize", status_code=200)
    async def agree(request: Request[Any, Any, Any]) -> Response[Answer]:
        """Let a page work in this school for the account that is signed in; the location has a one-time code."""
        asked = await body_of(request, PageRequest)
        head, known, issuer = await ours(request)
        standing = await directory.requests.signed_in(request.scope)
        address = client_address(request.scope, host.settings)
        location = await signing.give_code(
            known, standing, asked, issuer=issuer, agent=head.agent or "", address=address
        )
        return Response(Answer(location), headers=NO_STORE)

    async def from_page(request: Request[Any, Any, Any]) -> tuple[dict[str, str], KnownSpace, str]:
        """What a page sends: the form, the school, and its origin, which the school lists."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise GrantRefused("invalid_request", f"send {_FORM}")
        try:
            head = RequestHead.of(request.scope)
            known, _ = await directory.requests.selected(head)
            pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except (Failure, ValueError) as error:
            raise GrantRefused("invalid_request", str(error)) from None
        form = dict(pairs)
        if len(form) < len(pairs):
            raise GrantRefused("invalid_request", "a parameter is there twice")
        if known is None or head.origin is None or head.origin not in known.origins:
            raise GrantRefused("unauthorized_client", "this school lists no such origin")
        if form.get("client_id", head.origin) != head.origin:
            raise GrantRefused("unauthorized_client", "the client is known by the origin of its page")
        return form, known, head.origin

    async def tokens_for(request: Request[Any, Any, Any]) -> PageTokens:
        form, known, origin = await from_page(request)
        try:
            if form.get("grant_type") == "authorization_code":
                return await signing.exchange(known, origin, form["code"], form["code_verifier"], form["redirect_uri"])
            if form.get("grant_type") == "refresh_token":
                return await signing.refresh(known, origin, form["refresh_token"])
        except KeyError as missing:
            raise GrantRefused("invalid_request", f"{missing.args[0]} is missing") from None
        raise GrantRefused("unsupported_grant_type", "expected authorization_code or refresh_token")

    def refused(error: GrantRefused) -> Response[Any]:
        return Response({"error": error.error, "error_description": str(error)}, headers=NO_STORE, status_code=400)

    @post("/oauth/token", status_code=200, opt=FOR_LISTED_ORIGINS)
    async def token(request: Request[Any, Any, Any]) -> Response[Any]:
        """Exchange a code or a refresh token for new tokens."""
        try:
            return Response(await tokens_for(request), headers=NO_STORE)
        except GrantRefused as error:
            return refused(error)

    @post("/oauth/revoke", status_code=200, opt=FOR_LISTED_ORIGINS)
    async def revoke(request: Request[Any, Any, Any]) -> Response[Any]:
        """End a page's sign-in by one of its tokens."""
        try:
            form, _, origin = await from_page(request)
            await signing.end(origin, form.get("token", ""))
        except GrantRefused as error:
            return refused(error)
        return Response({}, headers=NO_STORE)

    @get("/.well-known/oauth-authorization-server", opt=FOR_LISTED_ORIGINS)
    async def metadata(request: Request[Any, Any, Any]) -> dict[str, Any]:
        """What libraries of pages want to know (RFC 8414)."""
        head = RequestHead.of(request.scope)
        await directory.requests.selected(head)  # refuses a malformed host name
        issuer = own_origin(scheme, head.host or "")
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth/authorize",
            "token_endpoint": f"{issuer}/oauth/token",
            "revocation_endpoint": f"{issuer}/oauth/revoke",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": True,
        }

    return [show, agree, token, revoke, metadata]
