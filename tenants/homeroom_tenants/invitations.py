"""Inviting people by mail. An invitation makes nothing until it is accepted, so it tells nobody whether an address has
an account, and gives no account anything that its owner did not want."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, cast
from uuid import UUID

import msgspec

from homeroom.audit import AuditTrail
from homeroom.callers import Caller
from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.errors import Problem, Refusal, Unauthenticated
from homeroom.jobs import Job, job
from homeroom.labels import labels_in
from homeroom.languages import ENGLISH
from homeroom.notices.delivering import NO_SERVER
from homeroom.notices.mail import checked_address
from homeroom.notices.smtp import MailDelayed, MailRefused
from homeroom.notices.states import DeliveryState
from homeroom.refusals import OUT_OF_RANGE
from homeroom_tenants.refusals import HAS_ACCOUNT, INVITATION_ACCEPTED, INVITATION_SPENT, SIGN_IN_OR_NAME

from .giving import check_giving
from .letters import INVITATION as LETTER
from .letters import post
from .logins import checked_login, checked_own_name
from .tables import Invitation
from .tokens import digest, kind_of, new_token

if TYPE_CHECKING:
    import asyncpg

    from homeroom.callers import Space
    from homeroom.host import Host

    from .directory import TenantDirectory
    from .standing import Standing

__all__ = ["JOBS", "Offer", "accept", "invite_account", "offer", "revoke_invitations"]

logger = logging.getLogger(__name__)

_LONGEST_DAYS: Final = 60
_OPEN: Final = "accepted_at IS NULL AND revoked_at IS NULL"
_OF_CODE: Final = f"""
SELECT id, address, roles, person_id, invited_by, expires_at FROM invitation
WHERE digest = $1 AND {_OPEN} AND expires_at > $2
"""
_HELD: Final = f"{_OPEN} AND mailed_at IS NULL AND expires_at > $1 AND mail_state IN ('queued', 'held')"
# One whose job is still at it is left to that: two would send two links, of which one is good.
_RESUME: Final = f"""
UPDATE invitation SET mail_state = 'queued' WHERE {_HELD} AND NOT EXISTS (
    SELECT FROM job WHERE job.name = $2 AND job.state IN ('queued', 'running', 'retrying')
        AND job.arguments ->> 'invitation' = invitation.id::text)
RETURNING id
"""


class Offer(msgspec.Struct, frozen=True):
    """What an invitation offers.

    Args:
        school: The name of the school or the district.
        address: Whose mail the link went to.
        roles: The names of the roles.
        titles: The same for people, in their language.
        expires_at: Until when it is good, UTC.
    """

    school: str
    address: str
    roles: list[str]
    titles: list[str]
    expires_at: datetime


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


@command("tenants.account.invite", returns="Invitation", audited_arguments=True, confirmed=True)
async def invite_account(
    context: Context, *, address: str, roles: list[str], person: UUID | None = None, days: int = 14
) -> UUID:
    """Invite somebody by mail to be a member here. An earlier invitation to the same address is withdrawn.

    While the installation has no mail server, the invitation waits for one, until the day on which it ends; its
    `mailState` says so.

    Raises Refusal for an address that mail cannot be sent to, an unknown role, or a role that permits what the caller
    may not do, unless the caller has the right to give it.

    Args:
        address: An e-mail address.
        roles: What the person will be here.
        person: The staff member, student or guardian that the person's account will stand for.
        days: How many days the link is good, at most 60.
    """
    if not 1 <= days <= _LONGEST_DAYS:
        raise Refusal(OUT_OF_RANGE, "days", least=1, most=_LONGEST_DAYS)
    to = checked_address(address)
    _directory(context).check_roles(context.space, roles)
    await check_giving(context, roles, persons=[] if person is None else [person])
    earlier = await context.fetch(f"SELECT id FROM invitation WHERE lower(address) = lower($1) AND {_OPEN}", to)
    await context.rows(Invitation).update_many([{"id": row["id"], "revoked_at": context.now} for row in earlier])
    (made,) = await context.rows(Invitation).insert(
        [
            {
                "address": to,
                "roles": roles,
                "person_id": person,
                "invited_by": context.caller.login,
                "created_at": context.now,
                "expires_at": context.now + timedelta(days=days),
            }
        ]
    )
    await context.enqueue_as("accounts", mail_invitation, invitation=str(made))
    return made


@command("tenants.invitation.revoke", returns="Invitation", many=True, audited_arguments=True)
async def revoke_invitations(context: Context, *, invitations: list[Annotated[UUID, Ref("Invitation")]]) -> list[UUID]:
    """Withdraw invitations; their links are worth nothing from now on. Raises Refusal for one that was accepted."""
    await context.permit("Invitation", invitations, field="invitations", rows=True)
    rows = {
        row["id"]: row
        for row in await context.fetch(
            "SELECT id, accepted_at, revoked_at FROM invitation WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
            invitations,
        )
    }
    problems = [
        Problem(INVITATION_ACCEPTED, "invitations", index)
        for index, each in enumerate(invitations)
        if rows[each]["accepted_at"] is not None
    ]
    if problems:
        raise Refusal.of(problems)
    await context.rows(Invitation).update_many(
        [{"id": each, "revoked_at": row["revoked_at"] or context.now} for each, row in rows.items()]
    )
    return invitations


@job("tenants.mail.invitation", attempts=20, time_limit=120)
async def mail_invitation(context: Context, *, invitation: str) -> None:
    """Mail the one-time link of an invitation; while no mail server is set, the invitation waits, and has no code."""
    row = await context.fetchrow(
        f"SELECT id, address FROM invitation WHERE id = $1 AND {_OPEN} AND mailed_at IS NULL AND expires_at > $2",
        UUID(invitation),
        context.now,
    )
    if row is None:
        return
    if context.host.settings.mail_url is None:
        await _note(context, row["id"], DeliveryState.HELD, NO_SERVER)
        return
    code = new_token("invitation")
    try:
        await post(context, LETTER, row["address"], what="invitation", code=code)
    except MailRefused as error:
        await _note(context, row["id"], DeliveryState.FAILED, str(error))
    except MailDelayed as error:
        noting = _note_apart(context, row["id"], str(error))
        # A context of its own: in the job's, this would be a savepoint of a transaction that leaves nothing behind.
        await asyncio.create_task(noting, context=contextvars.Context())
        raise
    else:
        await context.execute("UPDATE invitation SET digest = $2 WHERE id = $1", row["id"], digest(code).hex())
        await _note(context, row["id"], DeliveryState.SENT, None, mailed_at=context.now)


async def _some_can_go(context: Context) -> bool:
    if context.host.settings.mail_url is None:
        return False
    return bool(await context.fetchval(f"SELECT EXISTS (SELECT FROM invitation WHERE {_HELD})", context.now))


@job("tenants.mail.resume", cron="7 * * * *", when=_some_can_go)
async def resume_invitations(context: Context) -> int:
    """Mail the invitations that are good still and could not go, once there is a server that takes them."""
    if context.host.settings.mail_url is None:
        held = await context.fetchval(f"SELECT count(*) FROM invitation WHERE {_HELD}", context.now)
        if held:
            logger.warning("%d invitations of %s are held: %s", held, context.space.slug, NO_SERVER)
        return 0
    found = [row["id"] for row in await context.fetch(_RESUME, context.now, mail_invitation.name)]
    for each in found:
        await context.enqueue(mail_invitation, invitation=str(each))
    return len(found)


async def _note(
    context: Context, invitation: UUID, state: DeliveryState, error: str | None, **more: datetime | None
) -> None:
    changes = {"mail_state": state.value, "mail_error": error, **more}
    await context.rows(Invitation).update(invitation, changes)


async def _note_apart(context: Context, invitation: UUID, error: str) -> None:
    async with context.host.database.transaction(context.space.id) as transaction:
        await transaction.execute(
            "UPDATE invitation SET mail_state = 'queued', mail_error = $2 WHERE id = $1", invitation, error
        )


async def offer(host: Host, space: Space, code: str, language: str = ENGLISH) -> Offer:
    """What an invitation offers to the holder of its code, in a language.

    Raises Unauthenticated if it is spent or not of here.
    """
    async with host.database.transaction(space.id, read_only=True) as transaction:
        row = await transaction.fetchrow(_OF_CODE, _checked(code), host.clock())
    found = _found(row)
    labels = labels_in(host.variant_of(space), language)
    titles = [labels.role(each) for each in found["roles"]]
    return Offer(space.name, found["address"], list(found["roles"]), titles, found["expires_at"])


async def accept(
    host: Host,
    directory: TenantDirectory,
    space: Space,
    code: str,
    *,
    standing: Standing | None,
    name: str | None,
    password: str | None,
) -> None:
    """Become a member: with the account that is signed in, or with a new one whose login is the address.

    Args:
        host: The host.
        directory: The directory.
        space: Where.
        code: From the mail.
        standing: Who is signed in, or none.
        name: Of a new account.
        password: Of a new account.

    Raises:
        Unauthenticated: The invitation is spent or not of here; or there is an account with its address as login,
            whose owner has to sign in.
        Refusal: Naming what a new account lacks.
    """
    hashed = None
    if standing is None:
        # Before the transaction: hashing takes long, the more so where many wait for it, and no connection waits with
        # them. The code is looked at first, so that nobody without one makes us hash.
        address = (await offer(host, space, code)).address
        if name is None or password is None:
            raise Refusal(SIGN_IN_OR_NAME, "password" if name else "name")
        name = checked_own_name(name)
        hashed = await directory.passwords.choose(password, checked_login(address))
    now = host.clock()
    async with host.database.transaction(space.id) as transaction:
        row = _found(await transaction.fetchrow(f"{_OF_CODE} FOR UPDATE", _checked(code), now))
        if standing is not None:
            account, login = standing.account.id, standing.account.login
        else:
            assert name is not None
            account, login = new_id(), checked_login(row["address"])
            if not await directory.store.create_account(account, login, name, hashed, now):
                raise Unauthenticated(HAS_ACCOUNT)
            # The holder of the code reads the mail of this address.
            await directory.credentials.set_address(account, row["address"])
        invited_by = row["invited_by"]
        before = await directory.store.join_member(
            space.id, account, row["person_id"], list(row["roles"]), now, by=invited_by
        )
        directory.forget_account(account)
        trail = AuditTrail("tenants.invitation.accept")
        accepting = Context(host, Caller(space, account, login=login), transaction, trail, now)
        await accepting.rows(Invitation).update(row["id"], {"accepted_at": now, "account_id": account})
        said = {"login": login, "person": row["person_id"]}
        was = None if before is None else {**said, "roles": [each.role for each in before]}
        trail.changed("membership", account, was, {**said, "roles": list(row["roles"]), "invited_by": invited_by})
        await trail.write(transaction, accepting.caller, now, None)
    directory.changed_account(account)


def _checked(code: str) -> str:
    if kind_of(code) != "invitation":
        raise Unauthenticated(INVITATION_SPENT)
    return digest(code).hex()


def _found(row: asyncpg.Record | None) -> asyncpg.Record:
    if row is None:
        raise Unauthenticated(INVITATION_SPENT)
    return row


JOBS: Final[tuple[Job, ...]] = (mail_invitation, resume_invitations)
