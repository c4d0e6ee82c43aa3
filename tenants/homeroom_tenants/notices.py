"""Notices to members about their accounts."""

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

__all__ = ["ADDRESS_CHANGED", "NOTICE_KINDS", "PASSWORD_CHANGED", "TOKEN_ISSUED", "tell_owner"]

_LOCALE: Final = Path(__file__).parent / "locale"
_LOGIN: Final = {"login": "By which the account signs in."}

PASSWORD_CHANGED: Final = NoticeKind(
    "tenants.password_changed",
    title="Password changed",
    subject="Your password was changed",
    body=(
        "The password of your account {login} was changed. If it was not you, ask for a new one at once and tell the"
        " office."
    ),
    values=_LOGIN,
    locale=_LOCALE,
    channel="mail",
    optional=False,
)
ADDRESS_CHANGED: Final = NoticeKind(
    "tenants.address_changed",
    title="E-mail address changed",
    subject="Your e-mail address was changed",
    body=(
        "Your account {login} has another e-mail address. If it was not you, open the link that was mailed to the old"
        " address, or tell the office."
    ),
    values=_LOGIN,
    locale=_LOCALE,
    channel="mail",
    optional=False,
)
TOKEN_ISSUED: Final = NoticeKind(
    "tenants.token_issued",
    title="API token made",
    subject="An API token was made for your account",
    body=(
        "The API token “{title}” was made for your account {login}: with it a program works in your name. If it was not"
        " you, change your password at once, which ends all tokens, and tell the office."
    ),
    values={**_LOGIN, "title": "What the token is for."},
    locale=_LOCALE,
    channel="mail",
    optional=False,
)
NOTICE_KINDS: Final = (PASSWORD_CHANGED, ADDRESS_CHANGED, TOKEN_ISSUED)


async def tell_owner(
    kind: NoticeKind, host: Host, directory: TenantDirectory, account: UUID, here: Space | None, **values: str
) -> None:
    """Tell the owner of an account what happened to it: at the space where it was done, or else at one of their own.

    Args:
        kind: One of :data:`NOTICE_KINDS`.
        host: The host.
        directory: The directory.
        account: Whose.
        here: Where it was done.
        values: Those of the kind beside the login.
    """
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
        trail = AuditTrail(kind.name)
        context = Context(host, caller, transaction, trail, now)
        await notify(context, kind, to=[account], values={"login": standing.account.login, **values})
        await trail.write(transaction, caller, now, None)
