# ruff: noqa: N818 - house style names errors by what they say
"""What can be wrong with a policy. Every error carries the rule it is about."""

from __future__ import annotations

from homeroom.errors import ConfigurationError

from .rules import PolicyLine

__all__ = [
    "BadObject",
    "InheritanceTooDeep",
    "PolicyError",
    "RoleCycle",
    "UnknownAction",
    "UnknownEffect",
    "UnknownObject",
    "UnknownRole",
    "UnknownScope",
]


class PolicyError(ConfigurationError):
    """A policy that must not be used.

    Args:
        about: The line that is wrong.
        reason: What is wrong with it.
    """

    def __init__(self, about: PolicyLine, reason: str) -> None:
        super().__init__(f"{about}: {reason}")
        self.about = about
        self.reason = reason


class UnknownRole(PolicyError):
    """The rule names a role that nobody declared."""


class UnknownObject(PolicyError):
    """The rule names a resource, field or command that nobody declared, or a pattern that matches none."""


class BadObject(PolicyError):
    """The rule's object is not a name, nor a name cut short by one trailing `*`."""


class UnknownScope(PolicyError):
    """The rule names a scope that none of its objects declares."""


class UnknownAction(PolicyError):
    """The rule's action is none of `read`, `run` and `inherit`."""


class UnknownEffect(PolicyError):
    """The rule's effect is neither `allow` nor `deny`."""


class RoleCycle(PolicyError):
    """A role inherits, through others or at once, from itself."""


class InheritanceTooDeep(PolicyError):
    """A chain of inheriting roles is longer than Casbin follows."""
