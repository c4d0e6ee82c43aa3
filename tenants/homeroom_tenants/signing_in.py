"""Signing in and out: passwords become sessions, and a session reaches another host name by a hand-over."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.client_address import network_of
from homeroom.errors import Forbidden, Refusal, Unauthenticated
from homeroom.refusals import NOT_FOUND
from homeroom_tenants.refusals import LINK_SPENT, PASSWORD_REQUIRED, SIGN_IN_SPENT, WRONG_LOGIN, WRONG_PASSWORD

from .attempts import ATTEMPTS, LOGIN_ATTEMPTS, Attempts, Limit, bucket
from .credential_store import ApiToken, OpenSession
from .devices import Devices
from .fair_threads import Lane
from .lifetimes import ABSOLUTE, IDLE
from .logins import normal_login, storable
from .standing import Standing
from .tokens import digest, kind_of, new_token

if TYPE_CHECKING:
    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["LONGEST_AGENT", "PasswordRequired", "SignIn"]

#: A browser follows a hand-over at once.
_HANDOVER: Final = timedelta(seconds=30)
#: Time to read who and where, and to decide.
_LOOK: Final = timedelta(minutes=2)
LONGEST_AGENT: Final = 300


class PasswordRequired(Forbidden):
    """What was asked for needs the account's password, and none was sent."""

    code: Any = PASSWORD_REQUIRED


class SignIn:
    """What somebody does with the own account.

    Args:
        host: The host.
        directory: The directory.
    """

    def __init__(self, host: Host, directory: TenantDirectory) -> None:
        self._host = host
        self._directory = directory
        self._store = directory.credentials
        self._passwords = directory.passwords
        #: Recognises browsers that have signed in before.
        self.devices = Devices(host.settings.secret_key or secrets.token_hex(), host.settings.previous_secret_key)
        self._attempts = Attempts(host, directory.credentials)

    async def sign_in(
        self, login: str, password: str, *, agent: str, address: str, cookies: str | None = None
    ) -> tuple[str, Standing]:
        """Opens a session.

        Args:
            login: As it was typed.
            password: As it was typed.
            agent: The browser, for the list of sessions.
            address: Where the request came from, for limits and the list of sessions.
            cookies: The Cookie header; see :mod:`homeroom_tenants.devices`.

        Returns:
            The session's secret, for the cookie, and whose it is.

        Raises:
            Unauthenticated: The login or the password is wrong, without telling which.
            TooManyAttempts: See :mod:`homeroom_tenants.attempts`.
            TooBusy: See :mod:`homeroom_tenants.fair_threads`.
        """
        normal = normal_login(login)[:200]
        device, network = self.devices.of(normal, cookies), network_of(address)
        limits = self._attempts.limits(normal, network, device)
        known = await self._attempts.begin(limits, normal)
        lane = Lane(network, normal, known=device is not None)
        right = await self._passwords.verify(known.password_hash, password, lane)
        if not right or known.account is None or known.password_hash is None:
            raise Unauthenticated(WRONG_LOGIN)
        await self._attempts.succeeded(limits)
        if self._passwords.outdated(known.password_hash):
            await self._store.set_password(known.account, await self._passwords.hash(password, lane))
        return await self._open_session(known.account, agent=agent, address=address)

    async def _open_session(
        self, account: UUID, *, agent: str, address: str, began_at: datetime | None = None
    ) -> tuple[str, Standing]:
        token, now = new_token("session"), self._host.clock()
        await self._store.open_session(
            digest(token),
            account,
            agent=storable(agent[:LONGEST_AGENT]),
            address=address,
            began_at=began_at or now,
            at=now,
        )
        standing = await self._store.session_standing(digest(token))
        if standing is None:
            raise Unauthenticated(WRONG_LOGIN)
        return token, standing

    async def sign_out(self, standing: Standing, *, others: bool = False) -> int:
        """Ends the session that a request carries, or all others. Gives how many ended."""
        current = standing.session.id if standing.session else None
        ended = await self._store.end_sessions(
            standing.account.id,
            self._host.clock(),
            this_one=None if others else current,
            all_but=current if others else None,
        )
        self._directory.changed_account(standing.account.id)
        return ended

    async def end_session(self, standing: Standing, session: UUID) -> None:
        """Ends one of the account's sessions. Raises Refusal."""
        ended = await self._store.end_sessions(standing.account.id, self._host.clock(), this_one=session)
        if not ended:
            raise Refusal(NOT_FOUND, "id")
        self._directory.changed_account(standing.account.id)

    async def sessions(self, standing: Standing) -> list[OpenSession]:
        """The account's living sessions, the newest first."""
        now = self._host.clock()
        found = await self._store.sessions_of(standing.account.id, seen_since=now - IDLE, made_since=now - ABSOLUTE)
        here = standing.session.id if standing.session else None
        return [msgspec.structs.replace(each, current=each.id == here) for each in found]

    async def tokens(self, standing: Standing) -> list[ApiToken]:
        """The account's API tokens, the newest first."""
        return await self._store.tokens_of(standing.account.id)

    async def revoke_token(self, standing: Standing, token: UUID) -> None:
        """Revokes one of the account's API tokens. Raises Refusal."""
        if not await self._store.revoke_token(token, standing.account.id, self._host.clock()):
            raise Refusal(NOT_FOUND, "id")
        self._directory.changed_account(standing.account.id)

    async def prove(self, standing: Standing, password: str | None) -> None:
        """Makes sure that it is the owner who asks, and not somebody who got hold of the session.

        Args:
            standing: Whose session it is.
            password: The account's password, sent with this request.

        Raises:
            PasswordRequired: None was sent.
            Unauthenticated: It is wrong.
            TooManyAttempts: Guessing is counted here too, by session first, so that a thief of one does not keep the
                owner from proving it in another.
        """
        if password is None:
            raise PasswordRequired(PASSWORD_REQUIRED)
        account, session = standing.account, standing.session
        limits = [
            Limit(bucket("proof in", str(session.id if session else account.id)), ATTEMPTS),
            Limit(bucket("proof", str(account.id)), LOGIN_ATTEMPTS),
        ]
        known = await self._attempts.begin(limits, account.login)
        if not await self._passwords.verify(known.password_hash, password, Lane(login=account.login, known=True)):
            raise Unauthenticated(WRONG_PASSWORD)
        await self._attempts.succeeded(limits)

    async def confirm(self, standing: Standing, password: str | None) -> None:
        """Proves the password in a session, which counts as confirmed for a while; see :mod:`homeroom.confirmation`.

        Args:
            standing: Whose session it is.
            password: The account's password.

        Raises:
            PasswordRequired, Unauthenticated, TooManyAttempts: See :meth:`prove`.
        """
        assert standing.session is not None
        await self.prove(standing, password)
        await self._store.confirm_session(standing.session.id, self._host.clock())
        self._directory.changed_account(standing.account.id)

    async def change_password(self, standing: Standing, old: str, new: str, *, kept_tokens: Sequence[UUID]) -> None:
        """Changes the password; every other session of the account ends, and so do API tokens.

        Args:
            standing: Whose.
            old: The old password.
            new: The new one.
            kept_tokens: API tokens that go on.

        Raises:
            Unauthenticated: The old one is wrong.
            Refusal: The new one is too short, too easy or known.
            TooManyAttempts: See :meth:`prove`.
        """
        await self.prove(standing, old)
        account = standing.account
        made = await self._passwords.choose(new, account.login)
        session = standing.session.id if standing.session else None
        await self._store.change_password(
            account.id, made, self._host.clock(), kept_session=session, kept_tokens=kept_tokens
        )
        self._directory.changed_account(account.id)

    async def reset_password(self, code: str, new: str, *, address: str) -> tuple[UUID, str]:
        """Chooses a new password by a one-time code; every session and API token of the account ends. Works once.

        Args:
            code: From the mail.
            new: The new password.
            address: Where the request came from.

        Returns:
            The account and its login.

        Raises:
            Unauthenticated: The code was used or is too old.
            Refusal: The new password may not be used; the code is still good.
        """
        now = self._host.clock()
        login = await self._store.reset_login(digest(code), now) if kind_of(code) == "reset" else None
        if login is None:
            raise Unauthenticated(LINK_SPENT)
        made = await self._passwords.choose(new, login)
        account = await self._store.take_reset(digest(code), made, now)
        if account is None:
            raise Unauthenticated(LINK_SPENT)
        # The owner has signed in: what strangers guessed meanwhile no longer counts against this login.
        await self._attempts.forget(login, network_of(address))
        self._directory.changed_account(account)
        return account, login

    async def hand_over(self, standing: Standing, slug: str) -> str:
        """A one-time code that opens a session at another space's host name.

        Raises:
            Refusal: There is no such space, or it is none of the account's.
        """
        known = (await self._directory.known()).by_slug.get(slug)
        if known is None or known.space.id not in standing.spaces():
            raise Refusal(NOT_FOUND, "space")
        code = new_token("handover")
        now = self._host.clock()
        began = standing.session.created_at if standing.session else now
        await self._store.open_handover(
            digest(code), standing.account.id, known.space.id, began_at=began, expires_at=now + _HANDOVER
        )
        return code

    async def look(self, code: str, space: UUID) -> tuple[str, Standing]:
        """Whose account a hand-over code would open, for a page that asks before it enters.

        The code is used up, and another one takes its place.

        Returns:
            The new code, and whose it is.

        Raises:
            Unauthenticated: It is used, too old or for another space.
        """
        taken = None
        if kind_of(code) == "handover":
            taken = await self._store.take_handover(digest(code), space, self._host.clock())
        standing = None if taken is None else await self._directory.store.standing(taken.account)
        if taken is None or standing is None:
            raise Unauthenticated(SIGN_IN_SPENT)
        new = new_token("handover")
        until = self._host.clock() + _LOOK
        await self._store.open_handover(digest(new), taken.account, space, began_at=taken.began_at, expires_at=until)
        return new, standing

    async def enter(self, code: str, space: UUID, *, agent: str, address: str) -> tuple[str, Standing]:
        """Turns a hand-over code into a session; works once, for the space that it was made for.

        The session ends when the one that it comes from would have ended: nobody stays signed in for ever by going
        back and forth.

        Raises:
            Unauthenticated: It is used, too old or for another space.
        """
        taken = None
        if kind_of(code) == "handover":
            taken = await self._store.take_handover(digest(code), space, self._host.clock())
        if taken is None:
            raise Unauthenticated(SIGN_IN_SPENT)
        return await self._open_session(taken.account, agent=agent, address=address, began_at=taken.began_at)
