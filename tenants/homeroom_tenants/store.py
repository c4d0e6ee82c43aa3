"""The directory's functions about spaces, accounts and members, one method each. Nothing is remembered here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from homeroom.callers import Caller
from homeroom.custom import CustomField
from homeroom.database.ids import new_id, new_ids
from homeroom.permissions import Rule

from .database_calls import DatabaseCalls
from .standing import DatedRole, Standing

__all__ = ["Member", "SpaceRow", "Store"]


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
    fields: tuple[CustomField, ...] = ()


class Member(msgspec.Struct, frozen=True):
    """A membership of a space, for the list of them."""

    account: UUID
    login: str
    name: str
    roles: list[str]
    person: UUID | None = None


class Store(DatabaseCalls):
    """Spaces, accounts, members."""

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

    async def set_locale(self, space: UUID, locale: str) -> bool:
        """Writes the language that the space speaks; False if there is no such space."""
        return bool(await self._within(space, "SELECT homeroom.set_space_locale($1)", locale))

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

    async def join_member(
        self, space: UUID, account: UUID, person: UUID | None, roles: list[str], at: datetime
    ) -> None:
        """Adds roles to a membership, which is made if need be; those that it has stay."""
        await self._within(
            space, "SELECT homeroom.join_member($1, $2, $3, $4, $5)", account, person, roles, new_id(), at
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
