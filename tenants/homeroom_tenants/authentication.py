"""Who sends a request: its head against what the directory knows.

A request whose head was seen before costs no statement: session, space and permissions are remembered as long as
changes are received.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from homeroom.callers import Caller
from homeroom.errors import Forbidden, Unauthenticated
from homeroom.origins import open_to_listed_origins
from homeroom.requests import note_caller
from homeroom_tenants.refusals import (
    NAME_THE_SCHOOL,
    NO_API_TOKEN,
    NO_SUCH_SCHOOL,
    SESSION_ENDED,
    SESSION_NEEDED,
    TOKEN_ENDED,
)

from .cache import Cache, Credential, KnownSpace, KnownSpaces, Verdict
from .caller_maker import CallerMaker
from .credential_store import CredentialStore
from .cross_site import check_origin, check_request, own_origin
from .hosts import host_name, select
from .lifetimes import TOUCH, SessionTimes
from .page_store import PageStore
from .request_head import RequestHead, fingerprint
from .space_registry import find_by_host
from .standing import Standing
from .tokens import digest, kind_of

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["Authentication"]

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Authentication:
    """Finds out who asks, and in which space.

    Args:
        host: The host.
        store: The directory's functions about credentials.
        pages: Those about sign-ins of pages of other origins.
        cache: What this process remembers.
        callers: Makes callers.
        known: Gives all spaces.
    """

    def __init__(
        self,
        host: Host,
        store: CredentialStore,
        pages: PageStore,
        cache: Cache,
        callers: CallerMaker,
        known: Callable[[], Awaitable[KnownSpaces]],
    ) -> None:
        self._host = host
        self._store = store
        self._pages = pages
        self._cache = cache
        self._callers = callers
        self._known = known

    async def authenticate(self, scope: Mapping[str, Any], *, used: bool = True) -> Caller:
        """Who sent an HTTP request, and to which space.

        Args:
            scope: The ASGI connection scope.
            used: Whether this counts as a use of the session, which keeps it alive.

        Raises:
            Unauthenticated: Nobody is signed in, or the session or token has ended.
            Forbidden: The caller has nothing to do with the selected space (or there is none), or the
                request may have been forged by another site.
        """
        asked = fingerprint(scope)
        seen = self._cache.verdict(asked)
        if seen is not None and self._host.clock() < seen.until:
            note_caller(seen.caller.space.slug, seen.credential)
            return seen.caller
        head = RequestHead.of(scope)
        generation = self._cache.generation
        known, selected = await self.selected(head)
        own, to_listed = self.own_origins(head), open_to_listed_origins(scope.get("route_handler"))
        allowed = own | known.origins if known is not None and to_listed else own
        credential, via = await self._credential(head, allowed, used=used)
        of_token = credential.standing.session.space if credential.standing.session else None
        if of_token is not None:
            if selected and (known is None or known.space.id != of_token):
                raise Forbidden(NO_SUCH_SCHOOL)
            known = (await self._known()).by_id.get(of_token)
        elif not selected:
            raise Forbidden(NAME_THE_SCHOOL)
        if known is None:
            raise Forbidden(NO_SUCH_SCHOOL)
        self._check_page(credential, head, known.origins if to_listed else frozenset())
        now = self._host.clock()
        # Browsers name the origin of a request that comes from a page of elsewhere and may read the answer.
        own_page = via == "session" and (head.origin is None or head.origin in own)
        caller, until = self._callers.make(known, credential.standing, now, via, own_page=own_page)
        ends = [self._looked_at_again(credential, via), *([until] if until is not None else ())]
        session = credential.standing.session
        name = "" if session is None else str(session.id)
        note_caller(caller.space.slug, name)
        self._cache.keep_verdict(asked, Verdict(caller, min(ends), generation, name), credential)
        return caller

    @staticmethod
    def _check_page(credential: Credential, head: RequestHead, listed: frozenset[str]) -> None:
        """Makes sure that a page's token is used by its page, and where pages may work.

        Raises:
            CrossSite: It is not.
        """
        session = credential.standing.session
        if session is not None and session.origin is not None:
            check_origin(head.origin, listed & {session.origin})

    def _looked_at_again(self, credential: Credential, via: Literal["session", "token"]) -> datetime:
        """When the clock alone makes the credential's state another: it ends, or its use is written down."""
        if via == "session":
            times = self._times(credential)
            return min(times.ends_at, times.last_seen_at + TOUCH)
        session = credential.standing.session
        ends = session.expires_at if session is not None else None
        if session is not None and session.origin is not None and ends is not None:
            return ends
        return min(ends if ends is not None else _NEVER, credential.last_seen_at + TOUCH)

    async def signed_in(self, scope: Mapping[str, Any]) -> Standing:
        """Whose session a request carries, in no particular space.

        What belongs to the account is open to our own pages alone: an origin that one school lists must not act for
        the account in another.

        Raises:
            Unauthenticated: None, or it has ended; API tokens do not count here.
            Forbidden: The request may have been forged by another site.
            Failure: It comes from a page that was made for another account.
        """
        head = RequestHead.of(scope)
        credential, via = await self._credential(head, self.own_origins(head))
        if via != "session":
            raise Unauthenticated(SESSION_NEEDED)
        head.check_account(credential.standing.account.id)
        return credential.standing

    async def selected(self, head: RequestHead) -> tuple[KnownSpace | None, bool]:
        """The space that a request selects, and whether it selects any.

        Raises:
            BadHost, BadSelection: See :func:`homeroom_tenants.hosts.select`.
        """
        spaces = await self._known()
        base = self._host.settings.base_domain
        chosen, known = select(
            head.host,
            head.tenant,
            by_host=lambda name: find_by_host(spaces, name, base),
            by_slug=spaces.by_slug.get,
        )
        return known, chosen

    def own_origins(self, head: RequestHead) -> frozenset[str]:
        """The origin of the installation's own pages under this host name; empty without a Host header.

        Raises:
            BadHost: The Host header is malformed.
        """
        if not head.host:
            return frozenset()
        host_name(head.host)
        return frozenset({own_origin(self._host.settings.public_scheme, head.host)})

    async def _credential(
        self, head: RequestHead, allowed: frozenset[str], *, used: bool = True
    ) -> tuple[Credential, Literal["session", "token"]]:
        token = head.bearer()
        if token is not None:
            kind = kind_of(token)
            if kind == "access":
                return await self._shown(digest(token), self._pages.standing), "token"
            if kind != "token":
                raise Unauthenticated(NO_API_TOKEN)
            return await self._token(digest(token), used=used), "token"
        token = head.session_token()
        if token is None:
            raise Unauthenticated
        check_request(
            head.method,
            origin=head.origin,
            content_type=head.content_type,
            csrf=head.csrf,
            allowed=allowed,
        )
        return await self._session(digest(token), used=used), "session"

    async def _session(self, key: bytes, *, used: bool) -> Credential:
        now = self._host.clock()
        credential = self._cache.credential(key)
        if credential is None or not self._alive(credential, now):
            # Another process may have written down a later use: only the database's word ends a session.
            credential = await self._load(key, await self._fresh_session(key))
        if not self._alive(credential, now):
            self._cache.drop_credential(key)
            raise Unauthenticated(SESSION_ENDED)
        session = credential.standing.session
        if used and session is not None and self._times(credential).wants_touch(now):
            credential.last_seen_at = now
            await self._store.touch_session(session.id, now)
        return credential

    async def _shown(self, key: bytes, standing_of: Callable[[bytes], Awaitable[Standing | None]]) -> Credential:
        credential = self._cache.credential(key)
        if credential is None:
            generation = self._cache.generation
            credential = await self._load(key, (await standing_of(key), generation))
        session = credential.standing.session
        if session is None or (session.expires_at is not None and session.expires_at <= self._host.clock()):
            raise Unauthenticated(TOKEN_ENDED)
        return credential

    async def _token(self, key: bytes, *, used: bool) -> Credential:
        credential = await self._shown(key, self._store.token_standing)
        session, now = credential.standing.session, self._host.clock()
        if session is not None and used and (self._times(credential).wants_touch(now) or not credential.used):
            credential.last_seen_at, credential.used = now, True
            await self._store.touch_token(session.id, now)
        return credential

    async def _fresh_session(self, key: bytes) -> tuple[Standing | None, int]:
        generation = self._cache.generation
        return await self._store.session_standing(key), generation

    async def _load(self, key: bytes, found: tuple[Standing | None, int]) -> Credential:
        standing, generation = found
        if standing is None or standing.session is None:
            raise Unauthenticated(SESSION_ENDED)
        credential = Credential(key, standing, standing.session.last_seen_at, standing.session.used)
        self._cache.keep_credential(credential, generation)
        return credential

    def _times(self, credential: Credential) -> SessionTimes:
        session = credential.standing.session
        assert session is not None  # a credential is made from a session or token alone
        return SessionTimes(session.created_at, credential.last_seen_at)

    def _alive(self, credential: Credential, now: datetime) -> bool:
        return self._times(credential).alive(now)
