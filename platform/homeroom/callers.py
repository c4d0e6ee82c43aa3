"""Who asks, and in which space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from homeroom.permissions import NOBODY, Access

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from homeroom.custom import CustomField

__all__ = ["Caller", "Space"]


@dataclass(frozen=True, slots=True)
class Space:
    """What the walls separate: a school, or a district.

    Args:
        id: The ``tenant_id`` of its rows.
        slug: Its short name, the first label of its host name.
        kind: ``school`` or ``district``.
        name: For people.
        region: The preset that it was made from, such as ``vn``.
        time_zone: Where its days begin.
        locale: BCP 47 language tag.
        plugins: Names of the plugins that are on, those that they require and the host's parts included.
        version: Rises with every change of plugins or policy.
        fields: Those that it has added itself; see :mod:`homeroom.custom_fields`.
        logged: Fields such as ``Student.birth_date`` whose reads are logged because the space or its district has
            chosen so; see :mod:`homeroom.logged_reads`.
        state: ``open``; ``suspended`` for a time or ``closed`` for good: nobody gets in, and its jobs wait.
    """

    id: UUID
    slug: str
    kind: Literal["school", "district"]
    name: str
    region: str
    time_zone: ZoneInfo
    locale: str
    plugins: frozenset[str]
    version: int = 0
    fields: tuple[CustomField, ...] = ()
    state: Literal["open", "suspended", "closed"] = "open"
    logged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody, or a job on somebody's behalf, who asks something of one space.

    Args:
        space: The space.
        account: The global account, or none for the installation's own commands.
        persons: The caller's persons in this space: a teacher may be a guardian too.
        roles: The roles in force.
        access: What the roles may do, compiled.
        login: For logs and the audit.
        name: Of the account, for people.
        via: How the caller came.
        confirmed_at: When the password was last given, UTC, for sessions and for tokens of pages; none for others.
        own_page: Whether this is a session that works from the installation's own pages. Tokens are for one space, and
            the origins that a school lists are for that school: they learn nothing of the account's other spaces.
    """

    space: Space
    account: UUID | None = None
    persons: tuple[UUID, ...] = ()
    roles: frozenset[str] = frozenset()
    access: Access = NOBODY
    login: str = ""
    name: str = ""
    via: Literal["session", "token", "cli", "job"] = "session"
    confirmed_at: datetime | None = None
    own_page: bool = False
