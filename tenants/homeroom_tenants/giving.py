"""Nobody gives, takes away or extends more than they hold themselves, unless a right says so.

The right ``roles.give.<role>`` lets its holder give and take one role whatever it may do. Everybody else gives what is
within their own permissions. Every way to a role asks here: members, invitations, a district's grants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from homeroom.errors import Refusal
from homeroom.permissions import EVERYBODY, GIVE, Access, beyond
from homeroom.variants import full_access
from homeroom_tenants.refusals import LAST_ADMINISTRATOR, OWN_ROLE, ROLE_BEYOND

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from homeroom.callers import Space
    from homeroom.context import Context

    from .cache import KnownSpace
    from .directory import TenantDirectory
    from .standing import DatedRole, Standing

__all__ = ["access_in", "check_giving", "check_own_end", "lock_administration", "refuse_last_administrator"]


#: The role of those who look after a space, by its kind.
_ADMINISTRATORS: Final = {"school": "admin", "district": "district_admin"}


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


async def access_in(context: Context, space: Space) -> Access:
    """What the caller's roles permit among the plugins of a space: their own one, or a school of their district."""
    if context.caller.account is None:
        return full_access(context.host.variant_of(space))
    known = (await _directory(context).known()).by_id.get(context.space.id)
    rules = known.rules if known is not None else ()
    return context.host.compile_access(space.plugins, context.caller.roles | {EVERYBODY}, rules, space.fields)


async def check_giving(
    context: Context,
    roles: Iterable[str],
    *,
    at: KnownSpace | None = None,
    persons: Collection[UUID] = (),
    field: str = "roles",
    taking: bool = False,
) -> None:
    """Make sure that the caller may give roles, or take them away.

    Args:
        context: Of the command.
        roles: Their names.
        at: The school of the caller's district in which they are given; none: the caller's own space.
        persons: Whom the account that gets them stands for there. For other persons than the caller's own, what the
            caller holds in a scope such as `own_class` does not count.
        field: The input field that names the roles.
        taking: Whether they are taken away.

    Raises:
        Refusal: Naming the field and what exceeds the caller's permissions.
    """
    if context.caller.account is None:  # the installation itself
        return
    known = at or (await _directory(context).known()).by_id[context.space.id]
    held = await access_in(context, known.space)
    own_rows = at is None and set(persons) <= set(context.caller.persons)
    for role in sorted(set(roles)):
        if GIVE + role in held.commands:
            continue
        given = context.host.compile_access(known.space.plugins, frozenset({role}), known.rules, known.space.fields)
        more = next(beyond(given, held, own_rows=own_rows), None)
        if more is not None:
            raise Refusal(ROLE_BEYOND, field, role=role, permission=more)


async def lock_administration(context: Context) -> None:
    """Let two changes of who looks after a space wait for one another, so that each sees what the other has done.

    To be called before what decides is read, such as members or rules.

    Args:
        context: Of the command.
    """
    lock = f"tenants.administrators {context.space.id}"
    await context.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", lock)


async def refuse_last_administrator(
    context: Context, taken: Iterable[DatedRole], *, field: str, at: datetime | None = None
) -> None:
    """Make sure that a school or a district keeps an administrator; to be called after roles were taken away.

    Nobody but the installation leaves a space without one, not even by leaving it.

    Args:
        context: Of the command.
        taken: The roles that were taken away.
        field: The input field that names whose they were.
        at: When they end, UTC; now if that is not given.

    Raises:
        Refusal: LAST_ADMINISTRATOR.
    """
    at = at or context.now
    role = _ADMINISTRATORS[context.space.kind]
    if context.caller.account is None or not any(each.role == role and each.holds(context.now) for each in taken):
        return
    await lock_administration(context)
    members = await _directory(context).store.members(context.space.id)
    if not any(each.role == role and each.holds(at) for member in members for each in member.roles):
        raise Refusal(LAST_ADMINISTRATOR, field)


def check_own_end(
    context: Context, standing: Standing | None, roles: Iterable[str], until: datetime | None, *, space: UUID
) -> None:
    """Make sure that nobody extends a role of their own: somebody else has to do that.

    Args:
        context: Of the command.
        standing: What the account that gets the roles holds already.
        roles: The roles.
        until: Their new end, UTC; none: without an end.
        space: Where they are given.

    Raises:
        Refusal: Naming `validUntil`.
    """
    if standing is None or standing.account.id != context.caller.account:
        return
    for role in roles:
        held = [each for each in _roles(standing, space) if each.role == role and each.holds(context.now)]
        ends = [each.valid_until for each in held]
        latest = max((each for each in ends if each is not None), default=None)
        if held and None not in ends and latest is not None and (until is None or until > latest):
            raise Refusal(OWN_ROLE, "valid_until", role=role)


def _roles(standing: Standing, space: UUID) -> list[DatedRole]:
    own = [role for each in standing.memberships if each.space == space for role in each.roles]
    return own + [each.role for each in standing.grants if each.space == space]
