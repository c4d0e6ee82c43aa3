"""The words of a policy beside the kernel's `Rule`: where a rule holds and who wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from homeroom.permissions import Rule

__all__ = [
    "ALLOW",
    "ANY_SPACE",
    "DENY",
    "INHERIT",
    "READ",
    "RUN",
    "WHOLE_SPACE",
    "PolicyLine",
    "rules_in",
]

ALLOW: Final = "allow"
DENY: Final = "deny"

#: Reads a resource or one of its fields.
READ: Final = "read"
#: Runs a command.
RUN: Final = "run"
#: The rule's role receives the rules of the role that is its object, allowing and denying ones.
INHERIT: Final = "inherit"

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
        if rule.action == INHERIT:
            return f"{rule.role} inherits {rule.object}{where}{whose}"
        return f"{rule.effect} {rule.role} {rule.action} {rule.object} [{rule.scope}]{where}{whose}"


def rules_in(space: str, lines: Iterable[PolicyLine]) -> tuple[Rule, ...]:
    """The rules that hold in one space.

    Args:
        space: The space's id.
        lines: All rules, of any space.
    """
    return tuple(line.rule for line in lines if line.space in (ANY_SPACE, space))
