"""The words of a policy beside the kernel's `Rule`: where it holds, who wrote it, roles that inherit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from homeroom.permissions import Rule

__all__ = ["ALLOW", "ANY_SPACE", "DENY", "READ", "RUN", "WHOLE_SPACE", "PolicyLine", "RoleLink"]

ALLOW: Final = "allow"
DENY: Final = "deny"

#: Reads a resource or one of its fields.
READ: Final = "read"
#: Runs a command.
RUN: Final = "run"

#: The space of a line that holds in every space, as role templates do.
ANY_SPACE: Final = "*"
#: The scope that is every row of the space; a rule in it holds in every other scope too.
WHOLE_SPACE: Final = "school"


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """A rule, where it holds and whose it is.

    Args:
        rule: What it says.
        space: The id of the one space it holds in, or `*`.
        origin: Who wrote it (a plugin's name, a space's own policy); only for messages.
    """

    rule: Rule
    space: str = ANY_SPACE
    origin: str = ""

    def __str__(self) -> str:
        rule = self.rule
        where = "" if self.space == ANY_SPACE else f" in space {self.space}"
        whose = f" (from {self.origin})" if self.origin else ""
        return f"{rule.effect} {rule.role} {rule.action} {rule.object} [{rule.scope}]{where}{whose}"

    @property
    def content(self) -> tuple[str, str, str, str, str]:
        """What it says to those it holds for, as text."""
        rule = self.rule
        return (rule.role, rule.object, rule.action, rule.scope, rule.effect)


@dataclass(frozen=True, slots=True)
class RoleLink:
    """`role` may whatever `inherits` may, and is denied what `inherits` is denied.

    Args:
        role: The role that receives.
        inherits: The role whose rules it receives.
        space: The id of the one space it holds in, or `*`.
        origin: Who wrote it; only for messages.
    """

    role: str
    inherits: str
    space: str = ANY_SPACE
    origin: str = ""

    def __str__(self) -> str:
        whose = f" (from {self.origin})" if self.origin else ""
        return f"{self.role} inherits {self.inherits}{whose}"
