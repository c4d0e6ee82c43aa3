"""A space's own rules beside those of its plugins, and a district's rules for its schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.permissions import Rule
from homeroom_policies.refusals import (
    BAD_RULE,
    DISTRICT_RULE,
    NO_DISTRICT,
    NO_OWN_RULE,
    NO_SUCH_SCOPE,
    NOTHING_APPLIED,
    NOTHING_OF_NAME,
)
from homeroom_tenants.giving import lock_administration
from homeroom_tenants.store import NotedLine

from .catalogue import catalogue_of
from .changing import check_change, same_subject
from .check import check_policy
from .effects import refuse_lock_out
from .errors import PolicyError, UnknownAction, UnknownEffect, UnknownObject, UnknownRole, UnknownScope
from .rules import PolicyLine

if TYPE_CHECKING:
    from homeroom.variants import Variant
    from homeroom_tenants.directory import TenantDirectory
    from homeroom_tenants.store import AppliedChange, OriginRule

__all__ = ["COMMANDS", "DistrictRuleChange", "changed_rules", "check_rule", "district_changes", "rules_here"]


class RuleAction(StrEnum):
    """What a rule is about: rows and fields, commands, or the rules of another role."""

    READ = "read"
    RUN = "run"
    INHERIT = "inherit"


class RuleEffect(StrEnum):
    """Whether a rule opens or closes."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True)
class RuleOutcome:
    """What comes of a change of a rule. A role gains or loses something also where it does so in some rows alone.

    Args:
        gains: The commands, resources and fields that the role gains.
        losses: Those that it loses.
    """

    gains: list[str]
    losses: list[str]


@dataclass(frozen=True)
class DistrictRuleChange:
    """A rule of a district that changes in its schools.

    Args:
        role: Whose rule it is.
        object: What it is about.
        action: What may be done with it.
        scope: Which rows.
        before: Its effect before; null where it is new.
        after: Its effect now; null where it is removed.
    """

    role: str
    object: str
    action: RuleAction
    scope: str
    before: RuleEffect | None
    after: RuleEffect | None


@dataclass(frozen=True)
class DistrictPolicyOutcome:
    """What comes of applying a district's rules.

    Args:
        schools: How many schools the district has.
        changes: The rules that change there.
    """

    schools: int
    changes: list[DistrictRuleChange]


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


def _field(error: PolicyError) -> str:
    """The input field that a policy error is about."""
    if isinstance(error, UnknownRole) and isinstance(error.about, PolicyLine):
        known = error.about.rule
        return "object" if f"{known.object!r}" in error.reason and known.action == "inherit" else "role"
    for kind, name in ((UnknownAction, "action"), (UnknownEffect, "effect")):
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


async def rules_here(context: Context) -> list[OriginRule]:
    """The rules here beside those of the plugins. In a district those that it has applied are no rules of its own."""
    found = await _directory(context).store.rules(context.space.id)
    return [each for each in found if each.origin == "own" or context.space.kind == "school"]


def check_rule(context: Context, rule: Rule, known: Sequence[OriginRule]) -> None:
    """Make sure that a rule says something here.

    Args:
        context: Of a command or a query.
        rule: The rule.
        known: The rules beside those of the plugins.

    Raises:
        Refusal: It names a role, an object or a scope that does not exist, or makes roles inherit in a circle.
    """
    subject = _subject(context)
    catalogue = catalogue_of(subject)
    try:
        check_policy([PolicyLine(rule)], catalogue)
        if rule.action == "inherit":
            links = [*subject.rules, *(each.rule() for each in known), rule]
            check_policy([PolicyLine(each) for each in links if each.action == "inherit"], catalogue)
    except UnknownObject as error:
        raise Refusal(NOTHING_OF_NAME, "object", name=rule.object) from error
    except UnknownScope as error:
        raise Refusal(NO_SUCH_SCOPE, "scope", object=rule.object, scope=rule.scope) from error
    except PolicyError as error:
        raise Refusal(BAD_RULE, _field(error), detail=error.reason) from error


@command("policies.rule.set", audited_arguments=True, confirmed=True)
async def set_rule(
    context: Context,
    *,
    role: str,
    object: str,
    action: RuleAction,
    scope: str = "school",
    effect: RuleEffect = RuleEffect.ALLOW,
) -> RuleOutcome:
    """Add a rule of this space's own beside those of its plugins, or change its effect; deny wins over allow.

    A district's rules are meant for its schools, so they may speak of whatever an installed plugin can give a school.

    In a school it applies beside the district's rules, which stay as they are. A school may deny what its district
    allows, and cannot allow what its district denies.

    Raises Refusal if it names a role, object or scope that does not exist here, makes roles inherit in a circle, or
    would give or take away what the caller may not do; SET_BY_DISTRICT if it would get round a rule of the district;
    LOCKS_OUT if nobody here could change rules any longer.

    Args:
        role: Whose rule it is.
        object: What it is about: a resource, a field of one, a command, or a pattern that ends in *.
        action: What may be done with it.
        scope: Which rows; by default every row of the space.
        effect: Whether it allows or denies; allows by default.
    """
    rule = Rule(role, object, action.value, scope, effect.value)
    await lock_administration(context)
    subject, known = _subject(context), await rules_here(context)
    check_rule(context, rule, known)
    gains, losses = await check_change(context, subject, known, rule, rule)
    await refuse_lock_out(context, [each.rule() for each in known], changed_rules(known, rule, rule))
    done = await _directory(context).store.set_rule(context.space.id, rule)
    _directory(context).forget_space(context.space.id)
    was = None if done.effect is None else {**_shown(rule), "effect": done.effect}
    context.trail.changed("space_rule", done.id, was, _shown(rule))
    return RuleOutcome(gains, losses)


@command("policies.rule.remove", audited_arguments=True, confirmed=True)
async def remove_rule(
    context: Context, *, role: str, object: str, action: RuleAction, scope: str = "school"
) -> RuleOutcome:
    """Remove a rule of this space's own; those of plugins and of the district stay.

    Raises Refusal if there is none, SET_BY_DISTRICT if the rule is the district's, and Refusal if the change would give
    or take away what the caller may not do.

    Args:
        role: Whose rule it is.
        object: What it is about: a resource, a field of one, a command, or a pattern that ends in *.
        action: What may be done with it.
        scope: Which rows; by default every row of the space.
    """
    rule = Rule(role, object, action.value, scope)
    await lock_administration(context)
    known = await rules_here(context)
    done = await _directory(context).store.remove_rule(context.space.id, rule)
    if done is None:
        if any(each.origin == "district" and same_subject(each.rule(), rule) for each in known):
            raise Refusal(DISTRICT_RULE, "object")
        raise Refusal(NO_OWN_RULE, "object")
    gains, losses = await check_change(context, _subject(context), known, rule, None)
    await refuse_lock_out(context, [each.rule() for each in known], changed_rules(known, rule, None))
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space_rule", done.id, {**_shown(rule), "effect": done.effect}, None)
    return RuleOutcome(gains, losses)


@command("policies.district.withdraw", audited_arguments=True, confirmed=True)
async def withdraw_district_rules(context: Context) -> DistrictPolicyOutcome:
    """Undo what the district has written and not applied yet: its own rules are again those that its schools have.

    The schools do not change. Raises Refusal in a space that is no district, and where there is nothing to undo.
    """
    if context.space.kind != "district":
        raise Refusal(NO_DISTRICT)
    store = _directory(context).store
    await lock_administration(context)
    found = await store.rules(context.space.id)
    own, applied = ([each.rule() for each in found if each.origin == origin] for origin in ("own", "district"))
    back = district_changes(own, applied)
    if not back:
        raise Refusal(NOTHING_APPLIED)
    known = [each for each in found if each.origin == "own"]
    subject = _subject(context)
    changes = [
        (each, Rule(each.role, each.object, each.action.value, each.scope, (each.after or RuleEffect.ALLOW).value))
        for each in back
    ]
    for each, rule in changes:
        await check_change(context, subject, known, rule, rule if each.after else None)
    await refuse_lock_out(context, own, applied)
    for each, rule in changes:
        shown = _shown(rule)
        was = None if each.before is None else {**shown, "effect": each.before.value}
        if each.after is None:
            removed = await store.remove_rule(context.space.id, rule)
            if removed is not None:
                context.trail.changed("space_rule", removed.id, was, None)
        else:
            done = await store.set_rule(context.space.id, rule)
            context.trail.changed("space_rule", done.id, was, shown)
    _directory(context).forget_space(context.space.id)
    return DistrictPolicyOutcome(0, back)


def district_changes(before: Sequence[Rule], after: Sequence[Rule]) -> list[DistrictRuleChange]:
    """The rules in which two policies differ, by role and object."""

    def by_subject(rules: Sequence[Rule]) -> dict[tuple[str, str, str, str], str]:
        return {(each.role, each.object, each.action, each.scope): each.effect for each in rules}

    old, new = by_subject(before), by_subject(after)
    return [
        DistrictRuleChange(
            role, name, RuleAction(action), scope,
            RuleEffect(old[role, name, action, scope]) if (role, name, action, scope) in old else None,
            RuleEffect(new[role, name, action, scope]) if (role, name, action, scope) in new else None,
        )
        for role, name, action, scope in sorted(old.keys() | new.keys())
        if old.get((role, name, action, scope)) != new.get((role, name, action, scope))
    ]  # fmt: skip


def changed_rules(known: Sequence[OriginRule], changed: Rule, new: Rule | None) -> list[Rule]:
    """The rules of a space after one of its own has changed.

    Args:
        known: Its rules beside those of the plugins.
        changed: The rule that is written or removed.
        new: As it will be; none: it is removed.
    """
    kept = [each.rule() for each in known if each.origin != "own" or not same_subject(each.rule(), changed)]
    return [*kept, *([new] if new is not None else [])]


@command("policies.district.apply", audited_arguments=True, confirmed=True)
async def apply_district_policy(context: Context, *, reason: str | None = None) -> DistrictPolicyOutcome:
    """Put this district's own rules into each of its schools, in place of those it put there before.

    A school that joins later has them at once, and loses them when it leaves. The schools cannot change them. The
    audit of the district and of each school shows every rule that has changed, before and after.

    Raises Refusal in a space that is no district. A rule that reaches nothing in a school is without effect
    there.

    Args:
        reason: Why; the schools read it.
    """
    if context.space.kind != "district":
        raise Refusal(NO_DISTRICT)
    store = _directory(context).store
    done = await store.apply_district_policy(context.space.id, context.now)
    lines = [
        NotedLine("space_rule", each.id, _effect(each, each.old), _effect(each, each.new)) for each in done.changes
    ]
    for line in lines:
        context.trail.changed(line.noun, line.row, line.old, line.new)
    await store.note_in_schools(
        context.caller, done.schools, context.now, context.running, {}, reason=context.trail.reason, lines=lines
    )
    for school in done.schools:
        _directory(context).forget_space(school)
    changes = [
        DistrictRuleChange(
            each.role, each.object, RuleAction(each.action), each.scope,
            RuleEffect(each.old) if each.old else None, RuleEffect(each.new) if each.new else None,
        )
        for each in done.changes
    ]  # fmt: skip
    return DistrictPolicyOutcome(len(done.schools), changes)


def _effect(change: AppliedChange, effect: str | None) -> dict[str, str] | None:
    if effect is None:
        return None
    return {name: getattr(change, name) for name in ("role", "object", "action", "scope")} | {"effect": effect}


def _shown(rule: Rule) -> dict[str, str]:
    return {
        "role": rule.role,
        "object": rule.object,
        "action": rule.action,
        "scope": rule.scope,
        "effect": rule.effect,
    }


COMMANDS: tuple[Command, ...] = (set_rule, remove_rule, apply_district_policy, withdraw_district_rules)
