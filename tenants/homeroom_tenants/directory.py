"""The directory: who sends a request, to which space, and what they may do there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from homeroom.callers import Caller, Space
from homeroom.database.ids import new_id
from homeroom.errors import Forbidden, Refusal
from homeroom.languages import language_of
from homeroom.refusals import BAD_FORMAT, MISSING_ENTRIES, NOT_FOUND, REQUIRED, TAKEN
from homeroom_tenants.refusals import ACCOUNT_NOT_MEMBER, NO_SUCH_ROLE, NO_SUCH_SCHOOL, NO_SUCH_SPACE

from .authentication import Authentication
from .cache import Cache, KnownSpace, KnownSpaces
from .caller_maker import CallerMaker
from .credential_store import CredentialStore
from .districts import Districts
from .known_passwords import KnownPasswords
from .lifetimes import RESET, set_cookie
from .listener import Listener
from .logins import checked_login, checked_name, storable
from .page_store import PageStore
from .passwords import Passwords, is_hash
from .space_maker import SpaceMaker
from .space_registry import known_spaces
from .standing import DatedRole, Standing
from .store import Store
from .tokens import digest, new_token

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["TenantDirectory"]


class TenantDirectory:
    """Spaces, accounts and memberships; see :class:`homeroom.directory.Directory`.

    Args:
        host: The host, its database not yet open.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.store = Store(host.database)
        self.credentials = CredentialStore(host.database)
        self.pages = PageStore(host.database)
        self.passwords = Passwords(host.settings.password_hashers, KnownPasswords(host.settings.breached_passwords))
        self._listener = Listener(host.database.url, changed=self._changed, deaf=self._deaf)
        self._cache = Cache(lambda: self._listener.hearing)
        self._callers = CallerMaker(host)
        self._maker = SpaceMaker(host, self.store)
        self._districts = Districts(host, self.store)
        #: Finds out who sends a request.
        self.requests = Authentication(host, self.credentials, self.pages, self._cache, self._callers, self.known)

    async def start(self) -> None:
        """Begins to listen for changes."""
        await self._listener.start()

    async def stop(self) -> None:
        """Ends listening; forgets everything."""
        await self._listener.stop()
        self._cache.forget()
        self.passwords.close()

    @property
    def hearing(self) -> bool:
        """Whether changes by other processes are being received."""
        return self._listener.hearing

    @property
    def backend(self) -> int | None:
        """The process of PostgreSQL that serves the connection on which changes arrive, if there is one."""
        return self._listener.backend

    @property
    def generation(self) -> int:
        """Rises with every change that is received; for metrics."""
        return self._cache.generation

    def _changed(self, what: str) -> None:
        self._cache.changed(what)

    def _deaf(self) -> None:
        self._cache.forget()

    def authenticate(self, scope: Mapping[str, Any], *, used: bool = True) -> Coroutine[Any, Any, Caller]:
        """Who sent an HTTP request, and to which space; see :meth:`Authentication.authenticate`."""
        return self.requests.authenticate(scope, used=used)

    async def caller(self, space: UUID, account: UUID) -> Caller:
        """An account in a space as it is now, for jobs. Raises Forbidden if it is no member (any more)."""
        standing = await self.store.standing(account)
        known = (await self._fresh_spaces(space)).by_id.get(space)
        if standing is None or known is None:
            raise Forbidden(NO_SUCH_SCHOOL)
        caller, _ = self._callers.make(known, standing, self._host.clock(), "job")
        return caller

    async def callers_in_schools(self, scope: Mapping[str, Any], district: UUID) -> list[tuple[Space, Caller | None]]:
        """The schools of a district, by name, each with the sender of a request as a caller there.

        Nobody gets further by this than by signing in at the school.

        Args:
            scope: Of a request with a session.
            district: The district.

        Returns:
            The caller is none where the sender has no role in force, and where the school is not open.
        """
        standing = await self.requests.signed_in(scope)
        return [(known.space, caller) for known, caller in await self._in_schools(standing, district)]

    async def caller_in_schools(self, caller: Caller) -> list[tuple[KnownSpace, Caller | None]]:
        """The schools of a caller's district, by name, each with the same account as a caller there.

        Args:
            caller: In a district.

        Returns:
            The caller is none where the account has no role in force, where the school is not open, and everywhere for
            a caller who is no session of our own pages.
        """
        standing = None
        if caller.own_page and caller.account is not None:
            standing = await self.store.standing(caller.account)
        return await self._in_schools(standing, caller.space.id)

    async def _in_schools(self, standing: Standing | None, district: UUID) -> list[tuple[KnownSpace, Caller | None]]:
        now = self._host.clock()
        found: list[tuple[KnownSpace, Caller | None]] = []
        for known in (await self.known()).by_id.values():
            if known.district != district:
                continue
            caller = None
            if standing is not None:
                await asyncio.sleep(0)  # permissions of a school may have to be compiled: others take their turn
                with contextlib.suppress(Forbidden):
                    caller, _ = self._callers.make(known, standing, now, "session")
            found.append((known, caller))
        return sorted(found, key=lambda each: each[0].space.name.casefold())

    async def language(self, account: UUID) -> str | None:
        """The language that an account chose; none if it chose none."""
        return (await self.credentials.address_of(account)).language

    # Spaces --------------------------------------------------------------------------------------------

    async def known(self) -> KnownSpaces:
        """All spaces, remembered where that is safe."""
        return self._cache.spaces or await self._fresh_spaces()

    async def _fresh_spaces(self, *also: UUID) -> KnownSpaces:
        """All spaces; of those that are remembered, the ones that have changed are read, and those that are named."""
        generation = self._cache.generation
        closed = await self.store.closed_spaces()
        before, changed = self._cache.remembered
        if before is None:
            spaces = known_spaces(await self.store.spaces(), self._host.registry, closed)
        else:
            changed |= frozenset(also)
            rows = await self.store.spaces_named(changed)
            spaces = before.changed(changed, known_spaces(rows, self._host.registry, closed))
        self._cache.keep_spaces(spaces, generation)
        return spaces

    async def is_open(self, space: UUID) -> bool:
        """Whether a space is there, and neither suspended nor closed."""
        known = (await self.known()).by_id.get(space)
        return known is not None and known.space.state == "open"

    async def space(self, slug: str) -> Space:
        """A space by its slug. Raises Refusal."""
        known = (await self.known()).by_slug.get(slug)
        if known is None:
            raise Refusal(NO_SUCH_SPACE, "slug", slug=slug)
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
        """Create a space from a region's preset; whole or not at all. Raises Refusal."""
        made = await self._maker.create(slug=slug, name=name, region=region, kind=kind, plugins=plugins)
        self._changed(f"space:{made.id}")
        # What its plugins set up may belong to it, such as which reads it logs.
        return (await self._by_id(made.id)).space

    async def set_plugins(self, space: UUID, plugins: Sequence[str]) -> Space:
        """Switch plugins on and off, with what they require. Hidden rows are kept."""
        await self._maker.set_plugins(space, plugins)
        self._changed(f"space:{space}")
        return (await self._by_id(space)).space

    def locale_of(self, region: str, language: str) -> str:
        """The language tag of a language of the house in a region: that of its preset, if the preset speaks it."""
        tag = self._maker.preset(region).locale
        return tag if language_of(tag) == language else language

    async def join_district(self, space: UUID, district: UUID | None) -> None:
        """Put a school into a district, or into none; see :meth:`Districts.join`. Raises Refusal."""
        await self._districts.join(space, district)
        self._changed(f"space:{space}")

    async def add_host(self, space: UUID, host: str) -> None:
        """Let a space answer at a further host name. Raises Refusal if another space does."""
        if not await self.store.add_host(space, host):
            raise Refusal(TAKEN, "host", name=host)
        self._changed(f"space:{space}")

    async def _by_id(self, space: UUID) -> KnownSpace:
        known = (await self.known()).by_id.get(space)
        if known is None:
            raise Refusal(NOT_FOUND, "space")
        return known

    # Accounts ------------------------------------------------------------------------------------------

    async def create_account(
        self, *, login: str, name: str, password: str | None = None, password_hash: str | None = None
    ) -> UUID:
        """Create a global account; see :meth:`homeroom.directory.Directory.create_account`.

        Raises:
            Refusal: Naming ``login``, ``name``, ``password`` or ``password_hash``.
        """
        login, name = checked_login(login), checked_name(name)
        hashed = password_hash
        if hashed is not None and not is_hash(hashed):
            raise Refusal(BAD_FORMAT, "password_hash")
        if password is not None:
            hashed = await self.passwords.choose(password, login)
        account = new_id()
        if not await self.store.create_account(account, login, name, hashed, self._host.clock()):
            raise Refusal(TAKEN, "login", name=login)
        return account

    async def open_session(self, account: UUID, *, agent: str = "", address: str = "127.0.0.1") -> str:
        """Open a session without a password; see :meth:`homeroom.directory.Directory.open_session`."""
        if await self.store.standing(account) is None:
            raise Refusal(NOT_FOUND, "account")
        token, now = new_token("session"), self._host.clock()
        await self.credentials.open_session(
            digest(token), account, agent=storable(agent), address=address, began_at=now, at=now
        )
        return set_cookie(token)

    async def set_password(self, account: UUID, login: str, password: str) -> None:
        """Give an account another password; all its sessions and API tokens end. Raises Refusal naming ``password``."""
        made = await self.passwords.choose(password, login)
        await self.credentials.change_password(account, made, self._host.clock())
        self._changed(f"account:{account}")

    async def reset_link(self, account: UUID) -> tuple[str, datetime]:
        """A one-time code by which its bearer chooses a new password for an account; earlier ones end.

        Returns:
            The code, shown this once, and when it ends, UTC.
        """
        code, until = new_token("reset"), self._host.clock() + RESET
        await self.credentials.open_reset(digest(code), account, until)
        return code, until

    async def disable_account(self, account: UUID) -> None:
        """Close an account: its sessions and tokens are worth nothing from now on. Raises Refusal."""
        if not await self.store.disable_account(account, self._host.clock()):
            raise Refusal(NOT_FOUND, "account")
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
            Refusal: Naming ``roles`` or ``account``.
        """
        self.check_roles((await self._by_id(space)).space, roles)
        if await self.store.standing(account) is None:
            raise Refusal(NOT_FOUND, "account")
        dates = DatedRole("", valid_from, valid_until)
        await self.store.add_member(space, account, person, list(roles), dates, self._host.clock())
        self._changed(f"account:{account}")

    def check_roles(self, space: Space, roles: Sequence[str], field: str = "roles") -> None:
        """Makes sure that all roles exist in a space. Raises Refusal naming the field."""
        known = self._host.variant_of(space).roles
        unknown = sorted(set(roles) - known.keys())
        if unknown or not roles:
            raise Refusal(NO_SUCH_ROLE, field, role=unknown[0]) if unknown else Refusal(MISSING_ENTRIES, field)

    async def issue_token(self, account: UUID, space: UUID, *, title: str, expires_at: datetime | None = None) -> str:
        """A revocable API token for one account in one space; the only time that it is shown.

        Raises:
            Refusal: The account has nothing to do with the space, or the title is empty.
        """
        if not title.strip():
            raise Refusal(REQUIRED, "title")
        token = new_token("token")
        if not await self.credentials.issue_token(
            space, digest(token), account, title=title.strip(), at=self._host.clock(), expires_at=expires_at
        ):
            raise Refusal(ACCOUNT_NOT_MEMBER, "account")
        return token

    def changed_space(self, space: UUID) -> None:
        """Forgets what is remembered of a space, after a commit and before the notice of it comes."""
        self._changed(f"space:{space}")

    def changed_account(self, account: UUID) -> None:
        """Forgets what is remembered of an account, after a commit and before the notice of it comes."""
        self._changed(f"account:{account}")

    def forget_account(self, account: UUID) -> None:
        """To be called by a command that changes what an account holds, before its commit."""
        self._cache.distrust(f"account:{account}")

    def forget_space(self, space: UUID) -> None:
        """To be called by a command that changes a space, before its commit."""
        self._cache.distrust(f"space:{space}")
