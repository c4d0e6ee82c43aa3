"""Where a plugin is tried: a school that has it, another that has it too, and one that does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.testing.contents import Fingerprints

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.commands import Command
    from homeroom.host import Host
    from homeroom.testing.client import Client
    from homeroom.testing.people import People

__all__ = ["Person", "Side", "Stage"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a school.

    Args:
        roles: The roles that they hold.
        id: The staff member, student or guardian that they are, or none.
    """

    roles: tuple[str, ...]
    id: UUID | None = None


@dataclass(slots=True)
class Side:
    """One school of a stage.

    Args:
        host: The open host.
        space: The school.
        accounts: Signs people in.
        people: Who is meant by a name in a table of permissions; a name that is not there is a role.
        known: What the author's own functions want to find again.
    """

    host: Host
    space: Space
    accounts: People
    people: dict[str, Person] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    _fingerprints: Fingerprints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._fingerprints = Fingerprints(self.host, self.space)

    def person(self, name: str) -> Person:
        """Who is meant by a name: somebody among :attr:`people`, or anybody with the role of that name."""
        return self.people.get(name) or Person((name,))

    async def somebody(self, name: str) -> Client:
        """Somebody of this school, signed in.

        Args:
            name: A name among :attr:`people`, or a role.
        """
        person = self.person(name)
        return await self.accounts.as_role(self.space, *person.roles, person=person.id)

    async def run(self, command: Command, **arguments: Any) -> Any:
        """Run a command as the installation itself, to set a scene."""
        return await self.host.execute(self.host.system_caller(self.space), command, **arguments)

    async def contents(self) -> Mapping[str, str]:
        """A fingerprint of each of its tables."""
        return await self._fingerprints.take()


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a plugin is tried.

    Args:
        ours: A school that has the plugin.
        theirs: Another that has it.
        without: A school that does not have it.
    """

    ours: Side
    theirs: Side
    without: Side
