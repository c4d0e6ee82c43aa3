"""Who may do what: a Casbin model, its rules and role templates, and their compiled form.

Casbin decides whether a role may do an action on an object in a scope; SQL decides which rows a scope holds.
Rules speak of roles and actions, never of single persons or rows. A request asks the compiled `Access`.
"""

from __future__ import annotations

from .catalogue import Catalogue, CommandEntry, ResourceEntry
from .check import check_line, check_policy
from .compiler import compile_access
from .decide import allows, holds
from .errors import (
    BadObject,
    InheritanceTooDeep,
    PolicyError,
    RoleCycle,
    UnknownAction,
    UnknownEffect,
    UnknownObject,
    UnknownRole,
    UnknownScope,
)
from .roles import MAX_INHERITANCE, check_inheritance, with_inherited
from .rules import ALLOW, ANY_SPACE, DENY, INHERIT, READ, RUN, WHOLE_SPACE, PolicyLine, rules_in

__all__ = [
    "ALLOW",
    "ANY_SPACE",
    "DENY",
    "INHERIT",
    "MAX_INHERITANCE",
    "READ",
    "RUN",
    "WHOLE_SPACE",
    "BadObject",
    "Catalogue",
    "CommandEntry",
    "InheritanceTooDeep",
    "PolicyError",
    "PolicyLine",
    "ResourceEntry",
    "RoleCycle",
    "UnknownAction",
    "UnknownEffect",
    "UnknownObject",
    "UnknownRole",
    "UnknownScope",
    "allows",
    "check_inheritance",
    "check_line",
    "check_policy",
    "compile_access",
    "holds",
    "rules_in",
    "with_inherited",
]
