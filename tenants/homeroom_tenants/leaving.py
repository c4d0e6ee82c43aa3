"""Somebody leaves a school: the roles of the accounts that stand for them there end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from homeroom.context import Context
from homeroom.permissions import GIVE

from .giving import check_giving, refuse_last_administrator
from .standing import DatedRole

if TYPE_CHECKING:
    from .directory import TenantDirectory
    from .standing import Membership, Standing

__all__ = ["EndedRole", "end_roles_of"]

_ACCOUNTS: Final = "SELECT DISTINCT account_id FROM space_role WHERE person_id = $1 AND origin = 'membership'"
#: Who may run one of these has power over others; taking that away is for those who may give it.
_POWERS: Final = (GIVE, "tenants.", "policies.")


@dataclass(frozen=True)
class EndedRole:
    """A role of a login that ends.

    Args:
        login: By which the account signs in.
        role: Which role.
        ends_at: When it ends.
    """

    login: str
    role: str
    ends_at: datetime


async def end_roles_of(context: Context, person: UUID, until: datetime, *, field: str) -> list[EndedRole]:
    """End the roles here of the accounts that stand for a person, and of their memberships that stand for nobody.

    What an account holds for another person, such as a guardian for a child, stays, and so does what the district has
    granted. The command that asks is the right to do it, except for roles with power over others.

    Args:
        context: Of the command.
        person: Who leaves.
        until: When the roles end, UTC.
        field: The input field that names the person.

    Raises:
        Refusal: One of the roles has power over others, and the caller may not take it away.
    """
    directory = cast("TenantDirectory", context.host.directory)
    ended: list[EndedRole] = []
    for row in await context.fetch(_ACCOUNTS, person):
        standing = await directory.store.standing(row["account_id"])
        if standing is None:  # the account is closed
            continue
        for membership in standing.memberships:
            if membership.space == context.space.id and membership.person in (person, None):
                ended += await _end(context, directory, standing, membership, until, field=field)
    return ended


async def _end(
    context: Context,
    directory: TenantDirectory,
    standing: Standing,
    membership: Membership,
    until: datetime,
    *,
    field: str,
) -> list[EndedRole]:
    going = [each for each in membership.roles if each.valid_until is None or each.valid_until > until]
    if not going:
        return []
    await check_giving(context, await _powerful(context, going), field=field, taking=True)
    account = standing.account
    directory.forget_account(account.id)
    await directory.store.end_roles(context.space.id, account.id, membership.person, until)
    await refuse_last_administrator(context, going, field=field, at=until)
    context.trail.changed(
        "membership",
        account.id,
        {"login": account.login, "person": membership.person, "dates": [_shown(each) for each in going]},
        {"login": account.login, "person": membership.person, "ends_at": until},
    )
    return [EndedRole(account.login, each.role, until) for each in going]


async def _powerful(context: Context, roles: list[DatedRole]) -> list[str]:
    known = (await cast("TenantDirectory", context.host.directory).known()).by_id[context.space.id]

    def powers(role: str) -> bool:
        access = context.host.compile_access(
            context.space.plugins, frozenset({role}), known.rules, context.space.fields
        )
        return any(name.startswith(_POWERS) for name in access.commands)

    return [each.role for each in roles if powers(each.role)]


def _shown(role: DatedRole) -> dict[str, object]:
    return {"role": role.role, "valid_from": role.valid_from, "valid_until": role.valid_until}
