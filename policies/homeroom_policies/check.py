"""Refuses a policy that speaks of what does not exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from .catalogue import Catalogue
from .errors import BadObject, UnknownAction, UnknownEffect, UnknownObject, UnknownRole, UnknownScope
from .roles import check_links
from .rules import ALLOW, DENY, READ, RUN, RoleLink, Rule

__all__ = ["check_policy", "check_rule"]


def check_rule(rule: Rule, catalogue: Catalogue) -> None:
    """Makes sure that a rule says something.

    Args:
        rule: the rule.
        catalogue: everything installed.

    Raises:
        UnknownRole, UnknownAction, UnknownEffect, BadObject, UnknownObject, UnknownScope: naming the rule.
    """
    if rule.role not in catalogue.roles:
        raise UnknownRole(rule, f"there is no role {rule.role!r}")
    if rule.action not in (READ, RUN):
        raise UnknownAction(rule, f"there is no action {rule.action!r}, only {READ!r} and {RUN!r}")
    if rule.effect not in (ALLOW, DENY):
        raise UnknownEffect(rule, f"the effect is {ALLOW!r} or {DENY!r}, not {rule.effect!r}")
    owner = rule.object.partition(".")[0]
    cut_owner = rule.action == READ and "*" in owner and owner != rule.object
    if not rule.object or "*" in rule.object[:-1] or cut_owner:
        raise BadObject(rule, "an object is a name, or a name cut short by one * at its end")
    objects = catalogue.objects(rule.action, rule.object)
    if not objects:
        kind = "command" if rule.action == RUN else "field" if "." in rule.object else "resource"
        raise UnknownObject(rule, f"there is no {kind} {rule.object!r}")
    if not any(rule.scope in catalogue.scopes(rule.action, name) for name in objects):
        raise UnknownScope(rule, f"{rule.object!r} has no scope {rule.scope!r}")


def check_policy(rules: Iterable[Rule], links: Collection[RoleLink], catalogue: Catalogue) -> None:
    """Checks every rule and link; stops at the first that is wrong.

    Args:
        rules: all rules.
        links: all role links.
        catalogue: everything installed.

    Raises:
        PolicyError: of the kind that fits, naming the rule or link.
    """
    for rule in rules:
        check_rule(rule, catalogue)
    for link in links:
        for name in (link.role, link.inherits):
            if name not in catalogue.roles:
                raise UnknownRole(link, f"there is no role {name!r}")
    check_links(links)
