"""What somebody is, wherever: memberships of spaces and grants by districts, each role with its dates."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

__all__ = ["Account", "DatedRole", "Grant", "InForce", "Membership", "Session", "Standing"]


class DatedRole(msgspec.Struct, frozen=True):
    """A role and when it holds, UTC; an end that is None has not been set."""

    role: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it holds now."""
        started = self.valid_from is None or self.valid_from <= now
        return started and (self.valid_until is None or now < self.valid_until)

    def next_change(self, now: datetime) -> datetime | None:
        """When that answer will be another; None if never."""
        ahead = [at for at in (self.valid_from, self.valid_until) if at is not None and at > now]
        return min(ahead, default=None)


class Membership(msgspec.Struct, frozen=True):
    """An account in a space, as one person or none."""

    space: UUID
    roles: tuple[DatedRole, ...]
    person: UUID | None = None


class Grant(msgspec.Struct, frozen=True):
    """A role in a school, given to a member of the school's district."""

    district: UUID
    space: UUID
    role: DatedRole


class Account(msgspec.Struct, frozen=True):
    """A login, as others may know it."""

    id: UUID
    login: str
    name: str


class Session(msgspec.Struct, frozen=True):
    """A session, an API token or a page's token that the account was found by.

    Args:
        id: Its id.
        created_at: When it was made, UTC.
        last_seen_at: When it was last used, UTC.
        expires_at: When it ends at the latest, UTC.
        space: The only space that it is good for; None for a session.
        origin: The only origin whose pages may use it.
        used: Whether it was ever used.
        confirmed_at: When the password was last given in it, UTC; of a session alone.
    """

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime | None = None
    space: UUID | None = None
    origin: str | None = None
    used: bool = True
    confirmed_at: datetime | None = None

    @property
    def password_given_at(self) -> datetime | None:
        """When the password was last given, UTC; None for an API token.

        A page of another origin acts for the account that signed in here: its token counts from that sign-in.
        """
        return self.created_at if self.origin is not None else self.confirmed_at


class InForce(msgspec.Struct, frozen=True):
    """What holds in one space at one moment."""

    roles: frozenset[str]
    persons: tuple[UUID, ...]
    until: datetime | None


class Standing(msgspec.Struct, frozen=True):
    """An account and all that it holds; as the database tells it."""

    account: Account
    memberships: tuple[Membership, ...] = ()
    grants: tuple[Grant, ...] = ()
    session: Session | None = None

    def spaces(self) -> frozenset[UUID]:
        """The spaces that it has anything to do with, now or at another time."""
        return frozenset([each.space for each in self.memberships] + [each.space for each in self.grants])

    def in_force(self, space: UUID, now: datetime) -> InForce:
        """Roles and persons in one space.

        A person counts while a role of its membership holds. A district's grant counts while a role in the
        district holds too: who leaves the district leaves its schools.

        Args:
            space: The space's id.
            now: The moment, UTC.

        Returns:
            Roles and persons (none, if nothing holds), and when that changes by itself.
        """
        roles: set[str] = set()
        persons: list[UUID] = []
        changes: list[datetime | None] = []
        for membership in self.memberships:
            if membership.space != space:
                continue
            holding = [role for role in membership.roles if role.holds(now)]
            changes += [role.next_change(now) for role in membership.roles]
            roles.update(role.role for role in holding)
            if holding and membership.person is not None and membership.person not in persons:
                persons.append(membership.person)
        for grant in self.grants:
            if grant.space != space:
                continue
            belongs = self._membership_of(grant.district, now)
            changes += [grant.role.next_change(now), belongs.until]
            if belongs.roles and grant.role.holds(now):
                roles.add(grant.role.role)
        ahead = [at for at in changes if at is not None]
        return InForce(frozenset(roles), tuple(persons), min(ahead, default=None))

    def _membership_of(self, space: UUID, now: datetime) -> InForce:
        without_grants = msgspec.structs.replace(self, grants=())
        return without_grants.in_force(space, now)
