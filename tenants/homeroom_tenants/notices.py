"""What members are told about their accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.notices import NoticeKind, notify

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.callers import Space
    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["KINDS", "PASSWORD_CHANGED", "tell_of_new_password"]

_LOCALE: Final = Path(__file__).parent / "locale"

PASSWORD_CHANGED: Final = NoticeKind(
    "tenants.password_changed",
    title="Password changed",
    subject="Your password was changed",
    body=(
        "The password of your account {login} was changed. If it was not you, ask for a new one at once and tell the"
        " office."
    ),
    values={"login": "By which the account signs in."},
    locale=_LOCALE,
    channel="mail",
    optional=False,
)
KINDS: Final = (PASSWORD_CHANGED,)


async def tell_of_new_password(host: Host, directory: TenantDirectory, account: UUID, here: Space | None) -> None:
    """Tell somebody that the password was changed: at the space where it was done, or else at one of their own."""
    standing = await directory.store.standing(account)
    known = (await directory.known()).by_id
    now = host.clock()
    if standing is None:
        return
    candidates = [here.id] if here is not None else []
    candidates += sorted(standing.spaces())
    at = next((each for each in candidates if each in known and standing.in_force(each, now).roles), None)
    if at is None:
        return
    space = known[at].space
    caller = host.system_caller(space, login="accounts", via="job")
    async with host.database.transaction(space.id) as transaction:
        trail = AuditTrail(PASSWORD_CHANGED.name)
        context = Context(host, caller, transaction, trail, now)
        await notify(context, PASSWORD_CHANGED, to=[account], values={"login": standing.account.login})
        await trail.write(transaction, caller, now, None)
