"""What is mailed about accounts. The installation itself asks for these jobs, and they answer nothing: whoever asked
must not learn whether there is such an account."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.jobs import Job, job

from .letters import ADDRESS, RESET, post
from .lifetimes import RESET as RESET_TIME
from .tokens import digest, new_token

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["ADDRESS_TIME", "JOBS", "ask_of", "mail_address_code", "mail_reset"]

#: How long a code by which an address is proved is good.
ADDRESS_TIME: Final = timedelta(hours=24)
#: With the delays between them, about two hours.
_ATTEMPTS: Final = 20


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


@job("tenants.mail.reset", attempts=_ATTEMPTS, time_limit=120)
async def mail_reset(context: Context, *, login: str) -> None:
    """Mail a one-time code for a new password to the members whose login or address this is, if there are any."""
    found = await context.fetch("SELECT * FROM homeroom.accounts_by_address($1, $2)", login, context.now)
    for each in found:
        code = new_token("reset")
        await _directory(context).credentials.open_reset(digest(code), each["account"], context.now + RESET_TIME)
        await post(context, RESET, each["email"], what="reset", code=code, language=each["language"])


@job("tenants.mail.address", attempts=_ATTEMPTS, time_limit=120)
async def mail_address_code(context: Context, *, account: str, address: str) -> None:
    """Mail a one-time code to an address that somebody says is theirs."""
    code = new_token("address")
    await _directory(context).credentials.open_address_code(
        digest(code), UUID(account), address, context.now + ADDRESS_TIME
    )
    await post(context, ADDRESS, address, what="address", code=code)


async def ask_of(host: Host, space: Space, wanted: Job, **arguments: Any) -> None:
    """Ask for a job on the installation's behalf."""
    caller, now = host.system_caller(space, login="accounts", via="job"), host.clock()
    async with host.database.transaction(space.id) as transaction:
        await Context(host, caller, transaction, AuditTrail(wanted.name), now).enqueue(wanted, **arguments)


JOBS: Final[tuple[Job, ...]] = (mail_reset, mail_address_code)
