"""What a change of rules does to people: in the own space, and in each school of a district, before it is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.permissions import WHOLE_SPACE, Access, Rule, beyond
from homeroom_policies.refusals import LOCKS_OUT

from .compiled import access_of
from .words import words_for

if TYPE_CHECKING:
    from homeroom.callers import Caller
    from homeroom.variants import Variant
    from homeroom_tenants.cache import KnownSpace
    from homeroom_tenants.directory import TenantDirectory
    from homeroom_tenants.store import RoleSet

__all__ = ["LockOut", "PermissionEffect", "SpaceEffect", "effects_here", "effects_in_schools", "refuse_lock_out"]

#: Who may do these can put right what a rule has done.
_RULING: Final = ("policies.rule.set", "policies.rule.remove")
_MEMBERS: Final = "tenants.member.add"


class LockOut(StrEnum):
    """What nobody could do any longer."""

    #: Nobody could change rules.
    RULES = "rules"
    #: Nobody could add members.
    MEMBERS = "members"


@dataclass(frozen=True)
class PermissionEffect:
    """A permission that people gain or lose. People gain or lose it also where they do so in some rows alone.

    Args:
        name: A resource, a field or a command.
        label: The same for people.
        group: The noun that it is about, for people.
        gained: Whether people gain it; they lose it else.
        people: How many people.
        names: Who, the first of them; empty where the caller may not see the members.
        concerns_caller: Whether the caller is among them.
    """

    name: str
    label: str
    group: str
    gained: bool
    people: int
    names: list[str]
    concerns_caller: bool


@dataclass(frozen=True)
class SpaceEffect:
    """What a change of rules does in a school or a district.

    Args:
        slug: Its short name.
        name: Its name.
        changes: The permissions that people gain or lose there.
        people: How many people gain or lose something.
        names_shown: Whether the caller may see who.
        locks_out: What nobody there could do any longer.
    """

    slug: str
    name: str
    changes: list[PermissionEffect]
    people: int
    names_shown: bool
    locks_out: list[LockOut]


async def effects_here(context: Context, before: Sequence[Rule], after: Sequence[Rule]) -> SpaceEffect:
    """What a change of the rules of the own space does.

    Args:
        context: Of a query.
        before: The rules beside those of the plugins, as they are.
        after: As they would be.
    """
    directory = _directory(context)
    known = (await directory.known()).by_id[context.space.id]
    sets = await directory.store.role_sets(context.space.id, context.now)
    return await _effect(context, known, sets, before, after, context.caller)


async def effects_in_schools(context: Context, old: Sequence[Rule], new: Sequence[Rule]) -> list[SpaceEffect]:
    """What comes in each school of a district when the district's rules are replaced there.

    Args:
        context: Of a query in the district.
        old: The rules that the district has applied.
        new: Those that it would apply.
    """
    directory = _directory(context)
    sets = await directory.store.role_sets(context.space.id, context.now)
    return [
        await _effect(context, known, sets, known.rules, [*_without(known.rules, old), *new], caller)
        for known, caller in await directory.caller_in_schools(context.caller)
    ]


async def refuse_lock_out(context: Context, before: Sequence[Rule], after: Sequence[Rule]) -> None:
    """Make sure that a change of the own rules leaves somebody who may change rules.

    The command has called :func:`~homeroom_tenants.giving.lock_administration` before it read the rules.

    Args:
        context: Of a command.
        before: The rules beside those of the plugins, as they are.
        after: As they will be.

    Raises:
        Refusal: LOCKS_OUT.
    """
    if context.caller.account is None:  # the installation itself can put it right
        return
    sets = await _directory(context).store.role_sets(context.space.id, context.now)
    held = [each.roles for each in sets if each.space == context.space.id]
    if LockOut.RULES in await _locked(context.variant, held, before, after):
        raise Refusal(LOCKS_OUT, "object")


def _sees_names(access: Access) -> bool:
    """Whether the names of all members may be read."""
    scopes = (access.resources.get("SpaceMember"), access.field("SpaceMember", "name"))
    return all(each is not None and WHOLE_SPACE in each.allow and not each.deny for each in scopes)


async def _effect(
    context: Context,
    known: KnownSpace,
    sets: Iterable[RoleSet],
    before: Sequence[Rule],
    after: Sequence[Rule],
    caller: Caller | None,
) -> SpaceEffect:
    """What a change does in one space.

    Args:
        context: Of the query.
        known: The space.
        sets: The roles that people hold together, there and elsewhere.
        before: The rules there beside those of the plugins, as they are.
        after: As they would be.
        caller: Who asks, as a caller there; none: somebody who has no access there.
    """
    names = caller is not None and _sees_names(caller.access)
    mine = caller.roles if caller is not None else frozenset()
    variant = context.host.variant_of(known.space)
    here = [each for each in sets if each.space == known.space.id]
    words = words_for(context.host, variant, await context.language())
    people: Counter[tuple[str, bool]] = Counter()
    who: dict[tuple[str, bool], list[str]] = {}
    own: set[tuple[str, bool]] = set()
    touched = 0
    for each in here:
        old, new = [await access_of(variant, rules, each.roles) for rules in (before, after)]
        if old.key == new.key:
            continue
        changes = [(name, True) for name in beyond(new, old)] + [(name, False) for name in beyond(old, new)]
        touched += each.people if changes else 0
        for change in changes:
            people[change] += each.people
            who.setdefault(change, []).extend(each.names if names else ())
            if mine and mine == frozenset(each.roles):
                own.add(change)
    effects = [
        PermissionEffect(
            name, words.label(name), words.group(name), gained, people[name, gained], sorted(who[name, gained]),
            (name, gained) in own,
        )
        for name, gained in people
    ]  # fmt: skip
    effects.sort(key=lambda each: (each.gained, each.group.casefold(), each.label.casefold()))
    locked = await _locked(variant, [each.roles for each in here], before, after)
    return SpaceEffect(known.space.slug, known.space.name, effects, touched, names, locked)


async def _locked(
    variant: Variant,
    held: Sequence[Collection[str]],
    before: Sequence[Rule],
    after: Sequence[Rule],
) -> list[LockOut]:
    """What somebody could do before and nobody could after."""

    async def can(rules: Sequence[Rule], names: Sequence[str]) -> bool:
        for roles in held:
            access = await access_of(variant, rules, roles)
            if all(each in access.commands for each in names):
                return True
        return False

    asked = ((LockOut.RULES, _RULING), (LockOut.MEMBERS, (_MEMBERS,)))
    return [what for what, names in asked if await can(before, names) and not await can(after, names)]


def _without(rules: Iterable[Rule], taken: Iterable[Rule]) -> list[Rule]:
    """Rules without some of them; a rule that is there twice, as the school's own too, stays once."""
    left = Counter(taken)
    found: list[Rule] = []
    for each in rules:
        if left[each]:
            left[each] -= 1
        else:
            found.append(each)
    return found


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)
