"""The words of a policy: rules, and roles that inherit from roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ALLOW", "ANY_SPACE", "DENY", "READ", "RUN", "WHOLE_SPACE", "Effect", "RoleLink", "Rule"]

Effect = Literal["allow", "deny"]

ALLOW: Final[Effect] = "allow"
DENY: Final[Effect] = "deny"

#: Reads a resource or one of its fields.
READ: Final = "read"
#: Runs a command.
RUN: Final = "run"

#: The space of a rule that holds in every space, as role templates do.
ANY_SPACE: Final = "*"
#: The scope that is every row of the space; a rule in it holds in every other scope too.
WHOLE_SPACE: Final = "school"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a policy: what a role may (or may not) do, to what, on which rows.

    Args:
        role: the role's name.
        object: a resource (`Student`), a field (`Student.birth_date`), a command (`gradebook.marks.enter`) or
            one of these cut short by a trailing `*` (`Student.*`, `gradebook.*`, `*`).
        action: `read` for resources and fields, `run` for commands.
        scope: the rows meant, by the name that the resource or command declares.
        effect: `allow` or `deny`. A deny subtracts its scope's rows from whatever is allowed.
        space: the id of the one space it holds in, or `*`.
        origin: who wrote it (a plugin's name, a space's override); only for messages.
    """

    role: str
    object: str
    action: str
    scope: str
    effect: Effect = ALLOW
    space: str = ANY_SPACE
    origin: str = ""

    def __str__(self) -> str:
        where = "" if self.space == ANY_SPACE else f" in space {self.space}"
        whose = f" (from {self.origin})" if self.origin else ""
        return f"{self.effect} {self.role} {self.action} {self.object} [{self.scope}]{where}{whose}"

    @property
    def content(self) -> tuple[str, str, str, str, str]:
        """The rule without its space and origin: what it says to those it holds for."""
        return (self.role, self.object, self.action, self.scope, self.effect)


@dataclass(frozen=True, slots=True)
class RoleLink:
    """`role` may whatever `inherits` may, and is denied what `inherits` is denied.

    Args:
        role: the role that receives.
        inherits: the role whose rules it receives.
        space: the id of the one space it holds in, or `*`.
        origin: who wrote it; only for messages.
    """

    role: str
    inherits: str
    space: str = ANY_SPACE
    origin: str = ""

    def __str__(self) -> str:
        whose = f" (from {self.origin})" if self.origin else ""
        return f"{self.role} inherits {self.inherits}{whose}"
