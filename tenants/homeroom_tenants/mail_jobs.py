"""What is mailed about accounts. The installation itself asks for these jobs, and they answer nothing: the account that
asked must not learn whether there is such an account."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.jobs import Job, TryLater, job
from homeroom.notices.smtp import MailDelayed, MailRefused

from .letters import ADDRESS, RESET, UNDO, post
from .lifetimes import RESET as RESET_TIME
from .lifetimes import UNDO as UNDO_TIME
from .refusals import MAIL_DELAYED, NO_MAIL_SERVER
from .tokens import digest, new_token

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.notices import NoticeKind

    from .directory import TenantDirectory

__all__ = ["ADDRESS_TIME", "JOBS", "ask_of", "mail_address_code", "mail_address_undo", "mail_reset"]

logger = logging.getLogger(__name__)

#: How long a code by which an address is proved is good.
ADDRESS_TIME: Final = timedelta(hours=24)
#: With the delays between them, about two hours.
_ATTEMPTS: Final = 20


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


@job("tenants.mail.reset", attempts=_ATTEMPTS, time_limit=120)
async def mail_reset(context: Context, *, login: str, asked_at: str | None = None) -> None:
    """Mail a one-time code for a new password to the members whose login or address this is, if there are any.

    Args:
        login: A login or an address.
        asked_at: When it was asked for, by ISO 8601; jobs of earlier versions do not say.
    """
    if _too_late(context, asked_at, RESET_TIME):
        return
    found = await context.fetch("SELECT * FROM homeroom.accounts_by_address($1, $2)", login, context.now)
    for each in found:
        code = new_token("reset")
        await _directory(context).credentials.open_reset(digest(code), each["account"], context.now + RESET_TIME)
        await _post(context, RESET, each["email"], what="reset", code=code, language=each["language"])


@job("tenants.mail.address", attempts=_ATTEMPTS, time_limit=120)
async def mail_address_code(context: Context, *, account: str, address: str, asked_at: str | None = None) -> None:
    """Mail a one-time code to an address that somebody says is theirs.

    Args:
        account: Whose.
        address: A proper address.
        asked_at: When it was asked for, by ISO 8601; jobs of earlier versions do not say.
    """
    if _too_late(context, asked_at, ADDRESS_TIME):
        return
    code = new_token("address")
    await _directory(context).credentials.open_address_code(
        digest(code), UUID(account), address, context.now + ADDRESS_TIME
    )
    await _post(context, ADDRESS, address, what="address", code=code)


@job("tenants.mail.address_undo", attempts=_ATTEMPTS, time_limit=120)
async def mail_address_undo(
    context: Context, *, account: str, address: str, changed_at: str, asked_at: str | None = None
) -> None:
    """Mail a one-time link to the address that an account no longer has, by which its owner puts it back.

    Args:
        account: Whose.
        address: The old address.
        changed_at: When it was changed, by ISO 8601.
        asked_at: When this was asked for, by ISO 8601.
    """
    if _too_late(context, asked_at, UNDO_TIME):
        return
    directory, changed = _directory(context), datetime.fromisoformat(changed_at)
    code = new_token("undo")
    # The link is written where the address is changed; here it gets the code that is sent. A mail server that makes us
    # wait could otherwise get its link after somebody has undone an earlier change, and this one with it.
    if not await directory.credentials.renew_address_undo(digest(code), UUID(account), changed):
        return
    language = (await directory.credentials.address_of(UUID(account))).language
    await _post(context, UNDO, address, what="undo", code=code, language=language)


def _too_late(context: Context, asked_at: str | None, time: timedelta) -> bool:
    """Whether nobody waits any more for a mail that could not go; if it could not go now, hold what was asked for.

    What is held is the request. A code is made when it is sent, so none is stored while there is no server.
    """
    if asked_at is not None and context.now - datetime.fromisoformat(asked_at) > time:
        logger.warning("%s is given up: it could not go for %s", context.running, time)
        return True
    if context.host.settings.mail_url is None:
        # Before anybody is looked up: nothing here depends on whether there is such an account.
        raise TryLater(NO_MAIL_SERVER)
    return False


async def _post(
    context: Context, letter: NoticeKind, to: str, *, what: str, code: str, language: str | None = None
) -> None:
    """Mail a code; what the server says, which may name the address, stays in the log of the worker."""
    try:
        await post(context, letter, to, what=what, code=code, language=language)
    except MailRefused as error:
        logger.warning("%s is not mailed: %s", letter.name, error)
    except MailDelayed as error:
        logger.warning("%s is not mailed yet: %s", letter.name, error)
        raise TryLater(MAIL_DELAYED) from error


async def ask_of(host: Host, space: Space, wanted: Job, **arguments: Any) -> None:
    """Ask for a mail's job on the installation's behalf."""
    caller, now = host.system_caller(space, login="accounts", via="job"), host.clock()
    arguments["asked_at"] = now.isoformat()
    async with host.database.transaction(space.id) as transaction:
        await Context(host, caller, transaction, AuditTrail(wanted.name), now).enqueue(wanted, **arguments)


JOBS: Final[tuple[Job, ...]] = (mail_reset, mail_address_code, mail_address_undo)
