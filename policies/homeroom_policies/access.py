"""What one set of roles may do in one space, compiled: immutable, shared, and decided by look-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .rules import READ, RUN

__all__ = ["Access", "Reach", "ResourceAccess"]


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows that are open: those of any scope in `allow_scopes` that lie in no scope of `deny_scopes`.

    In SQL: `(allow_1 OR allow_2 ...) AND NOT (deny_1 OR deny_2 ...)`, with the predicates that the resource
        or command
    declares. `allow_scopes` is never empty: where nothing is open there is no Reach. The scope `school`
    stands alone in `allow_scopes` and never in `deny_scopes`.

    Args:
        allow_scopes: scopes whose rows are open.
        deny_scopes: scopes whose rows are taken away again.
        held: every declared scope in which a decision is "yes".
    """

    allow_scopes: frozenset[str]
    deny_scopes: frozenset[str]
    held: frozenset[str]

    def holds(self, scope: str) -> bool:
        """Casbin's decision for one scope."""
        return scope in self.held


@dataclass(frozen=True, slots=True)
class ResourceAccess:
    """What is readable of one resource.

    Args:
        rows: the rows that can be seen.
        fields: the readable fields; one that is missing must be refused. A value that *is* `rows` means "on
            every row that can be seen"; another value is narrower and belongs in a CASE, beside the rows' own
            predicate.
    """

    rows: Reach
    fields: Mapping[str, Reach]

    @property
    def allow_scopes(self) -> frozenset[str]:
        """Scopes whose rows can be seen."""
        return self.rows.allow_scopes

    @property
    def deny_scopes(self) -> frozenset[str]:
        """Scopes whose rows are taken away again."""
        return self.rows.deny_scopes

    def may_read(self, field: str) -> bool:
        """Whether the field may be read on any row at all."""
        return field in self.fields

    def narrowed(self, field: str) -> Reach | None:
        """The reach of a readable field if it is narrower than the rows', else None.

        Raises:
            KeyError: the field may not be read at all.
        """
        reach = self.fields[field]
        return None if reach is self.rows else reach


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """Everything that a caller's roles allow in a space.

    Args:
        resources: the readable resources by name; one that is missing must be refused.
        commands: the commands that can be run by dotted name; one that is missing must be refused.
        key: digest of the content. Equal content has an equal key, in whichever space, so plans made for one
            serve the other.
        valid_until: when a grant next begins or expires (UTC), after which it must be made anew; None if
            never.
    """

    resources: Mapping[str, ResourceAccess]
    commands: Mapping[str, Reach]
    key: str
    valid_until: datetime | None = None

    def may_run(self, command: str, scope: str) -> bool:
        """Whether the command may be run on rows of the scope."""
        reach = self.commands.get(command)
        return reach is not None and scope in reach.held

    def may_read(self, resource: str, scope: str) -> bool:
        """Whether rows of the scope may be read."""
        entry = self.resources.get(resource)
        return entry is not None and scope in entry.rows.held

    def may_read_field(self, resource: str, field: str, scope: str) -> bool:
        """Whether rows of the scope may be read, and the field on them."""
        entry = self.resources.get(resource)
        if entry is None or scope not in entry.rows.held:
            return False
        reach = entry.fields.get(field)
        return reach is not None and scope in reach.held

    def allows(self, action: str, name: str, scope: str) -> bool:
        """The decision for an object by its name in rules: `Student`, `Student.birth_date`, a command."""
        if action == RUN:
            return self.may_run(name, scope)
        if action != READ:
            return False
        owner, dot, part = name.partition(".")
        return self.may_read_field(owner, part, scope) if dot else self.may_read(owner, scope)

    def expiring(self, valid_until: datetime | None) -> Access:
        """The same content, valid until the given time (UTC)."""
        return self if valid_until == self.valid_until else replace(self, valid_until=valid_until)
