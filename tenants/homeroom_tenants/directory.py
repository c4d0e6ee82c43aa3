"""The directory: who sends a request, to which space, and what they may do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from homeroom.callers import Caller, Space
from homeroom.database.ids import new_id
from homeroom.errors import Forbidden, Invalid, NotFound, Unauthenticated
from homeroom.permissions import Access, Rule

from .cache import Cache, Credential, KnownSpace, KnownSpaces, Verdict
from .cross_site import check_request, own_origin
from .hosts import select
from .lifetimes import TOUCH, SessionTimes
from .listener import Listener
from .logins import checked_login, checked_name
from .passwords import Passwords, check_password
from .request_head import RequestHead, fingerprint
from .space_maker import SpaceMaker
from .space_registry import find_by_host, known_spaces
from .standing import DatedRole, InForce, Standing
from .store import Store
from .tokens import digest, kind_of, new_token

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["TenantDirectory"]

#: Compiled permissions kept: one for each set of plugins, own rules and roles.
_ACCESSES: Final = 4096
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_NOT_YOURS: Final = "there is no such school, or you have nothing to do with it"


class TenantDirectory:
    """Spaces, accounts and memberships; see :class:`homeroom.directory.Directory`.

    A request whose credential was seen before costs no statement: session, space and permissions are
        remembered as long
    as changes are heard.

    Args:
        host: The host, its database not yet open.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.store = Store(host.database)
        self.passwords = Passwords(host.settings.password_hashers)
        self._listener = Listener(host.database.url, changed=self._changed, deaf=self._deaf)
        self._cache = Cache(lambda: self._listener.hearing)
        self._accesses: dict[tuple[frozenset[str], tuple[Rule, ...], frozenset[str]], Access] = {}
        self._maker = SpaceMaker(host, self.store)

    async def start(self) -> None:
        """Begins to listen for changes."""
        await self._listener.start()

    async def stop(self) -> None:
        """Ends listening; forgets everything."""
        await self._listener.stop()
        self._cache.forget()
        self.passwords.close()

    def _changed(self, what: str) -> None:
        self._cache.changed(what)

    def _deaf(self) -> None:
        self._cache.forget()

    # Requests ------------------------------------------------------------------------------------------

    async def authenticate(self, scope: Mapping[str, Any]) -> Caller:
        """Who sent an HTTP request, and to which space.

        Args:
            scope: The ASGI connection scope.

        Raises:
            Unauthenticated: Nobody is signed in, or the session or token has ended.
            Forbidden: The caller has nothing to do with the selected space (or there is none), or the
                request may have been forged by another site.
        """
        asked = fingerprint(scope)
        seen = self._cache.verdict(asked)
        if seen is not None and self._host.clock() < seen.until:
            return seen.caller
        head = RequestHead.of(scope)
        generation = self._cache.generation
        known, selected = await self.selected(head)
        credential, via = await self._credential(head, known)
        of_token = credential.standing.session.space if credential.standing.session else None
        if of_token is not None:
            if selected and (known is None or known.space.id != of_token):
                raise Forbidden(_NOT_YOURS)
            known = (await self.known()).by_id.get(of_token)
        elif not selected:
            raise Forbidden("say which school: by its host name or by X-Homeroom-Tenant")
        if known is None:
            raise Forbidden(_NOT_YOURS)
        now = self._host.clock()
        caller, until = self._caller(known, credential.standing, now, via)
        ends = [self._looked_at_again(credential, via), *([until] if until is not None else ())]
        self._cache.keep_verdict(asked, Verdict(caller, min(ends), generation), credential)
        return caller

    def _looked_at_again(self, credential: Credential, via: Literal["session", "token"]) -> datetime:
        """When the clock alone makes the credential's state another: it ends, or its use is written down."""
        if via == "session":
            times = self._times(credential)
            return min(times.ends_at, times.last_seen_at + TOUCH)
        session = credential.standing.session
        ends = session.expires_at if session is not None else None
        return ends if ends is not None else _NEVER

    async def signed_in(self, scope: Mapping[str, Any]) -> Standing:
        """Whose session a request carries, in no particular space.

        Raises:
            Unauthenticated: None, or it has ended; API tokens do not count here.
            Forbidden: The request may have been forged by another site.
        """
        head = RequestHead.of(scope)
        known, _ = await self.selected(head)
        credential, via = await self._credential(head, known)
        if via != "session":
            raise Unauthenticated("sign in; an API token is not enough for this")
        return credential.standing

    async def selected(self, head: RequestHead) -> tuple[KnownSpace | None, bool]:
        """The space that a request selects, and whether it selects any.

        Raises:
            BadHost, BadSelection: See :func:`homeroom_tenants.hosts.select`.
        """
        spaces = await self.known()
        base = self._host.settings.base_domain
        chosen, known = select(
            head.host,
            head.tenant,
            by_host=lambda name: find_by_host(spaces, name, base),
            by_slug=spaces.by_slug.get,
        )
        return known, chosen

    def allowed_origins(self, head: RequestHead, known: KnownSpace | None) -> frozenset[str]:
        """The origins that may speak for people here: our own, and those that the space lists."""
        own = {own_origin(self._host.settings.public_scheme, head.host)} if head.host else set()
        return frozenset(own) | (known.origins if known is not None else frozenset())

    async def _credential(
        self, head: RequestHead, known: KnownSpace | None
    ) -> tuple[Credential, Literal["session", "token"]]:
        token = head.bearer()
        if token is not None:
            if kind_of(token) != "token":
                raise Unauthenticated("this is no API token")
            return await self._token(digest(token)), "token"
        token = head.session_token()
        if token is None:
            raise Unauthenticated("sign in first")
        check_request(
            head.method,
            origin=head.origin,
            content_type=head.content_type,
            csrf=head.csrf,
            allowed=self.allowed_origins(head, known),
        )
        return await self._session(digest(token)), "session"

    async def _session(self, key: bytes) -> Credential:
        now = self._host.clock()
        credential = self._cache.credential(key)
        if credential is None or not self._alive(credential, now):
            # Another process may have written down a later use: only the database's word ends a session.
            credential = await self._load(key, await self._fresh_session(key))
        if not self._alive(credential, now):
            self._cache.drop_credential(key)
            raise Unauthenticated("your session has ended; sign in again")
        session = credential.standing.session
        if session is not None and self._times(credential).wants_touch(now):
            credential.last_seen_at = now
            await self.store.touch_session(session.id, now)
        return credential

    async def _token(self, key: bytes) -> Credential:
        credential = self._cache.credential(key)
        if credential is None:
            generation = self._cache.generation
            standing = await self.store.token_standing(key)
            credential = await self._load(key, (standing, generation))
        session = credential.standing.session
        if session is None or (session.expires_at is not None and session.expires_at <= self._host.clock()):
            raise Unauthenticated("this API token has ended")
        return credential

    async def _fresh_session(self, key: bytes) -> tuple[Standing | None, int]:
        generation = self._cache.generation
        return await self.store.session_standing(key), generation

    async def _load(self, key: bytes, found: tuple[Standing | None, int]) -> Credential:
        standing, generation = found
        if standing is None or standing.session is None:
            raise Unauthenticated("your session or token has ended; sign in again")
        credential = Credential(key, standing, standing.session.last_seen_at)
        self._cache.keep_credential(credential, generation)
        return credential

    def _times(self, credential: Credential) -> SessionTimes:
        session = credential.standing.session
        assert session is not None  # a credential is made from a session or token alone
        return SessionTimes(session.created_at, credential.last_seen_at)

    def _alive(self, credential: Credential, now: datetime) -> bool:
        return self._times(credential).alive(now)

    # Callers -------------------------------------------------------------------------------------------

    def _caller(
        self, known: KnownSpace, standing: Standing, now: datetime, via: Literal["session", "token", "job"]
    ) -> tuple[Caller, datetime | None]:
        holds = standing.in_force(known.space.id, now)
        if not holds.roles:
            raise Forbidden(_NOT_YOURS)
        return Caller(
            space=known.space,
            account=standing.account.id,
            persons=holds.persons,
            roles=holds.roles,
            access=replace(self._access(known, holds), valid_until=holds.until),
            login=standing.account.login,
            via=via,
        ), holds.until

    def _access(self, known: KnownSpace, holds: InForce) -> Access:
        key = (known.space.plugins, known.rules, holds.roles)
        access = self._accesses.get(key)
        if access is None:
            access = self._host.compile_access(known.space.plugins, holds.roles, known.rules)
            if len(self._accesses) >= _ACCESSES:
                self._accesses.clear()
            self._accesses[key] = access
        return access

    async def caller(self, space: UUID, account: UUID) -> Caller:
        """An account in a space as it stands now, for jobs. Raises Forbidden if it is no member (any more)."""
        standing = await self.store.standing(account)
        known = (await self._fresh_spaces()).by_id.get(space)
        if standing is None or known is None:
            raise Forbidden(_NOT_YOURS)
        caller, _ = self._caller(known, standing, self._host.clock(), "job")
        return caller

    # Spaces --------------------------------------------------------------------------------------------

    async def known(self) -> KnownSpaces:
        """All spaces, remembered where that is safe."""
        return self._cache.spaces or await self._fresh_spaces()

    async def _fresh_spaces(self) -> KnownSpaces:
        generation = self._cache.generation
        spaces = known_spaces(await self.store.spaces(), self._host.registry)
        self._cache.keep_spaces(spaces, generation)
        return spaces

    async def space(self, slug: str) -> Space:
        """A space by its slug. Raises NotFound."""
        known = (await self.known()).by_slug.get(slug)
        if known is None:
            raise NotFound(f"there is no space {slug!r}", field="slug")
        return known.space

    async def spaces(self) -> Sequence[Space]:
        """All spaces, by slug."""
        return [known.space for known in (await self.known()).by_slug.values()]

    async def create_space(
        self,
        *,
        slug: str,
        name: str,
        region: str,
        kind: Literal["school", "district"] = "school",
        plugins: Sequence[str] | None = None,
    ) -> Space:
        """Create a space from a region's preset; whole or not at all. Raises Invalid."""
        space = await self._maker.create(slug=slug, name=name, region=region, kind=kind, plugins=plugins)
        self._changed(f"space:{space.id}")
        return space

    async def set_plugins(self, space: UUID, plugins: Sequence[str]) -> Space:
        """Switch plugins on and off; what they require goes with them. Hidden rows are kept."""
        await self._maker.set_plugins(space, plugins)
        self._changed(f"space:{space}")
        return (await self._by_id(space)).space

    async def join_district(self, space: UUID, district: UUID | None) -> None:
        """Put a school into a district, or into none. Raises Invalid unless the two are a school and a district."""
        if not await self.store.set_district(space, district):
            raise Invalid("a school joins a district", field="district")
        self._changed(f"space:{space}")

    async def add_host(self, space: UUID, host: str) -> None:
        """Let a space answer at a further host name. Raises Invalid if another space does."""
        if not await self.store.add_host(space, host):
            raise Invalid(f"the host name {host!r} is taken", field="host")
        self._changed(f"space:{space}")

    async def _by_id(self, space: UUID) -> KnownSpace:
        known = (await self.known()).by_id.get(space)
        if known is None:
            raise NotFound("there is no such space", field="space")
        return known

    # Accounts ------------------------------------------------------------------------------------------

    async def create_account(self, *, login: str, name: str, password: str | None = None) -> UUID:
        """Create a global account. Raises Invalid naming ``login``, ``name`` or ``password``."""
        login, name = checked_login(login), checked_name(name)
        hashed = None
        if password is not None:
            check_password(password, login)
            hashed = await self.passwords.hash(password)
        account = new_id()
        if not await self.store.create_account(account, login, name, hashed, self._host.clock()):
            raise Invalid(f"the login {login!r} is taken", field="login")
        return account

    async def set_password(self, account: UUID, login: str, password: str) -> None:
        """Give an account another password; all its sessions end. Raises Invalid naming ``password``."""
        check_password(password, login)
        await self.store.set_password(account, await self.passwords.hash(password))
        await self.store.end_sessions(account, self._host.clock())
        self._changed(f"account:{account}")

    async def disable_account(self, account: UUID) -> None:
        """Close an account: its sessions and tokens are worth nothing from now on. Raises NotFound."""
        if not await self.store.disable_account(account, self._host.clock()):
            raise NotFound("there is no such account, or it is closed", field="account")
        self._changed(f"account:{account}")

    async def add_member(
        self,
        space: UUID,
        account: UUID,
        *,
        roles: Sequence[str],
        person: UUID | None = None,
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> None:
        """Make an account a member of a space, once per person it stands for; repeating replaces the roles.

        Raises:
            Invalid: Naming ``roles`` or ``account``.
        """
        self.check_roles((await self._by_id(space)).space, roles)
        if await self.store.standing(account) is None:
            raise Invalid("there is no such account", field="account")
        dates = DatedRole("", valid_from, valid_until)
        await self.store.add_member(space, account, person, list(roles), dates, self._host.clock())
        self._changed(f"account:{account}")

    def check_roles(self, space: Space, roles: Sequence[str]) -> None:
        """Makes sure that all roles exist in a space. Raises Invalid naming ``roles``."""
        known = self._host.variant(space.plugins).roles
        unknown = sorted(set(roles) - known.keys())
        if unknown or not roles:
            told = f"there is no role {unknown[0]!r} here" if unknown else "name at least one role"
            raise Invalid(told, field="roles")

    async def issue_token(self, account: UUID, space: UUID, *, title: str, expires_at: datetime | None = None) -> str:
        """A revocable API token for one account in one space; the only time that it is shown.

        Raises:
            Invalid: The account has nothing to do with the space, or the title is empty.
        """
        if not title.strip():
            raise Invalid("say what the token is for", field="title")
        token = new_token("token")
        if not await self.store.issue_token(
            space, digest(token), account, title=title.strip(), at=self._host.clock(), expires_at=expires_at
        ):
            raise Invalid("the account has nothing to do with this space", field="account")
        return token

    def changed_account(self, account: UUID) -> None:
        """Forgets what is remembered of an account, after a commit and before the notice of it comes."""
        self._changed(f"account:{account}")

    def forget_account(self, account: UUID) -> None:
        """To be called by a command that changes what an account holds, before its commit."""
        self._cache.distrust(f"account:{account}")

    def forget_space(self, space: UUID) -> None:
        """To be called by a command that changes a space, before its commit."""
        self._cache.distrust(f"space:{space}")
