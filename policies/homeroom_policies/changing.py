"""Who may change a rule: nobody gives or takes away by rules what they may not do, and no school undoes its district's.

The right ``roles.give.<role>`` lets its holder change what that role may do, as it lets its holder give the role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from homeroom.errors import Refusal
from homeroom.permissions import EVERYBODY, GIVE, Access, Rule, beyond
from homeroom_policies.refusals import DENIED_BY_DISTRICT, GIVES_MORE_THAN_OWN, SET_BY_THE_DISTRICT

from .catalogue import catalogue_of
from .compiler import compile_access
from .roles import with_inherited
from .rules import DENY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from homeroom.context import Context
    from homeroom.variants import Variant
    from homeroom_tenants.directory import TenantDirectory
    from homeroom_tenants.store import OriginRule

__all__ = ["check_change", "refuse_set_by_district", "same_subject"]

#: Rights that do away with the lack of another: who may not give the second cannot give the first.
_OUTRUNS: Final = {"graphql.unlisted": "graphql.any"}


def same_subject(one: Rule, other: Rule) -> bool:
    """Whether two rules are about the same, whatever their effects."""
    return (one.role, one.object, one.action, one.scope) == (other.role, other.object, other.action, other.scope)


async def refuse_set_by_district(context: Context, role: str, action: str, name: str) -> None:
    """Raise SET_BY_DISTRICT if a rule of the district denies a role an object here.

    Args:
        context: Of a command.
        role: The role.
        action: `read` or `run`.
        name: The object.
    """
    rules = await cast("TenantDirectory", context.host.directory).store.rules(context.space.id)
    catalogue = catalogue_of(context.variant)
    for each in rules:
        denies = each.origin == "district" and each.effect == DENY and context.space.kind == "school"
        if denies and (each.role, each.action) == (role, action) and name in catalogue.objects(action, each.object):
            raise Refusal(SET_BY_THE_DISTRICT, district=each.district)


async def check_change(
    context: Context, subject: Variant, known: Sequence[OriginRule], changed: Rule, new: Rule | None
) -> tuple[list[str], list[str]]:
    """Make sure that the caller may change a rule, and say what comes of it.

    Args:
        context: Of the command.
        subject: What the rules of the space may speak of.
        known: The rules beside those of the plugins.
        changed: The rule that is written or removed.
        new: As it will be; none: it is removed.

    Returns:
        What the role gains and what it loses: names of commands, resources and fields.

    Raises:
        Refusal: The role would gain or lose what the caller may not do.
        Refusal: SET_BY_DISTRICT, where the role would gain what the district denies to everybody or to the caller.
    """
    own = [each for each in known if each.origin == "own"]
    districts = [each.rule() for each in known if each.origin == "district"]
    others = [each.rule() for each in own if not same_subject(each.rule(), changed)]
    before = _access(subject, {changed.role}, [*(each.rule() for each in own), *districts])
    after = _access(subject, {changed.role}, [*others, *districts, *([new] if new is not None else [])])
    gains, losses = set(beyond(after, before)), set(beyond(before, after))
    _refuse_undoing(context, subject, own, districts, gains)
    outcome = sorted(gains), sorted(losses)
    if context.caller.account is None:  # the installation itself
        return outcome
    held = _access(subject, set(context.caller.roles), [*(each.rule() for each in own), *districts])
    if GIVE + changed.role in held.commands:
        return outcome
    for access, names in ((after, gains), (before, losses)):
        more = next((name for name in beyond(access, held) if name in names), None)
        if more is not None:
            raise Refusal(GIVES_MORE_THAN_OWN, "object", permission=more)
    return outcome


def _access(subject: Variant, roles: set[str], own: Iterable[Rule]) -> Access:
    return compile_access((*subject.rules, *own), roles | {EVERYBODY}, catalogue_of(subject))


def _refuse_undoing(
    context: Context, subject: Variant, own: Sequence[OriginRule], districts: Sequence[Rule], gains: set[str]
) -> None:
    """Refuse what gets round the district: giving to another role what the district denies to the caller's."""
    denials = [each for each in districts if each.effect == DENY and each.action != "inherit"]
    if not denials or not gains:
        return
    held = with_inherited({*context.caller.roles, EVERYBODY}, [*subject.rules, *(each.rule() for each in own)])
    asked = gains | {_OUTRUNS[name] for name in gains if name in _OUTRUNS}
    for rule in denials:
        if rule.role not in held:
            continue
        for name in catalogue_of(subject).objects(rule.action, rule.object):
            if name in asked:
                raise Refusal(DENIED_BY_DISTRICT, "object", permission=name)
