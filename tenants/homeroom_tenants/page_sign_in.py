"""Sign-in for pages of listed origins: the authorization code grant with PKCE (RFC 6749, RFC 7636, RFC 9700).

A page of another site has no cookie here. It sends the browser to our own page, where somebody signs in and agrees. The
browser comes back with a one-time code, and the page exchanges it, with the secret that it kept, for an access token.
The token is good for one school, for minutes, and from that origin alone. A refresh token gets the next ones; each is
good once, and one that is shown twice ends them all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from homeroom.errors import Forbidden, Refusal
from homeroom.refusals import ONE_OF, TOO_LONG
from homeroom_tenants.refusals import CHALLENGE_FORMAT, CLIENT_ORIGIN, NO_SUCH_SCHOOL, ORIGIN_UNKNOWN

from .cross_site import is_origin
from .lifetimes import ABSOLUTE, IDLE
from .logins import storable
from .page_store import PageGrant, PageStore
from .signing_in import LONGEST_AGENT
from .standing import Standing
from .tokens import digest, kind_of, new_token

if TYPE_CHECKING:
    from homeroom.host import Host

    from .cache import KnownSpace
    from .directory import TenantDirectory

__all__ = ["ACCESS", "CODE", "GrantRefused", "PageRequest", "PageSignIn", "PageTokens"]

#: A page exchanges its code at once.
CODE: Final = timedelta(seconds=60)
#: An access token ends so long after it was made.
ACCESS: Final = timedelta(minutes=10)

#: An absolute URI without a fragment; what precedes the path is looked up among the listed origins as it is.
_REDIRECT: Final = re.compile(r"(https?://[a-z0-9.:\[\]-]+)(?:[/?][!$-;=?-\[\]_a-z~]*)?")
_LONGEST_REDIRECT: Final = 1000
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LONGEST_STATE: Final = 2000


class PageRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks for, by the names of RFC 6749, 4.1.1, and RFC 7636, 4.3.

    Args:
        response_type: `code`.
        client_id: The page's origin.
        redirect_uri: A page of that origin.
        code_challenge: The SHA-256 of the page's secret in base64url.
        code_challenge_method: `S256`.
        state: What the page wants to have back.
    """

    response_type: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    state: str | None = None


class PageTokens(msgspec.Struct, frozen=True):
    """What a page gets (RFC 6749, 5.1); times in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - the scheme's name


class GrantRefused(Exception):  # noqa: N818 - the standard's word is a refusal of a grant
    """A page gets no tokens.

    Args:
        error: A code of RFC 6749, 5.2.
        reason: Why, for the page's author.
    """

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(reason)
        self.error = error


def challenge_of(verifier: str) -> str:
    """The challenge that belongs to a secret by the method S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class PageSignIn:
    """Gives codes and tokens to pages.

    Args:
        host: The host.
        directory: Its directory.
    """

    def __init__(self, host: Host, directory: TenantDirectory) -> None:
        self._host = host
        self._directory = directory
        self._store: PageStore = directory.pages

    def check(self, known: KnownSpace, asked: PageRequest) -> str:
        """Makes sure that a page may ask in this space; gives its origin.

        Raises:
            Refusal: Naming the parameter.
        """
        found = _REDIRECT.fullmatch(asked.redirect_uri[: _LONGEST_REDIRECT + 1])
        origin = found[1] if found is not None and len(asked.redirect_uri) <= _LONGEST_REDIRECT else ""
        if not is_origin(origin) or origin not in known.origins:
            raise Refusal(ORIGIN_UNKNOWN, "redirect_uri")
        if asked.client_id != origin:
            raise Refusal(CLIENT_ORIGIN, "client_id")
        if asked.response_type != "code":
            raise Refusal(ONE_OF, "response_type", options=["code"])
        if asked.code_challenge_method != "S256":
            raise Refusal(ONE_OF, "code_challenge_method", options=["S256"])
        if not _CHALLENGE.fullmatch(asked.code_challenge):
            raise Refusal(CHALLENGE_FORMAT, "code_challenge")
        if asked.state is not None and len(asked.state) > _LONGEST_STATE:
            raise Refusal(TOO_LONG, "state", most=_LONGEST_STATE)
        return origin

    async def give_code(
        self, known: KnownSpace, standing: Standing, asked: PageRequest, *, issuer: str, agent: str, address: str
    ) -> str:
        """Where the browser is sent with a one-time code, after somebody agreed.

        Args:
            known: Where.
            standing: Who agreed.
            asked: What the page asks for.
            issuer: Our own origin (RFC 9207).
            agent: The browser, for the list of sessions.
            address: The network address, for the list of sessions.

        Raises:
            Refusal: See :meth:`check`.
            Forbidden: The account holds nothing in this space.
        """
        origin, now = self.check(known, asked), self._host.clock()
        # A page is signed in no longer than the session that let it in: nobody stays for ever by moving from one to the
        # other.
        began = standing.session.created_at if standing.session else now
        code = new_token("code")
        if not standing.in_force(known.space.id, now).roles or not await self._store.open_grant(
            known.space.id,
            digest(code),
            standing.account.id,
            origin=origin,
            redirect_uri=asked.redirect_uri,
            challenge=asked.code_challenge,
            agent=storable(agent[:LONGEST_AGENT]),
            address=address,
            began_at=began,
            expires_at=now + CODE,
            made_since=now - ABSOLUTE,
        ):
            raise Forbidden(NO_SUCH_SCHOOL)
        return self.back(asked, issuer, code=code)

    @staticmethod
    def back(asked: PageRequest, issuer: str, **answer: str) -> str:
        """Where the browser is sent with an answer (RFC 6749, 4.1.2)."""
        if asked.state is not None:
            answer["state"] = asked.state
        joined = "&" if "?" in asked.redirect_uri else "?"
        return f"{asked.redirect_uri}{joined}{urlencode({**answer, 'iss': issuer})}"

    async def exchange(self, known: KnownSpace, origin: str, code: str, verifier: str, redirect_uri: str) -> PageTokens:
        """Tokens for a code.

        Args:
            known: Where.
            origin: Of the page that asks.
            code: From :meth:`give_code`.
            verifier: The secret that the page kept.
            redirect_uri: The same as before.

        Raises:
            GrantRefused: The code is used, too old or not this page's.
        """
        grant = await self._taken(known, origin, code, "code")
        proved = _VERIFIER.fullmatch(verifier) and hmac.compare_digest(challenge_of(verifier), grant.challenge)
        if not proved or redirect_uri != grant.redirect_uri:
            raise GrantRefused("invalid_grant", "the code is for another page")
        return await self._tokens(grant)

    async def refresh(self, known: KnownSpace, origin: str, token: str) -> PageTokens:
        """New tokens for a refresh token, which is used up. Raises GrantRefused."""
        return await self._tokens(await self._taken(known, origin, token, "refresh"))

    async def end(self, origin: str, token: str) -> None:
        """Signs a page out that shows one of its tokens; one that is unknown is no error (RFC 7009, 2.2)."""
        if kind_of(token) not in ("access", "refresh"):
            return
        account = await self._store.end(digest(token), origin, self._host.clock())
        if account is not None:
            self._directory.changed_account(account)

    async def _taken(self, known: KnownSpace, origin: str, secret: str, kind: str) -> PageGrant:
        assert kind in ("code", "refresh")
        now, grant = self._host.clock(), None
        if kind_of(secret) == kind:
            grant = await self._store.take(digest(secret), kind, now)  # type: ignore[arg-type]
        if grant is None or grant.space != known.space.id or grant.origin != origin:
            raise GrantRefused("invalid_grant", "it was used, is too old or belongs elsewhere: sign in again")
        if now >= grant.created_at + ABSOLUTE or not await self._holds(grant.account, known.space.id):
            raise GrantRefused("invalid_grant", "this sign-in has ended: sign in again")
        return grant

    async def _holds(self, account: UUID, space: UUID) -> bool:
        standing = await self._directory.store.standing(account)
        return standing is not None and bool(standing.in_force(space, self._host.clock()).roles)

    async def _tokens(self, grant: PageGrant) -> PageTokens:
        access, refresh, now = new_token("access"), new_token("refresh"), self._host.clock()
        end = grant.created_at + ABSOLUTE
        access_end = min(now + ACCESS, end)
        await self._store.add_tokens(
            grant.id,
            access=digest(access),
            access_expires_at=access_end,
            refresh=digest(refresh),
            refresh_expires_at=min(now + IDLE, end),
            at=now,
        )
        return PageTokens(access, refresh, int((access_end - now).total_seconds()))
