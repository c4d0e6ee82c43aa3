"""HTTP routes of accounts: sign in and out, sessions, tokens, the way to another host name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath

from homeroom.client_address import client_address, warn_of_unnamed_proxy
from homeroom.errors import Forbidden
from homeroom_tenants.refusals import HOST_OF_SCHOOL_NEEDED

from .bodies import NO_STORE, body_of
from .credential_store import ApiToken, OpenSession
from .cross_site import check_origin
from .devices import DEVICE_COOKIE, DEVICE_SECONDS
from .invitation_routes import invitation_routes
from .lifetimes import clear_cookie, set_cookie
from .mail_routes import mail_routes
from .notices import PASSWORD_CHANGED, TOKEN_ISSUED, tell_owner
from .own_account import own_account_routes
from .page_routes import page_routes
from .page_sign_in_routes import page_sign_in_routes
from .request_head import RequestHead
from .signing_in import SignIn
from .standing import Standing

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["Arrival", "Code", "Credentials", "HandOver", "LookedAt", "NewPassword", "Reset", "TokenRequest", "routes"]


#: Signs of a token's title in a notice.
_SHOWN = 100


#: What the browser has kept of pages must not be found by the next person at the same computer. Cookies stay: they hold
#: the language, and that the browser is known.
CLEAR_PAGES: Final = {"Clear-Site-Data": '"cache", "storage"'}


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody signs in with."""

    login: str
    password: str


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The old password proves that it is still the same person.

    Args:
        old: The old password.
        new: The new one.
        keep: Ids of API tokens that go on; the others end.
    """

    old: str
    new: str
    keep: list[UUID] = []


class Reset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code that stands for the old password."""

    code: str
    new: str


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new API token is for; it will speak in the space that the request selects.

    Args:
        title: What it is for.
        password: The account's, since a token outlives the session.
    """

    title: str
    password: str | None = None


class Password(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The account's password, sent once more."""

    password: str | None = None


class HandOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The short name of the space to go to."""

    space: str


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time code."""

    code: str


class LookedAt(msgspec.Struct, frozen=True):
    """Whose account a code opens, and the code that has taken its place."""

    code: str
    login: str
    name: str


class SpaceOfMine(msgspec.Struct, frozen=True):
    """A space that somebody holds a role in."""

    slug: str
    name: str
    kind: str
    host: str
    roles: list[str]


class Arrival(msgspec.Struct, frozen=True):
    """Who is signed in, and where they may go."""

    login: str
    name: str
    spaces: list[SpaceOfMine]


class _Arrivals:
    def __init__(self, host: Host, directory: TenantDirectory) -> None:
        self._host = host
        self._directory = directory

    async def of(self, standing: Standing) -> Arrival:
        """What the account may know of itself."""
        now = self._host.clock()
        spaces = []
        for known in (await self._directory.known()).by_slug.values():
            holds = standing.in_force(known.space.id, now)
            if holds.roles:
                host = f"{known.space.slug}.{self._host.settings.base_domain}"
                spaces.append(
                    SpaceOfMine(known.space.slug, known.space.name, known.space.kind, host, sorted(holds.roles))
                )
        return Arrival(standing.account.login, standing.account.name, spaces)


def routes(host: Host, directory: TenantDirectory) -> list[ControllerRouterHandler]:
    """The routes over one host's directory."""
    signing = SignIn(host, directory)
    arrivals = _Arrivals(host, directory)

    async def opened(token: str, standing: Standing) -> Response[Arrival]:
        return Response(
            await arrivals.of(standing), headers={**NO_STORE, "Set-Cookie": set_cookie(token)}, status_code=200
        )

    def remember(answer: Response[Any], login: str) -> None:
        answer.set_cookie(
            key=DEVICE_COOKIE,
            value=signing.devices.new(login),
            max_age=DEVICE_SECONDS,
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )

    def address_of(request: Request[Any, Any, Any]) -> str:
        warn_of_unnamed_proxy(request.scope, host.settings)
        return client_address(request.scope, host.settings)

    async def from_here(request: Request[Any, Any, Any]) -> RequestHead:
        # There is no cookie yet that another site could use; but it could sign somebody in as somebody else.
        head = RequestHead.of(request.scope)
        if head.origin is not None:
            check_origin(head.origin, directory.requests.own_origins(head))
        return head

    @post("/auth/login", status_code=200)
    async def login(request: Request[Any, Any, Any]) -> Response[Arrival]:
        """Open a session; the answer sets its cookie."""
        data = await body_of(request, Credentials)
        head = await from_here(request)
        token, standing = await signing.sign_in(
            data.login, data.password, agent=head.agent or "", address=address_of(request), cookies=head.cookie
        )
        answer = await opened(token, standing)
        remember(answer, standing.account.login)
        return answer

    @post("/auth/enter", status_code=200)
    async def enter(request: Request[Any, Any, Any]) -> Response[Arrival]:
        """Open a session with a one-time code, at the host name that the code is for."""
        data = await body_of(request, Code)
        head = await from_here(request)
        known, _ = await directory.requests.selected(head)
        if known is None:
            raise Forbidden(HOST_OF_SCHOOL_NEEDED)
        token, standing = await signing.enter(
            data.code, known.space.id, agent=head.agent or "", address=address_of(request)
        )
        return await opened(token, standing)

    @post("/auth/enter/look", status_code=200)
    async def look(request: Request[Any, Any, Any]) -> Response[LookedAt]:
        """Whose session a one-time code would open here; the answer has the code that takes its place."""
        data = await body_of(request, Code)
        known, _ = await directory.requests.selected(await from_here(request))
        if known is None:
            raise Forbidden(HOST_OF_SCHOOL_NEEDED)
        code, standing = await signing.look(data.code, known.space.id)
        return Response(LookedAt(code, standing.account.login, standing.account.name), headers=NO_STORE)

    @post("/auth/handover", status_code=200)
    async def hand_over(request: Request[Any, Any, Any]) -> Response[Code]:
        """A one-time code for another of the account's spaces."""
        data = await body_of(request, HandOver)
        standing = await directory.requests.signed_in(request.scope)
        return Response(Code(await signing.hand_over(standing, data.space)), headers=NO_STORE)

    @post("/auth/logout", status_code=200)
    async def logout(request: Request[Any, Any, Any]) -> Response[dict[str, int]]:
        """End this session and take its cookie away."""
        ended = await signing.sign_out(await directory.requests.signed_in(request.scope))
        headers = {**NO_STORE, **CLEAR_PAGES, "Set-Cookie": clear_cookie()}
        return Response({"ended": ended}, headers=headers)

    @get("/auth/session")
    async def session(request: Request[Any, Any, Any]) -> Response[Arrival]:
        """Who is signed in, and where they may go."""
        return Response(await arrivals.of(await directory.requests.signed_in(request.scope)), headers=NO_STORE)

    @post("/auth/confirm", status_code=204)
    async def confirm(request: Request[Any, Any, Any]) -> None:
        """Give the password once more, so that this session may do what needs a recent proof of it."""
        data = await body_of(request, Password)
        await signing.confirm(await directory.requests.signed_in(request.scope), data.password)

    @get("/auth/sessions")
    async def sessions(request: Request[Any, Any, Any]) -> Response[list[OpenSession]]:
        """The account's living sessions, the newest first."""
        return Response(await signing.sessions(await directory.requests.signed_in(request.scope)), headers=NO_STORE)

    @delete("/auth/sessions", status_code=200)
    async def end_others(request: Request[Any, Any, Any]) -> Response[dict[str, int]]:
        """End all of the account's sessions but this one."""
        standing = await directory.requests.signed_in(request.scope)
        return Response({"ended": await signing.sign_out(standing, others=True)}, headers=NO_STORE)

    @delete("/auth/sessions/{session_id:uuid}", status_code=204)
    async def end_session(request: Request[Any, Any, Any], session_id: FromPath[UUID]) -> None:
        """End one of the account's sessions."""
        await signing.end_session(await directory.requests.signed_in(request.scope), session_id)

    @post("/auth/password", status_code=204)
    async def password(request: Request[Any, Any, Any]) -> None:
        """Change the password; the account's other sessions end, and its API tokens but those that are named."""
        data = await body_of(request, NewPassword)
        standing = await directory.requests.signed_in(request.scope)
        await signing.change_password(standing, data.old, data.new, kept_tokens=data.keep)
        known, _ = await directory.requests.selected(RequestHead.of(request.scope))
        here = known.space if known is not None else None
        await tell_owner(PASSWORD_CHANGED, host, directory, standing.account.id, here)

    @post("/auth/reset", status_code=204)
    async def reset(request: Request[Any, Any, Any]) -> Response[None]:
        """Choose a new password by a one-time code; sessions and API tokens end, and this browser is known."""
        data = await body_of(request, Reset)
        known, _ = await directory.requests.selected(await from_here(request))
        account, login = await signing.reset_password(data.code, data.new, address=address_of(request))
        await tell_owner(PASSWORD_CHANGED, host, directory, account, known.space if known is not None else None)
        answer = Response(None, status_code=204)
        remember(answer, login)
        return answer

    @get("/auth/tokens")
    async def tokens(request: Request[Any, Any, Any]) -> Response[list[ApiToken]]:
        """The account's API tokens, the newest first; not their secrets."""
        return Response(await signing.tokens(await directory.requests.signed_in(request.scope)), headers=NO_STORE)

    @post("/auth/tokens", status_code=201)
    async def issue_token(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        """A new API token for the selected space; this answer alone shows it."""
        data = await body_of(request, TokenRequest)
        standing = await directory.requests.signed_in(request.scope)
        caller = await directory.authenticate(request.scope)
        await signing.prove(standing, data.password)
        token = await directory.issue_token(standing.account.id, caller.space.id, title=data.title)
        title = data.title.strip()[:_SHOWN]
        await tell_owner(TOKEN_ISSUED, host, directory, standing.account.id, caller.space, title=title)
        return Response({"token": token}, headers=NO_STORE, status_code=201)

    @delete("/auth/tokens/{token_id:uuid}", status_code=204)
    async def revoke_token(request: Request[Any, Any, Any], token_id: FromPath[UUID]) -> None:
        """Revoke one of the account's API tokens, at once and everywhere."""
        await signing.revoke_token(await directory.requests.signed_in(request.scope), token_id)

    return [
        login, enter, look, hand_over, logout, confirm, session, sessions, end_others, end_session, password, reset,
        tokens, issue_token, revoke_token,
        *mail_routes(host, directory, signing), *own_account_routes(host, directory),
        *invitation_routes(host, directory), *page_sign_in_routes(host, directory), *page_routes(),
    ]  # fmt: skip
