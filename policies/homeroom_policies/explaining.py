"""Why somebody may read a row or run a command, or may not: which role, which rule of which origin, which scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from homeroom.context import Context
from homeroom.database.sql import PARAMETER_TYPES
from homeroom.errors import Refusal
from homeroom.permissions import EVERYBODY, Access, Rule, Scopes
from homeroom.refusals import NOT_FOUND
from homeroom_policies.refusals import NOTHING_OF_NAME

from .catalogue import Catalogue, catalogue_of
from .commands import RuleAction, RuleEffect
from .compiler import compile_access
from .roles import with_inherited
from .rules import READ, RUN, WHOLE_SPACE
from .words import PermissionWords, words_for

if TYPE_CHECKING:
    from homeroom.variants import Variant
    from homeroom_tenants.directory import TenantDirectory
    from homeroom_tenants.standing import DatedRole, Standing

__all__ = ["AccessExplanation", "AccessReason", "OriginLine", "RuleSource", "explain", "lines_of", "subject_of"]


class RuleSource(StrEnum):
    """Who wrote a rule: a plugin, the space itself, or its district."""

    PLUGIN = "plugin"
    OWN = "own"
    DISTRICT = "district"


class AccessReason(StrEnum):
    """Why something is permitted or not."""

    ALLOWED = "allowed"
    #: A rule that denies reaches it.
    DENIED = "denied"
    #: No rule of the roles in force speaks of it.
    NO_RULE = "no_rule"
    #: Rules allow it in scopes that the row is outside of.
    OUTSIDE_SCOPES = "outside_scopes"
    #: No role is in force at this moment.
    NO_ROLE = "no_role"


@dataclass(frozen=True)
class OriginLine:
    """A rule and who wrote it."""

    rule: Rule
    source: RuleSource
    by: str | None


@dataclass(frozen=True)
class HeldRole:
    """A role that somebody holds here.

    Args:
        role: Its name.
        source: Where it comes from: a membership here (own), a grant of the district, or a rule that lets a role
            receive another's rules (plugin).
        person: Whom the account stands for in this membership; null: for nobody.
        district: The short name of the district that granted it.
        valid_from: From when on; null: at once.
        valid_until: Until when; null: without an end.
        in_force: Whether it holds now. A district's grant holds only while the account has a role in the district.
    """

    role: str
    source: RuleSource
    person: UUID | None
    district: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    in_force: bool


@dataclass(frozen=True)
class ReachingRule:
    """A rule of a role in force that speaks of what is asked.

    Args:
        role: Whose rule it is.
        object: What it is about.
        action: What may be done with it.
        scope: Which rows.
        effect: Whether it allows or denies.
        source: Who wrote it.
        by: The plugin or the district; null: the space itself.
        reaches_row: Whether the row is within its scope; null: no row was asked about.
    """

    role: str
    object: str
    action: RuleAction
    scope: str
    effect: RuleEffect
    source: RuleSource
    by: str | None
    reaches_row: bool | None


@dataclass(frozen=True)
class AccessExplanation:
    """Whether somebody may do something now, and why.

    Args:
        allowed: Whether it is permitted.
        reason: Why.
        because: The same in one sentence, in the language of the caller.
        until: When a role begins or ends next, so that the answer may be another; null: no role has such a date.
        roles: What the account holds here, also what is not in force.
        rules: The rules of the roles in force that speak of it. Deny wins.
    """

    allowed: bool
    reason: AccessReason
    because: str
    until: datetime | None
    roles: list[HeldRole]
    rules: list[ReachingRule]


def subject_of(context: Context) -> Variant:
    """What the rules of a space may speak of: in a district, whatever an installed plugin can give its schools."""
    if context.space.kind != "district":
        return context.variant
    return context.host.variant(frozenset(context.host.registry.plugins))


async def lines_of(context: Context, subject: Variant) -> list[OriginLine]:
    """Every rule that holds in a space, and who wrote it."""
    directory = cast("TenantDirectory", context.host.directory)
    lines = [
        OriginLine(rule, RuleSource.PLUGIN, plugin)
        for plugin, rules in context.host.hooks.collect_by_plugin("rules", only=subject.plugins)
        for rule in rules
    ]
    own = await directory.store.rules(context.space.id)
    return lines + [
        OriginLine(each.rule(), RuleSource(each.origin), each.district)
        for each in own
        if each.origin == "own" or context.space.kind == "school"
    ]


async def explain(context: Context, login: str, name: str, action: str, row: str | None) -> AccessExplanation:
    """Why somebody may do something here; see the query `explain_access`."""
    directory = cast("TenantDirectory", context.host.directory)
    account = await directory.store.account_of(login.strip().lower())
    standing = None if account is None else await directory.store.standing(account)
    if standing is None or context.space.id not in standing.spaces():
        raise Refusal(NOT_FOUND, "login")
    catalogue = catalogue_of(context.variant)
    if not catalogue.scopes(action, name):
        raise Refusal(NOTHING_OF_NAME, "object", name=name)
    noun, identity = await _row(context, row, name if action == READ else None)
    holds = standing.in_force(context.space.id, context.now)
    held = holds.roles | ({EVERYBODY} if holds.roles else set())
    lines = await lines_of(context, context.variant)
    every = with_inherited(held, [each.rule for each in lines])
    access = compile_access([each.rule for each in lines], held, catalogue)
    asked = [each for each in lines if each.rule.role in every and _speaks(catalogue, each.rule, action, name)]
    scopes = _scopes(access, action, name)
    reached: dict[str, bool | None] = {each.rule.scope: None for each in asked}
    allowed = all(each is not None and bool(each.allow) for each in scopes)
    if noun is not None and identity is not None:
        person = _Person(standing.account.id, holds.persons, held)
        reached, allowed = await _reached(context, noun, identity, person, list(reached), scopes)
    rules = [
        ReachingRule(
            each.rule.role, each.rule.object, RuleAction(each.rule.action), each.rule.scope,
            RuleEffect(each.rule.effect), each.source, each.by, reached[each.rule.scope],
        )
        for each in asked
    ]  # fmt: skip
    reason = _reason(allowed=allowed, roles=holds.roles, rules=rules)
    words = words_for(context.host, context.variant, await context.language())
    roles = await _held(context, standing, holds.roles, every - held)
    because = _because(words, reason, rules, in_district=context.space.kind == "district")
    return AccessExplanation(allowed, reason, because, holds.until, roles, rules)


@dataclass(frozen=True)
class _Person:
    account: UUID
    persons: Sequence[UUID]
    roles: Collection[str]


async def _row(context: Context, row: str | None, name: str | None) -> tuple[str | None, UUID | None]:
    """The resource and the id of a row as GraphQL shows it; the caller must be able to see it."""
    if row is None:
        return None, None
    noun, _, given = row.rpartition("_")
    try:
        identity = UUID(given)
    except ValueError:
        noun, identity = "", UUID(int=0)
    if noun not in context.variant.resources or (name is not None and name.partition(".")[0] != noun):
        raise Refusal(NOT_FOUND, "row")
    await context.permit(noun, [identity], field="row", sight=True)
    return noun, identity


def _speaks(catalogue: Catalogue, rule: Rule, action: str, name: str) -> bool:
    """Whether a rule has to do with an object: it covers it, or, for a field, the resource that has it."""
    if rule.action != action:
        return False
    names = catalogue.objects(rule.action, rule.object)
    return name in names or (action == READ and name.partition(".")[0] in names)


def _scopes(access: Access, action: str, name: str) -> list[Scopes | None]:
    """What a row must be within: each of these."""
    if action == RUN:
        return [access.commands.get(name)]
    owner, dot, part = name.partition(".")
    return [access.resources.get(owner), *([access.field(owner, part)] if dot else [])]


async def _reached(
    context: Context, noun: str, identity: UUID, person: _Person, names: Iterable[str], scopes: Sequence[Scopes | None]
) -> tuple[dict[str, bool | None], bool]:
    """Which scopes a row is within for a person, and whether it is within all that is needed; one statement."""
    resource, predicates = context.variant.resources[noun], context.variant.predicates
    values = {
        "persons": list(person.persons),
        "account": person.account,
        "roles": sorted(person.roles),
        "today": context.today,
        "now": context.now,
    }
    used: list[str] = []

    def parameter(name: str) -> str:
        if name not in used:
            used.append(name)
        return f"${used.index(name) + 2}::{PARAMETER_TYPES[name]}"

    single = {name: Scopes(frozenset({name})) for name in names}
    parts = [predicates.visible(resource, each, "r", parameter) for each in (*single.values(), *scopes)]
    found = await context.fetchrow(
        f"SELECT {', '.join(f'coalesce(({part}), false)' for part in parts)} FROM {resource.table} r WHERE r.id = $1",
        identity,
        *(values[name] for name in used),
    )
    answers: list[bool] = [False] * len(parts) if found is None else list(found)
    return dict(zip(single, answers, strict=False)), all(answers[len(single) :])


async def _held(
    context: Context, standing: Standing, in_force: frozenset[str], inherited: frozenset[str]
) -> list[HeldRole]:
    known = (await cast("TenantDirectory", context.host.directory).known()).by_id

    def held(role: DatedRole, source: RuleSource, person: UUID | None, district: UUID | None) -> HeldRole:
        slug = known[district].space.slug if district in known else None
        holds = role.holds(context.now) and role.role in in_force
        return HeldRole(role.role, source, person, slug, role.valid_from, role.valid_until, holds)

    here = context.space.id
    found = [
        held(role, RuleSource.OWN, each.person, None)
        for each in standing.memberships
        if each.space == here
        for role in each.roles
    ]
    found += [
        held(each.role, RuleSource.DISTRICT, None, each.district) for each in standing.grants if each.space == here
    ]
    found += [HeldRole(role, RuleSource.PLUGIN, None, None, None, None, True) for role in sorted(inherited)]
    return found


def _reason(*, allowed: bool, roles: frozenset[str], rules: Sequence[ReachingRule]) -> AccessReason:
    if allowed:
        return AccessReason.ALLOWED
    if not roles:
        return AccessReason.NO_ROLE
    if any(each.effect is RuleEffect.DENY and each.reaches_row is not False for each in rules):
        return AccessReason.DENIED
    if any(each.effect is RuleEffect.ALLOW for each in rules):
        return AccessReason.OUTSIDE_SCOPES
    return AccessReason.NO_RULE


#: Translated by the catalogues of this package.
_ORIGINS: Final = {
    RuleSource.PLUGIN: "The plugin “{name}”",
    RuleSource.OWN: "The school itself",
    RuleSource.DISTRICT: "The district “{name}”",
}
_DISTRICT_ITSELF: Final = "The district itself"
_ALLOWS: Final = (
    "{origin} allows the role “{role}”: {what}.",
    "{origin} allows the role “{role}”: {what} (only: {rows}).",
)
_FORBIDS: Final = (
    "{origin} forbids the role “{role}”: {what}.",
    "{origin} forbids the role “{role}”: {what} (only: {rows}).",
)
_WITHOUT_RULE: Final = {
    AccessReason.NO_ROLE: "No role of this account is in force here now.",
    AccessReason.OUTSIDE_SCOPES: "The rules of its roles allow this in rows that this one is not among.",
    AccessReason.NO_RULE: "No rule of its roles allows this.",
}
_TOGETHER: Final = "The rules of its roles decide so together."


def _because(words: PermissionWords, reason: AccessReason, rules: Sequence[ReachingRule], *, in_district: bool) -> str:
    wanted = RuleEffect.DENY if reason is AccessReason.DENIED else RuleEffect.ALLOW
    by = [each for each in rules if each.effect is wanted and each.reaches_row is not False]
    # A rule of the school or of its district says more than the plugin's default.
    by.sort(key=lambda each: (each.source is RuleSource.PLUGIN, each.scope != WHOLE_SPACE))
    if reason not in (AccessReason.ALLOWED, AccessReason.DENIED) or not by:
        return words.said(_WITHOUT_RULE.get(reason, _TOGETHER))
    rule = by[0]
    rows = words.scopes([rule.scope])
    text = (_ALLOWS if wanted is RuleEffect.ALLOW else _FORBIDS)[1 if rows else 0]
    name = words.plugin(rule.by or "") if rule.source is RuleSource.PLUGIN else rule.by or ""
    itself = rule.source is RuleSource.OWN and in_district
    origin = words.said(_DISTRICT_ITSELF if itself else _ORIGINS[rule.source], name=name)
    return words.said(text, origin=origin, role=words.role(rule.role), what=words.label(rule.object), rows=rows)
