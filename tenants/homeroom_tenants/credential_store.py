"""The directory's functions about what callers show: passwords, sessions, tokens, links. Nothing is remembered here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from homeroom.database.ids import new_id

from .database_calls import DatabaseCalls
from .standing import Standing

if TYPE_CHECKING:
    from .attempts import Limit

__all__ = ["ApiToken", "CredentialStore", "LoginAttempt", "OpenSession"]


class LoginAttempt(msgspec.Struct, frozen=True):
    """What is known when somebody begins to sign in."""

    allowed: bool
    account: UUID | None = None
    password_hash: str | None = None


class OpenSession(msgspec.Struct, frozen=True):
    """A session that has not ended, for the list of them."""

    id: UUID
    agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime


class ApiToken(msgspec.Struct, frozen=True):
    """An API token that is not revoked, for the list of them."""

    id: UUID
    title: str
    space: UUID
    created_at: datetime
    expires_at: datetime | None = None


class OwnAddress(msgspec.Struct, frozen=True):
    """The own proved address and language; null where there is none."""

    email: str | None
    language: str | None


class CredentialStore(DatabaseCalls):
    """Passwords, sessions, API tokens, hand-overs and links."""

    async def set_password(self, account: UUID, password_hash: str) -> None:
        """Writes an account's password."""
        await self._value("SELECT homeroom.set_password($1, $2)", account, password_hash)

    async def login_begin(self, login: str, limits: Sequence[Limit], at: datetime, period: timedelta) -> LoginAttempt:
        """Counts an attempt to sign in under each name and tells what is known of a login, if anything."""
        return await self._decoded(
            LoginAttempt,
            "SELECT homeroom.login_begin($1, $2, $3, $4, $5)",
            login,
            [each.bucket for each in limits],
            [each.most for each in limits],
            at,
            period,
        )

    async def login_done(self, buckets: list[str]) -> None:
        """Forgets the attempts that were counted under the first name, and takes them off the others."""
        await self._value("SELECT homeroom.login_done($1)", buckets)

    async def login_forget(self, buckets: list[str]) -> None:
        """Forgets the attempts that were counted under these names."""
        await self._value("SELECT homeroom.login_forget($1)", buckets)

    async def open_session(self, digest: bytes, account: UUID, *, agent: str, address: str, at: datetime) -> UUID:
        """Writes a new session; gives its id."""
        session = new_id()
        await self._value(
            "SELECT homeroom.open_session($1, $2, $3, $4, $5, $6)", session, digest, account, agent, address, at
        )
        return session

    async def session_standing(self, digest: bytes) -> Standing | None:
        """Whose session this is and what they hold; None if it has ended or never was."""
        return await self._decoded(
            Standing | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.session_standing($1), 'null')",
            digest,
        )

    async def touch_session(self, session: UUID, at: datetime) -> None:
        """Writes down that a session was used."""
        await self._value("SELECT homeroom.touch_session($1, $2)", session, at)

    async def end_sessions(
        self, account: UUID, at: datetime, *, this_one: UUID | None = None, all_but: UUID | None = None
    ) -> int:
        """Ends an account's sessions: all, one, or all but one. Gives how many ended."""
        ended: int = await self._value("SELECT homeroom.end_sessions($1, $2, $3, $4)", account, this_one, all_but, at)
        return ended

    async def sessions_of(self, account: UUID, *, seen_since: datetime, made_since: datetime) -> list[OpenSession]:
        """An account's living sessions, the newest first."""
        return await self._decoded(
            list[OpenSession], "SELECT homeroom.sessions_of($1, $2, $3)", account, seen_since, made_since
        )

    async def issue_token(
        self,
        space: UUID,
        digest: bytes,
        account: UUID,
        *,
        title: str,
        at: datetime,
        expires_at: datetime | None,
    ) -> bool:
        """Writes a new API token; False if the account has nothing to do with the space."""
        return bool(
            await self._within(
                space,
                "SELECT homeroom.issue_token($1, $2, $3, $4, $5, $6)",
                new_id(),
                digest,
                account,
                title,
                at,
                expires_at,
            )
        )

    async def token_standing(self, digest: bytes) -> Standing | None:
        """Whose API token this is and what they hold; None if it is revoked or never was."""
        return await self._decoded(
            Standing | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.token_standing($1), 'null')",
            digest,
        )

    async def tokens_of(self, account: UUID) -> list[ApiToken]:
        """An account's API tokens, the newest first."""
        return await self._decoded(list[ApiToken], "SELECT homeroom.tokens_of($1)", account)

    async def revoke_token(self, token: UUID, account: UUID, at: datetime) -> bool:
        """Revokes one; False if the account has no such token."""
        return bool(await self._value("SELECT homeroom.revoke_token($1, $2, $3)", token, account, at))

    async def open_reset(self, digest: bytes, account: UUID, expires_at: datetime) -> None:
        """Writes a one-time link to a new password, in place of an older one."""
        await self._value("SELECT homeroom.open_reset($1, $2, $3)", digest, account, expires_at)

    async def reset_login(self, digest: bytes, at: datetime) -> str | None:
        """The login of the account that a link is for; None if it was used or is too old."""
        login: str | None = await self._value("SELECT homeroom.reset_login($1, $2)", digest, at)
        return login

    async def take_reset(self, digest: bytes, password_hash: str, at: datetime) -> UUID | None:
        """Uses a link up: the new password holds and every session has ended. Gives the account, or None."""
        account: UUID | None = await self._value("SELECT homeroom.take_reset($1, $2, $3)", digest, password_hash, at)
        return account

    async def set_address(self, account: UUID, email: str | None) -> bool:
        """Writes an account's address, proved or trusted, or takes it away; False if there is no such account."""
        return bool(await self._value("SELECT homeroom.set_address($1, $2)", account, email))

    async def address_of(self, account: UUID) -> OwnAddress:
        """An account's address and language."""
        return await self._decoded(OwnAddress, "SELECT homeroom.address_of($1)", account)

    async def set_language(self, account: UUID, language: str | None) -> None:
        """Writes what an account is written to in."""
        await self._value("SELECT homeroom.set_language($1, $2)", account, language)

    async def open_address_code(self, digest: bytes, account: UUID, email: str, expires_at: datetime) -> None:
        """Writes a one-time code that proves an address, in place of an older one."""
        await self._value("SELECT homeroom.open_address_code($1, $2, $3, $4)", digest, account, email, expires_at)

    async def take_address_code(self, digest: bytes, account: UUID, at: datetime) -> bool:
        """Uses a code up: its address is the account's. False if it was used, is too old or is another account's."""
        return bool(await self._value("SELECT homeroom.take_address_code($1, $2, $3)", digest, account, at))

    async def open_handover(self, digest: bytes, account: UUID, space: UUID, expires_at: datetime) -> None:
        """Writes a one-time hand-over to a space's host name."""
        await self._value("SELECT homeroom.open_handover($1, $2, $3, $4)", digest, account, space, expires_at)

    async def take_handover(self, digest: bytes, space: UUID, at: datetime) -> UUID | None:
        """Uses a hand-over up; gives its account, or None if it was for elsewhere, used or too old."""
        account: UUID | None = await self._value("SELECT homeroom.take_handover($1, $2, $3)", digest, space, at)
        return account
