"""A space's own rules beside those of its plugins, and a district's rules for its schools."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, cast

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.errors import Invalid, NotFound
from homeroom.permissions import Rule

from .catalogue import catalogue_of
from .check import check_policy
from .errors import PolicyError, UnknownAction, UnknownEffect, UnknownRole, UnknownScope
from .rules import PolicyLine

if TYPE_CHECKING:
    from homeroom.variants import Variant
    from homeroom_tenants.directory import TenantDirectory

__all__ = ["COMMANDS"]


class RuleAction(StrEnum):
    """What a rule is about: rows and fields, commands, or the rules of another role."""

    READ = "read"
    RUN = "run"
    INHERIT = "inherit"


class RuleEffect(StrEnum):
    """Whether a rule opens or closes."""

    ALLOW = "allow"
    DENY = "deny"


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


def _field(error: PolicyError) -> str:
    """The input field that a policy error is about."""
    if isinstance(error, UnknownRole) and isinstance(error.about, PolicyLine):
        known = error.about.rule
        return "object" if f"{known.object!r}" in error.reason and known.action == "inherit" else "role"
    for kind, name in ((UnknownScope, "scope"), (UnknownAction, "action"), (UnknownEffect, "effect")):
        if isinstance(error, kind):
            return name
    return "object"


def _subject(context: Context) -> Variant:
    """What the rules of a space may speak of.

    A district has no classes and no marks of its own, and a school may join it tomorrow or switch a plugin on. So for
    a district it is everything that is installed, not what its schools happen to have today.
    """
    if context.space.kind != "district":
        return context.variant
    return context.host.variant(frozenset(context.host.registry.plugins))


async def _own_rules(context: Context) -> tuple[Rule, ...]:
    spaces = await _directory(context).store.spaces()
    return next((tuple(r.rule() for r in row.rules) for row in spaces if row.id == context.space.id), ())


@command("policies.rule.set", audited_arguments=True)
async def set_rule(
    context: Context,
    *,
    role: str,
    object: str,
    action: RuleAction,
    scope: str = "school",
    effect: RuleEffect = RuleEffect.ALLOW,
) -> None:
    """Add a rule of this space's own beside those of its plugins, or change its effect; deny wins over allow.

    A district's rules are meant for its schools, so they may speak of whatever an installed plugin can give a school.

    Raises Invalid if it names a role, object or scope that does not exist here, or makes roles inherit in a
    circle.

    Args:
        role: Whose rule it is.
        object: What it is about: a resource, a field of one, a command, or a pattern that ends in *.
        action: What may be done with it.
        scope: Which rows; every row of the space unless told.
        effect: Whether it allows or denies; allows unless told.
    """
    rule = Rule(role, object, action.value, scope, effect.value)
    subject = _subject(context)
    known = (*subject.rules, *await _own_rules(context))
    try:
        check_policy([PolicyLine(rule)], catalogue_of(subject))
        if rule.action == "inherit":
            links = [PolicyLine(each) for each in (*known, rule) if each.action == "inherit"]
            check_policy(links, catalogue_of(subject))
    except PolicyError as error:
        raise Invalid(error.reason, field=_field(error)) from error
    await _directory(context).store.set_rule(context.space.id, rule)
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space_rule", context.space.id, None, _shown(rule))


@command("policies.rule.remove", audited_arguments=True)
async def remove_rule(context: Context, *, role: str, object: str, action: RuleAction, scope: str = "school") -> None:
    """Remove a rule of this space's own; those of plugins stay.

    Args:
        role: Whose rule it is.
        object: What it is about: a resource, a field of one, a command, or a pattern that ends in *.
        action: What may be done with it.
        scope: Which rows; every row of the space unless told.
    """
    rule = Rule(role, object, action.value, scope)
    if not await _directory(context).store.remove_rule(context.space.id, rule):
        raise NotFound("this space has no such rule of its own", field="object")
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space_rule", context.space.id, _shown(rule), None)


@command("policies.district.apply", audited_arguments=True)
async def apply_district_policy(context: Context) -> None:
    """Copy this district's own rules into each of its schools, in place of those it put there before.

    The audit of each school shows it.

    Raises Invalid in a space that is no district. A rule that reaches nothing in a school is without effect
    there.
    """
    if context.space.kind != "district":
        raise Invalid("this space is no district")
    store = _directory(context).store
    schools = await store.apply_district_policy(context.space.id)
    await store.note_in_schools(context.caller, schools, context.now, apply_district_policy.name, {})
    for school in schools:
        _directory(context).forget_space(school)
        context.trail.changed("space_rule", school, None, {"district": context.space.slug})


def _shown(rule: Rule) -> dict[str, str]:
    return {
        "role": rule.role,
        "object": rule.object,
        "action": rule.action,
        "scope": rule.scope,
        "effect": rule.effect,
    }


COMMANDS: tuple[Command, ...] = (set_rule, remove_rule, apply_district_policy)
