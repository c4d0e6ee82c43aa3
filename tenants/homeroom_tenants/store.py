"""The directory's functions about spaces, accounts and members, one method each. Nothing is remembered here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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

__all__ = ["AppliedChange", "ClosedRow", "Member", "NotedLine", "OriginRule", "SpaceRow", "Store"]


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
    logged: tuple[str, ...] = ()


class ClosedRow(msgspec.Struct, frozen=True):
    """A space that is not open."""

    id: UUID
    state: Literal["suspended", "closed"]
    reason: str | None = None


class OriginRule(RuleRow, frozen=True):
    """A rule of a space and whose it is."""

    id: UUID
    origin: Literal["own", "district"]
    district: str | None = None
    applied_at: datetime | None = None


class RuleChange(msgspec.Struct, frozen=True):
    """A rule that was written or removed, and the effect that it had before."""

    id: UUID
    effect: Literal["allow", "deny"] | None = None


class AppliedChange(msgspec.Struct, frozen=True):
    """What the applying of a district's policy changes in its schools: a rule, and its effect before and after."""

    id: UUID
    role: str
    object: str
    action: str
    scope: str
    old: str | None = None
    new: str | None = None


class AppliedPolicy(msgspec.Struct, frozen=True):
    """The schools that a district's policy was applied to, and what has changed in each."""

    schools: list[UUID]
    changes: list[AppliedChange]


class GrantChange(msgspec.Struct, frozen=True):
    """A district's grant was written; as it was before, if it is not new."""

    before: DatedRole | None = None


class NotedLine(msgspec.Struct, frozen=True):
    """A line of a district's act in the audit of a school."""

    noun: str
    row: UUID
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None


class Member(msgspec.Struct, frozen=True):
    """What an account holds in a space, by one membership or by the grants of its district."""

    account: UUID
    login: str
    name: str
    roles: list[DatedRole]
    person: UUID | None = None
    district: str | None = None


class RoleSet(msgspec.Struct, frozen=True):
    """Roles that people hold together in a space, and the people: how many, and the first names."""

    space: UUID
    roles: list[str]
    people: int
    names: list[str]


class SeenAdministration(msgspec.Struct, frozen=True):
    """A school by its short name, and when an administrator last did something there, UTC."""

    school: str
    at: datetime | None = None


class Store(DatabaseCalls):
    """Spaces, accounts, members."""

    # Spaces --------------------------------------------------------------------------------------------

    async def spaces(self) -> list[SpaceRow]:
        """All spaces, by slug."""
        return await self._decoded(list[SpaceRow], "SELECT homeroom.spaces()")

    async def spaces_named(self, ids: Collection[UUID]) -> list[SpaceRow]:
        """Some spaces, by slug; those that are not there are left out."""
        return await self._decoded(list[SpaceRow], "SELECT homeroom.spaces_named($1)", list(ids))

    async def closed_spaces(self) -> list[ClosedRow]:
        """The spaces that are suspended or closed."""
        return await self._decoded(list[ClosedRow], "SELECT homeroom.closed_spaces()")

    async def set_state(self, space: UUID, state: str, reason: str | None, at: datetime) -> str | None:
        """Writes the state of a space; gives that before, or None if there is no such space."""
        before: str | None = await self._within(space, "SELECT homeroom.set_space_state($1, $2, $3)", state, reason, at)
        return before

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

    async def set_rule(self, space: UUID, rule: Rule) -> RuleChange:
        """Writes a rule of the space's own, in place of one about the same; gives its id and its effect before."""
        text = await self._within(
            space,
            "SELECT homeroom.set_space_rule($1, $2, $3, $4, $5)",
            rule.role,
            rule.object,
            rule.action,
            rule.scope,
            rule.effect,
        )
        return msgspec.json.decode(text, type=RuleChange)

    async def remove_rule(self, space: UUID, rule: Rule) -> RuleChange | None:
        """Removes a rule of the space's own; None if there is none."""
        text = await self._within(
            space,
            "SELECT coalesce(homeroom.remove_space_rule($1, $2, $3, $4), 'null')",
            rule.role,
            rule.object,
            rule.action,
            rule.scope,
        )
        return msgspec.json.decode(text, type=RuleChange | None)

    async def apply_district_policy(self, district: UUID, at: datetime) -> AppliedPolicy:
        """Puts a district's rules into its schools, in place of those it put there before."""
        text = await self._within(district, "SELECT homeroom.apply_district_policy($1)", at)
        return msgspec.json.decode(text, type=AppliedPolicy)

    async def rules(self, space: UUID) -> list[OriginRule]:
        """The rules of a space beside those of its plugins: its own, and its district's."""
        text = await self._within(
            space, "SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.role, r.object), '[]') FROM homeroom.rule_rows() r"
        )
        return msgspec.json.decode(text, type=list[OriginRule])

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
        self,
        space: UUID,
        account: UUID,
        person: UUID | None,
        roles: list[str],
        dates: DatedRole,
        at: datetime,
        *,
        by: str | None = None,
        reason: str | None = None,
    ) -> list[DatedRole] | None:
        """Writes a membership and its roles, in place of those it had; gives these, or None if it is new.

        Args:
            space: The space.
            account: The account.
            person: Whom it stands for there.
            roles: Role names.
            dates: Of all of them.
            at: When, UTC.
            by: The login of who gives them.
            reason: Why.
        """
        return await self._roles_before(
            space,
            "homeroom.add_member($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            account,
            person,
            roles,
            dates.valid_from,
            dates.valid_until,
            new_id(),
            at,
            by,
            reason,
        )

    async def join_member(
        self, space: UUID, account: UUID, person: UUID | None, roles: list[str], at: datetime, *, by: str | None = None
    ) -> list[DatedRole] | None:
        """Adds roles to a membership, which is made if need be; those that it has stay. Gives these, or None."""
        return await self._roles_before(
            space, "homeroom.join_member($1, $2, $3, $4, $5, $6)", account, person, roles, new_id(), at, by
        )

    async def remove_member(self, space: UUID, account: UUID, person: UUID | None) -> list[DatedRole] | None:
        """Ends a membership; gives the roles that it had, or None if there is none."""
        return await self._roles_before(space, "homeroom.remove_member($1, $2)", account, person)

    async def end_roles(
        self, space: UUID, account: UUID, person: UUID | None, until: datetime
    ) -> list[DatedRole] | None:
        """Ends the roles of a membership on one day; gives them as they were, or None if there is none."""
        return await self._roles_before(space, "homeroom.end_roles($1, $2, $3)", account, person, until)

    async def _roles_before(self, space: UUID, call: str, *args: Any) -> list[DatedRole] | None:
        text = await self._within(space, f"SELECT coalesce({call}, 'null')", *args)
        return msgspec.json.decode(text, type=list[DatedRole] | None)

    async def members(self, space: UUID) -> list[Member]:
        """The roles that accounts hold in a space, by login: a line for each membership and each origin."""
        text = await self._within(
            space,
            """
            SELECT coalesce(jsonb_agg(to_jsonb(found) ORDER BY found.login, found.district NULLS FIRST), '[]') FROM (
                SELECT m.id AS account, m.login, m.name, r.person_id AS person, r.district,
                       coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'valid_from', r.valid_from,
                           'valid_until', r.valid_until) ORDER BY r.role) FILTER (WHERE r.role IS NOT NULL), '[]')
                           AS roles
                FROM homeroom.member_rows() m LEFT JOIN homeroom.role_rows() r ON r.account_id = m.id
                GROUP BY m.id, m.login, m.name, r.person_id, r.district) found
            """,
        )
        return msgspec.json.decode(text, type=list[Member])

    async def grant_in_school(
        self,
        district: UUID,
        account: UUID,
        school: UUID,
        dated: DatedRole,
        at: datetime,
        *,
        by: str,
        reason: str | None,
    ) -> GrantChange | None:
        """Gives a member of a district a role in one of its schools; None unless both belong to it.

        Args:
            district: The district.
            account: A member of it.
            school: A school of it.
            dated: The role and its dates.
            at: When, UTC.
            by: The login of who gives it.
            reason: Why.
        """
        text = await self._within(
            district,
            "SELECT coalesce(homeroom.grant_in_school($1, $2, $3, $4, $5, $6, $7, $8, $9), 'null')",
            new_id(),
            account,
            school,
            dated.role,
            dated.valid_from,
            dated.valid_until,
            at,
            by,
            reason,
        )
        return msgspec.json.decode(text, type=GrantChange | None)

    async def revoke_in_school(self, district: UUID, account: UUID, school: UUID, role: str) -> DatedRole | None:
        """Takes such a role away and gives it; None if there is none."""
        text = await self._within(
            district, "SELECT coalesce(homeroom.revoke_in_school($1, $2, $3), 'null')", account, school, role
        )
        return msgspec.json.decode(text, type=DatedRole | None)

    async def role_sets(self, space: UUID, now: datetime, names: int = 20) -> list[RoleSet]:
        """The roles that people hold together, in a space and, of a district, in its schools.

        Args:
            space: The school or the district.
            now: The moment at which they hold, UTC.
            names: How many names of people come with each.
        """
        text = await self._within(space, "SELECT homeroom.role_sets($1, $2)", now, names)
        return msgspec.json.decode(text, type=list[RoleSet])

    async def administrators_seen(self, district: UUID, now: datetime) -> list[SeenAdministration]:
        """When an administrator last did something in each school of a district.

        Args:
            district: The district.
            now: The moment at which roles hold, UTC.
        """
        text = await self._within(district, "SELECT homeroom.administrators_seen($1)", now)
        return msgspec.json.decode(text, type=list[SeenAdministration])

    async def note_in_schools(
        self,
        caller: Caller,
        schools: Sequence[UUID],
        at: datetime,
        command: str,
        arguments: Mapping[str, Any],
        *,
        reason: str | None = None,
        lines: Sequence[NotedLine] = (),
    ) -> int:
        """Writes what a district did into the audit of its schools; gives in how many.

        Args:
            caller: Who did it, in the district.
            schools: The schools that it concerns.
            at: When, UTC.
            command: The command's name.
            arguments: What was asked for.
            reason: Why.
            lines: What it changed; the same in each of the schools.
        """
        noted: int = await self._within(
            caller.space.id,
            "SELECT homeroom.note_in_schools($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            new_ids(len(schools)),
            list(schools),
            at,
            caller.account,
            caller.login,
            caller.via,
            command,
            msgspec.json.encode({"district": caller.space.slug, **arguments}).decode(),
            reason,
            msgspec.json.encode(lines).decode(),
            new_ids(len(schools) * len(lines)),
        )
        return noted
