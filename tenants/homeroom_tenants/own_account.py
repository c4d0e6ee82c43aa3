"""What people change of their own account by a command, so that the audit shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from homeroom.commands import command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom_tenants.refusals import NO_OWN_ACCOUNT

from .logins import checked_own_name

if TYPE_CHECKING:
    from .directory import TenantDirectory

__all__ = ["rename_account"]


@command("tenants.account.rename", audited_arguments=True)
async def rename_account(context: Context, *, name: str) -> None:
    """Change the name of the own account, by which people see who did something. The login stays.

    The account has one name in all its schools. The name of a student, staff member or guardian is the school's, and
    stays as it is.

    Raises Refusal for an empty or long name, for characters that nobody can read, and for a word that mixes letters of
    scripts that look alike.

    Args:
        name: The new name.
    """
    account = context.caller.account
    if account is None:  # the installation itself
        raise Refusal(NO_OWN_ACCOUNT)
    new = checked_own_name(name)
    directory = cast("TenantDirectory", context.host.directory)
    old = await directory.store.set_account_name(account, new)
    if old == new:
        return
    directory.forget_account(account)
    about = {"login": context.caller.login}
    context.trail.changed("account", account, {**about, "name": old}, {**about, "name": new})
