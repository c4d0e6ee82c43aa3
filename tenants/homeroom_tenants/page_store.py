"""The directory's functions about sign-ins of pages of other origins. Nothing is remembered here."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from homeroom.database.ids import new_id

from .database_calls import DatabaseCalls
from .standing import Standing

__all__ = ["PageGrant", "PageStore"]


class PageGrant(msgspec.Struct, frozen=True):
    """What somebody let a page do: to work in one space in their name.

    Args:
        id: Its id.
        account: Whose.
        space: Where.
        origin: Of the page.
        redirect_uri: Where the code was sent.
        challenge: The SHA-256 of the secret that the page keeps (RFC 7636, 4.2).
        created_at: When its account had signed in, UTC.
    """

    id: UUID
    account: UUID
    space: UUID
    origin: str
    redirect_uri: str
    challenge: str
    created_at: datetime


class PageStore(DatabaseCalls):
    """One-time codes and tokens of pages."""

    async def open_grant(
        self,
        space: UUID,
        digest: bytes,
        account: UUID,
        *,
        origin: str,
        redirect_uri: str,
        challenge: str,
        agent: str,
        address: str,
        began_at: datetime,
        expires_at: datetime,
        made_since: datetime,
    ) -> bool:
        """Writes a new grant with its one-time code; False if the account has nothing to do with the space.

        Args:
            space: Where.
            digest: Of the code.
            account: Whose.
            origin: Of the page.
            redirect_uri: Where the code is sent.
            challenge: See :class:`PageGrant`.
            agent: The browser.
            address: The network address.
            began_at: When the account signed in, UTC.
            expires_at: When the code ends, UTC.
            made_since: Grants that are older are at their end and are deleted, UTC.
        """
        return bool(
            await self._within(
                space,
                "SELECT homeroom.open_page_grant($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                new_id(),
                digest,
                account,
                origin,
                redirect_uri,
                challenge,
                agent,
                address,
                began_at,
                expires_at,
                made_since,
            )
        )

    async def take(self, digest: bytes, kind: Literal["code", "refresh"], at: datetime) -> PageGrant | None:
        """Uses a code or a refresh token up. None if it is unknown, too old or used; a second use ends the grant."""
        return await self._decoded(
            PageGrant | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.take_page_token($1, $2, $3), 'null')",
            digest,
            kind,
            at,
        )

    async def add_tokens(
        self,
        grant: UUID,
        *,
        access: bytes,
        access_expires_at: datetime,
        refresh: bytes,
        refresh_expires_at: datetime,
        at: datetime,
    ) -> None:
        """Writes new tokens of a grant."""
        await self._value(
            "SELECT homeroom.add_page_tokens($1, $2, $3, $4, $5, $6)",
            grant,
            access,
            access_expires_at,
            refresh,
            refresh_expires_at,
            at,
        )

    async def standing(self, digest: bytes) -> Standing | None:
        """Whose access token this is and what they hold; None if its grant has ended or it never was."""
        return await self._decoded(
            Standing | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.page_standing($1), 'null')",
            digest,
        )

    async def end(self, digest: bytes, origin: str, at: datetime) -> UUID | None:
        """Ends the grant of an access or refresh token that the origin has; gives its account."""
        account: UUID | None = await self._value("SELECT homeroom.end_page_grant($1, $2, $3)", digest, origin, at)
        return account
