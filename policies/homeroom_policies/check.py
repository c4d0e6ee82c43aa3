"""Refuses a policy that speaks of what does not exist."""

from __future__ import annotations

from collections.abc import Iterable

from .catalogue import Catalogue
from .errors import BadObject, UnknownAction, UnknownEffect, UnknownObject, UnknownRole, UnknownScope
from .roles import check_inheritance
from .rules import ALLOW, DENY, INHERIT, READ, RUN, PolicyLine

__all__ = ["check_line", "check_policy"]


def check_line(line: PolicyLine, catalogue: Catalogue) -> None:
    """Makes sure that a rule says something.

    Args:
        line: The rule, with its origin.
        catalogue: Everything installed.

    Raises:
        UnknownRole, UnknownAction, UnknownEffect, BadObject, UnknownObject, UnknownScope: Naming the rule.
    """
    rule = line.rule
    # Rows of a space's own policy come from the database: their types are a promise until here.
    action, effect = str(rule.action), str(rule.effect)
    if rule.role not in catalogue.roles:
        raise UnknownRole(line, f"there is no role {rule.role!r}")
    if action == INHERIT:
        if rule.object not in catalogue.roles:
            raise UnknownRole(line, f"there is no role {rule.object!r}")
        return
    if action not in (READ, RUN):
        raise UnknownAction(line, f"there is no action {action!r}, only {READ!r}, {RUN!r} and {INHERIT!r}")
    if effect not in (ALLOW, DENY):
        raise UnknownEffect(line, f"the effect is {ALLOW!r} or {DENY!r}, not {effect!r}")
    owner = rule.object.partition(".")[0]
    cut_owner = action == READ and "*" in owner and owner != rule.object
    if not rule.object or "*" in rule.object[:-1] or cut_owner:
        raise BadObject(line, "an object is a name, or a name cut short by one * at its end")
    objects = catalogue.objects(action, rule.object)
    if not objects:
        kind = "command" if action == RUN else "field" if "." in rule.object else "resource"
        raise UnknownObject(line, f"there is no {kind} {rule.object!r}")
    if not any(rule.scope in catalogue.scopes(action, name) for name in objects):
        raise UnknownScope(line, f"{rule.object!r} has no scope {rule.scope!r}")


def check_policy(lines: Iterable[PolicyLine], catalogue: Catalogue, *, checked: Iterable[PolicyLine] = ()) -> None:
    """Checks every line, and that inheritance ends; stops at the first that is wrong.

    Args:
        lines: The rules.
        catalogue: Everything installed.
        checked: Rules that are in force with them and were checked before.

    Raises:
        PolicyError: Of the kind that fits, naming the line.
    """
    known = list(lines)
    for line in known:
        check_line(line, catalogue)
    check_inheritance([*checked, *known])
