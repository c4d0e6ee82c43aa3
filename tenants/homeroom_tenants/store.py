"""The directory's functions in the database, one method each. Nothing is remembered here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

import msgspec

from homeroom.callers import Caller
from homeroom.database.engine import Database, NoTransaction, current_transaction
from homeroom.database.ids import new_id, new_ids
from homeroom.permissions import Rule

from .standing import DatedRole, Standing

__all__ = ["ApiToken", "LoginAttempt", "Member", "OpenSession", "SpaceRow", "Store"]

Decoded = TypeVar("Decoded")


class RuleRow(msgspec.Struct, frozen=True):
    """A rule of a space's own."""

    role: str
    object: str
    action: Literal["read", "run", "inherit"]
    scope: str
    effect: Literal["allow", "deny"]

    def rule(self) -> Rule:
        """As the kernel knows it."""
        return Rule(self.role, self.object, self.action, self.scope, self.effect)


class SpaceRow(msgspec.Struct, frozen=True):
    """A space as the database tells it."""

    id: UUID
    slug: str
    kind: Literal["school", "district"]
    name: str
    region: str
    time_zone: str
    locale: str
    plugins: list[str]
    prepared: list[str]
    version: int
    origins: list[str]
    hosts: list[str]
    rules: list[RuleRow]
    district: UUID | None = None


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


class Member(msgspec.Struct, frozen=True):
    """A membership of a space, for the list of them."""

    account: UUID
    login: str
    name: str
    roles: list[str]
    person: UUID | None = None


class Store:
    """Speaks to the functions in the schema `homeroom`.

    Those that change a space run in that space's signed context; the others need none.

    Args:
        database: As the powerless role.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _value(self, sql: str, *args: Any) -> Any:
        # Inside a command it belongs to the command's transaction, and must not wait for a second connection.
        try:
            transaction = current_transaction()
        except NoTransaction:
            return await self._database.read(sql, *args)
        return await transaction.fetchval(sql, *args)

    async def _decoded(self, kind: type[Decoded], sql: str, *args: Any) -> Decoded:
        return msgspec.json.decode(await self._value(sql, *args), type=kind)

    async def _within(self, space: UUID, sql: str, *args: Any) -> Any:
        async with self._database.transaction(space) as transaction:
            return await transaction.fetchval(sql, *args)

    # Spaces --------------------------------------------------------------------------------------------

    async def spaces(self) -> list[SpaceRow]:
        """All spaces, by slug."""
        return await self._decoded(list[SpaceRow], "SELECT homeroom.spaces()")

    async def create_space(self, row: SpaceRow, at: datetime) -> bool:
        """Writes a new space; False if the short name is taken."""
        return bool(
            await self._within(
                row.id,
                "SELECT homeroom.create_space($1, $2, $3, $4, $5, $6, $7, $8)",
                row.slug,
                row.kind,
                row.name,
                row.region,
                row.time_zone,
                row.locale,
                row.plugins,
                at,
            )
        )

    async def set_plugins(self, space: UUID, plugins: list[str], prepared: list[str]) -> bool:
        """Writes which plugins are on and which were ever prepared; False if there is no such space."""
        return bool(await self._within(space, "SELECT homeroom.set_space_plugins($1, $2)", plugins, prepared))

    async def set_origins(self, space: UUID, origins: list[str]) -> bool:
        """Writes the origins that may speak for people of the space; False if there is no such space."""
        return bool(await self._within(space, "SELECT homeroom.set_space_origins($1)", origins))

    async def add_host(self, space: UUID, host: str) -> bool:
        """Gives the space a host name; False if somebody has it."""
        return bool(await self._within(space, "SELECT homeroom.add_space_host($1)", host))

    async def set_district(self, space: UUID, district: UUID | None) -> bool:
        """Puts a school into a district or takes it out; False unless the two are a school and a district."""
        return bool(await self._within(space, "SELECT homeroom.set_space_district($1)", district))

    async def set_rule(self, space: UUID, rule: Rule) -> None:
        """Writes a rule of the space's own, in place of one about the same."""
        await self._within(
            space,
            "SELECT homeroom.set_space_rule($1, $2, $3, $4, $5)",
            rule.role,
            rule.object,
            rule.action,
            rule.scope,
            rule.effect,
        )

    async def remove_rule(self, space: UUID, rule: Rule) -> bool:
        """Removes a rule of the space's own; False if there is none."""
        return bool(
            await self._within(
                space,
                "SELECT homeroom.remove_space_rule($1, $2, $3, $4)",
                rule.role,
                rule.object,
                rule.action,
                rule.scope,
            )
        )

    async def apply_district_policy(self, district: UUID) -> list[UUID]:
        """Copies a district's rules into its schools, in place of those it put there before.

        Returns:
            The schools' ids.
        """
        schools: list[UUID] = await self._within(district, "SELECT homeroom.apply_district_policy()")
        return schools

    # Accounts and members ------------------------------------------------------------------------------

    async def standing(self, account: UUID) -> Standing | None:
        """What an account holds; None if there is no such account or it is disabled."""
        return await self._decoded(
            Standing | None,  # type: ignore[arg-type]
            "SELECT coalesce(homeroom.standing($1), 'null')",
            account,
        )

    async def create_account(
        self, account: UUID, login: str, name: str, password_hash: str | None, at: datetime
    ) -> bool:
        """Writes a new account; False if the login is taken."""
        return bool(
            await self._value(
                "SELECT homeroom.create_account($1, $2, $3, $4, $5)", account, login, name, password_hash, at
            )
        )

    async def account_of(self, login: str) -> UUID | None:
        """The account with this login, or None."""
        account: UUID | None = await self._value("SELECT homeroom.account_of($1)", login)
        return account

    async def set_password(self, account: UUID, password_hash: str) -> None:
        """Writes an account's password."""
        await self._value("SELECT homeroom.set_password($1, $2)", account, password_hash)

    async def disable_account(self, account: UUID, at: datetime) -> bool:
        """Closes an account; False if it is not there or closed."""
        return bool(await self._value("SELECT homeroom.disable_account($1, $2)", account, at))

    async def add_member(
        self, space: UUID, account: UUID, person: UUID | None, roles: list[str], dates: DatedRole, at: datetime
    ) -> None:
        """Writes a membership and its roles, in place of those it had."""
        await self._within(
            space,
            "SELECT homeroom.add_member($1, $2, $3, $4, $5, $6, $7)",
            account,
            person,
            roles,
            dates.valid_from,
            dates.valid_until,
            new_id(),
            at,
        )

    async def remove_member(self, space: UUID, account: UUID, person: UUID | None) -> bool:
        """Ends a membership; False if there is none."""
        return bool(await self._within(space, "SELECT homeroom.remove_member($1, $2)", account, person))

    async def members(self, space: UUID) -> list[Member]:
        """The members of a space, by login."""
        text = await self._within(space, "SELECT homeroom.members()")
        return msgspec.json.decode(text, type=list[Member])

    async def grant_in_school(self, district: UUID, account: UUID, school: UUID, dated: DatedRole) -> bool:
        """Gives a member of a district a role in one of its schools; False unless both belong to it."""
        return bool(
            await self._within(
                district,
                "SELECT homeroom.grant_in_school($1, $2, $3, $4, $5, $6)",
                new_id(),
                account,
                school,
                dated.role,
                dated.valid_from,
                dated.valid_until,
            )
        )

    async def revoke_in_school(self, district: UUID, account: UUID, school: UUID, role: str) -> bool:
        """Takes such a role away; False if there is none."""
        return bool(await self._within(district, "SELECT homeroom.revoke_in_school($1, $2, $3)", account, school, role))

    async def note_in_schools(
        self, caller: Caller, schools: Sequence[UUID], at: datetime, command: str, arguments: Mapping[str, Any]
    ) -> int:
        """Writes what a district did into the audit of its schools; gives in how many.

        Args:
            caller: Who did it, in the district.
            schools: The schools that it concerns.
            at: When, UTC.
            command: The command's name.
            arguments: What was asked for.
        """
        noted: int = await self._within(
            caller.space.id,
            "SELECT homeroom.note_in_schools($1, $2, $3, $4, $5, $6, $7, $8)",
            new_ids(len(schools)),
            list(schools),
            at,
            caller.account,
            caller.login,
            caller.via,
            command,
            msgspec.json.encode({"district": caller.space.slug, **arguments}).decode(),
        )
        return noted

    # Credentials ---------------------------------------------------------------------------------------

    async def login_begin(
        self, login: str, bucket: str, at: datetime, *, attempts: int, period: timedelta
    ) -> LoginAttempt:
        """Counts an attempt to sign in under a name and tells what is known of a login, if anything."""
        return await self._decoded(
            LoginAttempt, "SELECT homeroom.login_begin($1, $2, $3, $4, $5)", login, bucket, at, attempts, period
        )

    async def login_done(self, bucket: str) -> None:
        """Forgets the attempts that were counted under a name, after a right password."""
        await self._value("SELECT homeroom.login_done($1)", bucket)

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

    async def open_handover(self, digest: bytes, account: UUID, space: UUID, expires_at: datetime) -> None:
        """Writes a one-time hand-over to a space's host name."""
        await self._value("SELECT homeroom.open_handover($1, $2, $3, $4)", digest, account, space, expires_at)

    async def take_handover(self, digest: bytes, space: UUID, at: datetime) -> UUID | None:
        """Uses a hand-over up; gives its account, or None if it was for elsewhere, used or too old."""
        account: UUID | None = await self._value("SELECT homeroom.take_handover($1, $2, $3)", digest, space, at)
        return account
