"""What administrators ask about permissions: the roles with what each may do, and why somebody may do something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from homeroom.computed_queries import ComputedQuery, query
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.permissions import Rule, Scopes
from homeroom.refusals import NOT_FOUND

from .commands import RuleAction, RuleEffect, changed_rules, check_rule, district_changes, rules_here
from .compiled import access_of
from .effects import SpaceEffect, effects_here, effects_in_schools
from .explaining import AccessExplanation, OriginLine, RuleSource, explain, lines_of, subject_of
from .rules import INHERIT, READ, RUN
from .words import PermissionWords, words_for

if TYPE_CHECKING:
    from homeroom.variants import Variant
    from homeroom_tenants.directory import TenantDirectory

__all__ = ["QUERIES", "district_effects", "explain_access", "roles", "rule_effects", "written_rules"]


@dataclass(frozen=True)
class RoleRule:
    """A rule of a role.

    Args:
        object: What it is about.
        action: What may be done with it.
        scope: Which rows.
        effect: Whether it allows or denies.
        source: Who wrote it.
        by: The plugin or the district; null: the space itself.
    """

    object: str
    action: RuleAction
    scope: str
    effect: RuleEffect
    source: RuleSource
    by: str | None


@dataclass(frozen=True)
class Power:
    """Something that a role may do, when all its rules are taken together.

    Args:
        object: A resource or a command.
        action: To read it or to run it.
        scopes: In which scopes; `school` is every row.
        except_scopes: The scopes whose rows are taken out.
        label: The object for people.
        group: The noun that it is about, for people.
        rows: Which rows, for people; empty: all.
    """

    object: str
    action: RuleAction
    scopes: list[str]
    except_scopes: list[str]
    label: str
    group: str
    rows: str


@dataclass(frozen=True)
class RolePowers:
    """A role and what it may do.

    Args:
        name: Its name.
        title: For people.
        inherits: The roles whose rules it receives.
        rules: Its own rules, each with who wrote it.
        may: What the rules come to, together with those that hold for everybody.
    """

    name: str
    title: str
    inherits: list[str]
    rules: list[RoleRule]
    may: list[Power]


@query("policies.role.list")
async def roles(context: Context, *, role: str | None = None) -> list[RolePowers]:
    """The roles that people can have here, with their rules and what each may do.

    A district gets what its roles may do with everything that an installed plugin can give its schools.

    Args:
        role: This role alone.
    """
    subject = subject_of(context)
    if role is not None and role not in subject.roles:
        raise Refusal(NOT_FOUND, "role")
    lines = await lines_of(context, subject)
    wanted = sorted(subject.roles) if role is None else [role]
    words = words_for(context.host, subject, await context.language())
    return [await _powers(each, words, lines, subject) for each in wanted]


async def _powers(name: str, words: PermissionWords, lines: list[OriginLine], subject: Variant) -> RolePowers:
    own = [each for each in lines if each.rule.role == name]
    access = await access_of(subject, [each.rule for each in lines if each.source is not RuleSource.PLUGIN], [name])
    rules = [
        RoleRule(
            each.rule.object, RuleAction(each.rule.action), each.rule.scope, RuleEffect(each.rule.effect), each.source,
            each.by,
        )
        for each in own
    ]  # fmt: skip
    may = [_power(words, noun, READ, scopes) for noun, scopes in access.resources.items()]
    may += [_power(words, command, RUN, scopes) for command, scopes in access.commands.items()]
    return RolePowers(
        name, words.role(name), [each.rule.object for each in own if each.rule.action == INHERIT], rules, may
    )


def _power(words: PermissionWords, name: str, action: str, scopes: Scopes) -> Power:
    return Power(
        name, RuleAction(action), sorted(scopes.allow), sorted(scopes.deny), words.label(name), words.group(name),
        words.scopes(scopes.allow),
    )  # fmt: skip


@query("policies.access.explain")
async def explain_access(
    context: Context, *, login: str, object: str, action: RuleAction = RuleAction.READ, row: str | None = None
) -> AccessExplanation:
    """Why somebody may read a row or a field of it, or run a command, or may not: by which role, which rule and scope.

    Raises Refusal for an account that is no member here, and for a row that the caller may not see.

    Args:
        login: By which the account signs in.
        object: A resource (`Student`), a field (`Student.birth_date`) or a command (`gradebook.mark.enter`).
        action: To read, or to run a command.
        row: The id of the row, as the schema shows it; none: whether it is permitted on any row.
    """
    return await explain(context, login, object, action.value, row)


@dataclass(frozen=True)
class WrittenRule:
    """A rule beside those of the plugins, in words.

    Args:
        role: Whose rule it is.
        role_title: The same for people.
        object: What it is about.
        label: The same for people.
        action: What may be done with it.
        scope: Which rows.
        rows: The same for people; empty: all.
        effect: Whether it allows or denies.
        source: Whose it is: the space's own, or the district's.
    """

    role: str
    role_title: str
    object: str
    label: str
    action: RuleAction
    scope: str
    rows: str
    effect: RuleEffect
    source: RuleSource


@query("policies.rule.list")
async def written_rules(context: Context) -> list[WrittenRule]:
    """The rules of this space beside those of its plugins, in the words of the reader. Deny wins, whosever it is.

    A district gets the rules that it has written, also those that its schools do not have yet.
    """
    words = words_for(context.host, subject_of(context), await context.language())
    found = [
        WrittenRule(
            each.role, words.role(each.role), each.object,
            words.role(each.object) if each.action == INHERIT else words.label(each.object),
            RuleAction(each.action), each.scope, words.scopes([each.scope]), RuleEffect(each.effect),
            RuleSource.OWN if each.origin == "own" else RuleSource.DISTRICT,
        )
        for each in await rules_here(context)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.role_title.casefold(), each.label.casefold()))


@dataclass(frozen=True)
class PendingRule:
    """A rule of a district that changes in its schools when it is applied, in words.

    Args:
        role: Whose rule it is.
        role_title: The same for people.
        object: What it is about.
        label: The same for people.
        rows: Which rows, for people; empty: all.
        before: Its effect in the schools now; null: it is new.
        after: Its effect then; null: it is removed.
    """

    role: str
    role_title: str
    object: str
    label: str
    rows: str
    before: RuleEffect | None
    after: RuleEffect | None


@dataclass(frozen=True)
class DistrictEffects:
    """What applying the rules of a district would do.

    Args:
        changes: The rules that change in the schools.
        schools: What that does in each school.
    """

    changes: list[PendingRule]
    schools: list[SpaceEffect]


@query("policies.rule.effects")
async def rule_effects(
    context: Context,
    *,
    role: str,
    object: str,
    action: RuleAction,
    scope: str = "school",
    effect: RuleEffect | None = None,
) -> SpaceEffect:
    """What people here would gain or lose if a rule of this space's own were written or removed. Nothing changes.

    Raises Refusal for a rule that names a role, object or scope that does not exist here.

    Args:
        role: Whose rule it is.
        object: What it is about: a resource, a field of one, a command, or a pattern that ends in *.
        action: What may be done with it.
        scope: Which rows; by default every row of the space.
        effect: Whether it allows or denies; null: the rule is removed.
    """
    rule = Rule(role, object, action.value, scope, (effect or RuleEffect.ALLOW).value)
    known = await rules_here(context)
    if effect is not None:  # a rule about what is no longer there can be removed
        check_rule(context, rule, known)
    after = changed_rules(known, rule, None if effect is None else rule)
    return await effects_here(context, [each.rule() for each in known], after)


@query("policies.district.effects")
async def district_effects(context: Context) -> DistrictEffects:
    """What people in each school of this district would gain or lose if it applied its rules now. Nothing changes.

    The answer counts people in each school, and names them where the caller may see the members of the school. In a
    space that is no district, there are no schools.
    """
    found = await cast("TenantDirectory", context.host.directory).store.rules(context.space.id)
    own, applied = ([each.rule() for each in found if each.origin == origin] for origin in ("own", "district"))
    if context.space.kind != "district":
        return DistrictEffects([], [])
    words = words_for(context.host, subject_of(context), await context.language())
    changes = [
        PendingRule(
            each.role, words.role(each.role), each.object, words.label(each.object), words.scopes([each.scope]),
            each.before, each.after,
        )
        for each in district_changes(applied, own)
    ]  # fmt: skip
    return DistrictEffects(changes, await effects_in_schools(context, applied, own) if changes else [])


QUERIES: Final[tuple[ComputedQuery, ...]] = (roles, explain_access, rule_effects, written_rules, district_effects)
