"""The directory's functions about what callers show: passwords, sessions, tokens, links. Nothing is remembered here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from homeroom.database.ids import new_id, new_ids

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
    """A session that has not ended, for the list of them.

    Args:
        id: By which it can be ended.
        agent: The browser.
        address: The network address that it was opened from.
        created_at: When somebody signed in, UTC.
        last_seen_at: When it was last used, UTC, to five minutes.
        origin: Of a page of another site that signed in; null for a browser's session here.
        space: The only space that this page may work in.
        current: Whether it is the session of this request.
    """

    id: UUID
    agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    origin: str | None = None
    space: UUID | None = None
    current: bool = False


class ApiToken(msgspec.Struct, frozen=True):
    """An API token that is not revoked, for the list of them."""

    id: UUID
    title: str
    space: UUID
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


class TakenHandOver(msgspec.Struct, frozen=True):
    """Whose hand-over it was, and when the session began that it comes from."""

    account: UUID
    began_at: datetime


class NewAddress(msgspec.Struct, frozen=True):
    """An address that was proved, and the one that it replaces."""

    email: str
    before: str | None = None


class OwnAddress(msgspec.Struct, frozen=True):
    """The own proved address and language; null where there is none."""

    email: str | None
    language: str | None


class CredentialStore(DatabaseCalls):
    """Passwords, sessions, API tokens, hand-overs and links."""

    async def set_password(self, account: UUID, password_hash: str) -> None:
        """Writes the same password of an account with other parameters."""
        await self._value("SELECT homeroom.set_password($1, $2)", account, password_hash)

    async def change_password(
        self,
        account: UUID,
        password_hash: str,
        at: datetime,
        *,
        kept_session: UUID | None = None,
        kept_tokens: Sequence[UUID] = (),
    ) -> int:
        """Writes another password; sessions, API tokens and links of the account end. Gives how many sessions did."""
        ended: int = await self._value(
            "SELECT homeroom.change_password($1, $2, $3, $4, $5)",
            account,
            password_hash,
            at,
            kept_session,
            list(kept_tokens),
        )
        return ended

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

    async def open_session(
        self, digest: bytes, account: UUID, *, agent: str, address: str, began_at: datetime, at: datetime
    ) -> UUID:
        """Writes a new session; gives its id."""
        session = new_id()
        await self._value(
            "SELECT homeroom.open_session($1, $2, $3, $4, $5, $6, $7)",
            session,
            digest,
            account,
            agent,
            address,
            began_at,
            at,
        )
        return session

    async def session_standing(self, digest: bytes) -> Standing | None:
        """Whose session this is and what they hold; None if it has ended or never was."""
        return await self._decoded(
            Standing | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.session_standing($1), 'null')",
            digest,
        )

    async def confirm_session(self, session: UUID, at: datetime) -> None:
        """Writes down that the password was given in a session."""
        await self._value("SELECT homeroom.confirm_session($1, $2)", session, at)

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

    async def touch_token(self, token: UUID, at: datetime) -> None:
        """Writes down that an API token was used."""
        await self._value("SELECT homeroom.touch_token($1, $2)", token, at)

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
        """Uses a link up: the new password holds, sessions and API tokens have ended. Gives the account, or None."""
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

    async def set_name(self, account: UUID, name: str, at: datetime, *, spaces: Sequence[UUID]) -> None:
        """Writes an account's name, and that it changed into the audit of each of its spaces.

        Args:
            account: Whose name it is.
            name: The new name.
            at: When, UTC.
            spaces: The spaces in which the account has a membership or a role.
        """
        await self._value(
            "SELECT homeroom.set_account_name($1, $2, $3, $4, $5, $6)",
            account, name, at, list(spaces), new_ids(len(spaces)), new_ids(len(spaces)),
        )  # fmt: skip

    async def open_address_code(self, digest: bytes, account: UUID, email: str, expires_at: datetime) -> None:
        """Writes a one-time code that proves an address, in place of an older one."""
        await self._value("SELECT homeroom.open_address_code($1, $2, $3, $4)", digest, account, email, expires_at)

    async def take_address_code(self, digest: bytes, account: UUID, at: datetime) -> NewAddress | None:
        """Uses a code up: its address is the account's. None if it was used, is too old or is another account's."""
        return await self._decoded(
            NewAddress | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.take_address_code($1, $2, $3), 'null')",
            digest,
            account,
            at,
        )

    async def open_address_undo(
        self, digest: bytes, account: UUID, email: str, *, changed_at: datetime, expires_at: datetime
    ) -> None:
        """Writes a one-time link by which the owner of the old address takes a change back."""
        await self._value(
            "SELECT homeroom.open_address_undo($1, $2, $3, $4, $5)", digest, account, email, changed_at, expires_at
        )

    async def renew_address_undo(self, digest: bytes, account: UUID, changed_at: datetime) -> bool:
        """Writes another code of such a link, in place of the last; False if the change does not stand any more."""
        return bool(await self._value("SELECT homeroom.renew_address_undo($1, $2, $3)", digest, account, changed_at))

    async def take_address_undo(
        self, digest: bytes, at: datetime, *, reset: bytes, reset_expires_at: datetime
    ) -> UUID | None:
        """Uses such a link up: the old address is back, nobody is signed in, and a new password has to be chosen.

        Args:
            digest: Of the link's code.
            at: Now, UTC.
            reset: The digest of a new one-time code for the password.
            reset_expires_at: When that ends, UTC.

        Returns:
            The account, or None if the link was used or is too old.
        """
        account: UUID | None = await self._value(
            "SELECT homeroom.take_address_undo($1, $2, $3, $4)", digest, at, reset, reset_expires_at
        )
        return account

    async def open_handover(
        self, digest: bytes, account: UUID, space: UUID, *, began_at: datetime, expires_at: datetime
    ) -> None:
        """Writes a one-time hand-over to a space's host name."""
        await self._value(
            "SELECT homeroom.open_handover($1, $2, $3, $4, $5)", digest, account, space, began_at, expires_at
        )

    async def take_handover(self, digest: bytes, space: UUID, at: datetime) -> TakenHandOver | None:
        """Uses a hand-over up; None if it was for elsewhere, used or too old."""
        return await self._decoded(
            TakenHandOver | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.take_handover($1, $2, $3), 'null')",
            digest,
            space,
            at,
        )
